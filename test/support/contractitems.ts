/** Rules about what a poll brings: each item once, at its moment, with every digit. */
import type { Context, Field, JsonObject, Trigger } from "../../src/connectors/kit/define.ts";
import type { Stand } from "./contract.ts";
import { makeIntake } from "./contractintake.ts";
import { expectClass, expectWait, failure, initialOf, type Judge, polled, within } from "./contractjudge.ts";
import { mistakesInItem, valueAt } from "./contractwords.ts";

const MINUTE = 60_000;
const SECOND = 1_000;

/** Fields that the account has of its own aren't in the declaration. */
const outputOf = async (trigger: Trigger, ctx: Context, options: JsonObject): Promise<readonly Field[]> => [
  ...trigger.output,
  ...((await trigger.outputOf?.(ctx, options)) ?? []),
];
/** Names of records, to say which one came twice. */
const doubled = (names: readonly string[]): string[] => [
  ...new Set(names.filter((name, at) => names.indexOf(name) !== at)),
];

/** A migration that was cut off leaves out what lies before its last page: only where the promise of an order is kept. */
async function judgeOrder(
  trigger: Trigger,
  { ctx, now }: Stand,
  options: JsonObject,
  began: Date,
  say: (mistake: string) => void,
): Promise<void> {
  const { poll } = trigger;
  if (poll?.isAscending !== true) return;
  let newest = Number.NEGATIVE_INFINITY;
  for await (const page of poll.items(ctx, options, { at: began, until: now(), cursor: null })) {
    const times = page.items.flatMap((item) => trigger.at(item, ctx)?.getTime() ?? []);
    if (times.length === 0) continue;
    if (Math.min(...times) < Math.floor(newest / SECOND) * SECOND) {
      return say(`${trigger.key}: isAscending, but a page is older than the one before it`);
    }
    newest = Math.max(newest, ...times);
  }
}

export const items: Judge = async (subject, say) => {
  const { connector, contract } = subject;
  for (const trigger of polled(connector, subject)) {
    const given = contract.triggers?.[trigger.key];
    const many = given?.many;
    if (!given || many === undefined) {
      say(`${trigger.key}: the contract says neither how life makes items, more than a page of them, nor why not`);
      continue;
    }
    await within(subject, async (stand) => {
      stand.move(MINUTE);
      const intake = makeIntake(stand, trigger, initialOf(trigger, given.options));
      await intake.poll();
      const began = stand.now();
      stand.move(5 * MINUTE);
      let made = 0;
      const make = async (count: number) => {
        for (let turn = 0; turn < count; turn++) await given.make(stand, made++);
      };
      const expect = (when: string) => {
        const names = intake.delivered.map((item) => `${trigger.record(item)}/${trigger.change(item)}`);
        const twice = doubled(intake.delivered.map((item) => trigger.record(item)));
        if (names.length < made) say(`${trigger.key}: ${when}: ${made - names.length} of ${made} items are missing`);
        if (twice.length > 0 && names.length > made) say(`${trigger.key}: ${when}: ${twice.length} came twice`);
        else if (names.length > made) say(`${trigger.key}: ${when}: ${names.length - made} too many`);
      };
      // More than a page, all of one moment.
      await make(many);
      await intake.poll();
      expect("over a page's border");
      // Some more in the very moment in which the next poll begins, and some right after it.
      await make(2);
      await intake.poll();
      await make(2);
      stand.move(5 * MINUTE);
      await intake.poll();
      expect("at the border of two polls");
      stand.move(5 * MINUTE);
      await make(many);
      stand.failAt(2, "outage");
      const error = await failure(() => intake.poll());
      if (error !== null) expectClass(say, `${trigger.key} broken off`, error, ["temporary"]);
      stand.move(MINUTE);
      stand.heal();
      await intake.poll();
      stand.move(5 * MINUTE);
      await intake.poll();
      expect("after a poll that broke off");
      await judgeOrder(trigger, stand, initialOf(trigger, given.options), began, say);
      for (const [fault, classes] of [
        ["html", ["temporary"]],
        ["outage", ["temporary"]],
        ["rateLimit", ["temporary"]],
        ["expired", ["access"]],
      ] as const) {
        await stand.settled();
        stand.failAt(1, fault);
        const thrown = await failure(() => intake.poll());
        stand.heal();
        expectClass(say, `${trigger.key} while ${fault}`, thrown, classes);
        if (fault === "rateLimit") expectWait(say, stand, `${trigger.key} while rateLimit`, thrown);
      }
      const output = await outputOf(trigger, stand.ctx, initialOf(trigger, given.options));
      const mistakes = intake.given.flatMap((item) => mistakesInItem(output, item));
      for (const mistake of new Set(mistakes)) say(`${trigger.key}: an item ${mistake}`);
    });
  }
};

/** Numbers beyond what a double holds exactly, however deep. */
function roundedIn(value: unknown): number[] {
  if (typeof value === "number") return Number.isInteger(value) && !Number.isSafeInteger(value) ? [value] : [];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(roundedIn) : [];
}

export const moments: Judge = async (subject, say) => {
  const { connector, contract } = subject;
  for (const trigger of polled(connector, subject)) {
    const given = contract.triggers?.[trigger.key];
    if (!given) continue;
    await within(subject, async (stand) => {
      const intake = makeIntake(stand, trigger, initialOf(trigger, given.options));
      await intake.poll();
      stand.move(MINUTE);
      const made = stand.now().getTime();
      await given.make(stand, 0);
      const soon = stand.now().getTime();
      stand.move(MINUTE);
      await intake.poll();
      const [item] = intake.delivered;
      if (!item) {
        say(`${trigger.key}: the item didn't come`);
        return;
      }
      const at = trigger.at(item, stand.ctx);
      const isOff = at !== null && (at.getTime() < Math.floor(made / SECOND) * SECOND || at.getTime() > soon + SECOND);
      if (isOff) say(`${trigger.key}: happened at ${new Date(made).toISOString()}, and says ${at.toISOString()}`);
      for (const [path, value] of Object.entries(given.expects ?? {})) {
        const found = valueAt(item, path);
        if (JSON.stringify(found) !== JSON.stringify(value))
          say(`${trigger.key}: ${path} is ${JSON.stringify(found)} instead of ${JSON.stringify(value)}`);
      }
    });
  }
};

export const longIds: Judge = async (subject, say) => {
  const { connector, contract } = subject;
  for (const trigger of polled(connector, subject)) {
    const given = contract.triggers?.[trigger.key];
    if (!given || contract.without?.[`longIds:${trigger.key}`] !== undefined) continue;
    await within(subject, async (stand) => {
      const known = stand.lengthenIds();
      const intake = makeIntake(stand, trigger, initialOf(trigger, given.options));
      await intake.poll();
      stand.move(MINUTE);
      await given.make(stand, 0);
      await given.make(stand, 1);
      stand.move(MINUTE);
      await intake.poll();
      const text = JSON.stringify(intake.delivered);
      const long = text.match(/(?<!\d)46116860184\d{8}(?!\d)/g) ?? [];
      if (intake.delivered.length !== 2) say(`${trigger.key}: ${intake.delivered.length} of 2 items came`);
      if (long.length === 0) say(`${trigger.key}: no long id arrived`);
      const wrong = [...new Set(long)].filter((id) => !known.has(id));
      const rounded = roundedIn(intake.delivered);
      if (wrong.length + rounded.length > 0) say(`${trigger.key}: rounded ${[...wrong, ...rounded].join(", ")}`);
    });
  }
};
