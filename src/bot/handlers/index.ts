/** All handlers in one; a name that two of them claim is a mistake found at start. */
import type { Handlers } from "../parts.ts";
import { adding } from "./adding.ts";
import { alerts } from "./alerts.ts";
import { apps } from "./apps.ts";
import { builder } from "./builder.ts";
import { bundles } from "./bundles.ts";
import { card } from "./card.ts";
import { compose } from "./compose.ts";
import { conditions } from "./conditions.ts";
import { connections } from "./connections.ts";
import { dataHandlers } from "./data.ts";
import { dryrun } from "./dryrun.ts";
import { duplicates } from "./duplicates.ts";
import { guest } from "./guest.ts";
import { history } from "./history.ts";
import { home } from "./home.ts";
import { hours } from "./hours.ts";
import { making } from "./making.ts";
import { mapping } from "./mapping.ts";
import { noticing } from "./notices.ts";
import { teaming } from "./people.ts";
import { replay } from "./replay.ts";
import { settings } from "./settings.ts";
import { steps } from "./steps.ts";
import { swap } from "./swap.ts";
import { templates } from "./templates.ts";
import { tools } from "./tools.ts";
import { versions } from "./versions.ts";

export const handlers: Handlers = join(
  home,
  connections,
  history,
  replay,
  alerts,
  settings,
  noticing,
  teaming,
  dataHandlers,
  guest,
  apps,
  adding,
  builder,
  bundles,
  card,
  compose,
  conditions,
  dryrun,
  duplicates,
  making,
  mapping,
  steps,
  hours,
  templates,
  tools,
  versions,
  swap,
);

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
