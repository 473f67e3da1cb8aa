/**
 * Subscriptions at services: made when a bundle begins to listen, taken back when the last one that lives from it ends.
 * Each bundle keeps what `subscribe` returned; those that share an address share the newest state.
 */
import type { Hook, JsonObject } from "../../connectors/kit/define.ts";
import { ConnectorError } from "../../connectors/kit/errors.ts";
import { storableJson, stringifyJson } from "../../connectors/kit/json.ts";
import { toFailure } from "../connection/failure.ts";
import type { Opener, Shared, Tx } from "../parts.ts";
import { findConnection } from "../store/connections.ts";
import { loggable } from "../store/outage.ts";
import {
  activeWith,
  changeTrigger,
  claimSubscribing,
  type Live,
  listeningTriggers,
  lockSubscription,
  planSubscribing,
  readLive,
  readTrigger,
  type Subscription,
  sharers,
  subscribedThrough,
} from "../store/triggers.ts";
import type { Addresses } from "./address.ts";
import { armedLive, optionsOf } from "./live.ts";

const MINUTE_MS = 60_000;
/** After the first refusal, the second and so on; the last one goes on for ever. */
const RETRY_MINUTES = [1, 5, 15, 60];
const LEASE_MS = 5 * MINUTE_MS;
const AT_ONCE = 20;
/** Instead of the address of a subscription that the service keeps no more, so that it is made anew. */
const DEAD = "";

export interface SubscriptionsDeps extends Pick<Shared, "db" | "clock" | "log" | "connectors" | "vault"> {
  readonly opener: Pick<Opener, "open">;
  readonly addresses: Addresses;
}

/** What two subscriptions have in common when they are one at the service. */
const nameOf = (
  scope: Hook["scope"],
  { connector, trigger, connection, route }: Subscription,
  bundle: string,
): string =>
  [connector, trigger, scope === "bundle" ? bundle : scope === "connection" ? connection : (route ?? "")].join(" ");

export function makeSubscriptions({ db, clock, log, connectors, vault, opener, addresses }: SubscriptionsDeps) {
  const hookOf = (key: string, trigger: string) => {
    const connector = connectors.find((known) => known.key === key);
    const hook = connector?.triggers.find((known) => known.key === trigger)?.hook;
    return connector && hook ? { connector, hook } : null;
  };
  const accountOf = async (connection: string | null): Promise<string | null> =>
    connection === null ? null : ((await findConnection(db, connection))?.account ?? null);

  const others = (tx: Tx, bundle: string, own: Subscription, scope: Hook["scope"]): Promise<string[]> =>
    scope === "bundle"
      ? Promise.resolve([])
      : sharers(tx, bundle, own, scope === "connection" ? "connection" : "route");

  async function takeBack(bundle: string, workspace: string, own: Subscription): Promise<void> {
    const { connection, state } = own;
    const known = hookOf(own.connector, own.trigger);
    await db.transaction(async (tx) => {
      if (known?.hook.unsubscribe) {
        await lockSubscription(tx, nameOf(known.hook.scope, own, bundle));
        const isLast = (await others(tx, bundle, own, known.hook.scope)).length === 0;
        // With the credentials of another account nothing of the old one can be removed.
        const isOwn = (own.account ?? null) === null || own.account === (await accountOf(connection));
        try {
          if (isLast && isOwn) {
            const opened = await opener.open(workspace, connection, known.connector);
            await known.hook.unsubscribe(opened.ctx, state);
          }
        } catch (error) {
          // The service keeps a dead address; what it sends there is answered with 404.
          log.warn({ bundle, why: toFailure(error).sentence.en }, "a subscription could not be taken back");
        }
      }
      await changeTrigger(tx, bundle, { subscription: null });
    });
  }

  async function make(live: Live): Promise<void> {
    const armed = armedLive(connectors, live);
    const hook = armed?.trigger.hook;
    if (!armed || !hook) return;
    const { row, workspace, bundle } = live;
    const { connector, trigger, connection } = row;
    const options = optionsOf(armed, live.settings, vault, live.state === "draft");
    const route = hook.route?.(options) ?? null;
    const account = await accountOf(connection);
    const at = { ...row, scope: hook.scope };
    const url = addresses.url(at);
    const wants = wantsOf(hook, options);
    const own: Subscription = { connector, trigger, connection, route, account, state: {}, url: url ?? "", wants };
    const isOfSame = row.subscription !== null && isSame(row.subscription, own);
    if (row.subscription) {
      if (isOfSame && isCurrent(row.subscription, own)) return;
      if (!isOfSame || url === null) await takeBack(bundle, workspace, row.subscription);
    }
    if (!hook.subscribe || url === null || (hook.route && route === null)) return;
    const { subscribe } = hook;
    const trust = addresses.trust(at, armed.connector, account);
    // Without an app of the installation's owner the poll does the work; nobody who sees the card could change that.
    if (hook.scope === "app" && trust.app === null && armed.trigger.poll) return;
    const opened = await opener.open(workspace, connection, armed.connector);
    await db.transaction(async (tx) => {
      await lockSubscription(tx, nameOf(hook.scope, own, bundle));
      if (isOfSame) {
        const old = (await readTrigger(tx, bundle))?.subscription;
        // Another bundle of a shared address may have done it for us meanwhile.
        if (old && isSame(old, own) && isCurrent(old, own)) return;
        // An app has one address, and its routes are other bundles' too: subscribing again is all it takes.
        if (old && hook.scope !== "app") {
          await hook.unsubscribe?.(opened.ctx, old.state).catch((error: unknown) => {
            log.warn({ bundle, why: toFailure(error).sentence.en }, "a subscription could not be taken back");
          });
        }
      }
      const state = storableJson(await subscribe(opened.ctx, url, options, trust));
      const subscription = { ...own, state };
      await changeTrigger(tx, bundle, { subscription });
      if (hook.scope !== "connection") return;
      for (const other of await others(tx, bundle, own, hook.scope)) await changeTrigger(tx, other, { subscription });
    });
  }

  /** Options may hold a key, so they are never stored as they are. */
  const wantsOf = (hook: Hook, options: JsonObject): string => {
    const wants = hook.scope === "bundle" ? (hook.wants?.(options) ?? [stringifyJson(options)]) : [];
    return vault.mac(`wants ${[...wants].sort().join("\n")}`);
  };

  /** What the service refuses is written down and asked for again; only what is no refusal is thrown. */
  async function subscribe(bundle: string): Promise<void> {
    const [live] = await readLive(db, { ids: [bundle] });
    if (!live) return;
    try {
      await make(live);
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      // The service's own words may quote a key.
      const { own: _, ...failure } = toFailure(error);
      log.warn({ bundle, why: failure.sentence.en }, "the service refused a subscription");
      const attempts = (live.row.subscribeError?.attempts ?? 0) + 1;
      const wait = RETRY_MINUTES[Math.min(attempts, RETRY_MINUTES.length) - 1] ?? 60;
      // A draft begins to listen for its sample only; its start asks anew.
      const subscribeAt = live.state !== "draft" ? new Date(clock.now().getTime() + wait * MINUTE_MS) : null;
      return changeTrigger(db, bundle, { subscribeAt, subscribeError: { ...failure, attempts } });
    }
    if (live.row.subscribeAt || live.row.subscribeError)
      await changeTrigger(db, bundle, { subscribeAt: null, subscribeError: null });
  }

  return {
    subscribe,

    /** Subscriptions whose time has come: refused ones, and those whose process died before it asked. */
    async tick(): Promise<void> {
      const now = clock.now();
      const lease = new Date(now.getTime() + LEASE_MS);
      for (const bundle of await claimSubscribing(db, now, lease, AT_ONCE)) {
        await subscribe(bundle).catch((error: unknown) =>
          log.error({ err: loggable(error), bundle }, "not subscribed"),
        );
      }
    },

    /** Hourly: a service may have dropped or switched off a subscription; what is dead is planned anew. */
    async look(): Promise<void> {
      const asked = new Map<string, boolean>();
      for (const { bundle, subscription } of await listeningTriggers(db)) {
        const known = subscription && hookOf(subscription.connector, subscription.trigger);
        const isAlive = known?.hook.isAlive;
        if (!known || !isAlive) continue;
        const name = nameOf(known.hook.scope, subscription, bundle);
        try {
          if (!asked.has(name)) {
            const [live] = await readLive(db, { ids: [bundle] });
            if (!live) continue;
            const opened = await opener.open(live.workspace, subscription.connection, known.connector);
            asked.set(name, await isAlive(opened.ctx, subscription.state));
          }
        } catch (error) {
          // That nobody can be asked now says nothing about the subscription.
          log.warn({ bundle, why: toFailure(error).sentence.en }, "a subscription could not be looked at");
          asked.set(name, true);
        }
        if (asked.get(name) !== false) continue;
        log.warn({ bundle }, "a subscription is dead at the service");
        await changeTrigger(db, bundle, { subscription: { ...subscription, url: DEAD } });
        await planSubscribing(db, [bundle], clock.now());
      }
    },

    /**
     * At the start: the address of this installation may be another one than the services know. Subscriptions that lead
     * to the old one are planned anew; the ticks make them.
     */
    async followAddress(): Promise<void> {
      const moved = (await listeningTriggers(db)).filter((row) => {
        const hook = hookOf(row.connector, row.trigger)?.hook;
        const url = hook?.subscribe ? addresses.url({ ...row, scope: hook.scope }) : null;
        return hook?.subscribe !== undefined && url !== (row.subscription?.url ?? null);
      });
      const bundles = moved.map(({ bundle }) => bundle);
      await planSubscribing(db, bundles, clock.now());
      if (bundles.length > 0) log.info({ bundles: bundles.length }, "subscriptions follow the address");
    },

    async unsubscribe(bundle: string): Promise<void> {
      const row = await readTrigger(db, bundle);
      const [live] = row?.subscription ? await readLive(db, { ids: [bundle] }) : [];
      if (row?.subscription && live) await takeBack(bundle, live.workspace, row.subscription);
    },

    /** After a successful check: what was refused is asked for again, and another account gets subscriptions of its own. */
    async renew(connection: string): Promise<void> {
      const account = await accountOf(connection);
      const stale = (await subscribedThrough(db, connection)).filter(
        ({ subscription }) => (subscription?.account ?? account) !== account,
      );
      const bundles = new Set([...stale.map(({ bundle }) => bundle), ...(await activeWith(db, connection))]);
      for (const bundle of bundles) {
        await subscribe(bundle).catch((error: unknown) => {
          log.warn({ bundle, why: toFailure(error).sentence.en }, "the service refused a subscription");
        });
      }
    },
  };
}
export type Subscriptions = ReturnType<typeof makeSubscriptions>;

/** `account` is absent in what older versions stored. */
function isSame(one: Subscription, other: Subscription): boolean {
  return (
    one.connector === other.connector &&
    one.trigger === other.trigger &&
    one.connection === other.connection &&
    (one.route ?? null) === (other.route ?? null) &&
    (one.account ?? other.account) === other.account
  );
}

/** What older versions stored says neither, so it is made anew once. */
const isCurrent = (one: Subscription, other: Subscription): boolean =>
  one.url === other.url && one.wants === other.wants;
