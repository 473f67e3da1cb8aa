import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type FreshDatabase, freshDatabase } from "../../../test/support/database.ts";
import { makeClient } from "../../db/client.ts";
import { makeLog } from "../../log.ts";
import { makeGrouped } from "./grouped.ts";
import { makeLocks } from "./locks.ts";

let database: FreshDatabase;
before(async () => {
  database = await freshDatabase({ bare: true });
});
after(() => database.drop());
const log = makeLog("silent");

test("one at a time per key, in this process and in another; different keys side by side", async () => {
  const other = makeClient({ url: database.url, max: 3 });
  const [here, there] = [makeLocks({ db: database.db, log }), makeLocks({ db: other.db, log })];
  let inside = 0;
  let most = 0;
  const act = async () => {
    most = Math.max(most, ++inside);
    await new Promise((resolve) => setTimeout(resolve, 5));
    inside--;
  };
  await Promise.all(
    Array.from({ length: 12 }, (_, n) => (n % 2 ? here : there).hold(n % 3 ? ["a", "b"] : ["b", "c"], act)),
  );
  assert.equal(most, 1);
  let both = 0;
  await Promise.all(
    ["x", "y"].map((key) =>
      here.hold([key], async () => {
        both++;
        while (both < 2) await new Promise((resolve) => setImmediate(resolve));
      }),
    ),
  );
  await here.close();
  await there.close();
  const [row] = await database.sql`select count(*)::int as count from pg_locks where locktype = 'advisory'
    and database = (select oid from pg_database where datname = current_database())`;
  assert.equal(row?.count, 0);
  await other.end();
});

test("what is thrown inside lets the key go", async () => {
  const locks = makeLocks({ db: database.db, log });
  await assert.rejects(
    locks.hold(["a"], async () => {
      throw new Error("inside");
    }),
  );
  assert.equal(await locks.hold(["a"], async () => 7), 7);
  await locks.close();
});

test("writes gather while one is under way, and a bad one takes no other with it", async () => {
  const groups: number[] = [];
  const write = makeGrouped<number, number>(async (items) => {
    groups.push(items.length);
    await new Promise((resolve) => setImmediate(resolve));
    if (items.includes(13)) throw new Error("13");
    return items.map((item) => item * 2);
  });
  const results = await Promise.allSettled(Array.from({ length: 30 }, (_, n) => write(n)));
  for (const [n, result] of results.entries()) {
    if (n === 13) assert.equal(result.status, "rejected");
    else assert.deepEqual(result, { status: "fulfilled", value: n * 2 });
  }
  assert.equal(groups[0], 30);
});
