/** The portal's records, who changed them, and the events that go out about them. */
import { collection, object, type SandboxDeps, text } from "../kit.ts";
import type { Stored } from "./query.ts";
import { FIELDS, type Kind } from "./reference.ts";
import { plain, Refusal } from "./refusals.ts";

export const HOST = "demo.bitrix24.ru";
export const MEMBER = "m-sandbox-1";

/** A subscription: made by hand in the portal, or by an app with event.bind. */
export interface Listener {
  id: number;
  url: string;
  events: string[];
  /** Null for an app's: its token belongs to the app. */
  token: string | null;
}
export interface Sent {
  id: number;
  event: string;
  record: number;
  url: string;
  status: string;
}
export interface Comment {
  id: number;
  entity: string;
  text: string;
}
export interface Todo {
  id: number;
  entity: string;
  title: string;
  description: string;
  deadline: string;
  responsible: string;
}
interface Entry {
  ID: string;
  VALUE_TYPE: string;
  VALUE: string;
  TYPE_ID: string;
}

export const APP_TOKEN = "app-token-of-the-app";
const digits = (value: unknown) => String(value ?? "").replace(/\D/g, "");
const TITLES: Readonly<Record<Kind, string>> = { contact: "Contact", company: "Company", lead: "Lead", deal: "Deal" };

/** `2026-06-15T12:00:00+03:00`: the portal lives in Moscow. */
export const portalTime = (date: Date): string =>
  `${new Date(date.getTime() + 3 * 3_600_000).toISOString().slice(0, 19)}+03:00`;

export type Portal = ReturnType<typeof makePortal>;

export function makePortal(deps: SandboxDeps) {
  const records = {
    contact: collection<Stored>(deps, "bitrix24", "contacts"),
    company: collection<Stored>(deps, "bitrix24", "companies"),
    lead: collection<Stored>(deps, "bitrix24", "leads"),
    deal: collection<Stored>(deps, "bitrix24", "deals"),
  };
  const entries = collection<never>(deps, "bitrix24", "entries");
  const comments = collection<Comment>(deps, "bitrix24", "comments");
  const todos = collection<Todo>(deps, "bitrix24", "todos");
  const listeners = collection<Listener>(deps, "bitrix24", "listeners");
  const sent = collection<Sent>(deps, "bitrix24", "sent");

  async function tell(listener: Listener, event: string, id: number): Promise<void> {
    const note: Sent = { id: sent.next(), event, record: id, url: listener.url, status: "…" };
    sent.put(String(note.id), note);
    const isApp = listener.token === null;
    const value = {
      event,
      event_handler_id: String(listener.id),
      "data[FIELDS][ID]": String(id),
      ts: String(Math.floor(deps.now().getTime() / 1_000)),
      "auth[domain]": HOST,
      "auth[client_endpoint]": `https://${HOST}/rest/`,
      "auth[server_endpoint]": "https://oauth.bitrix.info/rest/",
      "auth[member_id]": MEMBER,
      "auth[application_token]": listener.token ?? APP_TOKEN,
      ...(isApp ? { "auth[scope]": "crm,user_brief", "auth[status]": "L" } : {}),
    };
    // One attempt: what doesn't arrive is lost.
    const status = await deps.send(listener.url, { kind: "form", value }).catch(() => 0);
    sent.put(String(note.id), { ...note, status: String(status) });
  }

  function announce(kind: Kind, what: "ADD" | "UPDATE" | "DELETE", id: number): void {
    const event = `ONCRM${kind.toUpperCase()}${what}`;
    if (deps.choice("events") === "lost") return;
    const times = deps.choice("events") === "twice" ? 2 : 1;
    for (const listener of listeners.all()) {
      if (!listener.events.includes(event)) continue;
      for (let i = 0; i < times; i++) void tell(listener, event, id);
    }
  }

  /** Entries are added, changed or removed one by one; what isn't mentioned stays. */
  function withEntries(name: string, known: readonly Entry[], sentList: unknown): Entry[] {
    if (!Array.isArray(sentList)) throw plain(`Field '${name}' must be array.`);
    let result = [...known];
    for (const one of sentList) {
      const entry = object(one);
      if (!entry) throw new Refusal(400, "ERROR_CORE", `Field '${name}' has wrong value.<br>`);
      const value = text(entry.VALUE) ?? "";
      if (name === "EMAIL" && value !== "" && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value))
        throw new Refusal(400, "ERROR_CORE", "Некорректный e-mail адрес.<br>");
      const id = text(entry.ID);
      if (id !== undefined && (entry.DELETE === "Y" || value === "")) result = result.filter((own) => own.ID !== id);
      else if (id !== undefined)
        result = result.map((own) =>
          own.ID === id ? { ...own, VALUE: value, VALUE_TYPE: text(entry.VALUE_TYPE) ?? own.VALUE_TYPE } : own,
        );
      else if (value !== "")
        result.push({
          ID: String(300 + entries.next()),
          VALUE_TYPE: text(entry.VALUE_TYPE) ?? "WORK",
          VALUE: value,
          TYPE_ID: name,
        });
    }
    return result;
  }

  /** What may be written; unknown and read-only fields are passed over in silence. */
  function written(kind: Kind, known: Readonly<Record<string, unknown>>, fields: Readonly<Record<string, unknown>>) {
    const result: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(fields)) {
      const description = FIELDS[kind][name];
      if (!description || description.isReadOnly) continue;
      if (description.type === "crm_multifield") {
        result[name] = withEntries(name, (known[name] as Entry[] | undefined) ?? [], value);
        continue;
      }
      if (description.type === "enumeration") {
        for (const id of Array.isArray(value) ? value : [value])
          if (id !== "" && !description.items?.some((item) => item.ID === String(id)))
            throw new Refusal(400, "ERROR_CORE", `Неверное значение поля «${description.formLabel}».<br>`);
      }
      if (description.type === "boolean") result[name] = ["1", "Y", "true"].includes(String(value)) ? "1" : "0";
      else result[name] = value;
    }
    if (result.PHONE !== undefined) result.HAS_PHONE = (result.PHONE as Entry[]).length > 0 ? "Y" : "N";
    if (result.EMAIL !== undefined) result.HAS_EMAIL = (result.EMAIL as Entry[]).length > 0 ? "Y" : "N";
    return result;
  }

  function find(kind: Kind, id: unknown): Stored {
    const number = Number(text(id));
    if (!Number.isInteger(number) || number <= 0) throw plain("ID is not defined or invalid.");
    const found = records[kind].get(String(number));
    if (!found) throw plain(kind === "contact" ? "Not found" : `${TITLES[kind]} is not found`);
    return found;
  }

  return {
    records,
    comments,
    todos,
    listeners,
    sent,
    find,

    add(kind: Kind, fields: Readonly<Record<string, unknown>>, user: string): Stored {
      const own = written(kind, {}, fields);
      if (kind === "company" && !text(own.TITLE))
        throw new Refusal(400, "ERROR_CORE", "Не заполнено поле «Название компании».<br>");
      const ID = 40 + records[kind].next();
      const at = portalTime(deps.now());
      const defaults: Record<string, unknown> =
        kind === "lead"
          ? { STATUS_ID: "NEW", STATUS_SEMANTIC_ID: "P", CURRENCY_ID: "RUB", TITLE: `Лид №${ID}` }
          : kind === "deal"
            ? {
                TITLE: `Сделка №${ID}`,
                CATEGORY_ID: "0",
                STAGE_ID: text(own.CATEGORY_ID) && own.CATEGORY_ID !== "0" ? `C${own.CATEGORY_ID}:NEW` : "NEW",
                STAGE_SEMANTIC_ID: "P",
                CLOSED: "N",
                CURRENCY_ID: "RUB",
              }
            : {};
      const record: Stored = {
        ...defaults,
        OPENED: "Y",
        ASSIGNED_BY_ID: user,
        CREATED_BY_ID: user,
        MODIFY_BY_ID: user,
        DATE_CREATE: at,
        DATE_MODIFY: at,
        ...own,
        ID,
      };
      records[kind].put(String(ID), record);
      announce(kind, "ADD", ID);
      return record;
    },

    change(kind: Kind, id: unknown, fields: Readonly<Record<string, unknown>>, user: string): Stored {
      const known = find(kind, id);
      const own = written(kind, known, fields);
      const isOnlyEntries = Object.keys(own).every((name) => /^(HAS_)?(PHONE|EMAIL|WEB|IM)$/.test(name));
      const isQuiet = isOnlyEntries && deps.choice("touch") === "no";
      const record: Stored = {
        ...known,
        ...own,
        MODIFY_BY_ID: user,
        ...(isQuiet ? {} : { DATE_MODIFY: portalTime(deps.now()) }),
      };
      records[kind].put(String(known.ID), record);
      announce(kind, "UPDATE", known.ID);
      return record;
    },

    remove(kind: Kind, id: unknown): void {
      const known = find(kind, id);
      records[kind].remove(String(known.ID));
      announce(kind, "DELETE", known.ID);
    },

    /** Phones are compared by their digits, e-mails whole; at most twenty of a kind. */
    findByCommunication(kind: Kind, type: "PHONE" | "EMAIL", values: readonly string[]): number[] {
      const same = (held: string, wanted: string) =>
        type === "EMAIL" ? held.toLowerCase() === wanted.toLowerCase() : digits(held) === digits(wanted);
      return records[kind]
        .all()
        .filter((record) =>
          ((record[type] as Entry[] | undefined) ?? []).some((entry) =>
            values.some((value) => same(entry.VALUE, value)),
          ),
        )
        .map((record) => record.ID)
        .slice(0, 20);
    },

    listen(url: string, events: readonly string[], token: string | null): Listener {
      const listener: Listener = { id: 10 + listeners.next(), url, events: [...events], token };
      listeners.put(String(listener.id), listener);
      return listener;
    },

    clear(): void {
      for (const kind of [...Object.values(records), comments, todos, listeners, sent, entries]) kind.clear();
    },
  };
}
