import { FormattedString, fmt } from "@grammyjs/parse-mode";
import { team } from "./team.ts";

const b = FormattedString.b;

export const settings = {
  team,
  title: b("Settings"),
  language: (name: string) => `🌐 Language: ${name}`,
  languageName: "English",
  country: (name: string) => `🏳 Country: ${name}`,
  timeZone: (name: string, now: string) => `🕓 Time: ${name}, ${now} now`,
  alerts: {
    now: "🔔 Tell me about failures: at once",
    hourly: "🔔 Tell me about failures: once an hour",
    daily: "🔔 Tell me about failures: once a day",
    off: "🔕 Tell me about failures: no",
  },
  about:
    "The country tells how to read phone numbers without a code. Dates are shown, and sent to services, in your time.",
  alertsOff: "Alerts are off: I won't write about failures. /status shows at any time whether everything is all right.",
  alertsOn: "Alerts are on",
  saved: "Saved",

  chooseCountry: fmt`${b("Which country are you in?")}\n\nPick one or type its name.`,
  noCountry: (typed: string) => `I found no country “${typed}”. Type its full name, for example: Germany.`,
  chooseZone: fmt`${b("What is your time?")}\n\nPick a city or type yours. You can also just send the time on your clock, for example 14:35.`,
  noZone: (typed: string) =>
    `I found no “${typed}”. Type a large city nearby, or the time on your clock, for example 14:35.`,
  severalZones: "Several fit, pick yours:",
};

export const CITIES: Readonly<Record<string, string>> = {};
