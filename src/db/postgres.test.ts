import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sql as text } from "drizzle-orm";
import { type FreshDatabase, freshDatabase } from "../../test/support/database.ts";
import { type Client, makeClient } from "./client.ts";

let database: FreshDatabase;
let killer: Client;
before(async () => {
  database = await freshDatabase({ bare: true });
  killer = makeClient({ url: database.url, max: 1, name: "killer" });
});
after(async () => {
  await killer.end();
  await database.drop();
});

const killAll = () =>
  killer.sql`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and application_name = 'victim'`;

test("connections that are killed under transactions crash nothing, hang nothing and mix nothing up", async () => {
  const { sql } = killer;
  await sql`create table pairs (name text, half int)`;
  const victim = makeClient({ url: database.url, max: 3, name: "victim" });
  const kept = new Set<string>();
  try {
    for (let round = 0; round < 15; round++) {
      const writes = Array.from({ length: 8 }, async (_, index) => {
        const name = `${round}/${index}`;
        await victim.db.transaction(async (tx) => {
          await tx.execute(text`insert into pairs values (${name}, 1)`);
          // Idle inside the transaction for a moment: that is when the worst happens.
          if (index % 2 === 0) await new Promise((resolve) => setImmediate(resolve));
          await tx.execute(text`insert into pairs values (${name}, 2)`);
        });
        kept.add(name);
      });
      const settled = Promise.allSettled(writes);
      if (round % 2 === 0) await new Promise((resolve) => setTimeout(resolve, round % 7));
      await killAll();
      await settled;
    }
    // Every place of the pool works again.
    await Promise.all(Array.from({ length: 12 }, () => victim.db.execute(text`select 1`)));
    const rows = await sql`select name, count(*)::int as halves from pairs group by name`;
    for (const { name, halves } of rows) assert.equal(halves, 2, `${name} is whole or absent`);
    const names = new Set(rows.map(({ name }) => String(name)));
    for (const name of kept) assert.ok(names.has(name), `${name} was committed`);
  } finally {
    await victim.end();
  }
});

test("a reserved connection that dies refuses its statements and gives its place back", async () => {
  const victim = makeClient({ url: database.url, max: 1, name: "victim" });
  try {
    const reserved = await victim.sql.reserve();
    await reserved`select 1`;
    await killAll();
    await assert.rejects(async () => {
      for (;;) await reserved`select 1`;
    });
    const other = await victim.sql`select 2 as two`;
    assert.equal(other[0]?.two, 2);
    await assert.rejects(async () => reserved`select 3`);
    reserved.release();
    assert.equal((await victim.sql`select 4 as four`)[0]?.four, 4);
  } finally {
    await victim.end();
  }
});

test("what is asked often is prepared, also in transactions, and lives through a change of its table", async () => {
  const client = makeClient({ url: database.url, max: 1, name: "often" });
  const prepared = async (start = "select * from often") => {
    const rows = await client.sql.unsafe(`select from pg_prepared_statements where statement like '${start}%'`);
    return rows.length;
  };
  try {
    await client.sql`create table often (n int)`;
    const ask = (n: number) => client.db.execute(text`select * from often where n = ${n}`);
    await ask(1);
    assert.equal(await prepared(), 0);
    for (let n = 0; n < 6; n++) await ask(n);
    await client.db.transaction(async (tx) => {
      for (let n = 0; n < 6; n++) await tx.execute(text`select * from often where n = ${n}`);
    });
    assert.equal(await prepared(), 1);
    await client.sql`alter table often add column more int default 7`;
    await client.sql`insert into often values (3)`;
    assert.deepEqual([...(await ask(3))], [{ n: 3, more: 7 }]);
    // One of many lengths is never kept.
    const many = text.join(
      Array.from({ length: 60 }, (_, n) => text`${n}::int`),
      text`, `,
    );
    for (let n = 0; n < 20; n++) await client.db.execute(text`select 1 from often where n in (${many})`);
    assert.equal(await prepared("select 1 from often"), 0);
  } finally {
    await client.end();
  }
});
