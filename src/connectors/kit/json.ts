/** JSON that loses nothing: integers and decimals a double can't hold come through as decimal text. */
import type { Json } from "./fields.ts";

/** Nesting beyond this is an attack or an accident; recursive code behind us must not meet it. */
const MAX_DEPTH = 256;
/** Expanded exponents longer than this stay as they were written. */
const MAX_EXPANDED = 64;

/**
 * Parses JSON exactly; throws SyntaxError for anything else. Keys named `__proto__` are dropped: no service means them,
 * and copying them by assignment would change an object's prototype.
 */
export function parseJson(text: string): Json {
  if (text.length > MAX_DEPTH) checkDepth(text);
  // The reviver costs several times the parse, so it runs only where a long number, an exponent, -0, a __proto__ or half
  // of a surrogate pair may be: such a half can be put neither into an address nor into the database.
  if (!/[\d.]{16}|\d[eE][+-]?\d|-0(?![.\d])|__proto__|\\u005[fF]|\\u[dD][89a-fA-F]/.test(text)) return JSON.parse(text);
  return JSON.parse(text, revive);
}

/** JSON text for a body or a message; the counterpart of parseJson for values that have no `undefined` at the top. */
export function stringifyJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent) ?? "null";
}

/** What PostgreSQL's jsonb takes: text without NUL and without halves of surrogate pairs, both of which it refuses. */
export function storableJson<T extends Json>(value: T): T;
export function storableJson(value: Json): Json {
  if (typeof value === "string") return storableText(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => storableJson(item));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [storableText(key), storableJson(item)]));
}

function storableText(text: string): string {
  return (text.includes("\u0000") ? text.replaceAll("\u0000", "") : text).toWellFormed();
}

function revive(this: unknown, key: string, value: unknown, context?: { source?: string }): unknown {
  if (key === "__proto__" && !Array.isArray(this)) return undefined;
  if (typeof value === "string") return value.toWellFormed();
  return typeof value === "number" && context?.source !== undefined ? exactNumber(value, context.source) : value;
}

/** The number where a double holds it, else its decimal text. */
function exactNumber(value: number, source: string): number | string {
  if (value === 0) return isZero(source) ? 0 : source;
  if (Number.isSafeInteger(value) && /^-?\d+$/.test(source)) return value;
  const written = digits(source);
  const isInteger = written.exponent >= 0;
  if (isInteger && Number.isSafeInteger(value)) return value;
  if (isInteger) {
    const expanded = written.digits.length + written.exponent;
    return expanded > MAX_EXPANDED ? source : written.sign + written.digits + "0".repeat(written.exponent);
  }
  const held = digits(String(value));
  return held.digits === written.digits && held.exponent === written.exponent ? value : source;
}

function isZero(source: string): boolean {
  return !/[1-9]/.test(source.replace(/[eE].*$/, ""));
}

/** A number's significant digits and the power of ten of the last of them. */
function digits(source: string): { sign: string; digits: string; exponent: number } {
  const [mantissa = "", power = "0"] = source.toLowerCase().split("e");
  const sign = mantissa.startsWith("-") ? "-" : "";
  const [whole = "", fraction = ""] = mantissa.replace("-", "").split(".");
  const all = (whole + fraction).replace(/^0+/, "");
  const significant = all.replace(/0+$/, "");
  return { sign, digits: significant, exponent: Number(power) - fraction.length + (all.length - significant.length) };
}

function checkDepth(text: string): void {
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 34 /* " */) {
      index = endOfString(text, index);
    } else if (code === 91 /* [ */ || code === 123 /* { */) {
      if (++depth > MAX_DEPTH) throw new SyntaxError(`JSON is nested deeper than ${MAX_DEPTH} levels`);
    } else if (code === 93 /* ] */ || code === 125 /* } */) {
      depth--;
    }
  }
}

/** Index of the quote that closes the string opened at `start`, or the end of an unclosed one. */
function endOfString(text: string, start: number): number {
  for (let index = text.indexOf('"', start + 1); index !== -1; index = text.indexOf('"', index + 1)) {
    let slashes = 0;
    while (text.charCodeAt(index - 1 - slashes) === 92) slashes++;
    if (slashes % 2 === 0) return index;
  }
  return text.length;
}
