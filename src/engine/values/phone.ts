/** Phone numbers as numbers: compared and written as E.164. */
import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js";
import type { Json } from "../../connectors/kit/fields.ts";

/**
 * E.164 of a number read as one of the workspace's country, then as an international one without its plus; null where
 * it is neither. Extensions are left out.
 */
export function normalPhone(value: Json | undefined, country: string): string | null {
  if (typeof value !== "string" && typeof value !== "number") return null;
  const text = String(value).trim();
  const digits = text.replace(/\D/g, "");
  if (digits.length < 5 || text.length > 40) return null;
  const home = isSupportedCountry(country) ? country : undefined;
  const readings = [read(text, home), text.startsWith("+") ? undefined : read(`+${digits}`, undefined)];
  const found = readings.find((number) => number?.isValid()) ?? readings.find((number) => number?.isPossible());
  return found?.number ?? null;
}

/** A number as people read it, `+7 900 123-45-67`; other text as it is. Only for showing. */
export function shownPhone(text: string): string {
  if (!/^\+?\d{8,15}$/.test(text)) return text;
  const phone = read(text.startsWith("+") ? text : `+${text}`, undefined);
  if (!phone?.isValid()) return text;
  return phone.formatInternational().replace(/^(\+7 \d{3} \d{3}) (\d{2}) (\d{2})$/, "$1-$2-$3");
}

/** Whether two texts are the same number; two that can't be read are the same when their digits are. */
export function samePhone(a: Json | undefined, b: Json | undefined, country: string): boolean {
  const [left, right] = [normalPhone(a, country), normalPhone(b, country)];
  if (left !== null || right !== null) return left === right;
  const [first, second] = [digitsOf(a), digitsOf(b)];
  return first !== "" && first === second;
}

function read(text: string, country: CountryCode | undefined) {
  return parsePhoneNumberFromString(text, {
    ...(country === undefined ? {} : { defaultCountry: country }),
    extract: false,
  });
}

function digitsOf(value: Json | undefined): string {
  return typeof value === "string" || typeof value === "number" ? String(value).replace(/\D/g, "") : "";
}
