/** All handlers in one; a name that two of them claim is a mistake found at start. */
import type { Handlers } from "../parts.ts";
import { alerts } from "./alerts.ts";
import { connections } from "./connections.ts";
import { history } from "./history.ts";
import { home } from "./home.ts";
import { settings } from "./settings.ts";

export const handlers: Handlers = join(home, connections, history, alerts, settings);

export function join(...all: readonly Handlers[]): Handlers {
  return {
    places: unique(all.map((one) => one.places)),
    answers: unique(all.map((one) => one.answers)),
    commands: unique(all.map((one) => one.commands ?? {})),
  };
}

function unique<T>(records: readonly Readonly<Record<string, T>>[]): Record<string, T> {
  const joined: Record<string, T> = {};
  for (const [name, value] of records.flatMap((record) => Object.entries(record))) {
    if (Object.hasOwn(joined, name)) throw new Error(`two handlers are called ${name}`);
    joined[name] = value;
  }
  return joined;
}
