/** What a story plays on: one person at the chat, and the services' screens beside it. All over HTTP, as the page does it. */
import { setTimeout as pause } from "node:timers/promises";
import { addPerson, type Person } from "../person.ts";
import type { SandboxView } from "../sandboxes/types.ts";

export type Rows = readonly Readonly<Record<string, unknown>>[];

export interface Stage {
  readonly person: Person;
  /** Presses a button on a service's screen: a call comes in, an order changes. */
  life(service: string, button: string, fields?: Readonly<Record<string, string>>): Promise<Record<string, unknown>>;
  setSwitch(service: string, key: string, value: string): Promise<void>;
  /** A value that the service's screen shows for connecting: an id, a key. */
  credential(service: string, key: string): Promise<string>;
  /** Where the service's sandbox answers. */
  base(service: string): Promise<string>;
  records(service: string, kind: string): Promise<Rows>;
  /** Waits until `find` gives something for the service's records; `wanted` says what, for the report of a failure. */
  until<T>(
    service: string,
    kind: string,
    wanted: string,
    find: (rows: Rows) => T | undefined,
    withinMs?: number,
  ): Promise<T>;
  /** Notes a failure when the condition doesn't hold; the story goes on. */
  expect(holds: boolean, sentence: string): void;
  readonly failures: string[];
}

const PATIENCE_MS = 20_000;
const LOOK_EVERY_MS = 100;

/** A new person in front of a running playground; `patience`: how many times longer than usual everything is waited for. */
export async function makeStage(url: string, language = "ru", patience = 1): Promise<Stage> {
  const person = await addPerson(url, "Анна", language, patience);
  const patienceMs = PATIENCE_MS * patience;
  const failures: string[] = [];
  const view = (service: string) => ask<SandboxView>(`${url}/api/sandboxes/${service}`);
  const records = async (service: string, kind: string) =>
    (await view(service)).tables.find((table) => table.name === kind)?.rows ?? [];

  return {
    person,
    failures,
    records,
    life: (service, button, fields = {}) => ask(`${url}/api/sandboxes/${service}/buttons/${button}`, { fields }),
    async setSwitch(service, key, value) {
      await ask(`${url}/api/sandboxes/${service}/switches`, { key, value });
    },
    base: async (service) => (await view(service)).base,
    async credential(service, key) {
      const found = (await view(service)).credentials.find((one) => one.key === key)?.value;
      if (found === undefined) throw new Error(`${service} shows no ${key}`);
      return found;
    },
    async until(service, kind, wanted, find, withinMs = patienceMs) {
      const deadline = Date.now() + withinMs;
      for (;;) {
        const rows = await records(service, kind);
        const found = find(rows);
        if (found !== undefined) return found;
        if (Date.now() > deadline)
          throw new Error(
            `${wanted} did not come within ${withinMs} ms; ${service} has ${JSON.stringify(rows.slice(0, 5))}`,
          );
        await pause(LOOK_EVERY_MS);
      }
    },
    expect(holds, sentence) {
      if (!holds) failures.push(sentence);
    },
  };
}

/** All records of all services by kind, as a story reports them. */
export async function allRecords(url: string): Promise<Record<string, Record<string, Rows>>> {
  const views = await ask<SandboxView[]>(`${url}/api/sandboxes`);
  return Object.fromEntries(
    views.map((view) => [view.key, Object.fromEntries(view.tables.map((table) => [table.name, table.rows]))]),
  );
}

async function ask<T>(url: string, body?: unknown): Promise<T> {
  const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(url, body === undefined ? {} : init);
  const value = (await answer.json()) as T & { error?: string };
  if (!answer.ok) throw new Error(`${new URL(url).pathname}: ${value.error}`);
  return value;
}
