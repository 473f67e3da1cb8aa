/** Who may use the bot, and what they have set. */
import { isSupportedCountry } from "libphonenumber-js";
import type { Member, People, Person } from "../engine.ts";
import { UserError } from "../errors.ts";
import { newId } from "../id.ts";
import type { Shared, Tx } from "../parts.ts";
import { findGroup } from "../store/groups.ts";
import {
  countOwners,
  findMember,
  firstWorkspace,
  insertWorkspace,
  listWorkspaces,
  lockPerson,
  type MemberRow,
  putMember,
  readMember,
  updateMember,
  updateWorkspace,
  writeGone,
} from "../store/people.ts";
import { deleteSetting, keepSetting, lockSetting, readSetting, writeSetting } from "../store/settings.ts";
import { changeAlerts } from "./alerts.ts";
import { addGuess, isCode, mayGuess, newCode, readCode } from "./code.ts";
import { memberOf, mustBe } from "./member.ts";
import { knownZone, regionOf } from "./region.ts";

const CODE = "ownerCode";
const GUESSES = "ownerGuesses";

const MOST_DAYS = 365;

export function makePeople({
  db,
  clock,
  vault,
  settings,
}: Pick<Shared, "db" | "clock" | "vault" | "settings">): People {
  /** The member behind the person, brought up to date; undefined for strangers. */
  const known = async (tx: Tx, person: Person): Promise<MemberRow | undefined> => {
    const row = await findMember(tx, person.telegramId);
    if (!row || (row.name === person.name && !row.gone)) return row;
    await updateMember(tx, row.id, { name: person.name, gone: false });
    return { ...row, name: person.name, gone: false };
  };

  const join = async (tx: Tx, person: Person, workspace: string | undefined): Promise<Member> => {
    const region = regionOf(person.language);
    const home = workspace ?? newId();
    if (workspace === undefined)
      await insertWorkspace(tx, { id: home, name: person.name, country: region.country, timeZone: region.timeZone });
    await putMember(tx, {
      id: newId(),
      workspace: home,
      telegramId: person.telegramId,
      name: person.name,
      locale: region.locale,
      role: "owner",
    });
    return memberOf(await findMember(tx, person.telegramId));
  };

  const read = async (workspace: string, id: string) => memberOf(await readMember(db, workspace, id));

  return {
    workspaces: async () =>
      (await listWorkspaces(db)).map(({ id, name, member }) => ({ id, name, scope: { workspace: id, member } })),

    enter: (person) =>
      db.transaction(async (tx) => {
        const before = await known(tx, person);
        if (before) return memberOf(before);
        if (settings.access === "private") return null;
        await lockPerson(tx, person.telegramId);
        const meanwhile = await known(tx, person);
        return meanwhile ? memberOf(meanwhile) : join(tx, person, undefined);
      }),

    claim: (person, typed) =>
      db.transaction(async (tx) => {
        if (settings.access !== "private") return null;
        // Guessers queue up behind this row, so the limit can't be run past in parallel.
        const guesses = await lockSetting(tx, GUESSES);
        const now = clock.now();
        if (!mayGuess(guesses, person.telegramId, now)) return null;
        const code = readCode(await readSetting(tx, CODE), vault);
        if (code === null || !isCode(typed, code)) {
          await writeSetting(tx, GUESSES, addGuess(guesses, person.telegramId, now));
          return null;
        }
        await deleteSetting(tx, CODE);
        return join(tx, person, await firstWorkspace(tx));
      }),

    async setSettings(scope, change) {
      const member = await read(scope.workspace, scope.member);
      const isOfWorkspace = change.country !== undefined || change.timeZone !== undefined;
      if (isOfWorkspace && member.role === "viewer")
        throw new UserError({
          ru: "Страну и часовой пояс меняет владелец или редактор.",
          en: "The country and the time zone are changed by the owner or an editor.",
        });
      if (change.retentionDays !== undefined) await mustBe(db, scope, "owner");
      const alerts = change.alerts === undefined ? undefined : changeAlerts(member.alerts, change.alerts);
      await db.transaction(async (tx) => {
        await updateWorkspace(tx, scope.workspace, {
          ...(change.country === undefined ? {} : { country: checkedCountry(change.country) }),
          ...(change.timeZone === undefined ? {} : { timeZone: checkedZone(change.timeZone) }),
          ...(change.retentionDays === undefined ? {} : { retentionDays: checkedDays(change.retentionDays) }),
        });
        if (alerts?.chatId !== undefined && (await findGroup(tx, scope.workspace, alerts.chatId)) === undefined)
          throw new UserError({
            ru: "Эту группу я ещё не знаю. Добавьте меня в неё и напишите там /start.",
            en: "I don't know this group yet. Add me to it and send /start there.",
          });
        await updateMember(tx, scope.member, {
          ...(change.locale === undefined ? {} : { locale: change.locale }),
          ...(alerts === undefined ? {} : { alerts }),
        });
      });
      return read(scope.workspace, scope.member);
    },

    setReachable: (chatId, reachable) => writeGone(db, chatId, !reachable),

    async resetOwnerCode() {
      if (settings.access !== "private")
        throw new UserError({
          ru: "Код владельца нужен только закрытому боту (ACCESS=private).",
          en: "Only a private bot (ACCESS=private) has an owner code.",
        });
      const code = newCode();
      await writeSetting(db, CODE, { code: vault.seal(code) });
      await deleteSetting(db, GUESSES);
      return code;
    },

    async ownerCode() {
      if (settings.access !== "private") return null;
      const stored = await readSetting(db, CODE);
      if (stored === undefined && (await countOwners(db)) > 0) return null;
      // Sealed rather than hashed: a start after a start prints the same code, and processes side by side agree.
      return readCode(stored ?? (await keepSetting(db, CODE, { code: vault.seal(newCode()) })), vault);
    },
  };
}

function checkedCountry(typed: string): string {
  const country = typed.trim().toUpperCase();
  if (isSupportedCountry(country)) return country;
  throw new UserError({
    ru: `Страны «${typed.slice(0, 20)}» нет в списке. Пришлите две латинские буквы, например RU, KZ или BY.`,
    en: `There is no country “${typed.slice(0, 20)}”. Send two letters, for example RU, KZ or BY.`,
  });
}

function checkedZone(typed: string): string {
  const zone = knownZone(typed);
  if (zone) return zone;
  throw new UserError({
    ru: `Часового пояса «${typed.slice(0, 40)}» нет. Пишите так: Europe/Moscow, Asia/Yekaterinburg.`,
    en: `There is no time zone “${typed.slice(0, 40)}”. Write it like this: Europe/Moscow, Asia/Yekaterinburg.`,
  });
}

function checkedDays(typed: number): number {
  if (Number.isInteger(typed) && typed >= 1 && typed <= MOST_DAYS) return typed;
  throw new UserError({
    ru: `Хранить запуски можно от 1 до ${MOST_DAYS} дней.`,
    en: `Runs can be kept for 1 to ${MOST_DAYS} days.`,
  });
}
