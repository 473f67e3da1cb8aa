/** What people see who are not (or not yet) inside: strangers, groups, and anybody whose update failed for good. */
import { FormattedString, fmt } from "@grammyjs/parse-mode";
import type { Context } from "grammy";
import type { Update } from "grammy/types";
import { chatOf } from "../inbox.ts";
import { type Show, Unreachable } from "../show.ts";
import { localeOf, type Texts, textsFor } from "../texts/index.ts";

export async function greetStranger(ctx: Context, show: Show, t: Texts, triedCode: boolean): Promise<void> {
  if (ctx.callbackQuery !== undefined) await ctx.answerCallbackQuery().catch(() => undefined);
  if (ctx.chat === undefined) return;
  const text = triedCode ? fmt`${t.home.wrongCode}\n\n${t.home.stranger}` : t.home.stranger;
  await show.send(ctx.chat.id, { text, keyboard: [] });
}

/** Only where the bot was spoken to: a command, or a reply to it. Channels and other people's talk get nothing. */
export async function greetGroup(ctx: Context, show: Show, t: Texts): Promise<void> {
  const { message, chat } = ctx;
  if (message === undefined || chat === undefined || chat.type === "private") return;
  const isForUs = message.text?.startsWith("/") === true || message.reply_to_message?.from?.id === ctx.me.id;
  if (!isForUs) return;
  try {
    await show.send(chat.id, {
      text: new FormattedString(t.home.group(ctx.me.username)),
      keyboard: [[{ text: t.home.groupButton, url: `https://t.me/${ctx.me.username}` }]],
    });
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
  }
}

export async function tellBroken(update: Update, show: Show): Promise<void> {
  const from = update.message?.from ?? update.callback_query?.from;
  // Members of a group would wonder what broke.
  if (from === undefined || chatOf(update) < 0) return;
  const t = textsFor(localeOf(from.language_code));
  await show.send(chatOf(update), { text: new FormattedString(t.home.broken), keyboard: [] });
}
