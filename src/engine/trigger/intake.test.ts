import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "../../../test/support/property.ts";
import { type WayIn, wayIn } from "../../../test/support/wayin.ts";
import { ConnectorError } from "../../connectors/kit/errors.ts";
import { keyOf } from "./sift.ts";

let it: WayIn;
before(async () => {
  it = await wayIn();
});
after(() => it.drop());

const crash = new ConnectorError("temporary", { ru: "Обрыв.", en: "Cut." });

/** What may happen, in any order: a webhook brings some items, the service shows some more, a poll reads them or breaks off. */
type Happening =
  | { readonly kind: "hook"; readonly items: readonly number[] }
  | { readonly kind: "show"; readonly items: readonly number[] }
  | { readonly kind: "poll"; readonly breaksAt: number | null; readonly processes: number };

const items = fc.array(fc.nat({ max: 14 }), { minLength: 1, maxLength: 6 });
const happening: fc.Arbitrary<Happening> = fc.oneof(
  items.map((some) => ({ kind: "hook" as const, items: some })),
  items.map((some) => ({ kind: "show" as const, items: some })),
  fc.record({
    kind: fc.constant("poll" as const),
    breaksAt: fc.option(fc.nat({ max: 3 })),
    processes: fc.integer({ min: 1, max: 2 }),
  }),
);

test("however items are split over hooks, polls, processes and failures, each key becomes one run", async () => {
  const other = it.process();
  await fc.assert(
    fc.asyncProperty(
      fc.array(happening, { maxLength: 8 }),
      fc.integer({ min: 1, max: 4 }),
      fc.boolean(),
      async (happenings, page, keepsCursor) => {
        Object.assign(it.service, { page, keepsCursor, fail: null });
        it.service.items.length = 0;
        await it.sql`update triggers set next_at = null`;
        const { id, token } = await it.active("both");
        const at = new Date(it.clock.now().getTime() + 1_000).toISOString();
        const make = (number: number) => ({ id: String(number), at });
        it.clock.move(2_000);
        const expected = new Set<number>();
        const poll = async (breaksAt: number | null, processes: number) => {
          it.service.fail = breaksAt === null ? null : { error: crash, beforePage: breaksAt };
          await it.triggers.askNow(id);
          const pollers = [it.poller, other.poller].slice(0, processes);
          await Promise.all(pollers.map((poller) => poller.tick()));
        };
        for (const one of happenings) {
          if (one.kind === "poll") await poll(one.breaksAt, one.processes);
          else if (one.kind === "show") {
            it.service.items.push(...one.items.map(make));
            for (const number of one.items) expected.add(number);
          } else {
            const half = Math.ceil(one.items.length / 2);
            const hooks = [one.items.slice(0, half), one.items.slice(half)].filter((part) => part.length > 0);
            const answers = await Promise.all(
              hooks.map((part, index) => it.send(token, part.map(make), {}, index === 0 ? it.hooks : other.hooks)),
            );
            assert.ok(answers.every((answer) => answer.status === 200));
            for (const number of one.items) expected.add(number);
          }
        }
        await poll(null, 1);
        const runs = (await it.runs(id)).map(Number);
        assert.deepEqual(
          runs.toSorted((a, b) => a - b),
          [...expected].sort((a, b) => a - b),
        );
      },
    ),
    { numRuns: 40 },
  );
});

test("keys are 128 bits and don't mix up their parts", () => {
  assert.equal(keyOf("r", "a").length, 23);
  assert.notEqual(keyOf("c", "a", "bc"), keyOf("c", "ab", "c"));
  assert.notEqual(keyOf("c", "a"), keyOf("r", "a"));
});

/** Only this bundle is asked, six minutes later. */
async function poll(id: string): Promise<void> {
  it.clock.move(6 * 60_000);
  await it.sql`update triggers set next_at = case when bundle = ${id} then ${it.clock.now().toISOString()}::timestamptz end`;
  await it.poller.tick();
}
function fresh(): void {
  it.service.items.length = 0;
  Object.assign(it.service, { page: 100, keepsCursor: false, fail: null });
}
const at = (minutes: number) => new Date(it.clock.now().getTime() + minutes * 60_000).toISOString();

test("“created” never fires for an old record that is edited later, by poll or webhook", async () => {
  fresh();
  const { id, token } = await it.active("both");
  const created = at(-3);
  it.service.items.push({ id: "old", at: created, change: "1" });
  await poll(id);
  it.service.items.push({ id: "old", at: created, change: "2" });
  await poll(id);
  await it.send(token, { id: "old", at: created, change: "3" });
  assert.deepEqual(await it.runs(id), []);
});

test("a poll reconciles behind the webhook: what was lost comes, what came by both comes once", async () => {
  fresh();
  const { id, token } = await it.active("both");
  const [a, b] = [
    { id: "a", at: at(1) },
    { id: "b", at: at(1) },
  ];
  await it.send(token, a);
  it.service.items.push(a, b);
  await poll(id);
  await it.send(token, b);
  assert.deepEqual(await it.runs(id), ["a", "b"]);
});

test("“each record once” lasts as long as the bundle; keys of changes and occurrences at least 90 days since they were seen", async () => {
  fresh();
  const DAY = 24 * 60 * 60_000;
  const once = await it.active("hook", { repeats: "once" });
  const every = await it.active("poll", { repeats: "every" });
  await it.send(once.token, { id: "a", change: "1" });
  it.service.items.push({ id: "listed", change: "1" });
  await poll(every.id);
  const count = async (bundle: string, kind: string) =>
    (await it.sql`select from seen where bundle = ${bundle} and key like ${`${kind}%`}`).length;
  for (let month = 0; month < 5; month++) {
    it.clock.move(31 * DAY);
    await poll(every.id);
    await it.deliveries.sweep();
  }
  assert.deepEqual(await it.runs(every.id), [], "what the service still lists doesn't become new again");
  assert.deepEqual([await count(once.id, "r"), await count(once.id, "c")], [1, 0]);
  await it.send(once.token, { id: "a", change: "2" });
  assert.deepEqual(await it.runs(once.id), ["a"]);
});

test("every change is one event, a change that comes twice too; each record once takes the first", async () => {
  fresh();
  const every = await it.active("hook", { repeats: "every" });
  const once = await it.active("hook", { repeats: "once" });
  for (const { token } of [every, once]) {
    for (const change of ["1", "2", "1", "3"]) await it.send(token, { id: "a", change });
  }
  assert.deepEqual(await it.runs(every.id), ["a", "a", "a"]);
  assert.deepEqual(await it.runs(once.id), ["a"]);
  assert.equal((await it.trigger(once.id)).repeated, 3);
});
