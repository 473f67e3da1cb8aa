/**
 * Whatever is pressed and typed, in whatever order, on two devices at once, from buttons of yesterday: every tap is
 * answered with a screen that Telegram takes, and every draft stays one that the engine reads. The handlers and the
 * engine's bundles are the real ones; Telegram is a variable.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "../../../test/support/property.ts";
import { type Workshop, workshop } from "../../../test/support/workshop.ts";
import { Bundle } from "../../engine/bundle/model.ts";
import { type ConnectionView, type Engine, type Member, NotFound, Stale, UserError } from "../../engine/index.ts";
import { parse, to } from "../callback.ts";
import type { Handlers, Question, Screen, Turn } from "../parts.ts";
import { doorButton } from "../screens/doors.ts";
import { lines } from "../screens/lay.ts";
import { cut, markup } from "../show.ts";
import { textsFor } from "../texts/index.ts";
import { adding } from "./adding.ts";
import { builder } from "./builder.ts";
import { bundles } from "./bundles.ts";
import { card } from "./card.ts";
import { compose } from "./compose.ts";
import { conditions } from "./conditions.ts";
import { dryrun } from "./dryrun.ts";
import { duplicates } from "./duplicates.ts";
import { hours } from "./hours.ts";
import { join } from "./index.ts";
import { making } from "./making.ts";
import { mapping } from "./mapping.ts";
import { steps } from "./steps.ts";
import { swap } from "./swap.ts";
import { tools } from "./tools.ts";
import { versions } from "./versions.ts";

/** Seconds that the whole search may take on an idle machine; a busy one tries less. */
const MOST_MS = 10_000;

const away: Handlers = {
  places: Object.fromEntries(
    ["home", "history", "historyof", "runview", "connect", "connection", "conncheck", "templates", "connections"].map(
      (place) => [
        place,
        async (turn: Turn) => turn.show({ text: lines(place), keyboard: [[{ text: "🧩", data: to("bundles") }]] }),
      ],
    ),
  ),
  answers: {},
};
const all = join(
  ...[adding, builder, bundles, card, compose, conditions, dryrun, duplicates, hours, making, mapping, steps],
  ...[swap, tools, versions, away],
);

let shop: Workshop;
let engine: Engine;
let member: Member;
before(async () => {
  shop = await workshop();
  const account: ConnectionView = {
    id: shop.connection,
    connector: "crm",
    name: "Моя CRM",
    state: "alive",
    account: "shop",
    error: null,
    checkedAt: null,
    filled: ["key"],
    values: {},
    missing: null,
  };
  const { connectors } = shop;
  member = {
    scope: shop.scope,
    telegramId: 1,
    name: "Анна",
    locale: "ru",
    role: "owner",
    country: "RU",
    timeZone: "Europe/Moscow",
    alerts: { mode: "now", quiet: null, summaries: { daily: false, weekly: false } },
  };
  const items = [{ value: "shop-1", label: "Мой магазин" }];
  engine = {
    bundles: shop.bundles,
    catalogue: {
      connectors,
      connector: (key: string) => connectors.find((one) => one.key === key),
      search: (text: string) => connectors.filter(({ name }) => name.ru.toLowerCase().includes(text.toLowerCase())),
    },
    connections: {
      list: async () => [account],
      usedBy: async () => [],
      refreshLists: async () => [],
      options: async () => ({ items, total: 1, loadedAt: new Date(0) }),
    },
    team: {
      members: async () => [{ id: shop.scope.member, name: "Анна", role: "owner", isMe: true, since: new Date(0) }],
    },
    // The parts that editing doesn't reach are left out.
  } as unknown as Engine;
});
after(() => shop.fresh.drop());

/** One chat: what stands on the screen, what is asked, and every button that ever was. */
interface Chat {
  screen: Screen | null;
  question: Question | null;
  readonly past: Screen[];
  updates: number;
  isAnswered: boolean;
}

function turnOf(chat: Chat): Turn {
  const t = textsFor("ru");
  const op = `tg:${chat.updates++}`;
  const show = async (screen: Screen) => {
    check(screen);
    chat.screen = screen;
    chat.past.push(screen);
    chat.isAnswered = true;
  };
  const turn = {
    engine,
    member: { ...member, scope: { ...member.scope, op } },
    locale: "ru",
    t,
    chatId: 1,
    interrupted: null,
    async show(screen: Screen) {
      chat.question = null;
      await show(screen);
    },
    async ask(question: Question) {
      await show(question.screen);
      chat.question = question;
      for (const one of question.args) assert.equal(typeof one, "string");
      assert.ok(all.answers[question.answer], `nobody takes ${question.answer}`);
    },
    send: async (screen: Screen) => {
      check(screen);
      return 1;
    },
    sendFile: async () => {},
    readFile: async () => null,
    toast: (text: string) => assert.ok(text.length > 0),
    go: async (place: string, ...args: (string | number)[]) => enter(turn as unknown as Turn, place, args.map(String)),
    returnTo: async () => {},
    goBack: async () => false,
    isSecret: async () => false,
    watch: () => {},
    shownCard: async () => null,
    forgetReturn: async () => {},
    link: (code: string) => `https://t.me/bot?start=${code}`,
    note: async () => null,
    keepNote: async () => {},
  };
  return turn as unknown as Turn;
}

function check(screen: Screen): void {
  markup(screen);
  assert.ok(screen.text.text.trim() !== "", "an empty message");
  assert.ok(screen.text.text.length <= 4_096, `${screen.text.text.length} characters`);
  assert.ok(cut(screen.text).text.length <= 4_096);
  for (const button of screen.keyboard.flat())
    if ("data" in button) assert.ok(Buffer.byteLength(button.data) <= 64, button.data);
}

async function enter(turn: Turn, place: string, args: readonly string[]): Promise<void> {
  const handler = all.places[place];
  assert.ok(handler, `no place ${place}`);
  await handler(turn, ...args);
}

/** As `turn.ts` does it: a mistake of the person's becomes a screen, anything else fails the test. */
async function tap(chat: Chat, data: string): Promise<void> {
  const turn = turnOf(chat);
  const { place, args } = parse(data);
  chat.isAnswered = false;
  await enter(turn, place, args).catch((error: unknown) => refused(turn, error, args[0]));
  assert.ok(chat.isAnswered, `${data} is answered by nothing`);
}
async function say(chat: Chat, text: string): Promise<void> {
  const { question } = chat;
  if (question === null || text.length > (question.longest ?? 4_000)) return;
  const turn = turnOf(chat);
  chat.isAnswered = false;
  const answer = all.answers[question.answer];
  await answer?.(turn, text, ...question.args).catch(async (error: unknown) => {
    if (!(error instanceof UserError) || error instanceof NotFound || error instanceof Stale)
      return refused(
        turn,
        error,
        question.args.find((one) => one.length === 22),
      );
    assert.ok(error.sentence.ru.length > 0 && error.sentence.en.length > 0);
    await turn.ask(question);
  });
  assert.ok(chat.isAnswered, `«${text}» to ${question.answer} is answered by nothing`);
}
async function refused(turn: Turn, error: unknown, bundle: string | undefined): Promise<void> {
  if (!(error instanceof UserError)) throw error;
  if (error instanceof Stale && bundle !== undefined) return enter(turn, "card", [bundle]);
  const door = error.door === undefined ? [] : [[doorButton(turn.t, error.door)]];
  await turn.show({ text: lines(error.sentence.ru), keyboard: [...door, [{ text: "🧩", data: to("bundles") }]] });
}

/** Ways out are taken where nothing else is left: the search shall stay in the builder. */
const OUT = ["bundles", "home", "templates", "new", "fresh", "history", "historyof", "connect", "del", "delyes", "rm"];

function buttonsOf(screen: Screen | null): string[] {
  const all = (screen?.keyboard ?? []).flat().flatMap((button) => ("data" in button ? [button.data] : []));
  const inside = all.filter((data) => !OUT.includes(parse(data).place));
  return inside.length > 0 ? inside : all;
}

type Doing =
  | { readonly do: "tap"; readonly at: number }
  | { readonly do: "old"; readonly back: number; readonly at: number }
  | { readonly do: "race"; readonly at: number; readonly other: number }
  | { readonly do: "forge"; readonly place: string; readonly args: readonly string[] }
  | { readonly do: "say"; readonly text: string };

const WORDS = [
  ...["1", "3", "0", "99", "-1", "2 часа", "31.12.2026 15:30", "01.10.2026 – 31.10.2026", "с 9 до 18", "0 9 * * 1-5"],
  ...["{Номер звонящего}", "Заказ {ID звонка}!", "{Нет такого}", "{", "}} {{", "{% raw %}", "привет", "Новый клиент"],
  ...[
    "Имя",
    "Счётчик",
    "звонок из Hook – создать новый клиент в CRM",
    "🙂".repeat(50),
    "а".repeat(900),
    "да",
    "\u0000x",
  ],
];
const doing = (): fc.Arbitrary<Doing> =>
  fc.oneof(
    { weight: 3, arbitrary: forged },
    { weight: 10, arbitrary: fc.record({ do: fc.constant("tap" as const), at: fc.nat(200) }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant("say" as const), text: fc.constantFrom(...WORDS) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("old" as const), back: fc.nat(30), at: fc.nat(200) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("race" as const), at: fc.nat(200), other: fc.nat(200) }) },
  );

/** What no button of ours says, or one of yesterday did: any place with anything behind it. Nobody presses `recard`. */
const forged: fc.Arbitrary<Doing> = fc.record({
  do: fc.constant("forge" as const),
  place: fc.constantFrom(...Object.keys(all.places).filter((place) => place !== "recard" && place !== "delyes")),
  args: fc.tuple(
    fc.constantFrom("tool", "act1", "act2", "trigger", "run", "gone", "0", "1", "work"),
    fc.constantFrom("0.abcde", "n", "0", "1", "next", "act2", "all", "1d", "yes", "-", ""),
    fc.constantFrom("1", "trigger", "set", "bundle", "x"),
  ),
});

const pick = (all: readonly string[], at: number): string | undefined => all[at % Math.max(1, all.length)];

async function does(chat: Chat, one: Doing, bundle: string): Promise<void> {
  const own = buttonsOf(chat.screen);
  if (one.do === "say") return say(chat, one.text);
  if (one.do === "forge") return tap(chat, [one.place, bundle, ...one.args].join(":"));
  if (one.do === "race") {
    const pressed = [pick(own, one.at), pick(own, one.other)].filter((data) => data !== undefined);
    // Each device shows its own screen; the draft is one.
    await Promise.all(pressed.map((data, i) => tap({ ...chat, past: [], updates: chat.updates + 100 * i }, data)));
    chat.updates += 200;
    return;
  }
  const data = one.do === "tap" ? pick(own, one.at) : pick(buttonsOf(chat.past.at(-1 - one.back) ?? null), one.at);
  await tap(chat, data ?? to("steps", bundle));
}

async function draftsAreSound(): Promise<void> {
  for (const { id } of await shop.bundles.list(shop.scope)) {
    const { body } = await shop.bundles.get(shop.scope, id);
    const read = Bundle.safeParse(body);
    assert.ok(read.success, JSON.stringify(read.error?.issues));
    await shop.bundles.problems(shop.scope, id);
  }
}

test("any sequence of taps and texts leaves valid drafts and answered screens", async () => {
  let updates = 1;
  await fc.assert(
    fc.asyncProperty(
      fc.array(doing(), { minLength: 10, maxLength: 25, size: "max" }),
      fc.constantFrom("loop", "delay", "set", "approval", "router", "stopIf"),
      fc.constantFrom("steps", "step:tool", "step:act1", "menu:tool", "cmore", "hours", "dup:act1", "tools:-", "mig"),
      async (doings, tool, start) => {
        for (const { id } of await shop.bundles.list(shop.scope)) await shop.bundles.remove(shop.scope, id);
        const view = await shop.built(
          { do: "setTrigger", connector: "crm", trigger: "customer", connection: shop.connection },
          { do: "addAction", id: "act1", connector: "crm", action: "create", connection: shop.connection },
          { do: "addTool", id: "tool", tool: tool as "loop" },
          { do: "addAction", id: "act2", connector: "hook", action: "say", connection: null },
        );
        const chat: Chat = { screen: null, question: null, past: [], updates, isAnswered: false };
        const [place = "steps", ...rest] = start.split(":");
        await tap(chat, to(place, view.id, ...rest));
        for (const one of doings) await does(chat, one, view.id);
        updates = chat.updates + 1_000;
        await draftsAreSound();
      },
    ),
    { numRuns: 200, interruptAfterTimeLimit: MOST_MS, markInterruptAsFailure: false },
  );
});
