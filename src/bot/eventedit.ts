/** An event changed by hand before it is repeated: its values one by one, each kept in the kind that it had. Pure. */
import { type Json, type JsonObject, UserError } from "../engine/index.ts";
import { textsFor } from "./texts/index.ts";

export type Plain = string | number | boolean | null;
export type Path = readonly (string | number)[];
export interface Leaf {
  readonly path: Path;
  readonly value: Plain;
}
/** By the path's JSON. */
export type Changes = Readonly<Record<string, Plain>>;

const isPlain = (value: Json): value is Plain => value === null || typeof value !== "object";
export const keyOf = (path: Path): string => JSON.stringify(path);

/** Every single value of an event, empty ones too: those are what a person wants to fill. */
export function leavesOf(data: Json, path: Path = []): readonly Leaf[] {
  if (isPlain(data)) return [{ path, value: data }];
  const below: readonly (readonly [string | number, Json])[] = Array.isArray(data)
    ? data.map((one, at) => [at, one] as const)
    : Object.entries(data);
  return below.flatMap(([key, value]) => leavesOf(value, [...path, key]));
}

/** The event with the changes in it; a path that the event doesn't have is passed over. */
export function withChanges(event: JsonObject, changes: Changes): JsonObject {
  const changed = (data: Json, path: Path): Json => {
    if (isPlain(data)) return Object.hasOwn(changes, keyOf(path)) ? (changes[keyOf(path)] ?? null) : data;
    if (Array.isArray(data)) return data.map((one, at) => changed(one, [...path, at]));
    return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, changed(value, [...path, key])]));
  };
  return changed(event, []) as JsonObject;
}

const YES = /^(да|yes|true|1|\+)$/i;
const NO = /^(нет|no|false|0|-)$/i;

/** What was typed, in the kind of the value that stands there. */
export function typedAs(before: Plain, typed: string): Plain {
  const text = typed.trim();
  if (typeof before === "boolean") {
    if (YES.test(text)) return true;
    if (NO.test(text)) return false;
    throw refusal("notYesNo", text);
  }
  if (typeof before === "number") {
    const number = Number(text.replace(/\s/g, "").replace(",", "."));
    if (text === "" || !Number.isFinite(number)) throw refusal("notNumber", text);
    // A long number would lose its last digits.
    return Number.isInteger(number) && !Number.isSafeInteger(number) ? text : number;
  }
  return text;
}

function refusal(which: "notYesNo" | "notNumber", typed: string): UserError {
  const shown = typed.slice(0, 40);
  return new UserError({
    ru: textsFor("ru").history.replay[which](shown),
    en: textsFor("en").history.replay[which](shown),
  });
}
