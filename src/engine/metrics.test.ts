import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type FreshDatabase, freshDatabase } from "../../test/support/database.ts";
import { addBundle } from "../../test/support/stage.ts";
import { inbox, outbox, runs, triggers } from "../db/schema.ts";
import { writeMetrics } from "./metrics.ts";

let fresh: FreshDatabase;
before(async () => {
  fresh = await freshDatabase();
});
after(() => fresh.drop());

const figures = async () =>
  Object.fromEntries(
    (await writeMetrics(fresh.db))
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ")))]),
  );
const wait = (what: string) => `svyazka_oldest_wait_seconds{what="${what}"}`;

test("how much waits and for how long; what isn't due yet isn't late", async () => {
  const empty = await figures();
  for (const what of ["run", "delivery", "poll", "inbox", "outbox"]) assert.equal(empty[wait(what)], 0, what);
  const { workspace, bundle } = await addBundle(fresh.db, []);
  const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);
  const run = { workspace, bundle, version: 1, origin: "live", event: {}, state: "queued", record: "1" };
  await fresh.db.insert(runs).values({ ...run, id: "a", createdAt: ago(5) });
  await fresh.db.insert(triggers).values({ bundle, token: "t", connector: "crm", trigger: "call", nextAt: ago(10) });
  await fresh.db.insert(inbox).values({ updateId: 1, chat: 1, receivedAt: ago(3) });
  const message = { workspace, chatId: 1, kind: "sample", payload: {} };
  await fresh.db.insert(outbox).values([
    { ...message, nextAt: ago(-5) },
    { ...message, chatId: 2, nextAt: ago(2) },
  ]);
  const now = await figures();
  assert.equal(now['svyazka_runs{state="queued"}'], 1);
  assert.equal(now.svyazka_telegram_outbox, 2);
  for (const [what, minutes] of [
    ["run", 5],
    ["delivery", 0],
    ["poll", 10],
    ["inbox", 3],
    ["outbox", 2],
  ] as const) {
    assert.ok(Math.abs((now[wait(what)] ?? -1) - minutes * 60) < 30, `${what}: ${now[wait(what)]}`);
  }
});
