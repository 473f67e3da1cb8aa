/** `kill -9` of the app at any moment of the story: nothing is lost, nothing is done twice, the chat goes on. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { randomFrom } from "../bench/survival/moments.ts";
import { calltouchRetailcrm } from "../playground/stories/calltouch-retailcrm.ts";
import { makeStage, type Stage } from "../playground/stories/stage.ts";
import { eventually, type House, openHouse } from "./support/house.ts";
import { startKiller } from "./support/killer.ts";

const KILLS = Number(process.env.SURVIVAL_KILLS ?? 8);
/** The same in every run, so that a failure can be looked at again; other seeds by the variable. */
const SEED = Number(process.env.SURVIVAL_SEED ?? 1);
/** A person who waits longer than a restart takes. */
const PATIENCE = 15;

test(`the story while the app is killed ${KILLS} times, seed ${SEED}`, { timeout: 600_000 }, async (t) => {
  const house = await openHouse();
  t.after(() => house.close());
  assert.ok(await house.start(), house.output());
  const stage = await makeStage(house.url, "ru", PATIENCE);
  const killer = startKiller(house, { seed: SEED, most: KILLS });
  const began = Date.now();
  const error = await calltouchRetailcrm.play(stage).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  const seconds = Math.round((Date.now() - began) / 1_000);
  const told = () => `seed ${SEED}, ${seconds} s, kills: ${killer.kills.join("; ")}\n${house.output()}`;
  if (error) console.error(told());
  await killer.stop();
  t.diagnostic(
    `${killer.kills.length} kills in ${seconds} s; ready again after ${Math.max(0, ...killer.restarts)} ms at most`,
  );
  assert.equal(error, null);
  assert.deepEqual(stage.failures, [], told());
  await nothingIsOpen(house);
  await nothingTwice(house, stage);
});

test("killed again and again while it makes its tables at the first start, then it starts whole", async (t) => {
  const house = await openHouse({ bare: true });
  t.after(() => house.close());
  const { sql } = house.database;
  const random = randomFrom(SEED);
  for (let n = 0; n < 3; n++) {
    house.launch();
    // As soon as anything of it is in the database, and a little later.
    await eventually("it began", async () => {
      const [row] = await sql`select count(*)::int as n from pg_stat_activity
        where datname = current_database() and application_name not in ('test', '')`;
      return Number(row?.n) > 0;
    });
    const until = Date.now() + random() * 400;
    while (Date.now() < until) await sql`select 1`;
    await house.kill();
  }
  assert.ok(await house.start(), house.output());
  const { person } = await makeStage(house.url, "ru", PATIENCE);
  await person.say("/start");
  await person.sees("Соберём первую");
});

/** No update, run, message or delivery is left where a kill found it. */
async function nothingIsOpen({ database: { sql } }: House): Promise<void> {
  await eventually(
    "all that was begun ended",
    async () => {
      const [open] = await sql<Record<string, number>[]>`
      select (select count(*)::int from telegram_inbox where done_at is null) as updates,
             (select count(*)::int from runs where state <> 'succeeded') as runs,
             (select count(*)::int from outbox where sent_at is null) as messages,
             (select count(*)::int from deliveries) as deliveries,
             (select count(*)::int from incidents where solved_at is null) as incidents`;
      return open !== undefined && Object.values(open).every((count) => count === 0);
    },
    // A call that was cut off by a kill is looked for until 40 s after it began.
    90_000,
  );
}

async function nothingTwice({ database: { sql } }: House, stage: Stage): Promise<void> {
  const twice = await sql`select bundle, event from runs group by bundle, event having count(*) > 1`;
  assert.deepEqual([...twice], [], "no event made two runs");
  const bundles = await sql`select number, name, state from bundles where deleted_at is null order by number`;
  assert.deepEqual(
    bundles.map(({ state }) => state),
    ["active", "active", "active", "active"],
    "four bundles, none made twice",
  );
  const connections = await sql`select connector from connections order by connector`;
  assert.deepEqual(
    connections.map(({ connector }) => connector),
    ["calltouch", "retailcrm"],
    "nobody was asked for an account twice",
  );
  const orders = await stage.records("retailcrm", "orders");
  const external = orders.flatMap((row) => (row.externalId === undefined ? [] : [row.externalId]));
  assert.equal(new Set(external).size, external.length, "no order twice");
  const customers = await stage.records("retailcrm", "customers");
  const phones = customers.map((row) => JSON.stringify(row.phone));
  assert.equal(new Set(phones).size, phones.length, `no customer twice: ${phones}`);
  assert.equal((await stage.records("calltouch", "deals")).length, 4);
  const messages = await stage.person.messages();
  const alive = messages.filter((one) => !one.mine && (one.reply_markup?.inline_keyboard?.length ?? 0) > 0);
  assert.ok(alive.length < 20, `old screens keep no buttons: ${alive.length} of ${messages.length}`);
}
