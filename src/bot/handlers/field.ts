/** One field of a step or of the trigger: found by its button, shown by its kind, filled. */
import {
  type ActionStep,
  type BundleView,
  type Json,
  type ListItem,
  type MappingLine,
  type Source,
  type Step,
  UserError,
} from "../../engine/index.ts";
import type { Screen, Turn } from "../parts.ts";
import { candidates, searched } from "../screens/candidates.ts";
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
import { keysOf, mappingScreen, pageOfField } from "../screens/mapping.ts";
import { listSources, toolEdit, toolLines } from "../screens/toolfields.ts";
import { keptToken } from "../screens/tools.ts";
import { checkTyped } from "../screens/typed.ts";
import { firstUnknown, unknownScreen } from "../screens/unknown.ts";
import { indexOf } from "../short.ts";
import { accountName } from "./accounts.ts";
import { change, load, lookOf, refusal, stepIn } from "./draft.ts";

/** Everything about one field of a step or of the trigger. */
export interface Opened {
  readonly view: BundleView;
  /** Null: the trigger. */
  readonly step: Step | null;
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
  readonly step: Step | null;
  readonly mapping: readonly MappingLine[];
}
/** An action's fields or the trigger's options: what the mapping shows. */
export type OpenedAction = OpenedStep & { readonly step: ActionStep | null };
export const isAction = (opened: OpenedStep): opened is OpenedAction =>
  opened.step === null || opened.step.kind === "action";

/** What has an account: the trigger or the action that is open. */
export const ownerOf = ({ view, step }: Pick<OpenedStep, "view" | "step">) =>
  step === null ? view.body.trigger : step.kind === "action" ? step : null;

export const stepId = (opened: Pick<Opened, "step">): string => opened.step?.id ?? "trigger";

export async function openStep(
  turn: Turn,
  id: string | undefined,
  step: string | undefined,
): Promise<OpenedStep | null> {
  const view = await load(turn, id);
  if (step !== "trigger") {
    const found = await stepIn(turn, view, step);
    if (found === null) return null;
    if (found.kind !== "action") {
      const sources = await turn.engine.bundles.sources(turn.member.scope, view.id, found.id);
      return { view, step: found, mapping: toolLines(found, sources, turn.locale) };
    }
    return { view, step: found, mapping: await turn.engine.bundles.mapping(turn.member.scope, view.id, found.id) };
  }
  if (!view.body.trigger) {
    await turn.go("tsvc", view.id);
    return null;
  }
  return { view, step: null, mapping: await turn.engine.bundles.mapping(turn.member.scope, view.id, "trigger") };
}

export async function showMapping(turn: Turn, opened: OpenedStep, page?: string): Promise<void> {
  if (!isAction(opened)) return turn.go("toolview", opened.view.id, stepId(opened));
  const { view, step, mapping } = opened;
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
  // A secret is literal text: nothing of earlier steps belongs into it.
  const sources =
    opened.step && line.field.secret !== true
      ? await turn.engine.bundles.sources(turn.member.scope, opened.view.id, opened.step.id)
      : [];
  const offered = opened.step?.kind === "loop" ? listSources(sources) : sources;
  return {
    ...opened,
    model: { bundle: opened.view.id, step: stepId(opened), line, index, sources: offered, page },
    isStale: found === null,
  };
}

export async function setValue(turn: Turn, opened: Opened, value: Json | undefined): Promise<BundleView> {
  const field = opened.model.line.field.key;
  const { step, view } = opened;
  if (step === null) return change(turn, view, { do: "setOption", field, value });
  if (step.kind === "action") return change(turn, view, { do: "setField", step: step.id, field, value });
  const edit = toolEdit(step, field, value);
  return edit === null ? view : change(turn, view, edit);
}

/** Back to the mapping, on the page that holds the field. */
export async function backToMapping(turn: Turn, opened: Opened): Promise<void> {
  const fresh = await openStep(turn, opened.view.id, stepId(opened));
  if (fresh === null) return;
  // A kept value has a screen of its own, to which its value and its key belong.
  const at = /^(?:value|key)\.(\d+)$/.exec(opened.model.line.field.key)?.[1];
  if (fresh.step?.kind === "set" && at !== undefined && fresh.step.values[Number(at)])
    return turn.go("kept", fresh.view.id, fresh.step.id, keptToken(fresh.step, Number(at)));
  await showMapping(turn, fresh, String(pageOfField(lookOf(turn), fresh.mapping, opened.model.line.field.key)));
}

export async function listed(
  turn: Turn,
  opened: Opened,
  ask: { search?: string; page?: number; size?: number },
): Promise<Listed> {
  const { list } = opened.model.line.field;
  const owner = ownerOf(opened);
  const connection = owner?.connection;
  if (!list || !connection) return null;
  const given = "input" in owner ? owner.input : owner.options;
  const depends = Object.fromEntries((list.dependsOn ?? []).map((key) => [key, String(given[key] ?? "")]));
  try {
    return await turn.engine.connections.options(turn.member.scope, connection, list.name, { ...ask, depends });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { class: "temporary", sentence: error.sentence };
  }
}

/** The screen of a field, by its kind. */
export async function fieldScreen(turn: Turn, opened: Opened): Promise<Screen> {
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

export const question = (opened: Opened, answer: string, screen: Screen) => ({
  answer,
  args: [opened.view.id, stepId(opened), fieldToken(opened.model)],
  screen,
  secret: opened.model.line.field.secret === true,
});

/** A value from a list: put in, or ticked where several may be chosen. */
export function withChosen(line: MappingLine, value: string, isWanted: boolean): Json | undefined {
  if (!line.field.many) return value;
  const now = Array.isArray(line.value)
    ? line.value
    : line.value === undefined || line.value === null
      ? []
      : [line.value];
  const others = now.filter((one) => one !== value);
  const next = isWanted ? [...others, value] : others;
  return next.length > 0 ? next : undefined;
}

export async function findOption(
  turn: Turn,
  opened: Opened,
  fits: (item: ListItem) => boolean,
): Promise<ListItem | null> {
  for (let page = 0; page < 100; page++) {
    const found = await listed(turn, opened, { page, size: 200 });
    if (found === null || "class" in found) return null;
    const item = found.items.find(fits);
    if (item) return item;
    if ((page + 1) * 200 >= found.total) return null;
  }
  return null;
}

export async function putTyped(turn: Turn, opened: Opened, text: string): Promise<void> {
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
  const value = await templateOf(turn, opened, checked.value);
  if (typeof value === "object" && value !== null && "unknown" in value)
    return keepUnknown(turn, opened, value.template);
  await setValue(turn, opened, value);
  await backToMapping(turn, opened);
}

/** Nothing typed is lost: the text is kept, marked as unsure, and fields with names like the unknown one are offered. */
export async function keepUnknown(turn: Turn, opened: Opened, template: string): Promise<void> {
  const { step, model } = opened;
  const unknown = firstUnknown(template);
  if (step === null || unknown === null) return backToMapping(turn, opened);
  // Tools mark nothing as unsure: what isn't known is not put into them.
  if (step.kind !== "action") throw refusal((t) => t.mapping.unknownNames(`{${unknown}}`));
  const { key } = model.line.field;
  const view = await change(turn, opened.view, {
    do: "propose",
    step: step.id,
    values: { [key]: template },
    unsure: [key],
  });
  const fresh = await openField(turn, view.id, step.id, fieldToken(model));
  if (fresh === null) return;
  const screen = unknownScreen(lookOf(turn), fresh.model, unknown, fresh.model.line.spoken ?? template);
  await turn.ask(question(fresh, "fieldText", screen));
}

interface Unknown {
  readonly unknown: readonly string[];
  readonly template: string;
}

/** Typed text as a template: names in braces become references; with an unknown name it isn't one yet. */
export async function templateOf(
  turn: Turn,
  opened: Opened,
  typed: string | boolean,
): Promise<string | boolean | Unknown> {
  if (typeof typed !== "string" || !typed.includes("{") || opened.model.line.field.secret) return typed;
  const read = await turn.engine.bundles.read(turn.member.scope, opened.view.id, stepId(opened), typed);
  if (read.unknown.length === 0) return read.template;
  // Without earlier steps, or where nothing but the name was typed, there is nothing to keep.
  const isAlone = /^\{[^{}]*\}$/.test(typed.trim());
  if (opened.model.sources.length === 0 || isAlone)
    throw refusal((t) => t.mapping.unknownNames(read.unknown.map((name) => `{${name}}`).join(", ")));
  return read;
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
