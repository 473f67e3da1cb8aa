/** What tools have in common: they count with what they are given, ask nobody and change nothing. */
import type { Action, Context, Field, JsonObject, Text } from "../../kit/define.ts";
import { ConnectorError } from "../../kit/errors.ts";

/** A tool; a dry run does it for real, for it is a kind of find. */
export function tool(declared: {
  readonly key: string;
  readonly name: Text;
  readonly about?: Text;
  readonly words?: readonly string[];
  readonly fields: readonly Field[];
  readonly output: readonly Field[];
  readonly sample: JsonObject;
  run(input: JsonObject, ctx: Context): JsonObject;
}): Action {
  return { ...declared, kind: "find", safe: true, run: async (ctx, input) => declared.run(input, ctx) };
}

export function bad(field: string, ru: string, en: string): never {
  throw new ConnectorError("data", { ru, en }, { field });
}

export const result: Field = { key: "result", label: { ru: "Результат", en: "Result" }, kind: "text", common: true };
export const text = (key: string, ru: string, en: string, more: Partial<Field> = {}): Field => ({
  key,
  label: { ru, en },
  kind: "longText",
  common: true,
  ...more,
});
/** Text as it was given, outer spaces and all. */
export const given = (input: JsonObject, key: string): string => {
  const value = input[key] ?? "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
};
