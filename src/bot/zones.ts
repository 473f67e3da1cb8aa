/** Finds time zones and countries by what people type. */
import type { Locale } from "../engine/index.ts";
import { CITIES } from "./texts/ru/settings.ts";

/** Zones offered first, from west to east. */
export const COMMON_ZONES: readonly string[] = Object.keys(CITIES);
export const COMMON_COUNTRIES = ["RU", "BY", "KZ", "UZ", "KG", "AM", "GE", "AZ", "MD", "UA", "TR", "AE", "DE", "US"];

const ZONES: readonly string[] = [...new Set([...COMMON_ZONES, ...Intl.supportedValuesOf("timeZone")])];

const REGIONS: Record<Locale, Intl.DisplayNames> = {
  ru: new Intl.DisplayNames("ru", { type: "region", fallback: "none" }),
  en: new Intl.DisplayNames("en", { type: "region", fallback: "none" }),
};
const ISO_LETTERS = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
/** Codes that Unicode knows as countries, not the hundreds that are free or reserved. */
const COUNTRIES: readonly string[] = ISO_LETTERS.flatMap((a) => ISO_LETTERS.map((b) => a + b)).filter((code) => {
  return (
    REGIONS.en.of(code) !== undefined &&
    !/^(X|Q[M-Z]|AA|ZZ|EU|EZ|UN|DD|SU|YU|AN|CS|FX|NT|TP|YD|ZR|BU|DY|HV|NH|RH|VD)/.test(code)
  );
});

/** "Москва", "New York", "UTC". */
export function cityOf(locale: Locale, zone: string): string {
  const own = locale === "ru" ? CITIES[zone] : undefined;
  return own ?? (zone.split("/").at(-1) ?? zone).replaceAll("_", " ");
}

/** "+03:00" */
export function shiftOf(zone: string, at: Date): string {
  const name = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" })
    .formatToParts(at)
    .find(({ type }) => type === "timeZoneName")?.value;
  return name?.replace("GMT", "") || "+00:00";
}

/** Zones by city in either language, by their own name, or by the time on the person's clock now. */
export function findZones(typed: string, now: Date): readonly string[] {
  const clock = /^\s*([01]?\d|2[0-3])[:.\s]([0-5]\d)\s*$/.exec(typed);
  if (clock !== null) return zonesAt(Number(clock[1]) * 60 + Number(clock[2]), now);
  const words = plain(typed);
  if (words === "") return [];
  const exact = ZONES.filter((zone) => namesOf(zone).includes(words));
  return exact.length > 0 ? exact : ZONES.filter((zone) => namesOf(zone).some((name) => name.includes(words)));
}

/** Common zones whose clock shows this minute of the day, give or take ten. */
function zonesAt(minute: number, now: Date): readonly string[] {
  return COMMON_ZONES.filter((zone) => {
    const [h = 0, m = 0] = new Intl.DateTimeFormat("en", {
      timeZone: zone,
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    })
      .format(now)
      .split(":")
      .map(Number);
    const apart = Math.abs(h * 60 + m - minute);
    return Math.min(apart, 1_440 - apart) <= 10;
  });
}

const namesOf = (zone: string): readonly string[] => [zone, cityOf("ru", zone), cityOf("en", zone)].map(plain);
const plain = (text: string): string => text.toLowerCase().replaceAll("ё", "е").replaceAll(/[_-]/g, " ").trim();

export const countryName = (locale: Locale, code: string): string => REGIONS[locale].of(code) ?? code;

export function findCountries(typed: string): readonly string[] {
  const words = plain(typed);
  if (words === "") return [];
  const names = (code: string) => [code, countryName("ru", code), countryName("en", code)].map(plain);
  const exact = COUNTRIES.filter((code) => names(code).includes(words));
  return exact.length > 0 ? exact : COUNTRIES.filter((code) => names(code).some((name) => name.includes(words)));
}
