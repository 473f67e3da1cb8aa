/**
 * The bot: Telegram's updates in, screens out. The order of the middleware, and why:
 *  1. my_chat_member: blocked and came back; needs no member.
 *  2. private chats only: groups have a talk of their own (`group.ts`), so that nothing secret is ever asked there and
 *     no conversation without a chat of its own exists (the plugin would keep all of them under one key).
 *  3. the gate (`gate.ts`): strangers end here, before anything of theirs is stored; guests have handlers of their own.
 *  4. the open question (`ask.ts`): known commands break it off, buttons pass it, a message is its answer.
 *  5. answers, then commands, then buttons, then whatever else was sent.
 * Errors are not caught here: the inbox decides whether an update is tried again. A person's mistakes (UserError) are
 * shown by `turn.ts` and are no errors.
 */
import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { FormattedString } from "@grammyjs/parse-mode";
import { Bot, GrammyError } from "grammy";
import type { Update } from "grammy/types";
import { type Engine, NotFound, UserError } from "../engine/index.ts";
import type { Log } from "../log.ts";
import { makeAlerts } from "./alerts.ts";
import { takeAnswer } from "./answer.ts";
import { type AskContext, makeAsking, questionOf } from "./ask.ts";
import { parse } from "./callback.ts";
import { makeTelegramFetch } from "./client.ts";
import { toldCommand } from "./commands.ts";
import { readPlace } from "./deeplink.ts";
import { makeGate, personOf, type Visitor } from "./gate.ts";
import { makeGroupTalk } from "./group.ts";
import { guestOnly } from "./handlers/guest.ts";
import { handlers as allHandlers } from "./handlers/index.ts";
import { ALLOWED_UPDATES, makeInbox, poll, safe, toRow } from "./inbox.ts";
import { makeOlder } from "./older.ts";
import type { Handlers, Pictures, Turn } from "./parts.ts";
import { tellBroken } from "./screens/doorstep.ts";
import { makeShow } from "./show.ts";
import { READS_RUSSIAN, type Texts, textsFor } from "./texts/index.ts";
import { makeTurn } from "./turn.ts";
import { makeWatch } from "./watch.ts";

export interface BotDeps {
  readonly engine: Engine;
  readonly token: string;
  /** Another Bot API server, without a trailing slash. */
  readonly apiRoot?: string | undefined;
  readonly proxy?: string | undefined;
  readonly log: Log;
  /** Polling, or a webhook below this public address. */
  readonly mode: { readonly kind: "polling" } | { readonly kind: "webhook"; readonly publicUrl: string };
  readonly handlers?: Handlers;
  readonly pictures?: Pictures;
  /** Telegram knows no bot with this token: nothing that waits would help. */
  readonly refused?: () => void;
}
export interface RunningBot {
  /** Begins in the background: Telegram may be down while everything else works. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Webhook mode: stores the update; the answer to Telegram is given afterwards. */
  receive(update: unknown): Promise<void>;
  /** Last part of `/telegram/<secret>`; Telegram also sends it as the secret token header. */
  readonly secret: string;
  /** Telegram has answered once. */
  isReady(): boolean;
}

export function makeBot({
  engine,
  token,
  apiRoot,
  proxy,
  log,
  mode,
  handlers = allHandlers,
  pictures,
  refused,
}: BotDeps): RunningBot {
  const stopping = new AbortController();
  const bot = new Bot<AskContext>(token, {
    client: {
      ...(apiRoot === undefined ? {} : { apiRoot }),
      timeoutSeconds: 60,
      fetch: makeTelegramFetch({ proxy, stopped: stopping.signal }),
    },
  });
  bot.api.config.use(makeOlder());
  const show = makeShow({ api: bot.api, people: engine.people, groups: engine.groups });
  const secret = createHash("sha256").update(`webhook ${token}`).digest("base64url");
  const watch = makeWatch({ engine, log });
  const commands = new Set(Object.keys(handlers.commands ?? {}));
  const visitors = new WeakMap<AskContext, Visitor>();
  const gate = makeGate({ engine, show, handlers, guestHandlers: guestOnly });
  let isKnown = false;

  const visitorOf = (ctx: AskContext): Visitor => {
    const visitor = visitors.get(ctx);
    if (visitor === undefined) throw new Error("no member on this update");
    return visitor;
  };
  const turning = (ctx: AskContext) => {
    const { member, handlers } = visitorOf(ctx);
    return makeTurn({ ctx, engine, member, show, handlers, watch, pictures });
  };

  /** What isn't there may be in another workspace of this person: alerts come from all of them. */
  async function elsewhere(
    ctx: AskContext,
    turn: Turn,
    error: unknown,
    [place, args]: readonly [string, readonly string[]],
  ): Promise<void> {
    const { member } = turn;
    if (!(error instanceof NotFound) || args[0] === undefined || ctx.from === undefined) throw error;
    const there = await engine.team.memberFor(personOf(ctx.from), args[0]);
    if (there === null || there.scope.workspace === member.scope.workspace) throw error;
    await turn.as(there, place, ...args);
  }

  bot.on("my_chat_member", async (ctx, next) => {
    if (ctx.chat.type !== "private") return next();
    await engine.people.setReachable(ctx.chat.id, ctx.myChatMember.new_chat_member.status === "member");
  });

  const inPrivate = bot.chatType("private");
  inPrivate.use(async (ctx, next) => {
    const visitor = await gate(ctx);
    if (visitor === null) return;
    visitors.set(ctx, visitor);
    await next();
  });
  inPrivate.use(
    makeAsking(engine.telegram.conversations, (text) => {
      const told = toldCommand(text);
      return told !== null && commands.has(told.name);
    }),
  );
  inPrivate.use(async (ctx, next) => {
    if (ctx.isRepeated) return;
    // A bundle's file is welcome at any moment, also in the middle of a question.
    const document = ctx.message?.document;
    if (document !== undefined && /\.json$/i.test(document.file_name ?? "")) {
      const { run, enter } = turning(ctx);
      return run(() => enter("file", [document.file_id, String(document.file_size ?? 0)]));
    }
    const { asked } = ctx;
    const { turn, run, enter } = turning(ctx);
    const [place, ...args] = visitors.get(ctx)?.place ?? [];
    if (place !== undefined) return run(() => enter(place, args));
    if (asked === undefined) return next();
    await run(() =>
      takeAnswer({ ctx, asked, question: questionOf(asked), turn, show, handlers: visitorOf(ctx).handlers }),
    );
  });
  inPrivate.on("message", async (ctx) => {
    const { turn, run, enter } = turning(ctx);
    const told = toldCommand(ctx.message.text ?? "");
    const known = visitorOf(ctx).handlers.commands ?? {};
    const command = told !== null && Object.hasOwn(known, told.name) ? known[told.name] : undefined;
    const replied = (ctx.message.reply_to_message?.reply_markup?.inline_keyboard ?? [])
      .flat()
      .flatMap((button) => ("callback_data" in button ? [button.callback_data] : []));
    await run(async () => {
      if (told !== null && command !== undefined)
        await command(turn, told.rest, replied).catch((error) => {
          const [place, args] = readPlace(told.name === "start" ? told.rest : "") ?? ["", []];
          return elsewhere(ctx, turn, error, [place, args]);
        });
      else if (told !== null)
        throw new UserError({ ru: textsFor("ru").home.noSuchCommand, en: textsFor("en").home.noSuchCommand });
      else if (await turn.isSecret(ctx.message.text ?? "")) {
        const isRemoved = await show.remove(ctx.chat.id, ctx.message.message_id);
        const { secretRemoved, deleteYourself } = turn.t.home;
        await turn.send({ text: new FormattedString(isRemoved ? secretRemoved : deleteYourself), keyboard: [] });
      } else await enter("said", [(ctx.message.text ?? "").slice(0, 4_000)]);
    });
  });
  inPrivate.on("callback_query", async (ctx) => {
    const { turn, run, enter } = turning(ctx);
    const { place, args } = parse(ctx.callbackQuery.data ?? "");
    await run(() => enter(place, args).catch((error) => elsewhere(ctx, turn, error, [place, args])));
  });

  bot.use(makeGroupTalk({ engine, show }));
  bot.on("callback_query", (ctx) => ctx.answerCallbackQuery().catch(() => undefined));

  const inbox = makeInbox({
    telegram: engine.telegram,
    log,
    handle: (update) => bot.handleUpdate(update),
    gaveUp: (update) => tellBroken(update, show),
  });
  const alerts = makeAlerts({ engine, show, log, pictures, username: () => bot.botInfo.username });
  let polling: Promise<void> = Promise.resolve();

  /** Telegram may be down at start: asks again until it answers. */
  async function meet(): Promise<void> {
    for (let wait = 1_000; !stopping.signal.aborted; wait = Math.min(wait * 2, 30_000)) {
      try {
        // Not `bot.init()`: it repeats by itself, up to 20 minutes apart, and nothing stops it.
        if (!bot.isInited()) bot.botInfo = await bot.api.getMe();
        if (mode.kind === "polling") await bot.api.deleteWebhook();
        else
          await bot.api.setWebhook(`${mode.publicUrl}/telegram/${secret}`, {
            secret_token: secret,
            allowed_updates: [...ALLOWED_UPDATES],
          });
        isKnown = true;
        return;
      } catch (error) {
        if (stopping.signal.aborted) return;
        // 404 is how a malformed token is refused.
        if (error instanceof GrammyError && [401, 404].includes(error.error_code) && !bot.isInited())
          // Not awaited: it stops the bot, and that waits for us.
          return void refused?.();
        log.warn({ err: safe(error) }, "Telegram doesn't answer yet");
        await pause(wait, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  }
  async function setCommands(): Promise<void> {
    const inChat = { scope: { type: "all_private_chats" } } as const;
    const inGroups = { scope: { type: "all_group_chats" } } as const;
    await bot.api.setMyCommands(textsFor("en").home.groupCommands, inGroups);
    for (const language_code of READS_RUSSIAN)
      await bot.api.setMyCommands(textsFor("ru").home.groupCommands, { ...inGroups, language_code });
    await bot.api.setMyCommands(textsFor("en").home.commands, inChat);
    for (const language_code of READS_RUSSIAN)
      await bot.api.setMyCommands(textsFor("ru").home.commands, { ...inChat, language_code });
    await setDescription(textsFor("en"));
    for (const language_code of READS_RUSSIAN) await setDescription(textsFor("ru"), language_code);
  }
  /** What an empty chat shows above its START button, and what a shared link shows. */
  async function setDescription({ home }: Texts, code?: (typeof READS_RUSSIAN)[number]): Promise<void> {
    const language = code === undefined ? {} : { language_code: code };
    await bot.api.setMyDescription(home.description, language);
    await bot.api.setMyShortDescription(home.shortDescription, language);
  }

  return {
    secret,
    isReady: () => isKnown,
    async start() {
      polling = (async () => {
        await meet();
        if (!isKnown || stopping.signal.aborted) return;
        inbox.start();
        await watch.resume().catch((error) => log.warn({ err: safe(error) }, "cards could not be followed further"));
        alerts.start();
        await setCommands().catch((error) => log.warn({ err: safe(error) }, "the menu of commands wasn't set"));
        if (mode.kind === "polling") await poll(bot.api, { telegram: engine.telegram, log, stopped: stopping.signal });
      })().catch((error) => log.error({ err: safe(error) }, "the bot stopped"));
    },
    async stop() {
      stopping.abort();
      await Promise.all([inbox.stop(), alerts.stop()]);
      watch.stop();
      await polling;
    },
    async receive(update) {
      // Came with the secret that only Telegram knows.
      const { update_id } = update as Update;
      if (!Number.isSafeInteger(update_id)) throw new Error("not an update");
      await engine.telegram.receive([toRow(update as Update)]);
      inbox.wake();
    },
  };
}
