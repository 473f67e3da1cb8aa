/** One update being handled for one member: finds the place, shows what it says, and ends by answering the button. */
import { isDeepStrictEqual } from "node:util";
import { FormattedString } from "@grammyjs/parse-mode";
import { z } from "zod";
import { type Engine, type Json, type JsonObject, type Member, NotFound, Stale, UserError } from "../engine/index.ts";
import { type AskContext, Kept as Asked, ask, forget, questionOf } from "./ask.ts";
import { parse, to } from "./callback.ts";
import type { Handlers, Pictures, Screen, Turn } from "./parts.ts";
import { doorButton } from "./screens/doors.ts";
import type { Show } from "./show.ts";
import { textsFor } from "./texts/index.ts";
import { assertMay, forRole } from "./viewer.ts";
import { type Watch, Watching } from "./watch.ts";

/** A spinner on a button is stopped after this long even if the work goes on. */
const ANSWER_MS = 2_000;

/** So long after a key was asked for, words that look like one are taken for it. */
const MOMENT_MS = 30 * 60_000;
/** One word of letters and digits, and no address, phone or mail. */
const LOOKS_LIKE_KEY = /^(?=\S*\p{L})(?=\S*\d)(?!https?:)[^\s@]{16,}$/u;

/** What stands under a connection's keys and is one word, but no word of a person. */
const MAY_BE_KEY = /^(?!https?:)(?!\p{Script=Cyrillic}+\P{L}?$)\S{8,}$/u;

const Return = z.object({ place: z.string(), args: z.array(z.string()) });
/** What we keep of a chat: the way back from a detour, and the update that sent the live screen. */
const Kept = z
  .object({
    returnTo: Return.nullish(),
    /** What /cancel broke off. */
    aside: z.object({ asked: Asked, returnTo: Return.nullish() }).nullish(),
    /** The bundle whose card is the live screen. */
    card: z.string().nullish(),
    /** The live screen is of a connection that has keys. */
    keys: z.boolean().nullish(),
    shownBy: z.number().nullish(),
    /** When a secret value was asked for last (ms). */
    secretAt: z.number().nullish(),
    /** JSON of `note`. */
    note: z.string().nullish(),
    /** The card that is drawn once more: followed again by the next process. */
    watching: Watching.nullish(),
  })
  .catch({});
type Kept = z.infer<typeof Kept>;

interface Deps {
  readonly ctx: AskContext;
  readonly engine: Engine;
  readonly member: Member;
  readonly show: Show;
  readonly handlers: Handlers;
  readonly watch: Pick<Watch, "start">;
  readonly pictures?: Pictures | undefined;
}

export interface Turning {
  readonly turn: Turn;
  /** Runs the work; what a person can mend is shown to them, and the pressed button is answered in any case. */
  run(work: () => Promise<void>): Promise<void>;
  /** The place of a button or a command. Unknown ones lead home. */
  enter(place: string, args: readonly string[]): Promise<void>;
  /** The words that will answer the button. */
  told(): string | undefined;
}

export function makeTurn({ ctx, engine, member, show, handlers, watch, pictures }: Deps): Turning {
  const { telegram } = engine;
  const chatId = ctx.chat?.id ?? member.telegramId;
  const t = textsFor(member.locale);
  const pressed = ctx.callbackQuery?.message?.message_id;
  /** Something stands below the live screen: an edit of it might not be seen. */
  let isBuried = pressed === undefined;
  let hasShown = false;
  let words: string | undefined;

  async function display(screen: Screen): Promise<void> {
    const { live, kept } = await read();
    if (!hasShown && kept.shownBy === ctx.update.update_id) {
      // Handled a second time after a crash: the first try's screen is edited, not sent again.
      hasShown = true;
      isBuried = false;
    }
    const isLive = hasShown || pressed === live;
    const edit = isBuried || !isLive ? null : live;
    const whole = forRole(member, screen);
    // Killed before its id is kept, a message is never edited again: "working on it" would stand there for good.
    const isBegun = edit === null && screen.passing === true;
    const first: Screen = isBegun ? { text: new FormattedString(t.home.taken), keyboard: [] } : whole;
    const id = await show.screen(chatId, first, edit);
    // An answered question has had its day; whatever else stays above only loses its buttons.
    const isAnswered = !hasShown && ctx.asked !== undefined;
    hasShown = true;
    isBuried = false;
    const card = screen.card ?? null;
    const keys = screen.keys === true;
    if (id === live) {
      if ((kept.card ?? null) !== card || (kept.keys ?? false) !== keys) await keep({ card, keys });
      return;
    }
    await keep({ shownBy: ctx.update.update_id, card, keys }, id);
    if (isBegun) await show.screen(chatId, whole, id);
    if (live === null || (isAnswered && (await show.remove(chatId, live)))) return;
    await show.strip(chatId, live);
  }

  async function read(): Promise<{ live: number | null; kept: Kept }> {
    const { screenMessage, state } = await telegram.chat(chatId);
    return { live: screenMessage, kept: Kept.parse(state) };
  }
  async function keep(change: Kept, screenMessage?: number): Promise<void> {
    const { kept } = await read();
    const state = { ...kept, ...change } as JsonObject;
    await telegram.saveChat(chatId, { state, ...(screenMessage === undefined ? {} : { screenMessage }) });
  }

  const turn: Turn = {
    engine,
    member,
    locale: member.locale,
    t,
    chatId,
    ...(pictures === undefined ? {} : { pictures }),
    interrupted: ctx.interrupted === undefined ? null : questionOf(ctx.interrupted),
    async show(screen) {
      await forget(ctx);
      await display(screen);
    },
    async here(screen) {
      if (pressed === undefined || hasShown) return turn.show(screen);
      const id = await show.screen(chatId, forRole(member, screen), pressed);
      // Sent anew, because the pressed one is gone.
      if (id !== pressed) isBuried = true;
    },
    async send(screen) {
      isBuried = true;
      return show.send(chatId, forRole(member, screen));
    },
    async sendPictures(pictures, caption) {
      isBuried = true;
      await show.photos(chatId, pictures, { text: new FormattedString(caption) });
    },
    async sendFile(name, content, caption) {
      isBuried = true;
      await show.file(chatId, name, content, caption);
    },
    readFile: (id) => show.read(id),
    toast(text) {
      words = text;
    },
    async ask(question) {
      await display(question.screen);
      if (question.secret) await keep({ secretAt: Date.now() });
      await ask(ctx, question);
    },
    go: (place, ...args) => enter(place, args.map(String)),
    async returnTo(place, ...args) {
      await keep({ returnTo: { place, args: args.map(String) } });
    },
    async goBack(made, word) {
      const { returnTo } = (await read()).kept;
      if (!returnTo) return false;
      if (word !== undefined) {
        await turn.show({ text: word, keyboard: [] });
        isBuried = true;
      }
      await enter(returnTo.place, [...returnTo.args, made]);
      // Last, so that a crash before it leads there again; the place may have begun a detour of its own.
      if (isDeepStrictEqual((await read()).kept.returnTo, returnTo)) await keep({ returnTo: null });
      return true;
    },
    async isSecret(words) {
      const { keys, secretAt: asked } = (await read()).kept;
      if (keys === true && MAY_BE_KEY.test(words.trim())) return true;
      const isKey = asked && Date.now() - asked < MOMENT_MS && LOOKS_LIKE_KEY.test(words.trim());
      return isKey || (await engine.connections.isSecret(member.scope, words));
    },
    async setAside() {
      if (ctx.interrupted === undefined) return;
      const { returnTo } = (await read()).kept;
      await keep({ aside: { asked: ctx.interrupted, returnTo: returnTo ?? null } });
    },
    async takeUp() {
      const { aside } = (await read()).kept;
      if (!aside) return false;
      await keep({ returnTo: aside.returnTo ?? null });
      await turn.ask(questionOf(aside.asked));
      await keep({ aside: null });
      return true;
    },
    async watch(bundle, word) {
      const { scope, name } = member;
      const { workspace, member: id } = scope;
      const watching = { scope: { workspace, member: id }, name, update: ctx.update.update_id, bundle, word };
      await keep({ watching: { ...watching, since: Date.now() } });
      watch.start({ ...watching, chatId });
    },
    async watched() {
      if ((await read()).kept.watching) await keep({ watching: null });
    },
    async shownCard() {
      return (await read()).kept.card ?? null;
    },
    async forgetReturn() {
      if ((await read()).kept.returnTo) await keep({ returnTo: null });
    },
    async as(other, place, ...args) {
      const { scope } = other;
      const op = member.scope.op === undefined ? {} : { op: member.scope.op };
      const there = { ...other, scope: { ...scope, ...op } };
      const next = makeTurn({ ctx, engine, member: there, show, handlers, watch, pictures });
      await next.enter(place, args);
      words = next.told() ?? words;
    },
    link: (code, group) => `https://t.me/${ctx.me.username}?start${group ?? ""}=${code}`,
    async note() {
      const { note } = (await read()).kept;
      return note ? (JSON.parse(note) as Json) : null;
    },
    keepNote: (note) => keep({ note: JSON.stringify(note) }),
  };

  async function enter(place: string, args: readonly string[]): Promise<void> {
    const handler = Object.hasOwn(handlers.places, place) ? handlers.places[place] : undefined;
    if (handler !== undefined) assertMay(member, place);
    if (handler !== undefined) return handler(turn, ...args);
    turn.toast(t.home.staleButton);
    await handlers.places.home?.(turn);
  }

  /** A refusal with a sentence: the way out is a button under it. */
  async function refuse(error: UserError): Promise<void> {
    const sentence = error.sentence[member.locale];
    const { args } = parse(ctx.callbackQuery?.data ?? "");
    // Of a typed answer the question names the bundle.
    if (ctx.asked !== undefined) args.push(...ctx.asked.args.filter((one) => one.length === 22).slice(0, 1));
    if (error instanceof Stale && args[0] !== undefined) {
      turn.toast(sentence);
      return enter("card", [args[0]]);
    }
    if (ctx.callbackQuery !== undefined && error instanceof NotFound) turn.toast(sentence);
    await turn.show({
      text: new FormattedString(`⚠️ ${sentence}`),
      keyboard: [
        ...(error.door === undefined ? [] : [[doorButton(t, error.door)]]),
        [{ text: t.home.toHome, data: to("home") }],
      ],
    });
  }

  let isAnswered = ctx.callbackQuery === undefined;
  async function answer(): Promise<void> {
    if (isAnswered) return;
    isAnswered = true;
    try {
      await ctx.answerCallbackQuery(words === undefined ? {} : { text: short(words), show_alert: words.length > 60 });
    } catch {
      // Too old after a restart, answered by a first try, or Telegram is away: never worth doing the work again.
    }
  }

  return {
    turn,
    enter,
    told: () => words,
    async run(work) {
      const timer = setTimeout(() => void answer(), ANSWER_MS);
      try {
        try {
          await work();
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          await refuse(error);
        }
      } finally {
        clearTimeout(timer);
        await answer();
      }
    },
  };
}

const short = (text: string): string => (text.length <= 200 ? text : `${text.slice(0, 199)}…`);
