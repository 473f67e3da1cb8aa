import assert from "node:assert/strict";
import { test } from "node:test";
import { makeBuckets } from "./bucket.ts";
import { makeGroup, Overloaded } from "./group.ts";

const outage = new Error("away");
const isOutage = (error: unknown) => error === outage;

test("what comes while a commit runs goes into the next one together", async () => {
  const groups: number[][] = [];
  const begun = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const add = makeGroup<number>({
    size: 3,
    room: 100,
    isOutage,
    commit: async (entries) => {
      groups.push([...entries]);
      begun.resolve();
      await released.promise;
    },
  });
  const first = [1, 2].map(add);
  await begun.promise;
  const next = [3, 4, 5, 6].map(add);
  released.resolve();
  await Promise.all([...first, ...next]);
  assert.deepEqual(groups, [[1, 2], [3, 4, 5], [6]]);
});

test("an entry that can't be stored doesn't take the others down", async () => {
  const kept: number[] = [];
  const add = makeGroup<number>({
    size: 10,
    room: 100,
    isOutage,
    commit: async (entries) => {
      await Promise.resolve();
      if (entries.includes(2)) throw new Error("bad");
      kept.push(...entries);
    },
  });
  const results = await Promise.allSettled([0, 1, 2, 3].map(add));
  assert.deepEqual(
    results.map((result) => result.status),
    ["fulfilled", "fulfilled", "rejected", "fulfilled"],
  );
  assert.deepEqual(kept, [0, 1, 3]);
});

test("an outage refuses the whole group at once, and more than the room is refused", async () => {
  let tries = 0;
  const add = makeGroup<number>({
    size: 10,
    room: 2,
    isOutage,
    commit: async () => {
      tries++;
      await Promise.resolve();
      throw outage;
    },
  });
  const results = await Promise.allSettled([0, 1, 2, 3].map(add));
  assert.deepEqual(
    results.map((result) => result.status === "rejected" && result.reason instanceof Overloaded),
    [false, false, true, true],
  );
  assert.equal(tries, 1);
});

test("a bucket lets a burst through, then its rate, and forgets the oldest keys", () => {
  const buckets = makeBuckets({ rate: 2, burst: 3, most: 2 });
  assert.deepEqual(
    [0, 0, 0, 0].map((now) => buckets.take("a", now)),
    [0, 0, 0, 500],
  );
  assert.equal(buckets.take("a", 500), 0);
  assert.equal(buckets.take("a", 500), 500);
  buckets.take("b", 500);
  buckets.take("c", 500);
  assert.equal(buckets.take("a", 500), 0);
});
