/**
 * Groups: alerts with buttons for members only. Nothing secret is asked or shown here, there is no live screen and no
 * question; whatever needs one leads to the private chat.
 */
import { Composer, type Context } from "grammy";
import { z } from "zod";
import { type Engine, type Member, type Scope, UserError } from "../engine/index.ts";
import { parse } from "./callback.ts";
import { toldCommand } from "./commands.ts";
import { placeLink } from "./deeplink.ts";
import { personOf } from "./gate.ts";
import type { Screen } from "./parts.ts";
import { answeredCard, unknownCard } from "./screens/alerts.ts";
import { greetGroup } from "./screens/doorstep.ts";
import { boundScreen, forGroup, offerScreen, wordsScreen } from "./screens/group.ts";
import { questionOf } from "./screens/history.ts";
import { statusScreen } from "./screens/home.ts";
import { Moved, type Show, Unreachable } from "./show.ts";
import { localeOf, type Texts, textsFor } from "./texts/index.ts";

/** Being added by a link tells of itself twice: as a change of membership and as a command. */
const SAME_MS = 60_000;
const Kept = z.object({ at: z.number(), by: z.string() }).nullable().catch(null);

interface Deps {
  readonly engine: Engine;
  readonly show: Show;
}

export function makeGroupTalk({ engine, show }: Deps): Composer<Context> {
  const composer = new Composer<Context>();
  const inGroup = composer.chatType(["group", "supergroup"]);

  inGroup.use(async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      // It has moved or is out of reach: its alerts are led elsewhere, and nobody here could be told.
      if (!(error instanceof Moved) && !(error instanceof Unreachable)) throw error;
      if (ctx.callbackQuery !== undefined) await ctx.answerCallbackQuery().catch(() => undefined);
    }
  });

  inGroup.on("my_chat_member", async (ctx) => {
    const { new_chat_member: now, old_chat_member: before } = ctx.myChatMember;
    const isIn = ["member", "administrator", "creator"].includes(now.status);
    const maySpeak = isIn || (now.status === "restricted" && now.can_send_messages);
    if (!maySpeak) return engine.groups.gone(ctx.chat.id);
    await engine.groups.back(ctx.chat.id);
    if (before.status === "left" || before.status === "kicked") await offer(ctx, "added");
  });

  inGroup.on("message", async (ctx) => {
    const { message, chat } = ctx;
    if (message.migrate_to_chat_id !== undefined) return engine.groups.moved(chat.id, message.migrate_to_chat_id);
    if (message.migrate_from_chat_id !== undefined) return engine.groups.moved(message.migrate_from_chat_id, chat.id);
    const told = toldCommand(message.text ?? "");
    if (told?.name === "start") return offer(ctx, told.rest === "" ? "asked" : "link");
    const member = told === null ? null : await memberHere(ctx);
    if (told?.name === "stop" && member !== null) return stop(ctx, member);
    if (told?.name === "status" && member !== null) {
      const zone = { locale: member.locale, timeZone: member.timeZone };
      const screen = statusScreen(textsFor(member.locale), zone, await engine.runs.status(member.scope));
      return say(ctx, forGroup(screen, ctx.me.username));
    }
    await greetGroup(ctx, show, wordsOf(ctx));
  });

  inGroup.on("callback_query", async (ctx) => {
    const { place, args } = parse(ctx.callbackQuery.data ?? "");
    const answer = (text: string, isLong = false) =>
      ctx.answerCallbackQuery({ text: text.slice(0, 200), show_alert: isLong }).catch(() => undefined);
    const [id = ""] = args;
    const isOurs = place === "gbind" || place === "gno" || place === "gstop";
    const member = isOurs ? await memberHere(ctx) : await engine.team.memberFor(personOf(ctx.from), id);
    if (member === null) return void (await answer(wordsOf(ctx).alerts.group.members, true));
    try {
      const words = await press(
        ctx,
        { ...member, scope: { ...member.scope, op: `tg:${ctx.update.update_id}` } },
        place,
        args,
      );
      if (words !== null) return void (await answer(words));
      const start = placeLink(ctx.callbackQuery.data ?? "") ?? "o_home";
      await ctx.answerCallbackQuery({ url: `https://t.me/${ctx.me.username}?start=${start}` }).catch(() => undefined);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      await answer(error.sentence[member.locale], true);
    }
  });
  return composer;

  /** What the button did, in words; null: its place is in the private chat. */
  async function press(ctx: Context, member: Member, place: string, args: readonly string[]): Promise<string | null> {
    const t = textsFor(member.locale);
    const { scope } = member;
    const [id = "", second = "", third = "", fourth = ""] = args;
    switch (place) {
      case "gbind":
        return bind(ctx, member);
      case "gno":
        await redraw(ctx, wordsScreen(t.alerts.group.fine));
        return t.alerts.group.done;
      case "gstop":
        await stop(ctx, member);
        return t.alerts.group.done;
      case "retryone":
      case "retryall": {
        const count = await engine.incidents.retry(scope, id, place === "retryall" ? "all" : { run: third });
        if (count > 0) return t.alerts.retried(count);
        return place === "retryall" ? t.alerts.nothingToRetry : t.history.alreadyRetried;
      }
      case "resolve": {
        const outcome = second === "happened" ? "happened" : "repeat";
        await engine.runs.resolve(scope, id, outcome);
        await redraw(ctx, unknownCard(t, await engine.runs.get(scope, id), outcome));
        return t.history.resolved;
      }
      case "approve": {
        const at = { step: second, ...(Number(third) > 0 ? { element: Number(third) } : {}) };
        if (fourth !== "yes" && fourth !== "no") return null;
        const run = await engine.runs.get(scope, id);
        const said = await engine.runs.answer(scope, id, fourth, at);
        await redraw(ctx, answeredCard(t, run, questionOf(run, at), said));
        return said.already ? t.alerts.alreadySaid[said.answer] : t.alerts.accepted[said.answer];
      }
      case "pause":
        if ((await engine.bundles.get(scope, id)).state === "active") await engine.bundles.pause(scope, id);
        return t.alerts.group.paused;
      case "resume":
        return resume(t, scope, id);
      default:
        return null;
    }
  }

  async function resume(t: Texts, scope: Scope, id: string): Promise<string> {
    const view = await engine.bundles.get(scope, id);
    if (view.state === "active") return t.alerts.group.resumed;
    // What came meanwhile is run or forgotten, and that is a question.
    if (view.state === "draft" || view.held > 0) return t.alerts.group.held;
    await engine.bundles.start(scope, id);
    return t.alerts.group.resumed;
  }

  async function bind(ctx: Context, member: Member): Promise<string> {
    const { chat } = ctx;
    if (chat === undefined || chat.type === "private") return "";
    const t = textsFor(member.locale);
    const topic = topicOf(ctx.callbackQuery?.message);
    await engine.groups.bind(member.scope, {
      chatId: chat.id,
      title: chat.title ?? "",
      ...(topic === undefined ? {} : { topic }),
    });
    await redraw(ctx, boundScreen(t, t.alerts.group.boundNow(member.name)));
    return t.settings.saved;
  }

  async function stop(ctx: Context, member: Member): Promise<void> {
    if (ctx.chat === undefined) return;
    await engine.groups.unbind(member.scope, ctx.chat.id);
    const screen = wordsScreen(textsFor(member.locale).alerts.group.stopped);
    if (ctx.callbackQuery === undefined) await say(ctx, screen);
    else await redraw(ctx, screen);
  }

  /** Asks whether alerts shall come here, or says that they do. */
  async function offer(ctx: Context, by: "added" | "link" | "asked"): Promise<void> {
    const { chat } = ctx;
    if (chat === undefined || chat.type === "private") return;
    const kept = Kept.parse((await engine.telegram.chat(chat.id)).state);
    const now = Date.now();
    const isSame = by !== "asked" && kept !== null && kept.by !== by && now - kept.at < SAME_MS;
    if (isSame) return;
    const member = await memberHere(ctx);
    const t = member === null ? wordsOf(ctx) : textsFor(member.locale);
    await say(ctx, await offered(ctx, t, member, chat.title ?? ""));
    await engine.telegram.saveChat(chat.id, { state: by === "asked" ? null : { at: now, by } });
  }

  async function offered(ctx: Context, t: Texts, member: Member | null, title: string): Promise<Screen> {
    if (member === null) return wordsScreen(t.alerts.group.strangers(ctx.me.username));
    const here = (await engine.groups.list(member.scope)).find(({ chatId }) => chatId === ctx.chat?.id);
    const { chatId, topic } = member.alerts;
    const isHere = chatId === ctx.chat?.id && (ctx.message === undefined || topic === topicOf(ctx.message));
    // Another topic of the same group is another place.
    if (here === undefined || !isHere) return offerScreen(t, title);
    return boundScreen(t, t.alerts.group.bound(here.members.join(", ")));
  }

  /** A member of a workspace that writes here, else whoever works anywhere with this bot. Makes nobody a member. */
  async function memberHere(ctx: Context): Promise<Member | null> {
    if (ctx.from === undefined || ctx.chat === undefined) return null;
    const person = personOf(ctx.from);
    const here = await engine.groups.memberAt(person, ctx.chat.id);
    if (here !== null) return here;
    const current = (await engine.team.workspacesOf(person)).find(({ isCurrent }) => isCurrent);
    return current === undefined ? null : engine.team.memberIn(person.telegramId, current.id);
  }

  async function say(ctx: Context, screen: Screen): Promise<void> {
    const topic = topicOf(ctx.message);
    await show.send(ctx.chat?.id ?? 0, screen, topic === undefined ? {} : { topic });
  }
  async function redraw(ctx: Context, screen: Screen): Promise<void> {
    const message = ctx.callbackQuery?.message;
    if (message === undefined) return;
    await show.screen(message.chat.id, forGroup(screen, ctx.me.username), message.message_id);
  }
}

const topicOf = (
  message: { is_topic_message?: boolean | undefined; message_thread_id?: number | undefined } | undefined,
) => (message?.is_topic_message ? message.message_thread_id : undefined);
const wordsOf = (ctx: Context): Texts => textsFor(localeOf(ctx.from?.language_code));
