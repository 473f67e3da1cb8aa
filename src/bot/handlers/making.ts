/** Bundles from a sentence, a link or a file, with their accounts asked for afterwards; and sharing one's own. */
import { type BundleView, UserError } from "../../engine/index.ts";
import type { Handlers, Turn } from "../parts.ts";
import { cut, lines } from "../screens/lay.ts";
import { previewScreen, sharedScreen, whichAccount } from "../screens/making.ts";
import { accountNeeded } from "../screens/mapping.ts";
import { understand } from "../sentence.ts";
import { toTemplate } from "../share.ts";
import { nonce, short } from "../short.ts";
import { codeOf, fileOf, MOST_ACTIONS, type Skeleton, skeletonIn, skeletonOf } from "../skeleton.ts";
import { accountsOf } from "./accounts.ts";
import { change, load, lookOf, need, refusal, scopeFor, scopeOnce, stale } from "./draft.ts";
import { showSteps } from "./steps.ts";

const MOST_BYTES = 1024 * 1024;
/** Fewer words are a name that is looked for, not a sentence. */
const FEWEST_WORDS = 3;

/** Shows what a sentence asks for; false where it isn't one. */
export async function sentenceShown(turn: Turn, typed: string): Promise<boolean> {
  if (typed.split(/[^\p{L}\p{N}]+/u).filter(Boolean).length < FEWEST_WORDS) return false;
  const { trigger, actions } = understand(typed, turn.engine.catalogue.connectors);
  if (trigger === null || actions.length === 0) return false;
  return shown(turn, { trigger, actions: actions.slice(0, MOST_ACTIONS) }, turn.t.making.understood);
}

async function shown(turn: Turn, skeleton: Skeleton, head: string): Promise<boolean> {
  const code = codeOf(skeleton);
  if (code === null) return false;
  await turn.show(previewScreen(lookOf(turn), { head, skeleton, code, tap: nonce() }));
  return true;
}

// ---- accounts of a draft that came without them

/** The first service of the bundle for which no account is chosen. */
function lacking(turn: Turn, { body }: BundleView): string | null {
  const uses = [body.trigger, ...body.steps.filter((step) => step.kind === "action")];
  return (
    uses.find((one) => one && one.connection === null && accountNeeded(turn.engine, one.connector))?.connector ?? null
  );
}

/** Asks for one account after the other; the list of steps comes last. */
async function nextAccount(turn: Turn, view: BundleView, word?: string): Promise<void> {
  const connector = lacking(turn, view);
  if (connector === null) return showSteps(turn, view, undefined, word ?? turn.t.making.made(cut(view.name, 80)));
  const accounts = await accountsOf(turn, connector);
  await turn.show(whichAccount(lookOf(turn), { view, connector, service: short(connector), accounts }));
}

/** The account goes wherever the service is used without one. */
async function giveAccount(turn: Turn, view: BundleView, connector: string, account: string): Promise<void> {
  let now = view;
  const { trigger, steps } = view.body;
  if (trigger?.connector === connector && trigger.connection === null) {
    now = await change(turn, now, { do: "setTriggerConnection", connection: account });
    // Proposals of the steps see real data where there are some; an account that has none keeps nothing up.
    await turn.engine.bundles.fetchSample(turn.member.scope, view.id).catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error;
    });
    now = await load(turn, view.id);
  }
  for (const step of steps)
    if (step.kind === "action" && step.connector === connector && step.connection === null)
      now = await change(turn, now, { do: "setConnection", step: step.id, connection: account });
  await nextAccount(turn, now);
}

const serviceOf = (turn: Turn, view: BundleView, service: string | undefined): string | null => {
  const connector = lacking(turn, view);
  return connector !== null && short(connector) === service ? connector : null;
};

// ---- a file

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw refusal((t) => t.making.notJson);
  }
}

const isTemplate = (file: unknown): boolean =>
  typeof file === "object" && file !== null && "template" in file && file.template === true;

async function take(turn: Turn, fileId: string, size: string | undefined): Promise<void> {
  if (Number(size) > MOST_BYTES) throw refusal((t) => t.making.fileTooLarge);
  const bytes = await turn.readFile(fileId);
  if (bytes === null) throw refusal((t) => t.making.fileUnread);
  if (bytes.byteLength > MOST_BYTES) throw refusal((t) => t.making.fileTooLarge);
  const file = parsed(bytes);
  const { bundles } = turn.engine;
  const scope = scopeFor(turn, "file");
  // The engine reads it whole and says what is wrong; a template's own mark isn't part of a bundle's file.
  const view = isTemplate(file)
    ? await bundles.fromTemplate(scope, file as Parameters<typeof bundles.fromTemplate>[1], {})
    : await bundles.importFile(scope, file, {});
  await nextAccount(turn, view, turn.t.making.imported(cut(view.name, 80)));
}

export const making: Handlers = {
  places: {
    /** What a shared link would build; it is only looked at. */
    async sk(turn, code) {
      const skeleton = skeletonOf(code, turn.engine.catalogue.connectors);
      if (skeleton === null || !(await shown(turn, skeleton, turn.t.making.shared)))
        throw refusal((t) => t.making.linkGone);
    },
    async mk(turn, tap, code) {
      const { connectors } = turn.engine.catalogue;
      const skeleton = skeletonOf(code, connectors);
      if (skeleton === null) throw refusal((t) => t.making.linkGone);
      await turn.show({ text: lines(turn.t.making.building), keyboard: [], passing: true });
      const look = lookOf(turn);
      const service = (key: string) => look.catalogue.connector(key)?.name[turn.locale] ?? key;
      const names = [...new Set([skeleton.trigger, ...skeleton.actions].map(({ connector }) => service(connector)))];
      const file = fileOf(skeleton, cut(names.join(" → "), 100), connectors);
      const view = await turn.engine.bundles.fromTemplate(scopeOnce(turn, need(tap)), file, {});
      await nextAccount(turn, view);
    },
    acc: async (turn, id) => nextAccount(turn, await load(turn, id)),
    async accs(turn, id, service, account) {
      const view = await load(turn, id);
      const connector = serviceOf(turn, view, service);
      if (connector === null) return nextAccount(turn, view);
      await giveAccount(turn, view, connector, need(account));
    },
    async accn(turn, id, service) {
      const view = await load(turn, id);
      const connector = serviceOf(turn, view, service);
      if (connector === null) return nextAccount(turn, view);
      await turn.returnTo("accs", view.id, need(service));
      await turn.go("connect", connector);
    },
    /** A document that was sent to the chat. */
    file: (turn, id, size) => take(turn, need(id), size),
    async share(turn, id) {
      const view = await load(turn, id);
      if (view.body.trigger === null) return stale(turn, "card", view.id);
      const exported = await turn.engine.bundles.exportFile(turn.member.scope, view.id);
      const template = toTemplate(exported, turn.engine.catalogue.connector);
      const name = `svyazka-template-${view.number}.json`;
      await turn.sendFile(name, `${JSON.stringify(template, null, 2)}\n`, turn.t.making.shareCaption);
      const skeleton = skeletonIn(exported);
      const code = skeleton && codeOf(skeleton);
      const link = code === null ? null : turn.link(`o_sk_${code}`);
      await turn.show(sharedScreen(lookOf(turn), view, link));
    },
  },
  answers: {},
};
