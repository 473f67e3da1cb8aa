/** What a Telegram language says about a person's country, clock and language. */
import type { Locale } from "../../connectors/kit/fields.ts";

/** People who set these languages usually read Russian more easily than English. */
const READS_RUSSIAN = new Set(["ru", "be", "kk", "ky", "tg", "uk", "uz"]);

/** The zone in which most people of a country live; elsewhere the first one that Unicode lists. */
const MAIN_ZONE: Readonly<Record<string, string>> = {
  RU: "Europe/Moscow",
  KZ: "Asia/Almaty",
  UZ: "Asia/Tashkent",
  UA: "Europe/Kyiv",
  US: "America/New_York",
  CA: "America/Toronto",
  BR: "America/Sao_Paulo",
  MX: "America/Mexico_City",
  AR: "America/Argentina/Buenos_Aires",
  AU: "Australia/Sydney",
  CN: "Asia/Shanghai",
  ES: "Europe/Madrid",
  PT: "Europe/Lisbon",
  DE: "Europe/Berlin",
  CY: "Asia/Nicosia",
  ID: "Asia/Jakarta",
  MN: "Asia/Ulaanbaatar",
};

export interface Region {
  readonly locale: Locale;
  readonly country: string;
  readonly timeZone: string;
}

/** First guess from Telegram's language_code (an IETF tag, which may be missing or odd); everything can be changed. */
export function regionOf(language: string | undefined): Region {
  const tag = parse(language ?? "ru") ?? new Intl.Locale("ru");
  const country = tag.maximize().region ?? "RU";
  return {
    locale: READS_RUSSIAN.has(tag.language) ? "ru" : "en",
    country: /^[A-Z]{2}$/.test(country) ? country : "RU",
    timeZone: zoneOf(country),
  };
}

export function zoneOf(country: string): string {
  const listed = parse(`und-${country}`) as (Intl.Locale & { getTimeZones?(): string[] | undefined }) | null;
  return MAIN_ZONE[country] ?? listed?.getTimeZones?.()?.[0] ?? "UTC";
}

function parse(tag: string): Intl.Locale | null {
  try {
    return new Intl.Locale(tag);
  } catch {
    return null;
  }
}

/** The zone under its proper spelling, or null when no such zone exists. */
export function knownZone(zone: string): string | null {
  try {
    const resolved = new Intl.DateTimeFormat("en", { timeZone: zone.trim() }).resolvedOptions().timeZone;
    // Offsets such as +03:00 are taken by Intl, but know no daylight saving.
    return /^[+-]/.test(resolved) ? null : resolved;
  } catch {
    return null;
  }
}
