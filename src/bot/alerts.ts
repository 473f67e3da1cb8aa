/** Drains the outbox: what the engine wants a person to know becomes a message, or an edit of the card that is there. */
import { setTimeout as pause } from "node:timers/promises";
import { GrammyError, HttpError } from "grammy";
import type { Update } from "grammy/types";
import { type Engine, NotFound, type OutboxItem } from "../engine/index.ts";
import type { Log } from "../log.ts";
import { to } from "./callback.ts";
import { faultyField } from "./faulty.ts";
import { safe, toRow } from "./inbox.ts";
import type { Pictures, Screen } from "./parts.ts";
import { pressOf } from "./press.ts";
import {
  approvalCard,
  failingCard,
  firstSuccessCard,
  heldCard,
  incidentCard,
  pausedCard,
  sampleCard,
  unknownCard,
} from "./screens/alerts.ts";
import { forGroup } from "./screens/group.ts";
import {
  expiringCard,
  groupGoneCard,
  joinedCard,
  linkDoneCard,
  migratedCard,
  movedCard,
  silentCard,
  summaryCard,
} from "./screens/news.ts";
import { LONGEST_CAPTION, Moved, type Show, Unreachable } from "./show.ts";
import { textsFor } from "./texts/index.ts";

const AT_ONCE = 20;
/** Telegram takes about one message a second per chat; each taking holds at most one per chat. */
const PACE_MS = 1_000;
const LOOK_MS = 5_000;
const PASSING_MS = 5_000;
const BROKEN_MS = 60_000;

interface Deps {
  readonly engine: Engine;
  readonly show: Show;
  readonly log: Log;
  readonly pictures?: Pictures | undefined;
  readonly paceMs?: number;
  /** The bot's name, for links that lead from a group to the private chat. */
  readonly username: () => string;
}
export interface Alerts {
  start(): void;
  stop(): Promise<void>;
}

export function makeAlerts({ engine, show, log, pictures, username, paceMs = PACE_MS }: Deps): Alerts {
  const { telegram } = engine;
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();
  let woken = new AbortController();
  let unlisten: (() => void) | undefined;

  async function deliver(item: OutboxItem): Promise<void> {
    try {
      if (item.alert.kind === "connected") {
        await telegram.receive([toRow(pressBy(item, to("conncheck", item.alert.connection)))]);
        return await telegram.sent(item.seq, null);
      }
      const screen = await draw(engine, item);
      if (screen === null) return await telegram.sent(item.seq, null);
      if (item.alert.kind === "firstSuccess" && item.chatId > 0) await refreshCard(item, item.alert.run);
      await telegram.sent(item.seq, await put(item, screen));
    } catch (error) {
      if (error instanceof Unreachable) return telegram.notSent(item.seq, { gone: true });
      // The message leads to the group's new id by now.
      if (error instanceof Moved) return telegram.notSent(item.seq, { retryAfterMs: 0 });
      const passing = error instanceof HttpError || error instanceof GrammyError;
      if (!passing) log.error({ alert: item.alert.kind, err: safe(error) }, "an alert can't be drawn");
      const asked = error instanceof GrammyError ? (error.parameters.retry_after ?? 0) * 1_000 : 0;
      await telegram.notSent(item.seq, { retryAfterMs: Math.max(asked, passing ? PASSING_MS : BROKEN_MS) });
    }
  }

  /** A card that says "no runs yet" above the news of the first one would be wrong. */
  async function refreshCard(item: OutboxItem, run: string): Promise<void> {
    const { screenMessage } = await telegram.chat(item.chatId);
    if (screenMessage === null) return;
    const { bundle } = await engine.runs.get(item.scope, run);
    await telegram.receive([toRow(pressBy(item, to("recard", bundle.id), screenMessage))]);
  }

  /** A silent edit, or a new card in place of the old one where the phone should ring. */
  async function put(item: OutboxItem, drawn: Screen): Promise<number> {
    const { chatId, card, topic } = item;
    const screen = chatId < 0 ? forGroup(drawn, username()) : drawn;
    const how = topic === undefined ? {} : { topic };
    const week = await weekOf(item);
    if (week !== null) {
      // One message where the words fit under it; else the picture comes first, and the words ring.
      const fits = screen.text.text.length <= LONGEST_CAPTION;
      const id = await show.photos(chatId, [week], fits ? screen : {}, { ...how, silent: !fits });
      if (fits && id !== null) return id;
    }
    if (card !== null && !card.sound) return show.screen(chatId, screen, card.messageId, how);
    const id = await show.send(chatId, screen, how);
    if (card !== null) await show.remove(chatId, card.messageId);
    return id;
  }

  /** The picture of the week that goes with the summary of a day or a week; without it the words come all the same. */
  async function weekOf({ alert, scope, locale, timeZone }: OutboxItem): Promise<Uint8Array | null> {
    if (pictures === undefined || alert.kind !== "summary" || alert.of === "hour") return null;
    try {
      return await pictures.week(engine, { scope, locale, timeZone, to: new Date(alert.to) });
    } catch (error) {
      log.error({ err: safe(error) }, "the week can't be drawn");
      return null;
    }
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      woken = new AbortController();
      let taken: readonly OutboxItem[] = [];
      try {
        taken = await telegram.takeOutbox(AT_ONCE);
        await Promise.all(taken.map(deliver));
      } catch (error) {
        log.error({ err: safe(error) }, "the outbox can't be drained");
      }
      const rest = taken.length > 0 ? paceMs : LOOK_MS;
      const signal = taken.length > 0 ? stopping.signal : AbortSignal.any([stopping.signal, woken.signal]);
      await pause(rest, undefined, { signal }).catch(() => undefined);
    }
  }

  return {
    start() {
      unlisten = telegram.onWake(() => woken.abort());
      running = loop();
    },
    async stop() {
      stopping.abort();
      unlisten?.();
      await running;
    },
  };
}

const pressBy = ({ seq, chatId, name }: OutboxItem, data: string, message?: number): Update =>
  pressOf({ id: seq, chatId, name, data, ...(message === undefined ? {} : { message }) });

/** The message for an alert; null when what it is about is gone. */
async function draw(engine: Engine, { alert, scope, locale, timeZone, chatId }: OutboxItem): Promise<Screen | null> {
  const t = textsFor(locale);
  const zone = { locale, timeZone };
  try {
    switch (alert.kind) {
      case "incident": {
        const known = await engine.incidents.get(scope, alert.incident);
        // A service's own words may hold a customer's data, and a group is read by more than the workspace.
        const { own: _, ...failure } = known.failure;
        const incident = chatId < 0 ? { ...known, failure } : known;
        const at = { bundle: incident.bundle?.id ?? null, step: incident.step?.id ?? null, failure: incident.failure };
        return incidentCard(t, zone, incident, await faultyField(engine, scope, locale, at));
      }
      case "unknown":
        return unknownCard(t, await engine.runs.get(scope, alert.run));
      case "approval": {
        const run = await engine.runs.get(scope, alert.run);
        const { approval } = run;
        const isThis = approval?.step === alert.step && approval.element === alert.element;
        return isThis ? approvalCard(t, zone, run, approval) : null;
      }
      case "firstSuccess":
        return firstSuccessCard(t, await engine.runs.get(scope, alert.run));
      case "paused":
        return pausedCard(t, zone, await engine.bundles.get(scope, alert.bundle), alert.why);
      case "failing":
        return failingCard(t, zone, await engine.bundles.get(scope, alert.bundle), alert.why);
      case "sample":
        return sampleCard(t, await engine.bundles.get(scope, alert.bundle));
      case "connected":
        return null;
      case "held":
        return heldCard(t, await engine.bundles.get(scope, alert.bundle), alert.count, alert.limit);
      case "summary": {
        const told = await engine.data.summary(scope, new Date(alert.from), new Date(alert.to));
        const isNews = told.succeeded > 0 || told.failed > 0 || told.incidents.length > 0;
        return isNews ? summaryCard(t, zone, alert.of, told) : null;
      }
      case "silent":
        return silentCard(t, zone, await engine.bundles.get(scope, alert.bundle), new Date(alert.since));
      case "expiring":
        return expiringCard(t, zone, await engine.connections.get(scope, alert.connection), new Date(alert.until));
      case "migrated":
        return migratedCard(t, await engine.bundles.get(scope, alert.bundle));
      case "groupGone":
        return groupGoneCard(t, alert.title);
      case "addressMoved": {
        const gone = (error: unknown) => (error instanceof NotFound ? [] : Promise.reject(error));
        const read = async (ids: readonly string[]) =>
          (await Promise.all(ids.map((id) => engine.bundles.get(scope, id).then((one) => [one], gone)))).flat();
        const [bundles, maybe] = [await read(alert.bundles), await read(alert.maybe)];
        return bundles.length + maybe.length === 0 ? null : movedCard(t, bundles, maybe);
      }
      case "joined":
        return joinedCard(t, alert.name, alert.role);
      case "linkDone":
        return linkDoneCard(t, alert.name, await engine.connections.get(scope, alert.connection));
    }
  } catch (error) {
    if (error instanceof NotFound) return null;
    throw error;
  }
}
