/** The mapping of a step or of the trigger's options, and one field of it opened. */
import {
  type ActionStep,
  type BundleView,
  type Json,
  type ListItem,
  type MappingLine,
  NotFound,
  type Source,
  UserError,
} from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Handlers, Screen, Turn } from "../parts.ts";
import { candidates, searched } from "../screens/candidates.ts";
import { foundScreen } from "../screens/choose.ts";
import {
  booleanScreen,
  choiceScreen,
  type FieldModel,
  fieldToken,
  foundFields,
  type Listed,
  listedScreen,
  valueScreen,
} from "../screens/field.ts";
import { lines } from "../screens/lay.ts";
import {
  hiddenPicks,
  isFilled,
  keysOf,
  mappingScreen,
  moreScreen,
  pageOfField,
  shownLines,
} from "../screens/mapping.ts";
import { toolScreen } from "../screens/step.ts";
import { checkTyped } from "../screens/typed.ts";
import { indexOf, short } from "../short.ts";
import { accountName } from "./accounts.ts";
import { allSources, change, load, lookOf, refusal, scopeFor, stale, stepIn } from "./draft.ts";

/** Everything about one field of a step or of the trigger. */
export interface Opened {
  readonly view: BundleView;
  readonly step: ActionStep | null;
  readonly mapping: readonly MappingLine[];
  readonly model: FieldModel;
  /** The token no longer fits; this is the field that stands in its place. */
  readonly isStale: boolean;
}

interface Token {
  readonly page?: string | undefined;
  /** What the token was made from; a field's key, or its key with its value. */
  readonly keys?: (mapping: readonly MappingLine[]) => string[];
  /** Where the token doesn't fit, open what stands in its place. */
  readonly isPlace?: boolean;
}

export interface OpenedStep {
  readonly view: BundleView;
  readonly step: ActionStep | null;
  readonly mapping: readonly MappingLine[];
}

const stepId = (opened: Pick<Opened, "step">): string => opened.step?.id ?? "trigger";

async function openStep(turn: Turn, id: string | undefined, step: string | undefined): Promise<OpenedStep | null> {
  const view = await load(turn, id);
  if (step !== "trigger") {
    const found = await stepIn(turn, view, step);
    if (found === null) return null;
    if (found.kind !== "action") {
      await turn.show(toolScreen(lookOf(turn), view, found, await allSources(turn, view)));
      return null;
    }
    return { view, step: found, mapping: await turn.engine.bundles.mapping(turn.member.scope, view.id, found.id) };
  }
  if (!view.body.trigger) {
    await turn.go("tsvc", view.id);
    return null;
  }
  return { view, step: null, mapping: await turn.engine.bundles.mapping(turn.member.scope, view.id, "trigger") };
}

async function showMapping(turn: Turn, { view, step, mapping }: OpenedStep, page?: string): Promise<void> {
  const account = await accountName(turn, (step ?? view.body.trigger)?.connection);
  await turn.show(mappingScreen(lookOf(turn), { view, step, account, mapping, page }));
}

export async function openField(
  turn: Turn,
  id: string | undefined,
  step: string | undefined,
  at: string | undefined,
  { page, keys = keysOf, isPlace = false }: Token = {},
): Promise<Opened | null> {
  const opened = await openStep(turn, id, step);
  if (opened === null) return null;
  const found = indexOf(at, keys(opened.mapping));
  const index = found ?? (isPlace ? Number(at?.split(".")[0]) : null);
  const line = index === null ? undefined : opened.mapping[index];
  if (index === null || line === undefined) {
    turn.toast(turn.t.builder.stale);
    await showMapping(turn, opened);
    return null;
  }
  const sources = opened.step
    ? await turn.engine.bundles.sources(turn.member.scope, opened.view.id, opened.step.id)
    : [];
  return {
    ...opened,
    model: { bundle: opened.view.id, step: stepId(opened), line, index, sources, page },
    isStale: found === null,
  };
}

export async function setValue(turn: Turn, opened: Opened, value: Json | undefined): Promise<BundleView> {
  const field = opened.model.line.field.key;
  return change(
    turn,
    opened.view,
    opened.step ? { do: "setField", step: opened.step.id, field, value } : { do: "setOption", field, value },
  );
}

/** Back to the mapping, on the page that holds the field. */
export async function backToMapping(turn: Turn, opened: Opened): Promise<void> {
  const fresh = await openStep(turn, opened.view.id, stepId(opened));
  if (fresh === null) return;
  await showMapping(turn, fresh, String(pageOfField(lookOf(turn), fresh.mapping, opened.model.line.field.key)));
}

async function listed(
  turn: Turn,
  opened: Opened,
  ask: { search?: string; page?: number; size?: number },
): Promise<Listed> {
  const { list } = opened.model.line.field;
  const connection = (opened.step ?? opened.view.body.trigger)?.connection;
  if (!list || !connection) return null;
  const given = (opened.step ? opened.step.input : opened.view.body.trigger?.options) ?? {};
  const depends = Object.fromEntries((list.dependsOn ?? []).map((key) => [key, String(given[key] ?? "")]));
  try {
    return await turn.engine.connections.options(turn.member.scope, connection, list.name, { ...ask, depends });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { class: "temporary", sentence: error.sentence };
  }
}

/** The screen of a field, by its kind. */
async function fieldScreen(turn: Turn, opened: Opened): Promise<Screen> {
  const { model } = opened;
  const { field } = model.line;
  const look = lookOf(turn);
  if (field.choices && field.choices.length > 0) return choiceScreen(look, model);
  if (field.list)
    return listedScreen(look, model, await listed(turn, opened, { page: pageNumber(model.page), size: 8 }));
  return field.kind === "boolean" ? booleanScreen(look, model) : valueScreen(look, model);
}

const pageNumber = (page: string | undefined): number => {
  const wanted = Number(page ?? 0);
  return Number.isInteger(wanted) && wanted > 0 && wanted < 100_000 ? wanted : 0;
};

const question = (opened: Opened, answer: string, screen: Screen) => ({
  answer,
  args: [opened.view.id, stepId(opened), fieldToken(opened.model)],
  screen,
  secret: opened.model.line.field.secret === true,
});

/** A value from a list: put in, or ticked where several may be chosen. */
function withChosen(line: MappingLine, value: string): Json | undefined {
  if (!line.field.many) return value;
  const now = Array.isArray(line.value)
    ? line.value
    : line.value === undefined || line.value === null
      ? []
      : [line.value];
  const next = now.includes(value) ? now.filter((one) => one !== value) : [...now, value];
  return next.length > 0 ? next : undefined;
}

async function findOption(turn: Turn, opened: Opened, fits: (item: ListItem) => boolean): Promise<ListItem | null> {
  for (let page = 0; page < 100; page++) {
    const found = await listed(turn, opened, { page, size: 200 });
    if (found === null || "class" in found) return null;
    const item = found.items.find(fits);
    if (item) return item;
    if ((page + 1) * 200 >= found.total) return null;
  }
  return null;
}

async function putTyped(turn: Turn, opened: Opened, text: string): Promise<void> {
  const { model, view } = opened;
  const checked = checkTyped(model.line.field, text, turn.t);
  if (!checked.ok) {
    // Words where a number belongs are often a field's name: those that fit are offered.
    const found = searched(candidates(model.sources), text, turn.locale);
    if (found.length > 0 && !/\d/.test(text)) {
      const screen = foundFields(lookOf(turn), model, found, text, "put");
      return turn.ask(question(opened, "fieldText", screen));
    }
    throw new UserError({ ru: checked.why, en: checked.why }, { to: "step", bundle: view.id, step: stepId(opened) });
  }
  await setValue(turn, opened, await templateOf(turn, opened, checked.value));
  await backToMapping(turn, opened);
}

/** Typed text as a template: names in braces become references; an unknown name is a refusal that quotes it. */
export async function templateOf(turn: Turn, opened: Opened, typed: string | boolean): Promise<Json> {
  if (typeof typed !== "string" || !typed.includes("{")) return typed;
  const read = await turn.engine.bundles.read(turn.member.scope, opened.view.id, stepId(opened), typed);
  if (read.unknown.length > 0)
    throw refusal((t) => t.mapping.unknownNames(read.unknown.map((name) => `{${name}}`).join(", ")));
  return read.template;
}

export function sourceField(sources: readonly Source[], ref: string | undefined, at: string | undefined) {
  const source = sources.find((one) => one.ref === ref);
  const index = source
    ? indexOf(
        at,
        source.fields.map((one) => one.field.key),
      )
    : null;
  return index === null ? null : (source?.fields[index] ?? null);
}

type FieldPlace = (turn: Turn, opened: Opened, ...args: (string | undefined)[]) => Promise<void>;
const withField =
  (then: FieldPlace) =>
  async (turn: Turn, id?: string, step?: string, at?: string, ...args: string[]): Promise<void> => {
    const opened = await openField(turn, id, step, at, { page: args[0] });
    if (opened !== null) await then(turn, opened, ...args);
  };

export const mapping: Handlers = {
  places: {
    async step(turn, id, step, page) {
      const opened = await openStep(turn, id, step);
      if (opened !== null) await showMapping(turn, opened, page);
    },
    async more(turn, id, step, page) {
      const opened = await openStep(turn, id, step);
      if (opened === null) return;
      const screen = moreScreen(lookOf(turn), { ...opened, account: null, page });
      await turn.ask({ answer: "moreField", args: [opened.view.id, stepId(opened)], screen });
    },
    field: withField(async (turn, opened) => {
      const screen = await fieldScreen(turn, opened);
      if (opened.model.line.field.kind === "boolean") return turn.show(screen);
      await turn.ask(question(opened, opened.model.line.field.list ? "fieldSearch" : "fieldText", screen));
    }),
    /** Earlier steps for a field whose own screen is a list. */
    from: withField(async (turn, opened) => {
      await turn.ask(question(opened, "fieldFind", valueScreen(lookOf(turn), opened.model)));
    }),
    find: withField(async (turn, opened) => {
      const back = to("field", opened.view.id, stepId(opened), fieldToken(opened.model));
      const screen: Screen = {
        text: lines(turn.t.mapping.findAsk),
        keyboard: [[{ text: turn.t.builder.back, data: back }]],
      };
      await turn.ask(question(opened, "fieldFind", screen));
    }),
    type: withField(async (turn, opened) => {
      const back = to("field", opened.view.id, stepId(opened), fieldToken(opened.model));
      const screen: Screen = {
        text: lines(turn.t.mapping.typeAsk),
        keyboard: [[{ text: turn.t.builder.back, data: back }]],
      };
      await turn.ask(question(opened, "fieldOwn", screen));
    }),
    put: withField(async (turn, opened, ref, at) => {
      const one = sourceField(opened.model.sources, ref, at);
      if (one === null) return stale(turn, "field", opened.view.id, stepId(opened), fieldToken(opened.model));
      await setValue(turn, opened, one.template);
      await backToMapping(turn, opened);
    }),
    set: withField(async (turn, opened, what) => {
      const value = what === "y" ? true : what === "n" ? false : undefined;
      if (value === undefined && what !== "e") throw new NotFound();
      await setValue(turn, opened, value);
      if (value === undefined) turn.toast(turn.t.mapping.emptied);
      await backToMapping(turn, opened);
    }),
    val: withField(async (turn, opened, hash) => {
      const { line } = opened.model;
      const choice = line.field.choices?.find((one) => short(one.value) === hash);
      const value =
        choice?.value ??
        (line.field.list ? (await findOption(turn, opened, (one) => short(one.value) === hash))?.value : undefined);
      if (value === undefined) return stale(turn, "field", opened.view.id, stepId(opened), fieldToken(opened.model));
      await setValue(turn, opened, withChosen(line, value));
      if (line.field.many) return turn.go("field", opened.view.id, stepId(opened), fieldToken(opened.model));
      await backToMapping(turn, opened);
    }),
    refr: withField(async (turn, opened) => {
      const connection = (opened.step ?? opened.view.body.trigger)?.connection;
      if (connection)
        await turn.engine.connections.refreshLists(scopeFor(turn, "lists"), connection).catch((error: unknown) => {
          if (!(error instanceof UserError)) throw error;
          turn.toast(error.sentence[turn.locale]);
        });
      await turn.go("field", opened.view.id, stepId(opened), fieldToken(opened.model));
    }),
  },
  answers: {
    async fieldText(turn, text, id, step, at) {
      const opened = await openField(turn, id, step, at);
      if (opened === null) return;
      const { field } = opened.model.line;
      const choice = field.choices?.find((one) =>
        [one.value, one.label.ru, one.label.en].some((word) => word.toLowerCase() === text.toLowerCase()),
      );
      if (choice) {
        await setValue(turn, opened, withChosen(opened.model.line, choice.value));
        return backToMapping(turn, opened);
      }
      if (field.choices && field.choices.length > 0 && !field.open && !text.includes("{"))
        throw refusal((t) => t.mapping.notListed(text.slice(0, 60)));
      await putTyped(turn, opened, text);
    },
    async fieldOwn(turn, text, id, step, at) {
      const opened = await openField(turn, id, step, at);
      if (opened !== null) await putTyped(turn, opened, text);
    },
    /** Typing at an account's list searches it; one exact hit is taken. */
    async fieldSearch(turn, text, id, step, at) {
      const opened = await openField(turn, id, step, at);
      if (opened === null) return;
      if (text.includes("{")) return putTyped(turn, opened, text);
      const found = await listed(turn, opened, { search: text, page: 0, size: 20 });
      const exact =
        found !== null && !("class" in found)
          ? found.items.filter((one) => one.label.toLowerCase() === text.toLowerCase() || one.value === text)
          : [];
      const only = exact[0];
      if (exact.length === 1 && only) {
        await setValue(turn, opened, withChosen(opened.model.line, only.value));
        return backToMapping(turn, opened);
      }
      await turn.ask(question(opened, "fieldSearch", listedScreen(lookOf(turn), opened.model, found, text)));
    },
    async fieldFind(turn, text, id, step, at) {
      const opened = await openField(turn, id, step, at);
      if (opened === null) return;
      if (text.includes("{")) return putTyped(turn, opened, text);
      const found = searched(candidates(opened.model.sources), text, turn.locale);
      await turn.ask(question(opened, "fieldFind", foundFields(lookOf(turn), opened.model, found, text, "put")));
    },
    async moreField(turn, text, id, step) {
      const opened = await openStep(turn, id, step);
      if (opened === null) return;
      const look = lookOf(turn);
      const wanted = text.toLowerCase();
      const at = new Set(shownLines(opened.mapping).map(({ index }) => index));
      const shown = opened.mapping.filter((line, i) => at.has(i) && !isFilled(line));
      const picks = [
        ...hiddenPicks(look, { ...opened, account: null }),
        ...shown.map((line) => ({
          label: line.field.label[turn.locale],
          data: to("field", opened.view.id, stepId(opened), fieldToken({ line, index: opened.mapping.indexOf(line) })),
        })),
      ].filter((one) => one.label.toLowerCase().includes(wanted));
      const screen = foundScreen(look, { typed: text, picks, back: to("more", opened.view.id, stepId(opened)) });
      await turn.ask({ answer: "moreField", args: [opened.view.id, stepId(opened)], screen });
    },
  },
};
