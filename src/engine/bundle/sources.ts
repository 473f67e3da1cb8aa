/** What can be put into a step's fields: everything that the trigger and the steps before it give. */
import type { Field, Json, JsonObject, Text } from "../../connectors/kit/fields.ts";
import type { Source, SourceField } from "../engine.ts";
import { isEmpty, readPath, toText } from "../values/settings.ts";
import { referenceTo } from "../values/template.ts";
import { kindOf } from "./meaning.ts";

const SHOWN = 80;
const MAX_FOUND = 300;
const MAX_DEPTH = 6;

/** Everything needed to tell what one step gives. */
export interface Giver {
  readonly ref: string;
  readonly number: number;
  readonly title: Text;
  readonly declared: readonly Field[];
  readonly sample: JsonObject;
  readonly isExample?: boolean;
  /** Declared fields of a record that the step makes without filling them. */
  readonly unfilled?: ReadonlySet<string>;
}

/** Declared fields with the sample's values beside them, then what the sample holds beyond them. */
export function sourceOf(giver: Giver): Source {
  const declared = giver.declared.map((field): SourceField => {
    const one = sourceField(giver.ref, field, field.key.split("."), giver.sample);
    return giver.unfilled?.has(field.key) ? { ...one, shown: null, staysEmpty: true } : one;
  });
  // What is declared as just any object (the body of a webhook) is opened: its fields are what people want to pick.
  const covered = new Set(giver.declared.filter(({ kind, many }) => kind !== "object" || many).map(({ key }) => key));
  const known = new Set(giver.declared.map(({ key }) => key));
  const beyond = leaves(giver.sample, covered).filter((path) => !known.has(path.join(".")));
  const isLoop = known.has("index") && known.has("total");
  const found = beyond.map((path) => {
    const value = readPath(giver.sample, path) ?? null;
    const key = path.join(".");
    // Of a loop's element people know the fields, not that it is an element.
    const label = path.length > 1 && path[0] === "item" && isLoop ? path.slice(1).join(".") : key;
    const field: Field = { key, label: { ru: label, en: label }, kind: kindOf(value) };
    return sourceField(giver.ref, field, path, giver.sample);
  });
  // A list of records is opened at its first one, and is a field itself: a loop goes through it.
  const lists = listsIn(giver.sample)
    .filter((path) => !known.has(path.join(".")))
    .map((path) => {
      const key = path.join(".");
      const label = path.length > 1 && path[0] === "item" && isLoop ? path.slice(1).join(".") : key;
      const field: Field = { key, label: { ru: label, en: label }, kind: "object", many: true };
      return sourceField(giver.ref, field, path, giver.sample);
    });
  const { ref, number, title } = giver;
  return {
    ref,
    number,
    title,
    fields: [...declared, ...found, ...lists],
    ...(giver.isExample ? { isExample: true } : {}),
  };
}

/** A value as a line of text, cut; null where there is nothing to show. */
export function shownValue(value: Json | undefined): string | null {
  if (isEmpty(value)) return null;
  const text = toText(value).replace(/\s+/g, " ").trim();
  return text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text;
}

function sourceField(ref: string, field: Field, path: readonly string[], sample: JsonObject): SourceField {
  const value = readPath(sample, path) ?? null;
  return { field, template: referenceTo(ref, path), shown: field.secret === true ? null : shownValue(value), value };
}

/** Paths of values that no declared field covers; lists of plain values count as one, lists of objects by their first. */
function leaves(sample: JsonObject, covered: ReadonlySet<string>): readonly (readonly string[])[] {
  const found: string[][] = [];
  const visit = (value: Json, path: string[]): void => {
    if (found.length >= MAX_FOUND || covered.has(path.join("."))) return;
    if (typeof value !== "object" || value === null || path.length >= MAX_DEPTH) {
      found.push(path);
    } else if (Array.isArray(value)) {
      const [first] = value;
      if (typeof first === "object" && first !== null) visit(first, [...path, "0"]);
      else found.push(path);
    } else {
      for (const [key, item] of Object.entries(value)) visit(item, [...path, key]);
    }
  };
  for (const [key, item] of Object.entries(sample)) visit(item, [key]);
  return found;
}

/** Paths of lists of records; those within another list belong to its elements. */
function listsIn(sample: JsonObject): readonly (readonly string[])[] {
  const found: string[][] = [];
  const visit = (value: Json, path: string[]): void => {
    if (typeof value !== "object" || value === null || path.length >= MAX_DEPTH || found.length >= MAX_FOUND) return;
    if (!Array.isArray(value)) {
      for (const [key, item] of Object.entries(value)) visit(item, [...path, key]);
    } else if (typeof value[0] === "object" && value[0] !== null) found.push(path);
  };
  visit(sample, []);
  return found;
}

/** In a loop its element stands for all of them: the first one of the list it goes through would be the same every time. */
export function withoutFirst<S extends Source>(sources: readonly S[], list: Json): readonly S[] {
  return sources.map((source) => {
    const gone = source.fields.find(({ template }) => template === list)?.field.key;
    if (gone === undefined) return source;
    return { ...source, fields: source.fields.filter(({ field }) => !field.key.startsWith(`${gone}.0`)) };
  });
}
