/** Query strings and forms the way PHP reads them: `a[b][]=1`. */
import { stringifyJson } from "./json.ts";

/** Pairs of a value, nested ones with brackets. `undefined` and `null` are left out;. */
function* pairsOf(name: string, value: unknown): Generator<readonly [string, string]> {
  if (value === undefined || value === null) return;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      // Objects in a list need their number, or PHP would mix their parts up.
      const isNested = typeof item === "object" && item !== null;
      yield* pairsOf(`${name}[${isNested ? index : ""}]`, item);
    }
    return;
  }
  if (value instanceof Date) yield [name, value.toISOString()];
  else if (typeof value === "object") {
    for (const [key, item] of Object.entries(value)) yield* pairsOf(`${name}[${key}]`, item);
  } else yield [name, typeof value === "string" ? value : stringifyJson(value)];
}

/** The encoded text, ready for a query or a form body. */
export function encodeForm(values: Readonly<Record<string, unknown>>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    for (const [key, text] of pairsOf(name, value)) parameters.append(key, text);
  }
  return parameters.toString();
}
