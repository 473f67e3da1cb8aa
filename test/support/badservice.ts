/** A made-up service with a good connector: the suite's own test breaks it in one place at a time. */
import { collection, html, json, newestFirst, type Sandbox, type SandboxDeps } from "../../playground/sandboxes/kit.ts";
import type {
  Action,
  Connector,
  Context,
  Hook,
  Json,
  JsonObject,
  List,
  Trigger,
} from "../../src/connectors/kit/define.ts";
import { objectOf, objectsOf, textOf } from "../../src/connectors/kit/read.ts";
import { errorByStatus } from "../../src/connectors/kit/status.ts";
import type { Contract } from "./contract.ts";

export const TOKEN = "notes-sandbox-token-71c4";
export const PAGE = 5;
interface Note {
  readonly id: number;
  readonly at: number;
  readonly text: string;
}

/** Folders that notes lie in: more than a page of them. */
const FOLDERS = Array.from({ length: PAGE + 2 }, (_, at) => ({ id: `f${at}`, name: `Папка ${at}` }));

/** Notes by a token, five a page; times are local ones of Moscow. A new one is told to an address, if there is one. */
export function makeNotes(deps: SandboxDeps): Sandbox {
  const notes = collection<Note>(deps, "notes", "notes");
  const hooks = collection<{ url: string }>(deps, "notes", "hooks");
  const add = (text: string) => {
    const note = { id: notes.next(), at: deps.now().getTime(), text };
    notes.put(String(note.id), note);
    return note;
  };
  const shown = ({ id, at, text }: Note) => ({
    id,
    text,
    sum: "1990.50",
    at: new Date(at + 3 * 3_600_000).toISOString().slice(0, 19),
  });
  return {
    key: "notes",
    name: { ru: "Заметки", en: "Notes" },
    perSecond: 5,
    credentials: [{ key: "token", label: { ru: "Токен", en: "Token" }, value: TOKEN }],
    switches: [],
    tables: () => [
      {
        name: "notes",
        label: { ru: "Заметки", en: "Notes" },
        columns: [],
        rows: newestFirst(notes.all()) as unknown as Record<string, unknown>[],
      },
    ],
    buttons: () => [
      {
        key: "note",
        label: { ru: "Заметка", en: "Note" },
        fields: [{ key: "text", label: { ru: "Текст", en: "Text" }, value: "x" }],
      },
    ],
    async press(_button, fields) {
      const note = add(fields.text ?? "");
      for (const { url } of hooks.all()) await deps.send(url, { kind: "json", value: shown(note) });
      return shown(note);
    },
    handle({ method, path, query, headers, body }) {
      if (headers.authorization !== `Bearer ${TOKEN}`) return json(401, { message: "wrong token" });
      if (path === "me") return json(200, { email: "anna@example.test" });
      if (path === "hooks") {
        hooks.put("1", JSON.parse(body) as { url: string });
        return json(201, {});
      }
      if (path === "folders") {
        const from = Number(query.get("from") ?? 0);
        const next = from + PAGE < FOLDERS.length ? { next: from + PAGE } : {};
        return json(200, { folders: FOLDERS.slice(from, from + PAGE), ...next });
      }
      if (path !== "notes") return html(404, "Not Found");
      if (method === "POST") return json(201, shown(add(String((JSON.parse(body) as { text: string }).text))));
      const after = Number(query.get("after") ?? 0);
      return json(200, {
        notes: notes
          .all()
          .filter(({ id }) => id > after)
          .slice(0, PAGE)
          .map(shown),
      });
    },
    tooMany: () => json(429, { message: "slow down" }, { "retry-after": "7" }),
    expired: () => json(401, { message: "token revoked" }),
    clear() {
      notes.clear();
      hooks.clear();
    },
  };
}

export const noteOf = (note: JsonObject): JsonObject => ({
  id: textOf(note.id),
  text: textOf(note.text),
  sum: textOf(note.sum),
  createdAt: timeOf(note.at),
});
function timeOf(local: Json | undefined): string | null {
  const at = new Date(`${local}+03:00`);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}

export async function* pages(ctx: Context, from: string): AsyncIterable<{ items: JsonObject[]; cursor: string }> {
  for (let after = from; ; ) {
    const found = objectsOf(objectOf((await ctx.http({ path: "/notes", query: { after } })).json()).notes);
    after = textOf(found.at(-1)?.id) ?? after;
    yield { items: found.map(noteOf), cursor: after };
    if (found.length < PAGE) return;
  }
}

export const hook: Hook = {
  scope: "bundle",
  async subscribe(ctx, url) {
    await ctx.http({ method: "POST", path: "/hooks", json: { url }, safe: true });
    return {};
  },
  unsubscribe: async () => {},
  deliveries: ({ body }) => [noteOf(objectOf(body))],
};
export const folders: List = {
  label: { ru: "Папки", en: "Folders" },
  async load(ctx, _depends, page) {
    const body = objectOf((await ctx.http({ path: "/folders", query: { from: page } })).json());
    const next = textOf(body.next);
    return {
      items: objectsOf(body.folders).map(({ id, name }) => ({ value: textOf(id) ?? "", label: textOf(name) ?? "" })),
      ...(next === null ? {} : { next }),
    };
  },
};

const LABEL = { ru: "Заметка", en: "Note" };
export const newNote: Trigger = {
  key: "newNote",
  name: { ru: "Новая заметка", en: "New note" },
  options: [],
  output: [
    { key: "id", label: LABEL, kind: "text" },
    { key: "text", label: LABEL, kind: "text" },
    { key: "sum", label: LABEL, kind: "decimal" },
    { key: "createdAt", label: LABEL, kind: "dateTime" },
  ],
  sample: { id: "1", text: "Позвонить", sum: "1990.50", createdAt: "2026-01-10T09:00:00.000Z" },
  poll: { items: (ctx, _options, { cursor }) => pages(ctx, textOf(cursor) ?? "0") },
  hook,
  record: ({ id }) => String(id),
  change: ({ id }) => String(id),
  at: ({ createdAt }) => new Date(String(createdAt)),
};
export const createNote: Action = {
  key: "createNote",
  name: { ru: "Создать заметку", en: "Create a note" },
  kind: "create",
  safe: false,
  fields: [{ key: "text", label: LABEL, kind: "text", required: true }],
  output: newNote.output,
  sample: newNote.sample,
  run: async (ctx, { text }) =>
    noteOf(objectOf((await ctx.http({ method: "POST", path: "/notes", json: { text } })).json())),
};

export const notes: Connector = {
  key: "notes",
  name: { ru: "Заметки", en: "Notes" },
  about: { ru: "Заметки для команды.", en: "Notes for a team." },
  auth: {
    kind: "fields",
    steps: [{ ru: "Откройте настройки.", en: "Open the settings." }],
    fields: [{ key: "token", label: { ru: "Токен", en: "Token" }, kind: "text", required: true, secret: true }],
  },
  api: {
    base: "https://notes.example.test",
    authorize: ({ token = "" }) => ({ headers: { authorization: `Bearer ${token}` } }),
    limits: { perSecond: 5 },
    error: (answer, call) => errorByStatus(answer, call, "Notes", answer.text.slice(0, 300)),
  },
  check: async (ctx) => ({ account: textOf(objectOf((await ctx.http({ path: "/me" })).json()).email) ?? "" }),
  lists: { folders },
  triggers: [newNote],
  actions: [createNote],
};

export const contract: Contract = {
  lists: { folders: FOLDERS.length },
  writes: { createNote: { made: "notes", input: () => ({ text: "x" }) } },
  triggers: {
    newNote: {
      make: (stand, number) => stand.press("note", { text: String(number) }),
      many: PAGE * 2 + 1,
      expects: { text: "0", sum: "1990.50" },
    },
  },
};
