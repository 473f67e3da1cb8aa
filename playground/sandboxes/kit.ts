/** What sandboxes are made of: a request as data, answers, records, and the faults that every service can have. */
import type { Collection, SandboxButton, Store, Table, Text } from "./types.ts";

export interface Call {
  readonly method: string;
  /** Below the service's base, without slashes at the ends. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  /** What goes out instead of the text, for services that compress. */
  readonly bytes?: Buffer;
}

export const json = (status: number, value: unknown, headers: Record<string, string> = {}): Reply => ({
  status,
  headers: { "content-type": "application/json; charset=utf-8", ...headers },
  body: JSON.stringify(value),
});
export const html = (status: number, title: string, headers: Record<string, string> = {}): Reply => ({
  status,
  headers: { "content-type": "text/html; charset=utf-8", ...headers },
  body: `<!doctype html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`,
});

/** One service: its state lives in the collections it made, so a reset is a clear. */
export interface Sandbox {
  readonly key: string;
  readonly name: Text;
  /** For services whose accounts have hosts of their own: this account's name, and what any other name is answered. */
  readonly portal?: { readonly name: string; unknown(): Reply };
  /** Requests a second that the service publishes as its limit. */
  readonly perSecond: number;
  /** A port of its own for what isn't HTTP; `open` answers `host:port`. */
  readonly door?: { open(): Promise<string>; close(): Promise<void> };
  /** Pages for people's browsers aren't counted among the requests a second. */
  readonly isPage?: (path: string) => boolean;
  readonly credentials: readonly { key: string; label: Text; value: string }[];
  /** The app registered there, for services with consent in the browser. */
  readonly app?: { readonly id: string; readonly secret: string };
  /** The points that the sheet leaves open: name, and the readings a sandbox can play. The first is the default. */
  readonly switches: readonly { key: string; label: Text; choices: readonly { value: string; label: Text }[] }[];
  tables(): readonly Table[];
  readonly buttons: () => readonly SandboxButton[];
  press(button: string, fields: Readonly<Record<string, string>>): Promise<unknown> | unknown;
  handle(call: Call): Reply | Promise<Reply>;
  /** The service's own way to say: too many requests, and: this key is dead. */
  tooMany(): Reply;
  expired(): Reply;
  clear(): void;
}

export interface SandboxDeps {
  readonly store: Store;
  readonly now: () => Date;
  /** `http://127.0.0.1:8080`: where browsers and the app find this machine's services. */
  readonly origin: () => string;
  /** Value of one of the sandbox's switches. */
  readonly choice: (name: string) => string;
  /** Sends a webhook to somebody's address; the result is told in the sandbox's log only. */
  readonly send: (
    url: string,
    body: { kind: "form" | "json" | "text"; value: Record<string, unknown> | string },
    headers?: Readonly<Record<string, string>>,
  ) => Promise<number>;
}

export const collection = <T>(deps: SandboxDeps, service: string, kind: string): Collection<T> =>
  deps.store.collection<T>(`${service}.${kind}`);

export const newestFirst = <T>(items: readonly T[]): T[] => [...items].reverse();

/** Records as a table shows them, newest first, whatever their type. */
export const rowsOf = (items: readonly object[]): Record<string, unknown>[] =>
  newestFirst(items).map((item) => ({ ...item }));

/** `YYYY-MM-DD HH:mm:ss` in Moscow, which both services' sheets assume as the account's zone. */
export function moscow(date: Date): string {
  return new Date(date.getTime() + 3 * 3_600_000).toISOString().slice(0, 19).replace("T", " ");
}

/** PHP-style nesting: `filter[ids][]=1` → `{ filter: { ids: ["1"] } }`. */
export function nested(params: URLSearchParams): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const [name, value] of params) {
    const parts = [...name.matchAll(/[^[\]]+|\[\]/g)].map(([part]) => part);
    let at: Record<string, unknown> | unknown[] = root;
    parts.forEach((part, i) => {
      const last = i === parts.length - 1;
      const list = parts[i + 1] === "[]";
      if (Array.isArray(at)) {
        at.push(value);
      } else if (last) {
        at[part] = value;
      } else {
        at[part] ??= list ? [] : {};
        at = at[part] as Record<string, unknown>;
      }
    });
  }
  return root;
}

/** Objects of a list; anything else in it is passed over. */
export const objects = (value: unknown): Record<string, unknown>[] =>
  (Array.isArray(value) ? value : []).map(object).filter((one) => one !== undefined);

/** Text of a query value or of a nested one; anything else counts as absent. */
export const text = (value: unknown): string | undefined =>
  typeof value === "string" ? value : typeof value === "number" ? String(value) : undefined;
export const list = (value: unknown): string[] =>
  Array.isArray(value) ? value.map(String) : value === undefined ? [] : [String(value)];
export const object = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
