/** More of contractbroken.ts: what comes by poll and webhook, and what is written. */
import type { Action, Connector, Context, JsonObject, Poll, Trigger } from "../../src/connectors/kit/define.ts";
import { ConnectorError } from "../../src/connectors/kit/errors.ts";
import { objectOf, objectsOf, textOf } from "../../src/connectors/kit/read.ts";
import { createNote, hook, newNote, noteOf, notes, PAGE, pages } from "./badservice.ts";
import type { Rule } from "./contract.ts";

const trigger = (more: Partial<Trigger>): Connector => ({ ...notes, triggers: [{ ...newNote, ...more }] });
const poll = (items: Poll["items"]): Connector => trigger({ poll: { items } });
const action = (more: Partial<Action>): Connector => ({ ...notes, actions: [{ ...createNote, ...more }] });
const post = (ctx: Context, text: JsonObject[string] | undefined) =>
  ctx.http({ method: "POST", path: "/notes", json: { text } });
const read = async (ctx: Context, after: string) =>
  objectsOf(objectOf((await ctx.http({ path: "/notes", query: { after } })).json()).notes);

/** Name, the rule that must find it, the broken connector, and what must be said of it. */
export const BROKEN_ITEMS: readonly [string, Rule, Connector, RegExp][] = [
  [
    "a webhook whose key isn't the poll's",
    "hooks",
    trigger({
      hook: {
        ...hook,
        deliveries: ({ body }) => {
          const item = noteOf(objectOf(body));
          return [{ ...item, id: `note-${item.id}` }];
        },
      },
    }),
    /by webhook and once more by poll[\s\S]*nothing has the same key/,
  ],
  [
    "a webhook with other fields than the poll",
    "hooks",
    trigger({
      hook: { ...hook, deliveries: ({ body }) => [{ ...noteOf(objectOf(body)), sum: null }] },
    }),
    /sum is null by webhook and "1990.50" by poll/,
  ],
  [
    "a webhook that lacks a declared field",
    "hooks",
    trigger({
      hook: {
        ...hook,
        deliveries({ body }) {
          const { text: _, ...item } = noteOf(objectOf(body));
          return [item];
        },
      },
    }),
    /by webhook an item lacks “text”/,
  ],
  [
    "a webhook that takes the first of several only",
    "hooks",
    trigger({ hook: { ...hook, deliveries: ({ body }) => (objectOf(body).id === 1 ? [noteOf(objectOf(body))] : []) } }),
    /1 of 3 came by webhook/,
  ],
  [
    "a delivery that counts each time it is told",
    "hooks",
    trigger({ repeats: "every", change: () => String(Math.random()) }),
    /the same request told again counts again/,
  ],
  [
    "a service's own request taken for a stranger's",
    "hooks",
    trigger({ hook: { ...hook, verify: () => false } }),
    /taken for somebody else's/,
  ],
  [
    "local times of a webhook read by the machine's clock",
    "hooks",
    trigger({
      hook: {
        ...hook,
        deliveries: ({ body }) => {
          const item = noteOf(objectOf(body));
          const off = Date.parse(String(item.createdAt)) + 10 * 3_600_000;
          return [{ ...item, createdAt: new Date(off).toISOString() }];
        },
      },
    }),
    /by webhook it happened at/,
  ],
  [
    "the first page only",
    "items",
    poll(async function* (ctx, _options, { cursor }) {
      yield { items: (await read(ctx, textOf(cursor) ?? "0")).map(noteOf) };
    }),
    /items are missing/,
  ],
  [
    "a page turned by time, so that equal moments are lost",
    "items",
    poll(async function* (ctx, _options, { cursor }) {
      let last = textOf(cursor) ?? "";
      for await (const { items } of pages(ctx, "0")) {
        const newer = items.filter(({ createdAt }) => String(createdAt) > last);
        yield { items: newer };
        last = textOf(items.at(-1)?.createdAt) ?? last;
      }
      yield { items: [], cursor: last };
    }),
    /items are missing/,
  ],
  [
    "a key that differs from poll to poll",
    "items",
    trigger({ repeats: "every", poll: { items: (ctx) => pages(ctx, "0") }, change: () => String(Math.random()) }),
    /came twice/,
  ],
  [
    "a broken poll that counts as an empty one",
    "items",
    poll(async function* (ctx, _options, { cursor }) {
      try {
        yield* pages(ctx, textOf(cursor) ?? "0");
      } catch {
        yield { items: [] };
      }
    }),
    /nothing instead of temporary/,
  ],
  [
    "a cursor that runs ahead of what was given",
    "items",
    poll(async function* (ctx, _options, { cursor }) {
      const found = await read(ctx, textOf(cursor) ?? "0");
      const rest = found.length === PAGE ? await read(ctx, textOf(found.at(-1)?.id) ?? "0") : [];
      yield { items: found.map(noteOf), cursor: textOf([...found, ...rest].at(-1)?.id) ?? cursor };
      yield { items: rest.slice(1).map(noteOf) };
    }),
    /items are missing/,
  ],
  [
    "an order that is promised and not kept",
    "items",
    trigger({
      poll: {
        isAscending: true,
        async *items(ctx) {
          const found = [];
          for await (const page of pages(ctx, "0")) found.push(page);
          yield* found.reverse();
        },
      },
    }),
    /isAscending, but a page is older/,
  ],
  [
    "an item without a declared field",
    "items",
    poll(async function* (ctx, _options, { cursor }) {
      for await (const page of pages(ctx, textOf(cursor) ?? "0"))
        yield { ...page, items: page.items.map(({ sum: _, ...item }) => item) };
    }),
    /lacks “sum”/,
  ],
  [
    "local times read by the machine's clock",
    "moments",
    poll(async function* (ctx, _options, { cursor }) {
      for await (const page of pages(ctx, textOf(cursor) ?? "0")) {
        const off = (item: JsonObject) => new Date(Date.parse(String(item.createdAt)) + 3 * 3_600_000).toISOString();
        yield { ...page, items: page.items.map((item) => ({ ...item, createdAt: off(item) })) };
      }
    }),
    /happened at/,
  ],
  [
    "a sum that lost its cents",
    "moments",
    poll(async function* (ctx, _options, { cursor }) {
      for await (const page of pages(ctx, textOf(cursor) ?? "0"))
        yield { ...page, items: page.items.map((item) => ({ ...item, sum: "1990" })) };
    }),
    /sum is "1990"/,
  ],
  [
    "ids read as doubles",
    "longIds",
    poll(async function* (ctx, _options, { cursor }) {
      const found = JSON.parse((await ctx.http({ path: "/notes", query: { after: textOf(cursor) ?? "0" } })).text) as {
        notes: JsonObject[];
      };
      yield { items: found.notes.map((note) => noteOf({ ...note, id: String(note.id) })) };
    }),
    /rounded|of 2 items/,
  ],
  [
    "an unsafe call that is repeated",
    "writes",
    action({
      run: async (ctx, { text }) => {
        try {
          return noteOf(objectOf((await post(ctx, text)).json()));
        } catch {
          return noteOf(objectOf((await post(ctx, text)).json()));
        }
      },
    }),
    /sent 2 times/,
  ],
  [
    "an unsafe call that calls itself safe",
    "writes",
    action({
      run: async (ctx, { text }) =>
        noteOf(objectOf((await ctx.http({ method: "POST", path: "/notes", json: { text }, safe: true })).json())),
    }),
    /2 records|sent 2 times/,
  ],
  [
    "a lost answer told as nothing done",
    "writes",
    action({
      run: async (ctx, { text }) => {
        try {
          return noteOf(objectOf((await post(ctx, text)).json()));
        } catch (error) {
          if (error instanceof ConnectorError && error.errorClass === "unknown")
            throw new ConnectorError("temporary", error.sentence, error.details);
          throw error;
        }
      },
    }),
    /lost: temporary .* instead of unknown/,
  ],
  [
    "a lookup that says absent of what is there",
    "writes",
    action({ lookup: async () => "absent" }),
    /lookup says absent/,
  ],
  [
    "a lookup that finds what isn't there",
    "writes",
    action({ lookup: async () => ({ id: "1" }) }),
    /found what isn't there/,
  ],
  [
    "an output without a declared field",
    "writes",
    action({
      run: async (ctx, { text }) => {
        await post(ctx, text);
        return {};
      },
    }),
    /its output lacks “id”/,
  ],
];
