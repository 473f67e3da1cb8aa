/** Does the record exist already, and what follows from it: the four modes, the two ways to match, the three rules. */
import type { Context, Duplicates, Field, Found, Json, JsonObject, Text } from "../../connectors/kit/define.ts";
import type { DuplicateSettings } from "../bundle/model.ts";
import { normalPhone, samePhone } from "../values/phone.ts";
import { isEmpty, toText } from "../values/settings.ts";

export type Decision =
  | { readonly do: "create" }
  | { readonly do: "keep"; readonly found: Found; readonly several: number }
  | { readonly do: "update"; readonly found: Found; readonly several: number; readonly changes: JsonObject }
  /** Only updating was asked for, and there is nothing to update. */
  | { readonly do: "nothing" };

export interface Asked {
  readonly duplicates: Duplicates;
  readonly settings: DuplicateSettings;
  readonly fields: readonly Field[];
  readonly input: JsonObject;
  readonly country: string;
}

/** Asks the service for the record and decides; writes nothing. */
export async function decide(ctx: Context, asked: Asked): Promise<Decision> {
  const { settings } = asked;
  if (settings.mode === "create") return { do: "create" };
  const matches = await findMatches(ctx, asked);
  const [found] = matches;
  if (!found) return settings.mode === "updateOnly" ? { do: "nothing" } : { do: "create" };
  const several = matches.length;
  if (settings.mode === "keep") return { do: "keep", found, several };
  const changes = changesOf(asked, found);
  return Object.keys(changes).length === 0 ? { do: "keep", found, several } : { do: "update", found, several, changes };
}

/** Records that match by the ticked fields, the oldest first. An empty ticked value never matches anything. */
export async function findMatches(ctx: Context, asked: Asked): Promise<readonly Found[]> {
  const { settings, input } = asked;
  const keys = settings.keys.filter((key) => asked.duplicates.keys.includes(key));
  const filled = keys.filter((key) => !isEmpty(input[key]));
  if (settings.match === "any") {
    for (const key of filled) {
      const matches = await findBy(ctx, asked, key);
      if (matches.length > 0) return oldestFirst(matches);
    }
    return [];
  }
  if (filled.length === 0 || filled.length < keys.length) return [];
  let common: readonly Found[] | undefined;
  for (const key of filled) {
    const matches = await findBy(ctx, asked, key);
    const ids = new Set(matches.map(({ id }) => id));
    common = common === undefined ? matches : common.filter(({ id }) => ids.has(id));
    if (common.length === 0) return [];
  }
  return oldestFirst(common ?? []);
}

/** The service's search may be wider than ours (parts of words, other fields): what it shows of the field must agree. */
async function findBy(ctx: Context, asked: Asked, key: string): Promise<readonly Found[]> {
  const value = asked.input[key] ?? null;
  const found = await asked.duplicates.find(ctx, key, value, asked.input);
  const unique = [...new Map(found.map((one) => [one.id, one])).values()];
  return unique.filter(({ fields }) => isEmpty(fields[key]) || isSame(asked, key, value, fields[key] ?? null));
}

/** Phones are compared as numbers, e-mails and texts without case and outer spaces; of lists one common value is enough. */
function isSame(asked: Pick<Asked, "fields" | "country">, key: string, a: Json, b: Json): boolean {
  const kind = asked.fields.find((field) => field.key === key)?.kind ?? "text";
  const as = Array.isArray(a) ? a : [a];
  const bs = Array.isArray(b) ? b : [b];
  return as.some((left) =>
    bs.some((right) =>
      kind === "phone"
        ? samePhone(left, right, asked.country) || toText(left).trim() === toText(right).trim()
        : toText(left).trim().toLowerCase() === toText(right).trim().toLowerCase(),
    ),
  );
}

function oldestFirst(found: readonly Found[]): readonly Found[] {
  return [...found].sort((a, b) => compareAge(a.createdAt, b.createdAt) || compareAge(a.id, b.id));
}

/** Numbers by size, everything else as text; what has no age is the youngest. */
function compareAge(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  if (/^\d+$/.test(a) && /^\d+$/.test(b)) return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * What is to be written into a found record. Values that it has already are left out, so that doing it again (after a
 * lost answer) changes nothing; that holds for "add" too: what stands there isn't added twice.
 */
export function changesOf(asked: Asked, found: Found): JsonObject {
  const changes: [string, Json][] = [];
  for (const [key, value] of Object.entries(asked.input)) {
    const present = found.fields[key] ?? null;
    const rule = asked.settings.rules[key] ?? "replace";
    if (isEmpty(present)) changes.push([key, value]);
    else if (rule === "fill") continue;
    else if (rule === "add") {
      const added = add(
        present,
        value,
        asked.fields.find((field) => field.key === key),
      );
      if (added !== undefined) changes.push([key, added]);
    } else if (!isUnchanged(asked, key, value, present)) changes.push([key, value]);
  }
  return Object.fromEntries(changes);
}

function isUnchanged(asked: Asked, key: string, value: Json, present: Json): boolean {
  if (Array.isArray(value) || Array.isArray(present) || typeof value === "object") {
    return JSON.stringify(value) === JSON.stringify(present);
  }
  const kind = asked.fields.find((field) => field.key === key)?.kind;
  if (kind === "phone" && settingsTick(asked, key)) return samePhone(value, present, asked.country);
  return toText(value) === toText(present);
}

const settingsTick = (asked: Asked, key: string): boolean => asked.settings.keys.includes(key);

/** Lists are joined, texts written one after the other; other kinds can't be added to and are replaced. */
function add(present: Json, value: Json, field: Field | undefined): Json | undefined {
  if (field?.many || Array.isArray(present)) {
    const before = Array.isArray(present) ? present : [present];
    const known = new Set(before.map((item) => JSON.stringify(item)));
    const fresh = (Array.isArray(value) ? value : [value]).filter((item) => !known.has(JSON.stringify(item)));
    return fresh.length === 0 ? undefined : [...before, ...fresh];
  }
  const kind = field?.kind ?? "text";
  if (kind !== "text" && kind !== "longText") return toText(present) === toText(value) ? undefined : value;
  const text = toText(value).trim();
  const before = toText(present).trimEnd();
  if (stands(before, text)) return undefined;
  return `${before}${kind === "longText" || before.includes("\n") ? "\n" : ", "}${text}`;
}

/** Written there already, whole and between separators: the text itself may hold them. */
function stands(before: string, text: string): boolean {
  if (text === "") return true;
  const isEdge = (rest: string, edge: "start" | "end") =>
    rest === "" || (edge === "end" ? /(?:\n|, )$/.test(rest) : /^(?:\s*\n|, )/.test(rest));
  for (let at = before.indexOf(text); at >= 0; at = before.indexOf(text, at + 1)) {
    if (isEdge(before.slice(0, at), "end") && isEdge(before.slice(at + text.length), "start")) return true;
  }
  return false;
}

/** Names under which two runs that would create the same record meet. */
export function lockKeys(workspace: string, connector: string, asked: Asked): readonly string[] {
  return asked.settings.keys.flatMap((key) => {
    const value = asked.input[key];
    if (value === undefined || isEmpty(value)) return [];
    const values = Array.isArray(value) ? value : [value];
    const kind = asked.fields.find((field) => field.key === key)?.kind;
    return values.map((one) => {
      const phone = kind === "phone" ? normalPhone(one, asked.country) : null;
      return `${workspace} ${connector} ${key} ${phone ?? toText(one).trim().toLowerCase()}`;
    });
  });
}

/** What the run says about the record that it found. */
export function foundNotes(decision: Decision): readonly Text[] {
  switch (decision.do) {
    case "create":
      return [];
    case "nothing":
      return [{ ru: "Такой записи нет, новая не создана.", en: "There is no such record; none was created." }];
    case "keep":
    case "update": {
      const { id } = decision.found;
      const first: Text =
        decision.do === "keep"
          ? { ru: `Запись уже есть: ${id}.`, en: `The record exists already: ${id}.` }
          : { ru: `Запись уже есть: ${id}. Она обновлена.`, en: `The record exists already: ${id}. It was updated.` };
      if (decision.several < 2) return [first];
      return [
        first,
        {
          ru: `Подошло записей: ${decision.several}. Взята самая старая.`,
          en: `${decision.several} records matched. The oldest was taken.`,
        },
      ];
    }
    default:
      return decision satisfies never;
  }
}
