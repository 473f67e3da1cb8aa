/** How the parts of the engine meet: what each needs from the others, and nothing more. Not for bot, web or cli. */
import type { PostgresJsDatabase } from "drizzle-orm/postgres-js";
import type { Sql as PostgresSql } from "postgres";
import type { Connector, Context, Json, JsonObject, Text } from "../connectors/kit/define.ts";
import type * as schema from "../db/schema.ts";
import type { Log } from "../log.ts";
import type { Bundle } from "./bundle/model.ts";
import type { Alert, Failure, Sample, Scope } from "./engine.ts";
import type { ClaimedRun } from "./store/runs.ts";

export type Db = PostgresJsDatabase<typeof schema> & { $client: PostgresSql };
export type Tx = Parameters<Parameters<Db["transaction"]>[0]>[0];
/** A store function runs alone or inside a caller's transaction. */
export type Sql = Db | Tx;

/** Encrypts what must not be read from the database (AES-256-GCM, key from ENCRYPTION_KEY or DATA_DIR/key). */
export interface Vault {
  seal(text: string): string;
  /** Throws where the text was sealed with another key or changed. */
  open(sealed: string): string;
  /** 32 characters of base64url that only this key makes of the text, always the same ones. */
  mac(text: string): string;
}

/** What every part is made from. */
export interface Shared {
  readonly db: Db;
  readonly clock: { now(): Date };
  readonly log: Log;
  readonly vault: Vault;
  readonly connectors: readonly Connector[];
  readonly settings: EngineSettings;
  readonly queue: Queue;
  /** Name of this process, for leases. */
  readonly process: string;
}
export interface EngineSettings {
  readonly access: "private" | "open" | "playground";
  readonly roles: ReadonlySet<"bot" | "web" | "worker" | "scheduler">;
  /** Where webhooks reach us, without a trailing slash; null: nobody outside can. */
  readonly publicUrl: string | null;
  /** ENDPOINT_<KEY>: base addresses that replace a connector's own. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** host:port pairs that the SSRF guard lets pass although they are private. */
  readonly allowedHosts: readonly string[];
  /** Deliveries per second and address; bursts of ten times as many. */
  readonly hookRate: number;
  /** OAUTH_<KEY>_ID and _SECRET by KEY: apps that the owner registered at services. */
  readonly oauthApps?: Readonly<Record<string, { readonly id: string; readonly secret: string }>>;
}

/** pg-boss behind the two things that we need. Jobs carry ids only. */
export interface Queue {
  start(): Promise<void>;
  stop(): Promise<void>;
  isReady(): Promise<boolean>;
  /** Inside the caller's transaction: the job exists exactly when the caller's rows do. */
  send(tx: Sql, queue: QueueName, jobs: readonly { id: string; priority?: number }[]): Promise<void>;
  /** Keeps up to `inFlight` jobs going. A handler that throws is tried again once, then dropped with a log line: truth lies in rows, and the sweep finds them. */
  work(queue: QueueName, inFlight: number, handle: (id: string) => Promise<void>): void;
  /** After the commit: fetch now, and other processes too, instead of waiting for the next tick (5 s). */
  wake(queue: QueueName): void;
  /** Jobs wait to be fetched. */
  hasBacklog?(queue: QueueName): Promise<boolean>;
  /** Places of this process for work that comes past the queue; none while jobs wait. */
  free?(queue: QueueName): number;
  /** Takes such work; what becomes of it when the process dies must be known without a job. */
  adopt?(queue: QueueName, id: string, act: () => Promise<void>): void;
}
export type QueueName = "run" | "delivery" | "poll";

/** `op` made real: the effect of `scope.op` + name happens once; asked again, its first result is returned. */
export type Once = <T extends Json>(scope: Scope, name: string, effect: (tx: Tx) => Promise<T>) => Promise<T>;

/** engine/connection: a connector's context, ready to call. */
export interface Opener {
  /** Throws ConnectorError("access") when the connection is gone or can't be decrypted. */
  open(workspace: string, connection: string | null, connector: Connector): Promise<Opened>;
  /** The connection's credential died: state broken, incident by the caller. */
  setBroken(connection: string, failure: Failure): Promise<void>;
}
export interface Opened {
  readonly ctx: Context;
  /** Requests and answers so far, cut at 64 KiB, secrets masked. */
  exchange(): Json;
  /** Secrets of this connection masked in any text. */
  mask(text: string): string;
}

/** engine/run: takes events in. */
export interface Admission {
  /**
   * One multi-row insert and one queue insert, in the caller's transaction; call `queue.wake("run")` after the commit.
   * With `past`, as many as there is room for need no job: begin or drop it then.
   */
  admit(tx: Tx, runs: readonly NewRun[], past?: PastQueue): Promise<readonly { id: string; seq: number }[]>;
}
/**
 * Runs on their way from one transaction straight to this process' worker: no job is written, fetched, claimed and
 * deleted for them (half of a run's row writes). They are born running and held by this process; should it die, they are
 * found as any run that it held.
 */
export interface PastQueue {
  readonly room: number;
  readonly holder: string;
  /** Before it is inserted: nobody shall take it for lost. */
  hold(id: string): void;
  /** It goes by the queue after all. */
  release(id: string): void;
  /** It was inserted as ours. */
  keep(run: ClaimedRun): void;
  /** So many were. */
  kept(): number;
  /** After the commit: what was kept goes on. */
  begin(): void;
  /** Nothing was committed. */
  drop(): void;
}
export interface NewRun {
  readonly workspace: string;
  readonly bundle: string;
  readonly version: number;
  readonly origin: "live" | "manual" | "retry" | "migration";
  readonly record: string;
  readonly event: JsonObject;
  readonly retryOf?: string;
}

/** engine/trigger: the live end of bundles. */
export interface Triggers {
  /** Called in the transaction that makes the bundle active or publishes: address kept, time mark set when fresh, next poll planned. */
  arm(tx: Tx, bundle: { id: string; workspace: string }, body: Bundle, fresh: boolean): Promise<void>;
  /** After the commit of arm: makes the subscription at the service where that is possible; a refusal is kept and tried again. */
  subscribe(bundle: string): Promise<void>;
  disarm(tx: Tx, bundle: string): Promise<void>;
  unsubscribe(bundle: string): Promise<void>;
  /** The address exists from the moment a hook trigger is chosen in a draft. */
  ensureAddress(tx: Tx, bundle: { id: string; workspace: string }, body: Bundle): Promise<string | null>;
  /** The address of this body's trigger, given the token that the bundle has; null where there is none. */
  address(row: { readonly token: string }, body: Bundle): string | null;
  /** Asks again for subscriptions that were refused. */
  tick(): Promise<void>;
  /** At the start: subscriptions that lead to an earlier address of this installation are made anew by the ticks. */
  followAddress(): Promise<void>;
  /** Hourly: subscriptions that a service dropped or switched off are made anew by the ticks. */
  look(): Promise<void>;
  /** Held deliveries after a pause, in the transaction that ends it; wake the queue "delivery" after the commit. */
  release(tx: Tx, bundle: string, what: "run" | "forget"): Promise<void>;
  /** A connection came alive again: what its active bundles hold goes on, their polls ask at once. */
  reconnected(connection: string): Promise<void>;
  askNow(bundle: string): Promise<"asked" | "fired" | "hook">;
  fetchSample(bundle: { id: string; workspace: string }, body: Bundle): Promise<Sample | null>;
}

/** engine/run: steps without a run, for the dry run. */
export interface StepProbe {
  /** Finds are really made, duplicates really looked up, nothing is written. */
  dry(workspace: string, body: Bundle, event: JsonObject): Promise<readonly import("./engine.ts").DryStep[]>;
}

/** engine/incident: where failures go. */
export interface Incidents {
  /** In the transaction that ends the run: groups by cause and puts the alert into the outbox. Returns the incident's id. */
  report(
    tx: Tx,
    failure: {
      workspace: string;
      bundle: string;
      step: string;
      connection: string | null;
      /** Null where a trigger failed: there was no run yet. */
      run: string | null;
      failure: Failure;
    },
  ): Promise<string>;
  /** A run of this bundle and step succeeded: open incidents of that cause are solved. */
  succeeded(
    tx: Tx,
    run: {
      workspace: string;
      bundle: string;
      steps: readonly string[];
      connections?: readonly string[];
      version?: number;
    },
  ): Promise<void>;
}
/** Puts a message for every member of the workspace who wants it into the outbox; `only`: for this member alone. */
export type Notify = (tx: Sql, workspace: string, alert: Alert, dedupe?: string, only?: string) => Promise<void>;

export type { Text };
