/** Settings: what is chosen is kept at once and the screen shows it, in the new language where that changed. */
import { UserError } from "../../engine/index.ts";
import type { Handlers, Place, Turn } from "../parts.ts";
import { type Around, countriesScreen, settingsScreen, textsOf, zonesScreen } from "../screens/settings.ts";
import { textsFor } from "../texts/index.ts";
import { short } from "../texts/words.ts";
import { findCountries, findZones } from "../zones.ts";

type Change = Parameters<Turn["engine"]["people"]["setSettings"]>[1];

async function change(turn: Turn, what: Change, word?: string): Promise<void> {
  const member = await turn.engine.people.setSettings(turn.member.scope, what);
  const t = textsOf(member);
  turn.toast(word ?? t.settings.saved);
  await turn.show(settingsScreen(t, member, new Date(), await ownsBot(turn), await aroundOf(turn)));
}
const nothingFound = (which: "noCountry" | "noZone", typed: string) =>
  new UserError({
    ru: textsFor("ru").settings[which](short(typed)),
    en: textsFor("en").settings[which](short(typed)),
  });

const ownsBot = async ({ engine, member }: Turn) => (await engine.consent.apps(member.scope)) !== null;
async function aroundOf({ engine, member }: Turn): Promise<Around> {
  const { telegramId, name } = member;
  const all = await engine.team.workspacesOf({ telegramId, name });
  const here = all.find(({ id }) => id === member.scope.workspace);
  return { people: here?.members ?? 1, space: all.length > 1 ? (here?.name ?? null) : null };
}

const settingsPlace: Place = async (turn) =>
  turn.show(settingsScreen(turn.t, turn.member, new Date(), await ownsBot(turn), await aroundOf(turn)));

export const settings: Handlers = {
  places: {
    settings: settingsPlace,
    setlanguage: (turn, locale) => change(turn, { locale: locale === "en" ? "en" : "ru" }),
    setalerts: (turn, mode) =>
      change(turn, { alerts: mode === "off" ? "off" : "now" }, mode === "off" ? undefined : turn.t.settings.alertsOn),
    countries: (turn) => turn.ask({ answer: "country", args: [], screen: countriesScreen(turn.t, turn.member) }),
    zones: (turn) => turn.ask({ answer: "zone", args: [], screen: zonesScreen(turn.t, turn.member, new Date()) }),
    setcountry: (turn, country = "") => change(turn, { country }),
    setzone: (turn, timeZone = "") => change(turn, { timeZone }),
  },
  answers: {
    async country(turn, text) {
      const found = findCountries(text);
      const [only] = found;
      if (only === undefined) throw nothingFound("noCountry", text);
      if (found.length === 1) return change(turn, { country: only });
      await turn.ask({ answer: "country", args: [], screen: countriesScreen(turn.t, turn.member, found) });
    },
    async zone(turn, text) {
      const found = findZones(text, new Date());
      const [only] = found;
      if (only === undefined) throw nothingFound("noZone", text);
      if (found.length === 1) return change(turn, { timeZone: only });
      await turn.ask({ answer: "zone", args: [], screen: zonesScreen(turn.t, turn.member, new Date(), found) });
    },
  },
  commands: { settings: (turn) => turn.go("settings") },
};
