/**
 * Article 003 §1 while its services fail in every way at every write: one deal, customer and order for each call, a
 * person is asked only where nothing can tell, and the chat names what to do.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Person } from "../playground/person.ts";
import { buildCalls } from "../playground/stories/calltouch-retailcrm.ts";
import { askNow, checkAndStart, type } from "../playground/stories/hands.ts";
import { makeStage, type Stage } from "../playground/stories/stage.ts";
import { eventually, type House, openHouse, post } from "./support/house.ts";
import { makeStrikes, type Strike, type Strikes } from "./support/strike.ts";

const WRITES = {
  deal: { service: "calltouch", method: "POST", path: /client-order\/create$/ },
  customer: { service: "retailcrm", method: "POST", path: /customers\/create$/ },
  order: { service: "retailcrm", method: "POST", path: /orders\/create$/ },
} as const;
type Write = keyof typeof WRITES;
const FAULTS = ["html:1", "outage:1", "rateLimit:1", "lost:1", "cut:1"] as const;

/** What the chat says while a service is away. */
const SAID = {
  outage: {
    retailcrm: /retailCRM сейчас не отвечает \(503\)/,
    calltouch: /не получилось\. Calltouch сейчас не отвечает \(503\)/,
  },
  html: {
    retailcrm: /retailCRM ответил веб-страницей вместо данных\. Возможно, там идут работы или адрес указан неверно/,
    calltouch: /не получилось\. Calltouch ответил веб-страницей/,
  },
  rateLimit: { retailcrm: /retailCRM просит подождать/, calltouch: /не получилось\. Calltouch просит подождать/ },
};

/** Calltouch's journal of deals lags, so what isn't in it may have been done all the same: nobody but a person can tell. */
const isAsked = (write: Write, fault: string) => write === "deal" && !["rateLimit:1", "lost:1"].includes(fault);

describe("services fail under a bundle", { concurrency: false }, () => {
  let house: House;
  let stage: Stage;
  let person: Person;
  let strikes: Strikes;
  let phones = 79_160_000_000;

  before(async () => {
    house = await openHouse();
    assert.ok(await house.start(), house.output());
    strikes = makeStrikes(house);
    stage = await makeStage(house.url, "ru", 2);
    person = stage.person;
    await buildCalls(stage);
  });
  after(async () => {
    strikes?.close();
    await house?.close();
  });

  async function newestRun(): Promise<{ state: string; count: number }> {
    const [row] = await house.database.sql<{ state: string; count: number }[]>`
      select state, (count(*) over ())::int as count from runs order by seq desc limit 1`;
    return row ?? { state: "", count: 0 };
  }
  async function waiting(): Promise<number> {
    const [row] = await house.database.sql<{ n: number }[]>`
      select count(*)::int as n from runs where state = 'waiting'`;
    return row?.n ?? 0;
  }
  async function madeFor(call: Readonly<Record<string, unknown>>, phone: string) {
    const of = async (service: string, kind: string, is: (row: Readonly<Record<string, unknown>>) => boolean) =>
      (await stage.records(service, kind)).filter(is).length;
    return {
      deals: await of("calltouch", "deals", (row) => row.leadId === String(call.id)),
      customers: await of("retailcrm", "customers", (row) => JSON.stringify(row.phone).includes(phone)),
      orders: await of("retailcrm", "orders", (row) => String(row.externalId) === String(call.id)),
    };
  }
  async function call(): Promise<{ call: Record<string, unknown>; phone: string; runs: number }> {
    const phone = String(++phones);
    const { count } = await newestRun();
    return { call: await stage.life("calltouch", "call", { phone }), phone, runs: count };
  }
  /** Until the newest run ends or asks; what waits for its next try is tried now, as `/status` offers it. */
  async function settled(runs: number): Promise<string> {
    return eventually(
      "the run ended or asks",
      async () => {
        const { state, count } = await newestRun();
        if (count === runs) return false;
        if (["succeeded", "failed", "unknown"].includes(state)) return state;
        if (state === "waiting") {
          await aMinutePasses();
          await tryNow();
        }
        return false;
      },
      60_000,
    );
  }
  /** For calls whose answer was lost: they are looked for again when they can't be under way any more. */
  async function aMinutePasses(): Promise<void> {
    await house.database.sql`
      update attempts set started_at = started_at - interval '1 minute'
       where state = 'unknown' and run in (select seq from runs where state = 'waiting')`;
    await house.database.sql`update runs set next_at = now() where state = 'waiting' and error->>'class' = 'unknown'`;
  }
  async function tryNow(): Promise<void> {
    await person.say("/status");
    await person.sees("Всё ли в порядке");
    const offered = (await person.buttons()).flat().find((text) => text.includes("Повторить сейчас"));
    if (offered !== undefined) await person.press(offered);
  }

  for (const write of Object.keys(WRITES) as Write[])
    for (const fault of FAULTS)
      it(`${write}, ${fault}: made once${isAsked(write, fault) ? ", after a word of the person" : ", and nobody is asked"}`, async (t) => {
        const strike: Strike = { ...WRITES[write], fault };
        const { call: one, phone, runs } = await call();
        const hit = strikes.on(strike);
        await askNow(person, 1);
        await hit;
        let state = await settled(runs);
        if (state === "unknown") {
          await person.sees(/Неизвестно, чем кончился запуск/);
          await person.press("Не сделано, повторить");
          state = await eventually("it goes on", async () => {
            const next = (await newestRun()).state;
            return next !== "unknown" && settled(runs);
          });
          assert.ok(isAsked(write, fault), "something could have told");
        } else assert.ok(!isAsked(write, fault), "nobody was asked, though nothing can tell");
        t.diagnostic(state);
        assert.equal(state, "succeeded");
        assert.deepEqual(await madeFor(one, phone), { deals: 1, customers: 1, orders: 1 });
      });

  for (const [health, words] of Object.entries(SAID))
    it(`retailCRM for a while: ${health}. The chat says who doesn't answer; behind it each call is made once`, async () => {
      await stage.setSwitch("retailcrm", "health", health);
      const calls = [await call(), await call()];
      await askNow(person, 1);
      await eventually("both wait", async () => (await waiting()) === 2);
      await person.say("/status");
      await person.sees(/Не отвечают[\s\S]*retailCRM[\s\S]*Ждут: 2 записи, пробую снова сам/);
      await person.say("/history");
      await person.press(/⏳/);
      await person.sees(words.retailcrm);
      await stage.setSwitch("retailcrm", "health", "ok");
      await tryNow();
      await eventually("nothing waits", async () => (await waiting()) === 0);
      for (const { call: one, phone } of calls) {
        await stage.until("retailcrm", "orders", "the order", (rows) =>
          rows.find((row) => String(row.externalId) === String(one.id)),
        );
        assert.deepEqual(await madeFor(one, phone), { deals: 1, customers: 1, orders: 1 });
      }
    });

  for (const [health, words] of Object.entries(SAID))
    it(`Calltouch's journal: ${health}. Asked by hand, the bot says who doesn't answer; the call isn't missed`, async () => {
      await stage.setSwitch("calltouch", "health", health);
      const { call: one, phone, runs } = await call();
      await person.say("/run 1");
      await person.sees(words.calltouch, { within: 20_000 });
      await person.say("/status");
      await person.sees(/Не отвечают[\s\S]*Calltouch[\s\S]*Пробую снова сам/);
      await stage.setSwitch("calltouch", "health", "ok");
      await askNow(person, 1);
      assert.equal(await settled(runs), "succeeded");
      assert.deepEqual(await madeFor(one, phone), { deals: 1, customers: 1, orders: 1 });
    });

  it("a service that can't be asked: the person is, and both answers lead to one request", async () => {
    await buildForwarding();
    const sent = async (id: unknown) =>
      (await stage.records("receiver", "requests")).filter((row) => String(row.body).includes(`"call": "${id}",`))
        .length;
    for (const [fault, answer] of [
      ["lost:1", "Сделано, идём дальше"],
      ["cut:1", "Не сделано, повторить"],
      ["outage:1", "Не сделано, повторить"],
    ] as const) {
      const { call: one, runs } = await call();
      const hit = strikes.on({ service: "receiver", fault, method: "POST", path: /\/in$/ });
      await askNow(person, 2);
      await hit;
      assert.equal(await settled(runs), "unknown");
      await person.sees(/запрос ушёл в сервис, а ответ не пришёл\. Загляните туда и скажите, сделано ли это/);
      const card = (await person.messages()).findLast((message) => message.text?.includes("Неизвестно, чем кончился"));
      const data = card?.reply_markup?.inline_keyboard?.flat().find(({ text }) => text === answer)?.callback_data;
      assert.ok(card && data);
      const press = () => post(`${house.url}/api/chats/${person.id}/press`, { message: card.message_id, data });
      await Promise.all([press(), press()]);
      await eventually("it ended", async () => (await newestRun()).state === "succeeded");
      assert.equal(await sent(one.id), 1, `${fault}: ${answer}`);
    }
  });

  /** Bundle 2: calls go on to somebody's own server, which nobody can look anything up at. */
  async function buildForwarding(): Promise<void> {
    await person.say("/new");
    await person.press("Calltouch");
    await person.press("Входящий звонок");
    await person.sees("Когда: Calltouch · Входящий звонок", { within: 20_000 });
    await person.say("HTTP-запрос");
    await person.press("HTTP-запрос · HTTP-запрос");
    await type(person, "Адрес", `${house.url}/sandbox/receiver/in`);
    await type(person, "Тело", '{"call": {Уникальный ID звонка}, "phone": "{Номер звонящего}"}');
    await person.press("Готово");
    await checkAndStart(person);
  }
});
