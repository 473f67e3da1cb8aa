/** Which account a trigger or a step uses: taken by itself where there is one, chosen or added otherwise. */
import type { BundleView, ConnectionView } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Turn } from "../parts.ts";
import { accountsScreen, brokenScreen } from "../screens/choose.ts";
import { accountNeeded } from "../screens/mapping.ts";
import { serviceName } from "../screens/titles.ts";
import { change, load, lookOf, need, stale, stepIn } from "./draft.ts";

export async function accountsOf(turn: Turn, connector: string): Promise<readonly ConnectionView[]> {
  const all = await turn.engine.connections.list(turn.member.scope);
  return all.filter((one) => one.connector === connector && one.state !== "draft");
}

/** The only alive account of a service; null where there is none or a choice. */
export async function onlyAccount(turn: Turn, connector: string): Promise<string | null> {
  if (!accountNeeded(turn.engine, connector)) return null;
  const alive = (await accountsOf(turn, connector)).filter((one) => one.state === "alive");
  return alive.length === 1 ? (alive[0]?.id ?? null) : null;
}

export async function accountName(turn: Turn, id: string | null | undefined): Promise<string | null> {
  if (!id) return null;
  const all = await turn.engine.connections.list(turn.member.scope);
  return all.find((one) => one.id === id)?.name ?? null;
}

export async function showTriggerAccounts(turn: Turn, view: BundleView, page?: string): Promise<void> {
  const connector = view.body.trigger?.connector;
  if (connector === undefined) return turn.go("tsvc", view.id);
  const look = lookOf(turn);
  await turn.show(
    accountsScreen(look, {
      service: serviceName(look, connector),
      accounts: await accountsOf(turn, connector),
      can: "trigger",
      choose: (id) => to("tcon", view.id, id),
      connect: to("tcnew", view.id),
      back: to("tsvc", view.id),
      page,
      place: ["tcons", view.id],
    }),
  );
}

export async function showStepAccounts(turn: Turn, view: BundleView, id: string, page?: string): Promise<void> {
  const step = await stepIn(turn, view, id);
  if (step === null) return;
  if (step.kind !== "action") return stale(turn, "step", view.id, step.id);
  const look = lookOf(turn);
  await turn.show(
    accountsScreen(look, {
      service: serviceName(look, step.connector),
      accounts: await accountsOf(turn, step.connector),
      can: "action",
      choose: (account) => to("scon", view.id, step.id, account),
      connect: to("scnew", view.id, step.id),
      back: to("steps", view.id),
      page,
      place: ["scons", view.id, step.id],
    }),
  );
}

export const accountPlaces = {
  tcons: async (turn: Turn, id?: string, page?: string) => showTriggerAccounts(turn, await load(turn, id), page),
  scons: async (turn: Turn, id?: string, step?: string, page?: string) =>
    showStepAccounts(turn, await load(turn, id), need(step), page),

  /** The account was chosen, or the detour that made one came back with it. */
  async tcon(turn: Turn, id?: string, account?: string) {
    const view = await load(turn, id);
    if (!view.body.trigger) return turn.go("trigger", view.id);
    if (view.body.trigger.connection !== account)
      await change(turn, view, { do: "setTriggerConnection", connection: need(account) });
    await turn.go("trigger", view.id);
  },
  async scon(turn: Turn, id?: string, stepId?: string, account?: string) {
    const view = await load(turn, id);
    const step = await stepIn(turn, view, stepId);
    if (step === null) return;
    if (step.kind === "action" && step.connection !== account)
      await change(turn, view, { do: "setConnection", step: step.id, connection: need(account) });
    const chosen = (await turn.engine.connections.list(turn.member.scope)).find((one) => one.id === account);
    if (step.kind === "action" && chosen?.state === "broken")
      return turn.show(brokenScreen(lookOf(turn), view, step.id, chosen));
    await turn.go("step", view.id, step.id);
  },

  /** To the account that doesn't work, and back when it does. */
  async tfix(turn: Turn, id?: string) {
    const view = await load(turn, id);
    const connection = view.body.trigger?.connection;
    if (!connection) return turn.go("trigger", view.id);
    await turn.returnTo("tcon", view.id);
    await turn.go("conncheck", connection);
  },
  async sfix(turn: Turn, id?: string, stepId?: string) {
    const view = await load(turn, id);
    const step = await stepIn(turn, view, stepId);
    if (step === null) return;
    if (step.kind !== "action" || !step.connection) return stale(turn, "step", view.id, step.id);
    await turn.returnTo("scon", view.id, step.id);
    await turn.go("conncheck", step.connection);
  },

  async tcnew(turn: Turn, id?: string) {
    const view = await load(turn, id);
    if (!view.body.trigger) return turn.go("trigger", view.id);
    await turn.returnTo("tcon", view.id);
    await turn.go("connect", view.body.trigger.connector);
  },
  async scnew(turn: Turn, id?: string, stepId?: string) {
    const view = await load(turn, id);
    const step = await stepIn(turn, view, stepId);
    if (step === null) return;
    if (step.kind !== "action") return stale(turn, "step", view.id, step.id);
    await turn.returnTo("scon", view.id, step.id);
    await turn.go("connect", step.connector);
  },
};
