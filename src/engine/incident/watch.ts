/** News that no event brings: the morning's summary, silence where there usually is none, access that is about to end. */
import type { Alert } from "../engine.ts";
import type { Notify, Shared, Tx } from "../parts.ts";
import { MORNING, readAlerts } from "../people/alerts.ts";
import { hasHappened } from "../store/data.ts";
import {
  aliveConnections,
  arrivals,
  dueSummaries,
  isGathered,
  markEndTold,
  markSilent,
  moveSummary,
  quietBundles,
} from "../store/watch.ts";
import { nextOccurrence } from "../trigger/schedule.ts";
import { isSilent, WATCHED_MS } from "./silence.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const PAGE = 200;
/** Less is no silence by any rule. */
const SHORTEST_MS = 2 * HOUR_MS;
/** People are told so long before access ends, and once more on the last day. */
const AHEAD_MS = 7 * DAY_MS;

export interface WatchDeps extends Pick<Shared, "db" | "clock" | "vault" | "connectors" | "log"> {
  readonly notify: Notify;
}
export interface Watch {
  /** Summaries that are due; called every minute. */
  summaries(): Promise<void>;
  /** Bundles that went silent and connections that expire; called every hour. */
  look(): Promise<void>;
}

export function makeWatch({ db, clock, vault, connectors, log, notify }: WatchDeps): Watch {
  type Due = Awaited<ReturnType<typeof dueSummaries>>[number];

  async function tellSummary(tx: Tx, member: Due, due: Date): Promise<void> {
    const { mode, summaries } = readAlerts(member.alerts);
    if (mode === "off") return;
    const isMonday =
      new Intl.DateTimeFormat("en", { timeZone: member.timeZone, weekday: "short" }).format(due) === "Mon";
    const of = isMonday && summaries.weekly ? "week" : summaries.daily ? "day" : null;
    if (of === null) return;
    const from = new Date(due.getTime() - (of === "week" ? 7 * DAY_MS : DAY_MS));
    if (!(await hasHappened(tx, member.workspace, from, due))) return;
    if (of === "day" && mode === "daily" && (await isGathered(tx, member.id, due))) return;
    const alert: Alert = { kind: "summary", of, from: from.toISOString(), to: due.toISOString() };
    await notify(tx, member.workspace, alert, undefined, member.id);
  }

  /** The newest morning that is over; those that were slept through are told of no more. */
  function morningOf(member: Due & { summaryAt: Date }, now: Date): Date {
    const after = Math.max(member.summaryAt.getTime() - 1, now.getTime() - DAY_MS);
    const due = nextOccurrence(MORNING, member.timeZone, new Date(after));
    return due > now ? member.summaryAt : due;
  }

  async function tellSilent(): Promise<void> {
    const now = clock.now();
    const since = new Date(now.getTime() - WATCHED_MS);
    for (let after = ""; ; ) {
      const page = await quietBundles(db, new Date(now.getTime() - SHORTEST_MS), PAGE, after);
      for (const { bundle, workspace, lastEventAt } of page) {
        if (lastEventAt === null) continue;
        const times = [...(await arrivals(db, bundle, since)), lastEventAt.getTime()];
        if (!isSilent(times, now.getTime())) continue;
        await db.transaction(async (tx) => {
          if (!(await markSilent(tx, bundle, now))) return;
          const alert: Alert = { kind: "silent", bundle, since: lastEventAt.toISOString() };
          await notify(tx, workspace, alert, `silent ${bundle}`);
        });
      }
      const last = page.at(-1);
      if (!last || page.length < PAGE) return;
      after = last.bundle;
    }
  }

  /** When access ends for good; null: never, or it is lengthened without people. */
  function endOf(id: string, secret: string): Date | null {
    try {
      const { refreshToken = "", expiresAt = "" } = JSON.parse(vault.open(secret)) as Record<string, string>;
      const end = Date.parse(expiresAt);
      return refreshToken !== "" || Number.isNaN(end) ? null : new Date(end);
    } catch {
      log.warn({ connection: id }, "the values of a connection can't be opened with this key");
      return null;
    }
  }

  async function tellExpiring(): Promise<void> {
    const now = clock.now();
    const mortal = connectors.filter(({ auth }) => auth.kind === "oauth2").map(({ key }) => key);
    for (let after = ""; ; ) {
      const page = await aliveConnections(db, mortal, after, PAGE);
      for (const { id, workspace, secret, endToldAt } of page) {
        const end = endOf(id, secret);
        if (end === null || !isToBeTold(end, endToldAt, now)) continue;
        await db.transaction(async (tx) => {
          if (!(await markEndTold(tx, id, endToldAt, now))) return;
          const alert: Alert = { kind: "expiring", connection: id, until: end.toISOString() };
          await notify(tx, workspace, alert, `expiring ${id}`);
        });
      }
      const last = page.at(-1);
      if (!last || page.length < PAGE) return;
      after = last.id;
    }
  }

  return {
    async summaries() {
      for (;;) {
        const now = clock.now();
        const page = await dueSummaries(db, now, PAGE);
        for (const member of page) {
          const { summaryAt } = member;
          await db.transaction(async (tx) => {
            const next = nextOccurrence(MORNING, member.timeZone, now);
            if (!(await moveSummary(tx, member.id, summaryAt, next)) || summaryAt === null) return;
            await tellSummary(tx, member, morningOf({ ...member, summaryAt }, now));
          });
        }
        if (page.length < PAGE) return;
      }
    },

    async look() {
      await tellSilent();
      await tellExpiring();
    },
  };
}

/** A week before, and once more on the last day; what has ended is an incident by then. */
export function isToBeTold(end: Date, told: Date | null, now: Date): boolean {
  const left = end.getTime() - now.getTime();
  if (left <= 0 || left > AHEAD_MS) return false;
  if (told === null || end.getTime() - told.getTime() > AHEAD_MS) return true;
  return left <= DAY_MS && end.getTime() - told.getTime() > DAY_MS;
}
