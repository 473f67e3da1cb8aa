/** Numbers as people and services write them, exact at any length. */
import type { Json, Locale } from "./fields.ts";

/** `units` divided by ten to the power `scale`. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

/** Longer digits are no quantity and would only cost time. */
const MAX_DIGITS = 400;
const GROUPS = /^\d{1,3}(?:[ \u00a0\u2009\u202f'’]\d{3})+(?![\d ])/;
const CURRENCY = /^(?:₽|\$|€|£|₴|₸)\s*|\s*(?:₽|\$|€|£|₴|₸|руб\.?|р\.|rub|usd|eur)$/gi;

/**
 * Reads `1 234,50`, `1,234.50`, `-5`, `1e3`; null for what is no number. A single comma before three digits parts
 * thousands in English and decimals in Russian.
 */
export function readDecimal(value: Json | undefined, locale: Locale): Decimal | null {
  if (typeof value === "number") return parsePlain(String(value));
  if (typeof value !== "string" || value.length > MAX_DIGITS) return null;
  let text = value.trim().replace("\u2212", "-");
  const sign = /^[+-]/.exec(text)?.[0] ?? "";
  text = text.slice(sign.length);
  const groups = GROUPS.exec(text)?.[0];
  if (groups !== undefined) text = groups.replace(/\D/g, "") + text.slice(groups.length);
  const plain = withPoint(text, locale);
  return plain === null ? null : parsePlain((sign === "-" ? "-" : "") + plain);
}

/** As readDecimal, and with a currency sign or word around the number. */
export function readAmount(value: Json | undefined, locale: Locale): Decimal | null {
  if (typeof value !== "string") return readDecimal(value, locale);
  return value.length > MAX_DIGITS ? null : readDecimal(value.trim().replace(CURRENCY, ""), locale);
}

/** Whether both sides of a text comparison are quantities: `007`, `+7999` and `1e5` are rather codes, phones and ids. */
export function looksLikeNumber(text: string): boolean {
  return !/^\s*(?:\+|[-−]?0\d)|e/i.test(text);
}

export function compareDecimals(a: Decimal, b: Decimal): number {
  const [left, right] = aligned(a, b);
  return left < right ? -1 : left > right ? 1 : 0;
}

export const addDecimals = (a: Decimal, b: Decimal): Decimal => {
  const [left, right, scale] = aligned(a, b);
  return { units: left + right, scale };
};
export const negateDecimal = (a: Decimal): Decimal => ({ units: -a.units, scale: a.scale });
export const multiplyDecimals = (a: Decimal, b: Decimal): Decimal => ({
  units: a.units * b.units,
  scale: a.scale + b.scale,
});

/** Exact where it ends within 20 places, else cut there; null for a division by zero. */
export function divideDecimals(a: Decimal, b: Decimal): Decimal | null {
  if (b.units === 0n) return null;
  const [left, right] = aligned(a, b);
  return { units: (left * 10n ** 20n) / right, scale: 20 };
}

/** The remainder with the divisor's sign, as Liquid has it; null for a division by zero. */
export function remainderOf(a: Decimal, b: Decimal): Decimal | null {
  if (b.units === 0n) return null;
  const [left, right, scale] = aligned(a, b);
  return { units: ((left % right) + right) % right, scale };
}

export function roundDecimal(value: Decimal, places: number, way: "floor" | "ceil" | "half"): Decimal {
  const kept = Number.isInteger(places) ? Math.min(Math.max(places, 0), 20) : 0;
  if (value.scale <= kept) return value;
  const unit = 10n ** BigInt(value.scale - kept);
  const rest = ((value.units % unit) + unit) % unit;
  const down = (value.units - rest) / unit;
  const isUp =
    way === "ceil" ? rest > 0n : way === "half" ? (value.units < 0n ? rest * 2n > unit : rest * 2n >= unit) : false;
  return { units: isUp ? down + 1n : down, scale: kept };
}

/** Plain digits with a point, no trailing zeros. */
export function decimalText(value: Decimal): string {
  const sign = value.units < 0n ? "-" : "";
  const digits = String(value.units < 0n ? -value.units : value.units).padStart(value.scale + 1, "0");
  const whole = digits.slice(0, digits.length - value.scale);
  const fraction = digits.slice(digits.length - value.scale).replace(/0+$/, "");
  return (sign + whole + (fraction === "" ? "" : `.${fraction}`)).replace(/^-0$/, "0");
}

/** A JSON number where a double holds it, else its decimal text. */
export function decimalJson(value: Decimal): number | string {
  const text = decimalText(value);
  const number = Number(text);
  if (!text.includes(".")) return Number.isSafeInteger(number) ? number : text;
  const held = parsePlain(String(number));
  // A fraction of 15 digits or more came from a division; the nearest double says the same in fewer.
  return (held !== null && compareDecimals(held, value) === 0) || value.scale >= 15 ? number : text;
}

export function isInteger(value: Decimal): boolean {
  return !decimalText(value).includes(".");
}

/** Turns commas and points into at most one decimal point; null where they stand like in no number. */
function withPoint(text: string, locale: Locale): string | null {
  const commas = text.split(",").length - 1;
  const points = text.split(".").length - 1;
  if (commas === 0 && points <= 1) return text;
  if (commas > 0 && points > 0) {
    const decimal = text.lastIndexOf(",") > text.lastIndexOf(".") ? "," : ".";
    const thousands = decimal === "," ? "." : ",";
    return withoutThousands(
      text.slice(0, text.lastIndexOf(decimal)),
      thousands,
      text.slice(text.lastIndexOf(decimal) + 1),
    );
  }
  if (commas === 1 && !(locale === "en" && /^\d{1,3},\d{3}$/.test(text))) return text.replace(",", ".");
  return withoutThousands(text, commas > 0 ? "," : ".", "");
}

function withoutThousands(whole: string, mark: string, fraction: string): string | null {
  const parts = whole.split(mark);
  if (!parts.every((part, index) => (index === 0 ? /^\d{1,3}$/ : /^\d{3}$/).test(part))) return null;
  return parts.join("") + (fraction === "" ? "" : `.${fraction}`);
}

function parsePlain(text: string): Decimal | null {
  const match = /^(-?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text);
  if (match === null) return null;
  const [, sign = "", whole = "", fraction = "", power = "0"] = match;
  if (whole === "" && fraction === "") return null;
  const exponent = Number(power) - fraction.length;
  if (Math.abs(exponent) > MAX_DIGITS) return null;
  const units = BigInt(sign + (whole + fraction)) * 10n ** BigInt(Math.max(0, exponent));
  return { units, scale: Math.max(0, -exponent) };
}

function aligned(a: Decimal, b: Decimal): [bigint, bigint, number] {
  const scale = Math.max(a.scale, b.scale);
  return [a.units * 10n ** BigInt(scale - a.scale), b.units * 10n ** BigInt(scale - b.scale), scale];
}
