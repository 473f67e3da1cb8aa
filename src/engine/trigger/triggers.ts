/** What bundles ask of their triggers: an address, arming and disarming, a subscription, a sample, "ask now". */
import type { JsonObject } from "../../connectors/kit/define.ts";
import { ConnectorError } from "../../connectors/kit/errors.ts";
import { storableJson } from "../../connectors/kit/json.ts";
import { toFailure } from "../connection/failure.ts";
import { within } from "../connection/within.ts";
import { UserError } from "../errors.ts";
import { newId } from "../id.ts";
import type { Opener, Queue, Shared, Triggers, Tx } from "../parts.ts";
import { readManners } from "../store/connections.ts";
import { forgetHeld, reopen } from "../store/deliveries.ts";
import { deleteMigration } from "../store/migrations.ts";
import { addSeen } from "../store/seen.ts";
import {
  activeWith,
  changeTrigger,
  lockBundles,
  putTrigger,
  readLive,
  readSample,
  readTrigger,
  type TriggerChange,
  type TriggerRow,
  writeSample,
} from "../store/triggers.ts";
import { makeAddresses } from "./address.ts";
import { nextOpen } from "./hours.ts";
import { type Armed, armedLive, armedOf, optionsOf } from "./live.ts";
import { nextFire, openingOf } from "./plan.ts";
import { firstKey, readItems } from "./sift.ts";
import { makeSubscriptions } from "./subscriptions.ts";

const DAY_MS = 86_400_000;
/** A person waits for the sample. */
const SAMPLE_MS = 12_000;
/** Windows in which a sample is looked for, in days back: most accounts have something of today. */
const SAMPLE_DAYS = [
  [1, 0],
  [31, 1],
] as const;
const SAMPLE_PAGES = 10;
const UNASKED_MS = 60_000;
/** What was tried before the start is nobody's trouble after it. */
const NONE_REFUSED = { refused: 0, refusedAt: null, refusedWhy: null };

export interface TriggersDeps extends Pick<Shared, "db" | "clock" | "log" | "vault" | "connectors" | "settings"> {
  readonly opener: Pick<Opener, "open">;
  readonly queue: Pick<Queue, "send" | "wake">;
}

export function makeTriggers(deps: TriggersDeps): Triggers {
  const { db, clock, log, vault, connectors, settings, opener, queue } = deps;
  const addresses = makeAddresses({ settings, vault });
  const subscriptions = makeSubscriptions({ ...deps, addresses });

  /** Services tell times to the second, so the mark is one. */
  const mark = (): Date => new Date(Math.floor(clock.now().getTime() / 1_000) * 1_000);

  const isSame = (row: TriggerRow, { chosen }: Armed): boolean =>
    row.connector === chosen.connector && row.trigger === chosen.trigger && row.connection === chosen.connection;

  /** When it is asked first. A schedule that can't be read is told before the bundle starts. */
  async function plan(
    tx: Tx,
    { id, workspace }: { id: string; workspace: string },
    armed: Armed,
    isFresh: boolean,
  ): Promise<Date | null> {
    const { trigger } = armed;
    if (!trigger.poll && !trigger.clock) return null;
    const now = clock.now();
    // A fresh poll lists what is there, launch hours or not.
    if (!trigger.clock && (isFresh || armed.chosen.hours === undefined)) return now;
    const manners = await readManners(tx, workspace);
    if (!manners) return null;
    try {
      const options = optionsOf(armed, manners, vault);
      if (trigger.clock) return nextFire(armed, options, manners.timeZone, now);
      return nextOpen(openingOf(armed, options, manners.timeZone), now) ?? now;
    } catch (error) {
      if (error instanceof ConnectorError) throw new UserError(error.sentence, { to: "trigger", bundle: id });
      throw error;
    }
  }

  /** The record that the person saw before the start is of the past, also where it is of the very second of the start. */
  async function noteSample(tx: Tx, { id, workspace }: { id: string; workspace: string }, armed: Armed): Promise<void> {
    const [sample, manners] = await Promise.all([readSample(tx, id), readManners(tx, workspace)]);
    if (!sample || !manners) return;
    const way = { since: mark(), repeats: armed.repeats, timeZone: manners.timeZone };
    const { items } = readItems(armed.trigger, [sample], way);
    // Listed, not sent: a migration may bring it.
    await addSeen(
      tx,
      id,
      items.map((one) => ({ key: firstKey(one), as: "listed" })),
      clock.now(),
    );
  }

  const rowOf = (bundle: string, { chosen }: Armed) => ({
    bundle,
    token: newId(),
    connector: chosen.connector,
    trigger: chosen.trigger,
    connection: chosen.connection,
  });

  async function openIn(tx: Tx, bundle: string, from: "held" | "failed"): Promise<void> {
    if ((await reopen(tx, bundle, from, clock.now())) > 0) await queue.send(tx, "delivery", [{ id: bundle }]);
  }
  async function reopenFor(bundle: string, from: "held" | "failed"): Promise<void> {
    await db.transaction(async (tx) => {
      await lockBundles(tx, [bundle]);
      await openIn(tx, bundle, from);
    });
    queue.wake("delivery");
  }

  return {
    async arm(tx, { id, workspace }, body, fresh) {
      const armed = armedOf(connectors, body.trigger);
      if (!armed) return;
      const row = await readTrigger(tx, id);
      const isFresh = fresh || !row?.since || !isSame(row, armed);
      const start: TriggerChange = isFresh ? { since: mark(), cursor: null, polledAt: null, ...NONE_REFUSED } : {};
      const nextAt = await plan(tx, { id, workspace }, armed, isFresh);
      // Should this process die before it asks for the subscription, the tick does it.
      const subscribeAt = armed.trigger.hook?.subscribe ? new Date(clock.now().getTime() + UNASKED_MS) : null;
      const subscribing = { subscribeAt, subscribeError: null };
      const change = { ...start, ...subscribing, nextAt, asked: false, leasedUntil: null, failures: 0, error: null };
      await putTrigger(tx, rowOf(id, armed), change);
      // A migration reads what its trigger did; of another one it has no place.
      if (row?.since && !isSame(row, armed)) await deleteMigration(tx, id);
      if (isFresh && armed.trigger.poll) await noteSample(tx, { id, workspace }, armed);
    },

    subscribe: subscriptions.subscribe,

    async disarm(tx, bundle) {
      await changeTrigger(tx, bundle, { nextAt: null, asked: false, leasedUntil: null, subscribeAt: null });
    },

    unsubscribe: subscriptions.unsubscribe,
    tick: subscriptions.tick,
    followAddress: subscriptions.followAddress,
    look: subscriptions.look,

    async ensureAddress(tx, { id }, body) {
      const armed = armedOf(connectors, body.trigger);
      const hook = armed?.trigger.hook;
      if (!armed || !hook) return null;
      const row = await readTrigger(tx, id);
      const own = rowOf(id, armed);
      // A live trigger keeps listening as it was published; only its address is of interest to the draft.
      const token = row?.since ? row.token : await putTrigger(tx, own, {});
      return addresses.url({ ...own, token, scope: hook.scope });
    },

    address({ token }, body) {
      const armed = armedOf(connectors, body.trigger);
      if (!armed?.trigger.hook) return null;
      return addresses.url({ ...rowOf("", armed), token, scope: armed.trigger.hook.scope });
    },

    async release(tx, bundle, what) {
      await lockBundles(tx, [bundle]);
      if (what === "run") return openIn(tx, bundle, "held");
      await forgetHeld(tx, bundle);
      // For a poll the pause lies in the service: from now on counts.
      await changeTrigger(tx, bundle, { since: mark(), cursor: null, polledAt: null });
    },

    async reconnected(connection) {
      for (const bundle of await activeWith(db, connection)) {
        await reopenFor(bundle, "held");
        // A right that was missing, a record that was hidden: what the service refused may be given now.
        await reopenFor(bundle, "failed");
        const row = await readTrigger(db, bundle);
        if (row?.nextAt) await changeTrigger(db, bundle, { asked: true });
      }
      await subscriptions.renew(connection);
    },

    async askNow(bundle) {
      const [live] = await readLive(db, { ids: [bundle] });
      const armed = live && armedLive(connectors, live);
      if (!armed) return "hook";
      await changeTrigger(db, bundle, { asked: true });
      if (live.state === "active") await reopenFor(bundle, "failed");
      if (armed.trigger.clock) return "fired";
      return armed.trigger.poll ? "asked" : "hook";
    },

    async fetchSample({ id, workspace }, body) {
      const armed = armedOf(connectors, body.trigger);
      const poll = armed?.trigger.poll;
      const manners = await readManners(db, workspace);
      if (armed && !poll) await changeTrigger(db, id, { asked: true });
      if (!armed || !poll || !manners) return null;
      const opened = await opener.open(workspace, armed.chosen.connection, armed.connector);
      const options = optionsOf(armed, manners, vault);
      const until = clock.now();

      const newestOf = async (from: number, to: number): Promise<JsonObject | null> => {
        let newest: JsonObject | null = null;
        let newestAt = Number.NEGATIVE_INFINITY;
        let pages = 0;
        const before = (days: number) => new Date(until.getTime() - days * DAY_MS);
        const since = { at: before(from), until: before(to), cursor: null, isSample: true };
        for await (const { items } of poll.items(opened.ctx, options, since)) {
          for (const item of items) {
            const at = armed.trigger.at(item, manners)?.getTime() ?? newestAt;
            if (newest === null || at >= newestAt) {
              newest = item;
              newestAt = at;
            }
          }
          if (items.length > 0 && ++pages >= SAMPLE_PAGES) break;
        }
        return newest;
      };
      const search = async (): Promise<JsonObject | null> => {
        for (const [from, to] of SAMPLE_DAYS) {
          const newest = await newestOf(from, to);
          if (newest) return newest;
        }
        return null;
      };
      const found = await within(search(), SAMPLE_MS);
      if (!found) {
        // A shared address may begin to listen before the start: the first event becomes the sample.
        const isShared = armed.trigger.hook !== undefined && armed.trigger.hook.scope !== "bundle";
        if (!isShared) return null;
        await subscriptions.subscribe(id).catch((error: unknown) => {
          log.warn({ bundle: id, why: toFailure(error).sentence.en }, "the service refused a subscription");
        });
        return null;
      }
      const item = storableJson(found);
      await writeSample(db, id, { item, from: "fetched", at: until });
      return { item, from: "fetched", at: until };
    },
  };
}
