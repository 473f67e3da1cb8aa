/** Settings: language, country, time zone, alerts. */
import { FormattedString } from "@grammyjs/parse-mode";
import type { Member } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Button, Screen } from "../parts.ts";
import { type Texts, textsFor } from "../texts/index.ts";
import { moment, short } from "../texts/words.ts";
import { COMMON_COUNTRIES, COMMON_ZONES, cityOf, countryName, shiftOf } from "../zones.ts";

const MOST = 20;

export interface Around {
  readonly people: number;
  /** Of several workspaces the one that this is. */
  readonly space: string | null;
}

/** `ownsBot`: the installation's owner, who sees what is everybody's. */
export function settingsScreen(t: Texts, member: Member, now: Date, ownsBot = false, around?: Around): Screen {
  const { locale, country, timeZone, alerts, role } = member;
  const clock = moment(locale, timeZone, now, now);
  const lines: (string | FormattedString)[] = [t.settings.title, "", t.settings.about];
  if (alerts.mode === "off") lines.push("", t.settings.alertsOff);
  const other = locale === "ru" ? "en" : "ru";
  return {
    text: FormattedString.join(lines, "\n"),
    keyboard: [
      [{ text: t.settings.language(t.settings.languageName), data: to("setlanguage", other) }],
      [{ text: t.settings.country(countryName(locale, country)), data: to("countries") }],
      [{ text: t.settings.timeZone(cityOf(locale, timeZone), clock), data: to("zones") }],
      [{ text: t.settings.alerts[alerts.mode], data: to("notices") }],
      ...(around === undefined ? [] : [[{ text: t.settings.team.people(around.people), data: to("people") }]]),
      ...(around?.space ? [[{ text: t.settings.team.spaces(short(around.space, 30)), data: to("spaces") }]] : []),
      ...(role === "owner" ? [[{ text: t.settings.team.data, data: to("alldata") }]] : []),
      ...(ownsBot ? [[{ text: t.apps.open, data: to("apps") }]] : []),
      [{ text: t.home.toHome, data: to("home") }],
    ],
  };
}

export function countriesScreen(t: Texts, member: Member, codes: readonly string[] = COMMON_COUNTRIES): Screen {
  const buttons = codes
    .slice(0, MOST)
    .map((code) => ({ text: countryName(member.locale, code), data: to("setcountry", code) }));
  return {
    text: t.settings.chooseCountry,
    keyboard: [...pairs(buttons), [{ text: t.home.back, data: to("settings") }]],
  };
}

export function zonesScreen(t: Texts, member: Member, now: Date, zones?: readonly string[]): Screen {
  const buttons = (zones ?? COMMON_ZONES).slice(0, 2 * MOST).map((zone) => ({
    text: `${cityOf(member.locale, zone)} (${shiftOf(zone, now)})`,
    data: to("setzone", zone),
  }));
  return {
    text: zones === undefined ? t.settings.chooseZone : new FormattedString(t.settings.severalZones),
    keyboard: [...pairs(buttons), [{ text: t.home.back, data: to("settings") }]],
  };
}

function pairs(buttons: readonly Button[]): Button[][] {
  const rows: Button[][] = [];
  for (let at = 0; at < buttons.length; at += 2) rows.push(buttons.slice(at, at + 2));
  return rows;
}

export const textsOf = (member: Member): Texts => textsFor(member.locale);
