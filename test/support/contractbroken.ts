/** A good connector broken in one place at a time, with the rule that must find it and what it must say. */
import type {
  Action,
  Api,
  Connector,
  Context,
  JsonObject,
  List,
  Poll,
  Trigger,
} from "../../src/connectors/kit/define.ts";
import { ConnectorError } from "../../src/connectors/kit/errors.ts";
import { objectOf, objectsOf, textOf } from "../../src/connectors/kit/read.ts";
import { createNote, folders, hook, newNote, noteOf, notes, PAGE, pages, TOKEN } from "./badservice.ts";
import type { Rule } from "./contract.ts";

const trigger = (more: Partial<Trigger>): Connector => ({ ...notes, triggers: [{ ...newNote, ...more }] });
const poll = (items: Poll["items"]): Connector => trigger({ poll: { items } });
const action = (more: Partial<Action>): Connector => ({ ...notes, actions: [{ ...createNote, ...more }] });
const api = (more: Partial<Api>): Connector => ({
  ...notes,
  api: { base: "", error: () => null, ...notes.api, ...more },
});
const post = (ctx: Context, text: JsonObject[string] | undefined) =>
  ctx.http({ method: "POST", path: "/notes", json: { text } });
const list = (more: Partial<List>): Connector => ({ ...notes, lists: { folders: { ...folders, ...more } } });
const read = async (ctx: Context, after: string) =>
  objectsOf(objectOf((await ctx.http({ path: "/notes", query: { after } })).json()).notes);
const first = newNote.output[0] ?? { key: "", label: { ru: "", en: "" }, kind: "text" as const };

/** Name, the rule that must find it, the broken connector, and what must be said of it. */
export const BROKEN: readonly [string, Rule, Connector, RegExp][] = [
  ["Russian left in English", "words", { ...notes, about: { ru: "Заметки.", en: "Заметки." } }, /English is Russian/],
  ["English left in Russian", "words", { ...notes, about: { ru: "Notes of all", en: "All the notes" } }, /no Russian/],
  [
    "a sentence that nobody translated",
    "words",
    { ...notes, about: { ru: "Notes for a whole big team", en: "Notes for a whole big team" } },
    /same in both/,
  ],
  ["an empty label", "words", { ...notes, name: { ru: "", en: "Notes" } }, /empty/],
  [
    "a declared field that the sample lacks",
    "samples",
    trigger({ output: [...newNote.output, { ...first, key: "city" }] }),
    /lacks “city”/,
  ],
  [
    "a sample of the wrong kind",
    "samples",
    trigger({ sample: { ...newNote.sample, createdAt: "вчера" } }),
    /no dateTime/,
  ],
  [
    "a list where one value is declared",
    "samples",
    trigger({ sample: { ...newNote.sample, text: ["a"] } }),
    /“text” is a list/,
  ],
  ["no account", "check", { ...notes, check: async () => ({ account: "" }) }, /names no account/],
  [
    "an outage told as a wrong key",
    "check",
    api({ error: ({ status }) => (status < 300 ? null : new ConnectorError("access", { ru: "Нет.", en: "No." })) }),
    /instead of temporary/,
  ],
  [
    "a page of HTML taken for an answer",
    "check",
    { ...notes, check: async (ctx) => ({ account: (await ctx.http({ path: "/me" })).text.slice(0, 5) }) },
    /html: nothing instead of temporary/,
  ],
  [
    "a wait that isn't passed on",
    "check",
    api({
      error: (answer) =>
        answer.status < 300
          ? null
          : new ConnectorError(answer.status === 401 ? "access" : "temporary", { ru: "Ждите.", en: "Wait." }),
    }),
    /Retry-After of 7000/,
  ],
  [
    "a key in the error's words",
    "secrets",
    {
      ...notes,
      check: async (ctx) => {
        throw new ConnectorError("data", { ru: `Ключ ${ctx.auth.token}`, en: "A key" });
      },
    },
    /shows a secret/,
  ],
  ["a key that nobody calls secret", "secrets", { ...notes, auth: { kind: "none" } }, /no secret to look for/],
  [
    "a key in a query of its own name",
    "secrets",
    api({
      error: (answer, call) =>
        answer.status < 300
          ? null
          : new ConnectorError(
              "data",
              { ru: "Нет.", en: "No." },
              { cause: new Error(`${call.path} ${answer.status} ${TOKEN}`) },
            ),
    }),
    /shows a secret/,
  ],
  [
    "a crash at an answer of another shape",
    "secrets",
    {
      ...notes,
      check: async (ctx) => ({
        account: String(((await ctx.http({ path: "/me" })).json() as { a: { b: string } }).a.b),
      }),
    },
    /crashed/,
  ],
  [
    "a key that is printed",
    "secrets",
    {
      ...notes,
      check: async (ctx) => {
        console.log(`asking with ${ctx.auth.token}`);
        return { account: textOf(objectOf((await ctx.http({ path: "/me" })).json()).email) ?? "" };
      },
    },
    /the log shows a secret/,
  ],
  [
    "a key behind an error, where only the log looks",
    "secrets",
    {
      ...notes,
      check: async (ctx) => {
        const hidden = Object.assign(new Error("no"), { request: { sent: ctx.auth.token } });
        await ctx.http({ path: "/me" }).catch(() => {
          throw new ConnectorError("data", { ru: "Нет.", en: "No." }, { cause: hidden });
        });
        return { account: "anna@example.test" };
      },
    },
    /the log shows a secret/,
  ],
  [
    "a key that is handed on to later steps",
    "secrets",
    poll(async function* (ctx, _options, { cursor }) {
      for await (const page of pages(ctx, textOf(cursor) ?? "0")) yield page;
      yield { items: [{ ...newNote.sample, text: ctx.auth.token ?? "" }] };
    }),
    /what it brings holds a secret/,
  ],
  [
    "the first page of a list, for ever",
    "lists",
    list({ load: async (ctx, depends) => ({ ...(await folders.load(ctx, depends, undefined)), next: "0" }) }),
    /has no end/,
  ],
  [
    "the first page of a list only",
    "lists",
    list({ load: async (ctx, depends) => ({ items: (await folders.load(ctx, depends, undefined)).items }) }),
    /5 of at least 7/,
  ],
  [
    "a page of a list twice",
    "lists",
    list({
      async load(ctx, depends, page) {
        const from = page === undefined ? undefined : String(Math.max(0, Number(page) - 1));
        return folders.load(ctx, depends, from);
      },
    }),
    /stands in it twice/,
  ],
  [
    "things without a name in a list",
    "lists",
    list({
      async load(...args) {
        const page = await folders.load(...args);
        return { ...page, items: page.items.map((item) => ({ ...item, label: " " })) };
      },
    }),
    /has no name/,
  ],
  [
    "an outage taken for an empty list",
    "lists",
    list({ load: (...args) => folders.load(...args).catch(() => ({ items: [] })) }),
    /while outage: nothing instead of temporary/,
  ],
  [
    "a field of the account without a name",
    "lists",
    trigger({ outputOf: async () => [{ key: "f1", label: { ru: "", en: "" }, kind: "text", custom: true }] }),
    /f1 has no name/,
  ],
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
  ["no limit", "limits", api({ limits: {} }), /no limit/],
  ["a limit above the service's", "limits", api({ limits: { perSecond: 50 } }), /may send 50/],
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
