import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ConnectorError } from "./errors.ts";
import { makeLimiter } from "./limits.ts";

const isTurn = (error: unknown) =>
  error instanceof ConnectorError && error.details.code === "turn" && error.errorClass === "temporary";

describe("limits of a connection", () => {
  it("lets nothing wait where nothing is limited", async () => {
    const limiter = makeLimiter();
    for (let turn = 0; turn < 100; turn++) (await limiter.take("a", {}))();
  });

  it("keeps the number of calls at once, and the order of those who wait", async () => {
    const limiter = makeLimiter();
    const first = await limiter.take("a", { parallel: 2 });
    const second = await limiter.take("a", { parallel: 2 });
    const order: string[] = [];
    const waits = ["c", "d", "e"].map(async (name) => {
      const release = await limiter.take("a", { parallel: 2 });
      order.push(name);
      release();
    });
    const other = await limiter.take("b", { parallel: 2 });
    assert.deepEqual(order, [], "both places are taken");
    other();
    first();
    first();
    await Promise.all(waits);
    assert.deepEqual(order, ["c", "d", "e"]);
    second();
  });

  it("starts at most so many within any second, and a tenth for the way", async () => {
    let at = 0;
    const limiter = makeLimiter({ now: () => at });
    for (let turn = 0; turn < 3; turn++) (await limiter.take("a", { perSecond: 3 }))();
    let isThrough = false;
    const waiting = limiter.take("a", { perSecond: 3 }).then((release) => {
      isThrough = true;
      release();
    });
    await Promise.resolve();
    assert.equal(isThrough, false);
    at = 1_100;
    await waiting;
    assert.equal(isThrough, true);
  });

  it("lets a burst go where the service has a bucket, and then its rate", async () => {
    let at = 0;
    const limiter = makeLimiter({ now: () => at, longestWaitMs: 0 });
    const limits = { perSecond: 2, burst: 5 };
    for (let turn = 0; turn < 5; turn++) (await limiter.take("a", limits))();
    await assert.rejects(limiter.take("a", limits), isTurn);
    at = 500;
    (await limiter.take("a", limits))();
    await assert.rejects(limiter.take("a", limits), isTurn);
    at = 60_000;
    for (let turn = 0; turn < 5; turn++) (await limiter.take("a", limits))();
    await assert.rejects(limiter.take("a", limits), isTurn);
  });

  it("sends those away who would wait too long, with a time to come back", async () => {
    const limiter = makeLimiter({ longestWaitMs: 20 });
    const release = await limiter.take("a", { parallel: 1 });
    await assert.rejects(limiter.take("a", { parallel: 1 }), isTurn);
    release();
    (await limiter.take("a", { parallel: 1 }))();
    const slow = makeLimiter({ now: () => 0, longestWaitMs: 50 });
    for (let turn = 0; turn < 2; turn++) (await slow.take("b", { perSecond: 2 }))();
    await assert.rejects(slow.take("b", { perSecond: 2 }), (error: unknown) => {
      assert.ok(error instanceof ConnectorError);
      assert.equal(error.details.retryAfterMs, 1_100);
      return isTurn(error);
    });
  });
});
