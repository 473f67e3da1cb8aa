/** The way in, joined: hooks, polls, schedules and deliveries share one intake. */
import type { Hooks } from "../engine.ts";
import type { Admission, Incidents, Notify, Opener, PastQueue, Shared } from "../parts.ts";
import { type Deliveries, makeDeliveries } from "./delivery.ts";
import { makeHooks } from "./hooks.ts";
import { makeIntake } from "./intake.ts";
import { type Migrating, makeMigrating } from "./migrating.ts";
import { makePlace } from "./place.ts";
import { makePoller, type Poller } from "./poller.ts";

export { makeTriggers } from "./triggers.ts";

export interface WayInDeps extends Shared {
  readonly opener: Opener;
  readonly admission: Admission;
  readonly incidents: Pick<Incidents, "report" | "succeeded">;
  readonly notify: Notify;
  readonly random?: () => number;
  /** What webhooks bring needs no queue where a worker is in this process. */
  readonly past?: () => PastQueue;
}

/**
 * `hooks` for the web role; `deliveries.work()` once for the worker role; `poller.tick()` every second for the
 * scheduler role (a tick may begin while the last one still asks a slow service), `migrating.tick()` likewise.
 */
export function makeWayIn(deps: WayInDeps): {
  hooks: Hooks;
  poller: Poller;
  migrating: Migrating;
  deliveries: Deliveries;
} {
  const intake = makeIntake(deps);
  const place = makePlace({ ...deps, intake });
  const deliveries = makeDeliveries({ ...deps, intake, place });
  const poller = makePoller({ ...deps, intake, deliveries });
  return { hooks: makeHooks({ ...deps, place }), poller, migrating: makeMigrating({ ...deps, intake }), deliveries };
}
