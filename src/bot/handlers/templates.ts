/** Ready bundles: the list, what one does, its accounts, and the drafts that come of it. */
import type { BundleView, ConnectionView } from "../../engine/index.ts";
import { fileOf, TEMPLATES, type TemplateSet } from "../../templates/index.ts";
import { to } from "../callback.ts";
import type { Handlers, Turn } from "../parts.ts";
import { accountsScreen, foundScreen } from "../screens/choose.ts";
import { lines } from "../screens/lay.ts";
import {
  type Connected,
  draftScreen,
  isMeant,
  isOpen,
  madeScreen,
  ordered,
  templatePicks,
  templateScreen,
  templatesScreen,
} from "../screens/templates.ts";
import { serviceName } from "../screens/titles.ts";
import { nonce, short } from "../short.ts";
import { accountsOf } from "./accounts.ts";
import { load, lookOf, need, scopeOnce } from "./draft.ts";

/** Only what this installation's catalogue has. */
const offered = (turn: Turn): readonly TemplateSet[] =>
  TEMPLATES.filter(({ needs, bundles }) =>
    [...needs, ...bundles.map(({ bundle }) => bundle.trigger?.connector ?? "")].every((key) =>
      turn.engine.catalogue.connector(key),
    ),
  );

const setOf = (turn: Turn, key: string | undefined): TemplateSet | undefined =>
  offered(turn).find((one) => short(one.key) === key);

async function connectedOf(turn: Turn): Promise<Connected> {
  const own = await turn.engine.connections.list(turn.member.scope);
  return new Set(own.filter(({ state }) => state === "alive").map(({ connector }) => connector));
}

async function showList(turn: Turn, page?: string): Promise<void> {
  await turn.forgetReturn();
  const connected = await connectedOf(turn);
  const screen = templatesScreen(lookOf(turn), ordered(offered(turn), connected), connected, page);
  await turn.ask({ answer: "templateName", args: [], screen });
}

async function showSet(turn: Turn, set: TemplateSet): Promise<void> {
  await turn.show(templateScreen(lookOf(turn), set, await connectedOf(turn), nonce()));
}

async function search(turn: Turn, typed: string): Promise<void> {
  const look = lookOf(turn);
  const connected = await connectedOf(turn);
  const found = ordered(offered(turn), connected).filter((set) => isMeant(look, set, typed));
  const [only] = found;
  if (only !== undefined && found.length === 1) return showSet(turn, only);
  const picks = templatePicks(look, found, connected);
  const screen = foundScreen(look, { typed, picks, back: to("templates") });
  await turn.ask({ answer: "templateName", args: [], screen });
}

/** What was asked for: one of the set or all, and the accounts chosen so far in the order of `needs`, as ids or their short forms. */
interface Taking {
  readonly set: TemplateSet;
  readonly which: string;
  readonly tap: string;
  readonly given: readonly string[];
}

/** Asks for the accounts one after the other; makes the drafts when there are all. */
async function take(turn: Turn, { set, which, tap, given }: Taking): Promise<void> {
  const chosen: ConnectionView[] = [];
  for (const [index, connector] of set.needs.entries()) {
    const own = await accountsOf(turn, connector);
    const alive = own.filter(({ state }) => state === "alive");
    const asked = given[index];
    const one =
      asked === undefined
        ? alive.length === 1
          ? alive[0]
          : undefined
        : own.find(({ id }) => id === asked || short(id) === asked);
    if (one === undefined) {
      const before = chosen.map(({ id }) => short(id));
      if (own.length === 0) return connect(turn, { set, which, tap, given: before }, connector);
      return chooseAccount(turn, { set, which, tap, given: before }, connector, own);
    }
    chosen.push(one);
  }
  await make(turn, { set, which, tap, given }, chosen);
}

async function connect(turn: Turn, { set, which, tap, given }: Taking, connector: string): Promise<void> {
  await turn.returnTo("tu", short(set.key), which, tap, ...given);
  await turn.go("connect", connector);
}

async function chooseAccount(
  turn: Turn,
  { set, which, tap, given }: Taking,
  connector: string,
  accounts: readonly ConnectionView[],
): Promise<void> {
  const look = lookOf(turn);
  const key = short(set.key);
  await turn.show(
    accountsScreen(look, {
      service: serviceName(look, connector),
      accounts,
      can: "action",
      choose: (id) => to("tu", key, which, tap, ...given, short(id)),
      connect: to("tc", key, which, tap, ...given),
      back: to("tpl", key),
      page: undefined,
      place: ["tpl", key],
    }),
  );
}

async function make(turn: Turn, { set, which, tap }: Taking, accounts: readonly ConnectionView[]): Promise<void> {
  const picked = set.bundles.flatMap((one, index) =>
    which === "a" || which === String(index) ? [{ one, index }] : [],
  );
  const connections = Object.fromEntries(accounts.map(({ connector, id }) => [connector, id]));
  const made: BundleView[] = [];
  for (const { one, index } of picked) {
    await turn.show({
      text: lines(turn.t.templates.making(made.length + 1, picked.length)),
      keyboard: [],
      passing: true,
    });
    const file = fileOf(one, turn.locale);
    made.push(await turn.engine.bundles.fromTemplate(scopeOnce(turn, `${tap}:${index}`), file, connections));
  }
  const [only] = made;
  const key = short(set.key);
  if (only !== undefined && made.length === 1) return turn.go("tr", only.id, key, which);
  await turn.go("tl", key, made.map(({ number }) => number).join("."));
}

/** The drafts of a set, by their numbers. */
async function showMade(turn: Turn, key: string, numbers: string): Promise<void> {
  const wanted = numbers.split(".");
  const all = await turn.engine.bundles.list(turn.member.scope);
  const drafts = all.filter(({ number }) => wanted.includes(String(number))).toSorted((a, b) => a.number - b.number);
  const place = (id: string) => {
    const number = String(drafts.find((one) => one.id === id)?.number);
    return to("tr", id, key, wanted.indexOf(number), numbers.length <= 20 ? numbers : "");
  };
  await turn.show(madeScreen(lookOf(turn), drafts, place));
}

async function showDraft(turn: Turn, view: BundleView, key: string, index: string, numbers: string): Promise<void> {
  const one = setOf(turn, key)?.bundles[Number(index)];
  if (one === undefined) return turn.go("steps", view.id);
  const { bundles } = turn.engine;
  const { scope } = turn.member;
  const steps = view.body.steps.filter((step) => step.kind === "action");
  const [problems, guesses] = await Promise.all([
    bundles.problems(scope, view.id),
    Promise.all(
      steps.map(async ({ id }) => ({
        step: id,
        lines: (await bundles.mapping(scope, view.id, id)).filter(isOpen),
      })),
    ),
  ]);
  const others = numbers === "" ? null : to("tl", key, numbers);
  await turn.show(draftScreen(lookOf(turn), { view, one, problems, guesses, others }));
}

const taking =
  (then: (turn: Turn, taking: Taking) => Promise<void>) =>
  async (turn: Turn, key?: string, which?: string, tap?: string, ...given: string[]): Promise<void> => {
    const set = setOf(turn, key);
    if (set === undefined || !(which === "a" || set.bundles[Number(which)])) return showList(turn);
    await then(turn, { set, which: need(which), tap: need(tap), given });
  };

export const templates: Handlers = {
  places: {
    templates: showList,
    async tpl(turn, key) {
      await turn.forgetReturn();
      const set = setOf(turn, key);
      await (set === undefined ? showList(turn) : showSet(turn, set));
    },
    tu: taking(take),
    /** Another account of the service that is asked for now. */
    tc: taking(async (turn, asked) => {
      const connector = asked.set.needs[asked.given.length];
      await (connector === undefined ? take(turn, asked) : connect(turn, asked, connector));
    }),
    tl: (turn, key, numbers) => showMade(turn, need(key), need(numbers)),
    tr: async (turn, id, key, index, numbers) =>
      showDraft(turn, await load(turn, id), need(key), need(index), numbers ?? ""),
  },
  answers: { templateName: search },
  commands: { templates: (turn, rest) => (rest === "" ? turn.go("templates") : search(turn, rest)) },
};
