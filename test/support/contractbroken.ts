/** A good connector broken in one place at a time, with the rule that must find it and what it must say. */
import type { Api, Connector, List, Poll, Trigger } from "../../src/connectors/kit/define.ts";
import { ConnectorError } from "../../src/connectors/kit/errors.ts";
import { objectOf, textOf } from "../../src/connectors/kit/read.ts";
import { folders, newNote, notes, pages, TOKEN } from "./badservice.ts";
import type { Rule } from "./contract.ts";

const trigger = (more: Partial<Trigger>): Connector => ({ ...notes, triggers: [{ ...newNote, ...more }] });
const poll = (items: Poll["items"]): Connector => trigger({ poll: { items } });
const api = (more: Partial<Api>): Connector => ({
  ...notes,
  api: { base: "", error: () => null, ...notes.api, ...more },
});
const list = (more: Partial<List>): Connector => ({ ...notes, lists: { folders: { ...folders, ...more } } });
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
  ["no limit", "limits", api({ limits: {} }), /no limit/],
  ["a limit above the service's", "limits", api({ limits: { perSecond: 50 } }), /may send 50/],
];
