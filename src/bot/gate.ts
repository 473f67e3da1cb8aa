/**
 * Who comes in by the private chat, before anything of theirs is stored: members, those who bring the owner's code or
 * an invitation, and guests who were asked to connect one account. Everybody else hears what this bot is.
 */
import { FormattedString } from "@grammyjs/parse-mode";
import type { Context } from "grammy";
import type { Engine, Member, Person } from "../engine/index.ts";
import { parse } from "./callback.ts";
import { toldCommand } from "./commands.ts";
import { isLinkCode } from "./deeplink.ts";
import type { Handlers } from "./parts.ts";
import { greetStranger } from "./screens/doorstep.ts";
import { wordScreen } from "./screens/guest.ts";
import { invitationScreen } from "./screens/team.ts";
import type { Show } from "./show.ts";
import { localeOf, textsFor } from "./texts/index.ts";

export interface Visitor {
  readonly member: Member;
  /** All there is for this visitor. */
  readonly handlers: Handlers;
  /** Where they are led, whatever they wrote. */
  readonly place?: readonly [place: string, ...args: string[]];
}
interface Deps {
  readonly engine: Engine;
  readonly show: Show;
  readonly handlers: Handlers;
  readonly guestHandlers: Handlers;
}

export const personOf = (from: NonNullable<Context["from"]>): Person => ({
  telegramId: from.id,
  name: [from.first_name, from.last_name].filter(Boolean).join(" "),
  ...(from.language_code === undefined ? {} : { language: from.language_code }),
});

/** The visitor behind an update; null when it is answered already. */
export function makeGate({ engine, show, handlers, guestHandlers }: Deps) {
  return async (ctx: Context): Promise<Visitor | null> => {
    const { from, chat, message } = ctx;
    if (from === undefined || from.is_bot || chat === undefined) return null;
    const person = personOf(from);
    const t = textsFor(localeOf(from.language_code));
    const op = `tg:${ctx.update.update_id}`;
    const named = (member: Member) => ({ ...member, scope: { ...member.scope, op } });
    const say = (text: string) => show.send(chat.id, wordScreen(text));

    const told = toldCommand(message?.text ?? "");
    const words = (told === null ? message?.text : told.name === "start" ? told.rest : undefined)?.trim() ?? "";
    if (isLinkCode(words)) {
      const brought = await byCode(words);
      if (brought !== undefined) return brought;
    }
    const { place, args } = parse(ctx.callbackQuery?.data ?? "");
    if (place === "notjoin") {
      await refused();
      return null;
    }
    // A stranger joins before a workspace of their own is made; the place itself then says so, to everybody.
    if (place === "join") await engine.team.accept(person, args[0] ?? "");

    const asked = await engine.guests.asked(person);
    if (asked !== null && (await engine.team.workspacesOf(person)).length === 0)
      return { member: guestOf(person), handlers: guestHandlers };
    const member = (await engine.people.enter(person, op)) ?? (await claimed());
    return member && { member: named(member), handlers };

    /** Undefined: no such code, and whoever sent it goes on as they would have. */
    async function byCode(code: string): Promise<Visitor | null | undefined> {
      const found = await engine.team.invitation(code);
      if (found?.for === "member") {
        await show.send(chat?.id ?? 0, invitationScreen(t, found, code));
        return null;
      }
      if (found?.for !== "connection") return undefined;
      if ((await engine.guests.accept(person, code)) === null) {
        await say(t.settings.team.linkDead);
        return null;
      }
      const isHere = (await engine.team.workspacesOf(person)).length > 0;
      const member = isHere ? await engine.people.enter(person, op) : null;
      if (member === null) return { member: guestOf(person), handlers: guestHandlers, place: ["guest", "new"] };
      return { member: named(member), handlers, place: ["guest", "new"] };
    }

    async function claimed(): Promise<Member | null> {
      // Guesses are few: a greeting isn't one, and a link's code is another kind.
      const code = /^[\w\s-]{8,64}$/.test(words) && /\w{4}/.test(words) && !isLinkCode(words) ? words : "";
      const owner = code === "" ? null : await engine.people.claim(person, code);
      if (owner === null) {
        if (isLinkCode(words)) await say(t.settings.team.linkDead);
        else if (place === "join") await refused();
        else await greetStranger(ctx, show, t, code !== "");
        return null;
      }
      // The code is used up, and nobody needs to read it over a shoulder.
      if (message !== undefined && chat !== undefined) await show.remove(chat.id, message.message_id);
      return owner;
    }

    /** An invitation that is no longer good, or isn't wanted. */
    async function refused(): Promise<void> {
      await ctx.answerCallbackQuery().catch(() => undefined);
      const text = place === "join" ? t.settings.team.linkDead : t.settings.team.declined;
      const at = ctx.callbackQuery?.message?.message_id ?? null;
      await show.screen(chat?.id ?? 0, { text: new FormattedString(text), keyboard: [] }, at);
    }
  };
}

/** Nobody's member: what a guest does goes through `engine.guests`, by their Telegram id. */
const guestOf = ({ telegramId, name, language }: Person): Member => ({
  scope: { workspace: "", member: "" },
  telegramId,
  name,
  locale: localeOf(language),
  role: "viewer",
  country: "RU",
  timeZone: "UTC",
  alerts: { mode: "off", quiet: null, summaries: { daily: false, weekly: false } },
});
