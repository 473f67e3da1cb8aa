import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { Person } from "../../playground/person.ts";
import { type BotRig, eventually, pressData, startBotRig } from "../../test/support/bot.ts";
import type { Alert, ApprovalView, BundleView, IncidentView, RunView, Summary } from "../engine/index.ts";
import { makeNotify } from "../engine/telegram/notify.ts";
import { makeLog } from "../log.ts";
import { makeDraw } from "./pictures/draw.ts";
import { makePictures } from "./pictures/index.ts";

const bundle = {
  id: "bundle1",
  number: 3,
  name: "Звонки в заказы",
  state: "active",
  pausedBy: null,
  hasDraft: false,
  connectors: ["shop"],
} as const;
const first: IncidentView = {
  id: "incident1",
  class: "data",
  bundle,
  connection: null,
  step: { id: "k7f", number: 2, title: { ru: "Создать заказ", en: "Create an order" } },
  failure: {
    class: "data",
    sentence: { ru: "Поле «Сумма» пустое.", en: "“Amount” is empty." },
    own: "amount required",
  },
  run: "run1",
  count: 1,
  open: 1,
  newest: "run1",
  firstAt: new Date("2026-03-02T09:00:00Z"),
  lastAt: new Date("2026-03-02T09:00:00Z"),
  solvedAt: null,
};
const run: RunView = {
  id: "run1",
  bundle,
  state: "succeeded",
  createdAt: new Date(),
  endedAt: new Date(),
  about: "+7 900 123-45-67",
  failure: null,
  version: 1,
  event: {},
  nextAt: null,
  behind: null,
  ended: null,
  steps: [],
  incident: null,
};

const question: ApprovalView = {
  step: "ask",
  number: 3,
  attempt: 1,
  question: "Отгружать без оплаты?",
  who: null,
  until: new Date("2026-03-03T09:00:00Z"),
  otherwise: "no",
};
const view: BundleView = {
  ...bundle,
  body: { format: 1, trigger: null, steps: [{ id: "k7f", kind: "break" }] },
  revision: 1,
  version: 1,
  address: null,
  hook: null,
  nextPollAt: null,
  polledAt: null,
  triggerFailure: null,
  held: 0,
  counts: { succeeded: 3, failed: 1, waiting: 0, filtered: 0, repeated: 0 },
  lastRuns: ["failed", "succeeded"],
};
const summary = async (_: unknown, from: Date, to: Date): Promise<Summary> => ({
  from,
  to,
  succeeded: 12,
  failed: 1,
  waiting: 0,
  unknown: 0,
  bundles: [{ bundle, succeeded: 12, failed: 1 }],
  incidents: [first],
  days: [{ day: "2026-03-01", succeeded: 12, failed: 1 }],
});
let asks = false;
let incident = first;
let retried: string[] = [];
let rig: BotRig;
let anna: Person;
before(async () => {
  rig = await startBotRig({
    pictures: makePictures({ draw: makeDraw(), log: makeLog("fatal") }),
    engine: ({ bundles, ...engine }) => ({
      data: { ...engine.data, summary },
      bundles: {
        ...bundles,
        get: async (_, id) => (id === bundle.id ? view : bundles.get(_, id)),
        problems: async () => [],
      },
      incidents: {
        get: async () => incident,
        async retry(_scope, id, which) {
          retried.push(`${id} ${typeof which === "object" ? which.run : which}`);
          return which === "all" ? incident.open : 1;
        },
        dismiss: async () => 0,
      },
      runs: {
        ...engine.runs,
        get: async () => (asks ? { ...run, state: "waiting", waits: "approval", approval: question } : run),
        async answer(_scope, _id, answer) {
          const already = !asks;
          asks = false;
          return { answer: already ? "yes" : answer, by: "Анна", already };
        },
      },
    }),
  });
});
after(() => rig.stop());
beforeEach(async () => {
  rig.playground.telegram.faults.clear();
  retried = [];
  incident = first;
  asks = false;
  anna = await rig.person();
  await anna.say("/start");
  await anna.sees("Главная");
});

async function tell(alert: Alert, dedupe?: string): Promise<void> {
  const { db, sql } = rig.database;
  const [row] = await sql<{ workspace: string }[]>`select workspace from members where telegram_id = ${anna.id}`;
  const workspace = row?.workspace ?? "";
  await sql`insert into incidents (id, workspace, class, cause, example, count, first_at, last_at)
    values (${`incident${anna.id}`}, ${workspace}, 'data', 'c', '{}', 1, now(), now()) on conflict do nothing`;
  await makeNotify({ clock: { now: () => new Date() } })(db, workspace, alert, dedupe);
}
const theirs = async () => (await anna.messages()).filter(({ mine }) => !mine);

test("one cause is one card: sent, edited in place, and solved", async () => {
  const alert: Alert = { kind: "incident", incident: `incident${anna.id}` };
  await tell(alert, "i1");
  const card = await anna.sees("Поле «Сумма» пустое");
  assert.match(card, /#3 Звонки в заказы/);
  assert.match(card, /amount required/);
  assert.match(card, /Повторить/);
  const sent = (await theirs()).length;
  incident = { ...first, count: 4, open: 4, records: 4 };
  await tell(alert, "i1");
  await anna.sees("Не получилось: 4 записи");
  await anna.sees("Повторить все 4");
  incident = { ...incident, solvedAt: new Date(), open: 0 };
  await tell(alert, "i1");
  await anna.sees("Снова работает");
  assert.equal((await theirs()).length, sent);
});

test("the buttons of a card answer without replacing it; details open below", async () => {
  incident = { ...first, count: 2, open: 2, newest: "run2" };
  await tell({ kind: "incident", incident: `incident${anna.id}` });
  await anna.sees("Поле «Сумма» пустое");
  assert.equal(await anna.press("Повторить"), "Повторяю: 1 запись");
  assert.equal(await anna.press("Повторить все 2"), "Повторяю: 2 записи");
  assert.deepEqual(retried, ["incident1 run2", "incident1 all"]);
  const sent = (await theirs()).length;
  await anna.press("Подробнее");
  await anna.sees("Последний запуск");
  assert.equal((await theirs()).length, sent + 1);
});

test("the first success is told once; what is gone is passed over", async () => {
  await tell({ kind: "paused", bundle: "no such bundle", why: { ru: "почему", en: "why" } });
  await tell({ kind: "firstSuccess", bundle: "bundle1", run: "run1" });
  await anna.sees("Первая настоящая запись прошла");
  await eventually("both are done", async () => (await waiting()) === 0);
});

test("an unknown outcome asks what happened", async () => {
  await tell({ kind: "unknown", run: "run1" });
  await anna.sees("Неизвестно, чем кончился");
});

test("a run asks: answered under the card, once, and the card says by whom", async () => {
  asks = true;
  await tell({ kind: "approval", run: "run1", step: "ask" });
  await anna.sees("Отгружать без оплаты?");
  const sent = (await theirs()).length;
  const card = (await anna.screen())?.message_id ?? 0;
  assert.match(await anna.press("Да"), /Принято: да/);
  await anna.sees(/Ответ «да»[\s\S]*Ответил\(а\): Анна/);
  // The same button on another device, which hasn't seen the answer yet.
  await pressData(rig, anna, card, "approve:run1:ask:0:no");
  await anna.sees("Ответ уже есть: «да»");
  assert.equal((await theirs()).length, sent);
});

test("Telegram asks to wait long: the alert is kept for later, not lost", async () => {
  rig.playground.telegram.faults.add({ kind: "flood", retryAfter: 600, method: "sendMessage" });
  await tell({ kind: "firstSuccess", bundle: "bundle1", run: "run1" });
  await eventually("it waits ten minutes", async () => {
    const [row] = await rig.database.sql<{ waits: boolean }[]>`
      select next_at > now() + interval '9 minutes' as waits from outbox where sent_at is null`;
    return row?.waits === true;
  });
  await rig.database.sql`update outbox set next_at = now()`;
  await anna.sees("Первая настоящая запись прошла");
});

test("a chat that blocked the bot gets nothing more until it comes back", async () => {
  await anna.block(true);
  await eventually("the block was noted", async () => {
    const [row] = await rig.database.sql<{ gone: boolean }[]>`select gone from members where telegram_id = ${anna.id}`;
    return row?.gone === true;
  });
  await tell({ kind: "firstSuccess", bundle: "bundle1", run: "run1" });
  assert.equal(await waiting(), 0);
});

async function waiting(): Promise<number> {
  const [row] = await rig.database.sql<{ n: number }[]>`
    select count(*)::int as n from outbox where sent_at is null and chat_id = ${anna.id}`;
  return row?.n ?? 0;
}

const DAY = { from: "2026-03-01T06:00:00.000Z", to: "2026-03-02T06:00:00.000Z" };
const PNG = "89504e470d0a1a0a";

test("the summary of a day brings the week as a picture, with its words and buttons under it", async () => {
  await tell({ kind: "summary", of: "day", ...DAY });
  const { bytes } = await anna.download();
  assert.equal(bytes.subarray(0, 8).toString("hex"), PNG);
  const message = (await theirs()).at(-1);
  assert.match(message?.caption ?? "", /Итоги дня[\s\S]*12 записей прошло · ❌ 1 не прошла/);
  assert.match(JSON.stringify(message?.reply_markup), /Звонки в заказы/);
});

test("where a chat allows no pictures, the summary comes in words", async () => {
  rig.playground.telegram.faults.add({
    kind: "error",
    method: "sendPhoto",
    code: 400,
    description: "Bad Request: not enough rights to send photos to the chat",
  });
  await tell({ kind: "summary", of: "week", ...DAY });
  await anna.sees("Итоги недели");
});

test("the picture of a bundle is a message of its own, and the screen stands below it", async () => {
  await pressData(rig, anna, (await anna.screen())?.message_id ?? 0, "picture:bundle1");
  await eventually("the screen is the newest message", async () => {
    const [picture, screen] = (await theirs()).slice(-2);
    return picture?.photo !== undefined && /Связка 3/.test(screen?.text ?? "");
  });
  assert.equal((await anna.download()).bytes.subarray(0, 8).toString("hex"), PNG);
});
