import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type FreshDatabase, freshDatabase } from "../../test/support/database.ts";
import { until } from "../../test/support/stage.ts";
import { ConnectorError } from "../connectors/kit/errors.ts";
import { makeLimiter } from "../connectors/kit/limits.ts";
import { makeClient } from "../db/client.ts";
import { makeLog } from "../log.ts";
import { makeSharedLimiter, type SharedLimiter } from "./limits.ts";
import { reserveStart } from "./store/lanes.ts";
import { areSessions, isSeen } from "./store/sessions.ts";

describe("connection limits hold across processes", () => {
  let fresh: FreshDatabase;
  const alive: ReturnType<typeof makeClient>[] = [];
  const limiters: SharedLimiter[] = [];
  const make = (longestMs: number) => {
    const limiter = makeSharedLimiter({
      db: fresh.db,
      local: makeLimiter(),
      log: makeLog("silent"),
      longestMs,
      knownMs: 0,
    });
    limiters.push(limiter);
    return limiter;
  };
  /** What tells that a process lives is the name of its queue's session. */
  async function appear(name: string): Promise<void> {
    const client = makeClient({ url: fresh.url, max: 1, name: `svyazka queue ${name}` });
    alive.push(client);
    await client.sql`select 1`;
  }
  const isTurn = (error: unknown) => error instanceof ConnectorError && error.details.code === "turn";
  const lanes = async () => (await fresh.sql`select key from lanes`).map(({ key }) => key);

  before(async () => {
    fresh = await freshDatabase({ max: 8 });
  });
  after(async () => {
    for (const limiter of limiters) await limiter.close();
    for (const client of alive) await client.sql.end();
    await fresh.drop();
  });

  it("a pooler by transaction and a process that nobody sees are told from the real thing at the start", async () => {
    assert.equal(await areSessions(fresh.db), true);
    const session = await fresh.db.$client.reserve();
    // What such a pooler does: everybody is handed the connection that is free just now.
    const pooled = { $client: { reserve: async () => Object.assign(session, { release: () => {} }) } };
    const free = session.release;
    assert.equal(await areSessions(pooled as unknown as typeof fresh.db), false);
    free();
    assert.equal(await isSeen(fresh.db, "nobody"), false);
    await appear("one");
    assert.equal(await isSeen(fresh.db, "one"), true);
  });

  it("one process alone asks nobody", async () => {
    const limiter = make(0);
    (await limiter.take("alone", { perSecond: 2, burst: 5, parallel: 4 }))();
    (await limiter.take("free", {}))();
    assert.deepEqual(await lanes(), []);
  });

  it("two processes share the rate and its burst", async () => {
    await appear("two");
    const [one, two] = [make(0), make(0)];
    const limits = { perSecond: 0.01, burst: 5 };
    let passed = 0;
    for (let n = 0; n < 5; n++)
      for (const limiter of [one, two])
        await limiter.take("rate", limits).then(
          (release) => {
            passed++;
            release();
          },
          (error) => assert.ok(isTurn(error)),
        );
    assert.equal(passed, 5);
  });

  it("starts are handed out in turn, each its own; what would wait too long reserves nothing", async () => {
    const ask = { everyMs: 100_000, burst: 1, longestMs: 250_000 };
    const got = await Promise.all([1, 2, 3, 4, 5].map(() => reserveStart(fresh.db, "turns", ask)));
    const waits = got.filter(({ isReserved }) => isReserved).map(({ waitMs }) => Math.round(waitMs / 100_000));
    assert.deepEqual(waits.toSorted(), [0, 1, 2]);
    for (const { waitMs } of got.filter(({ isReserved }) => !isReserved))
      assert.ok(waitMs > 290_000 && waitMs <= 300_000);
  });

  it("two processes share the calls that may go at once; a free place is found by the other", async () => {
    const [one, two] = [make(10_000), make(10_000)];
    const limits = { parallel: 3 };
    let going = 0;
    let most = 0;
    const call = async (limiter: SharedLimiter) => {
      const release = await limiter.take("places", limits);
      most = Math.max(most, ++going);
      await new Promise((resolve) => setImmediate(resolve));
      going--;
      release();
    };
    await Promise.all(Array.from({ length: 12 }, (_, n) => call(n % 2 === 0 ? one : two)));
    assert.ok(most <= 3, `${most} at once`);
    const eager = make(0);
    const kept = await Promise.all([one.take("full", limits), two.take("full", limits), one.take("full", limits)]);
    await assert.rejects(eager.take("full", limits), isTurn);
    // A process that dies lets go of its places.
    await one.close();
    for (const release of kept) release();
    await until(
      () =>
        eager.take("full", limits).then(
          (release) => release(),
          () => null,
        ),
      (got) => got !== null,
    );
  });
});
