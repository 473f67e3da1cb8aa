/** A new bundle and its trigger: service, event, account, options, sample, and on to the first action. */
import { type BundleView, type Connector, type Failure, type SourceField, UserError } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Handlers, Turn } from "../parts.ts";
import { fits, foundScreen, listScreen, offered, type Pick, unfinishedScreen } from "../screens/choose.ts";
import { accountNeeded, isMissing } from "../screens/mapping.ts";
import { type Look, triggerOf } from "../screens/titles.ts";
import { askingScreen, hookScreen, triggerScreen } from "../screens/trigger.ts";
import { nonce, short } from "../short.ts";
import { accountName, accountPlaces, onlyAccount, showTriggerAccounts } from "./accounts.ts";
import { firstActionRows } from "./adding.ts";
import { change, load, lookOf, need, scopeOnce, stale } from "./draft.ts";
import { sentenceShown } from "./making.ts";

const eventHash = (connector: string, trigger: string): string => short(`${connector} ${trigger}`);

const eventPicks = (look: Look, id: string, service: Connector, withService: boolean): Pick[] =>
  service.triggers.map((one) => ({
    label: withService ? `${service.name[look.locale]} · ${one.name[look.locale]}` : one.name[look.locale],
    data: to("tset", id, eventHash(service.key, one.key)),
  }));

async function chooseService(turn: Turn, view: BundleView, page?: string): Promise<void> {
  const look = lookOf(turn);
  const services = offered(turn.engine.catalogue.connectors, "trigger");
  const screen = listScreen({
    head: view.body.trigger
      ? turn.t.builder.trigger.chooseService
      : `${turn.t.builder.trigger.chooseService}\n\n${turn.t.making.sentenceHint}`,
    picks: services.map((one) => ({ label: one.name[look.locale], data: to("tev", view.id, one.key) })),
    page,
    place: ["tsvc", view.id],
    below: view.body.trigger
      ? [[{ text: turn.t.builder.back, data: to("trigger", view.id) }]]
      : [
          [{ text: turn.t.templates.fromTemplate, data: to("templates") }],
          [{ text: turn.t.builder.back, data: to("bundles") }],
        ],
  });
  await turn.ask({ answer: "triggerName", args: [view.id], screen });
}

async function chooseEvent(turn: Turn, view: BundleView, key: string, page?: string): Promise<void> {
  const look = lookOf(turn);
  const service = turn.engine.catalogue.connector(key);
  if (!service || service.triggers.length === 0) return stale(turn, "tsvc", view.id);
  const only = service.triggers.length === 1 ? service.triggers[0] : undefined;
  if (only) return setTrigger(turn, view, service.key, only.key);
  const screen = listScreen({
    head: turn.t.builder.trigger.chooseEvent(service.name[look.locale]),
    picks: eventPicks(look, view.id, service, false),
    page,
    place: ["tev", view.id, key],
    below: [[{ text: turn.t.builder.back, data: to("tsvc", view.id) }]],
  });
  await turn.ask({ answer: "triggerName", args: [view.id], screen });
}

async function setTrigger(turn: Turn, view: BundleView, connector: string, trigger: string): Promise<void> {
  const now = view.body.trigger;
  if (now?.connector !== connector || now.trigger !== trigger) {
    const connection = await onlyAccount(turn, connector);
    await change(turn, view, { do: "setTrigger", connector, trigger, connection });
    // When it fires is the whole point of a clock: that is asked first.
    const chosen = turn.engine.catalogue.connector(connector)?.triggers.find((one) => one.key === trigger);
    if (chosen?.clock) return turn.go("step", view.id, "trigger");
  }
  await turn.go("trigger", view.id);
}

interface Known {
  /** The account was asked just now, and this is why it gave nothing. */
  readonly failure?: Failure;
  readonly wasAsked?: boolean;
  /** The person goes on with a made-up sample. */
  readonly isMadeUp?: boolean;
}

/** Goes to whatever the trigger still lacks; shows the sample when it lacks nothing. */
async function showTrigger(turn: Turn, view: BundleView, known: Known = {}): Promise<void> {
  const { engine, member } = turn;
  const look = lookOf(turn);
  const chosen = view.body.trigger;
  const trigger = triggerOf(look, view.body);
  if (!chosen || !trigger) return chooseService(turn, view);
  if (!chosen.connection && accountNeeded(engine, chosen.connector)) {
    const connection = await onlyAccount(turn, chosen.connector);
    if (connection === null) return showTriggerAccounts(turn, view);
    return showTrigger(turn, await change(turn, view, { do: "setTriggerConnection", connection }));
  }
  const account = await accountName(turn, chosen.connection);
  // Deleted meanwhile: another one has to take its place.
  if (chosen.connection && account === null) return showTriggerAccounts(turn, view);
  if (trigger.options.some((one) => one.required && one.when === undefined)) {
    const options = await engine.bundles.mapping(member.scope, view.id, "trigger");
    if (options.some(isMissing)) return turn.go("step", view.id, "trigger");
  }
  const isNew = view.body.steps.length === 0;
  const found = await engine.bundles.sample(member.scope, view.id);
  const isReal = found !== null && found.from !== "declared";
  // A poll is asked at once: nobody should have to press for what is always wanted.
  if (!isReal && isNew && trigger.poll && !known.wasAsked) return fetchSample(turn, view);
  const isWaiting = !isReal && !trigger.poll && trigger.hook !== undefined && isNew && !known.isMadeUp;
  const sample = isWaiting ? null : found;
  const screen = triggerScreen(look, {
    view,
    account,
    sample,
    fields: sample === null ? [] : await triggerFields(turn, view),
    failure: known.failure,
    next: isNew
      ? firstActionRows(turn, view)
      : [[{ text: turn.t.builder.trigger.toSteps, data: to("steps", view.id), style: "primary" }]],
    ...(isNew ? { nextHead: turn.t.builder.action.chooseFirst } : {}),
  });
  if (isNew && sample !== null) return turn.ask({ answer: "actionName", args: [view.id, "-"], screen });
  await turn.show(screen);
}

async function triggerFields(turn: Turn, view: BundleView): Promise<readonly SourceField[]> {
  const sources = await turn.engine.bundles.sources(turn.member.scope, view.id, "trigger");
  return sources.find((one) => one.ref === "trigger")?.fields ?? [];
}

async function fetchSample(turn: Turn, view: BundleView): Promise<void> {
  const isAsked = triggerOf(lookOf(turn), view.body)?.poll !== undefined;
  if (isAsked) await turn.show(askingScreen(lookOf(turn), view));
  else turn.toast(turn.t.builder.trigger.oneMoreAwaited);
  let failure: Failure | undefined;
  try {
    await turn.engine.bundles.fetchSample(turn.member.scope, view.id);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    failure = { class: "temporary", sentence: error.sentence };
  }
  await showTrigger(turn, view, { wasAsked: true, ...(failure ? { failure } : {}) });
}

/** Events that a typed word may mean: of services that it names, and by their own names. */
function searchEvents(turn: Turn, id: string, typed: string): Pick[] {
  const look = lookOf(turn);
  const services = offered(turn.engine.catalogue.search(typed, "trigger"), "trigger");
  const named = services.map((one) => ({ label: one.name[look.locale], data: to("tev", id, one.key) }));
  const events = offered(turn.engine.catalogue.connectors, "trigger").flatMap((service) => {
    const picks = eventPicks(look, id, service, true);
    return service.triggers.flatMap((one, i) => {
      const pick = picks[i];
      return pick && fits([pick.label, ...(one.words ?? [])].join(" "), typed) ? [pick] : [];
    });
  });
  return [...named, ...events];
}

export const builder: Handlers = {
  places: {
    ...accountPlaces,
    async new(turn) {
      const all = await turn.engine.bundles.list(turn.member.scope);
      const drafts = all.filter((one) => one.state === "draft" && one.connectors.length > 0);
      if (drafts.length === 0) return turn.go("fresh", nonce());
      drafts.sort((a, b) => b.number - a.number);
      await turn.show(unfinishedScreen(lookOf(turn), drafts, to("fresh", nonce())));
    },
    /** An empty draft that was left at once is taken up again: no litter. */
    async fresh(turn, tap) {
      const { bundles } = turn.engine;
      const all = await bundles.list(turn.member.scope);
      const empty = all.find((one) => one.state === "draft" && one.connectors.length === 0);
      const view = empty ? await load(turn, empty.id) : await bundles.create(scopeOnce(turn, need(tap)));
      if (view.body.trigger !== null || view.body.steps.length > 0)
        return showTrigger(turn, await bundles.create(scopeOnce(turn, need(tap))));
      await chooseService(turn, view);
    },
    trigger: async (turn, id) => showTrigger(turn, await load(turn, id)),
    tsvc: async (turn, id, page) => chooseService(turn, await load(turn, id), page),
    tev: async (turn, id, key, page) => chooseEvent(turn, await load(turn, id), need(key), page),
    async tset(turn, id, hash) {
      const view = await load(turn, id);
      for (const service of turn.engine.catalogue.connectors)
        for (const one of service.triggers)
          if (eventHash(service.key, one.key) === hash) return setTrigger(turn, view, service.key, one.key);
      await stale(turn, "tsvc", view.id);
    },
    /** Where a poll may be helped by a webhook: its address and how to paste it. */
    hook: async (turn, id, from) =>
      turn.show(hookScreen(lookOf(turn), await load(turn, id), from === "m" ? "cmore" : "trigger")),
    fetch: async (turn, id) => fetchSample(turn, await load(turn, id)),
    /** Goes on with the connector's made-up item. */
    made: async (turn, id) => showTrigger(turn, await load(turn, id), { wasAsked: true, isMadeUp: true }),
  },
  answers: {
    async triggerName(turn, text, id) {
      const view = await load(turn, id);
      // A whole sentence says the steps too; the bundle that was begun stays empty and is taken up again.
      if (view.body.trigger === null && (await sentenceShown(turn, text))) return;
      const picks = searchEvents(turn, view.id, text);
      const screen = foundScreen(lookOf(turn), { typed: text, picks, back: to("tsvc", view.id) });
      await turn.ask({ answer: "triggerName", args: [view.id], screen });
    },
  },
  commands: {
    async new(turn, rest) {
      if (rest === "" || !(await sentenceShown(turn, rest))) await turn.go("new");
    },
  },
};
