/** What bot, web and cli may ask of the engine. Nothing else of engine/ is imported by them, but the types named here. */
import type {
  Choice,
  Connector,
  Field,
  HookAnswer,
  HookRequest,
  Json,
  JsonObject,
  ListItem,
  Locale,
  Text,
} from "../connectors/kit/define.ts";
import type { ErrorClass } from "../connectors/kit/errors.ts";
import type { Edit } from "./bundle/edits.ts";
import type {
  ActionStep,
  Bundle,
  Condition,
  Conditions,
  DuplicateMode,
  DuplicateSettings,
  OnError,
  Operator,
  Step,
  Target,
} from "./bundle/model.ts";
import type { Door } from "./errors.ts";

/** Who asks. Another workspace's ids behave as if they didn't exist. */
export interface Scope {
  readonly workspace: string;
  readonly member: string;
  /**
   * Names the cause of this call (a Telegram update, a file): the same effect asked for twice under one `op` happens
   * once and gives the first answer again. Left out by callers that can't repeat.
   */
  readonly op?: string;
}

export interface Engine {
  /** Starts worker, scheduler and queue, as the roles say; takes up what a killed predecessor left. */
  start(): Promise<void>;
  /** Lets running steps end (at most 10 s), then stops. */
  stop(): Promise<void>;
  /** Database and queue answer. */
  isReady(): Promise<boolean>;
  /** Prometheus text. */
  metrics(): Promise<string>;

  readonly people: People;
  readonly catalogue: Catalogue;
  readonly connections: Connections;
  readonly consent: Consent;
  readonly bundles: Bundles;
  readonly runs: Runs;
  readonly incidents: Incidents;
  readonly hooks: Hooks;
  /** Storage that the bot needs, kept in the same database. */
  readonly telegram: Telegram;
}

// ---------------------------------------------------------------- people

export interface Person {
  readonly telegramId: number;
  readonly name: string;
  /** Telegram's language_code, for the first locale and country. */
  readonly language?: string;
}
export interface Member {
  readonly scope: Scope;
  readonly telegramId: number;
  readonly name: string;
  readonly locale: Locale;
  readonly role: "owner" | "editor" | "viewer";
  readonly country: string;
  readonly timeZone: string;
  readonly alerts: { readonly mode: "now" | "off"; readonly chatId?: number };
}
export interface People {
  /**
   * The member behind a Telegram user, made when ACCESS allows it (playground: everybody gets a workspace; open: too;
   * private: only the one-time owner code does). Null: the bot is private and this is a stranger.
   */
  enter(person: Person, op?: string): Promise<Member | null>;
  /** Owner code typed or come by deep link. False: wrong or used; guesses are limited. */
  claim(person: Person, code: string): Promise<Member | null>;
  setSettings(
    scope: Scope,
    change: { locale?: Locale; country?: string; timeZone?: string; alerts?: "now" | "off" },
  ): Promise<Member>;
  /** Telegram said that this chat can't be reached, or it came back. */
  setReachable(chatId: number, reachable: boolean): Promise<void>;
  /** A new one-time owner code; the old one is void. */
  resetOwnerCode(): Promise<string>;
  /** The code to print at start, or null when there is an owner already. */
  ownerCode(): Promise<string | null>;
  /** For commands from the shell: every workspace, oldest first, with the scope of its oldest owner. */
  workspaces(): Promise<readonly { readonly id: string; readonly name: string; readonly scope: Scope }[]>;
}

// ---------------------------------------------------------------- catalogue

export interface Catalogue {
  readonly connectors: readonly Connector[];
  connector(key: string): Connector | undefined;
  /** Connectors whose name or words match what was typed, best first. */
  search(text: string, can: "trigger" | "action" | "any"): readonly Connector[];
}

// ---------------------------------------------------------------- connections

export interface ConnectionView {
  readonly id: string;
  readonly connector: string;
  readonly name: string;
  readonly state: "draft" | "alive" | "broken";
  /** What the service calls the account, after a check. */
  readonly account: string | null;
  readonly error: Failure | null;
  readonly checkedAt: Date | null;
  /** Field keys that are filled (also secret ones); values only of fields that aren't secret. */
  readonly filled: readonly string[];
  readonly values: Readonly<Record<string, string>>;
  /** First field that still has to be asked, or null. */
  readonly missing: string | null;
  /** How it proves itself: by consent in the browser or by values typed; null where that isn't decided. */
  readonly way?: "oauth" | "fields" | null;
}
export type CheckResult =
  /** `resumed`: failed runs that its dead credential had stopped and that go on now. */
  | { readonly ok: true; readonly account: string; readonly resumed?: number }
  | { readonly ok: false; readonly failure: Failure };

export interface Connections {
  list(scope: Scope): Promise<readonly ConnectionView[]>;
  get(scope: Scope, id: string): Promise<ConnectionView>;
  /** An empty connection in state draft; values follow one by one. An unfinished draft of the same connector is taken up again. */
  begin(scope: Scope, connector: string): Promise<ConnectionView>;
  /** Validates and keeps one value (encrypted). UserError says what is wrong with it. */
  setValue(scope: Scope, id: string, field: string, value: string): Promise<ConnectionView>;
  /** Reaches the service (at most 8 s); alive or broken afterwards. A connection that comes alive releases what was held. */
  check(scope: Scope, id: string): Promise<CheckResult>;
  rename(scope: Scope, id: string, name: string): Promise<ConnectionView>;
  /** Whether the words are a secret value of some connection of the workspace: they must not stay in a chat. */
  isSecret(scope: Scope, words: string): Promise<boolean>;
  /** Numbers and names of bundles that use it. */
  usedBy(scope: Scope, id: string): Promise<readonly BundleSummary[]>;
  /** Bundles that use it are paused with that reason. */
  remove(scope: Scope, id: string): Promise<void>;
  /** Reads all lists afresh; counts per list; a list that couldn't be read keeps its old entries and says why. */
  refreshLists(
    scope: Scope,
    id: string,
  ): Promise<readonly { name: string; label: Text; count: number; failure?: Failure }[]>;
  /** A page of a reference list, searched in label, value and note; loaded when it was never read or is older than a day. */
  options(
    scope: Scope,
    id: string,
    list: string,
    ask: { search?: string; page?: number; size?: number; depends?: Record<string, string> },
  ): Promise<{ items: readonly ListItem[]; total: number; loadedAt: Date; failure?: Failure }>;
}

/** Consent in the browser (OAuth 2). */
export interface Consent {
  /** What this installation lacks for it, as one sentence; null where nothing does (or the service knows no consent). */
  lacks(connector: string): Text | null;
  /** A link for 15 minutes and one use, bound to the member and the connection. */
  begin(scope: Scope, connection: string): Promise<{ readonly url: string; readonly until: Date }>;
  /** What a browser brought to `/oauth/callback`. The connection has its tokens when it is `ok`, and its chat goes on. */
  arrive(query: Readonly<Record<string, string>>): Promise<Consented>;
}
export type Consented = { readonly locale?: Locale; readonly service?: Text } & (
  | { readonly ok: true; readonly service: Text }
  | { readonly ok: false; readonly status: 400 | 404 | 502; readonly sentence: Text }
);

/** A failure as a person reads it. */
export interface Failure {
  readonly class: ErrorClass;
  readonly sentence: Text;
  /** The service's own words. */
  readonly own?: string;
  readonly field?: string;
  readonly code?: string;
  /** The failed step of a run. */
  readonly step?: string;
}

// ---------------------------------------------------------------- bundles

export type BundleState = "draft" | "active" | "paused";
export type PausedBy =
  | { by: "person"; who: string }
  | { by: "incident"; incident: string }
  | { by: "connection"; connection: string }
  | { by: "limit" };

export interface BundleSummary {
  readonly id: string;
  readonly number: number;
  readonly name: string;
  readonly state: BundleState;
  readonly pausedBy: PausedBy | null;
  /** Unpublished changes beside the live version. */
  readonly hasDraft: boolean;
  readonly connectors: readonly string[];
}
export interface BundleView extends BundleSummary {
  /** Who paused it, where a person did who is still here. */
  readonly pausedByName?: string;
  /** The draft where there is one, else the live version. */
  readonly body: Bundle;
  readonly revision: number;
  readonly version: number;
  /** Webhook address, for triggers that have one. */
  readonly address: string | null;
  readonly hook: {
    readonly subscribed: boolean;
    /** Why the service refused the subscription; it is asked for again at `retryAt`. */
    readonly refused?: Failure;
    readonly retryAt?: Date;
  } | null;
  /** Requests to the address that couldn't be taken since the start: broken JSON, too large, a wrong signature. */
  readonly refused?: { readonly count: number; readonly last: { readonly at: Date; readonly why: Text } } | null;
  readonly nextPollAt: Date | null;
  readonly polledAt: Date | null;
  readonly triggerFailure: Failure | null;
  readonly held: number;
  /** A poll that a person asked for waits for its turn, or some poll is under way. */
  readonly asking?: "waits" | "going";
  /** A connection of the bundle whose credential is dead: what comes is held. */
  readonly blocked?: { readonly id: string; readonly name: string; readonly failure: Failure | null };
  readonly counts: {
    /** Set where only so many newest runs were counted. */
    readonly newest?: number;
    readonly succeeded: number;
    readonly failed: number;
    readonly waiting: number;
    readonly filtered: number;
    readonly repeated: number;
  };
  /** Newest runs first, at most 10, for the strip. */
  readonly lastRuns: readonly RunState[];
}

/** Something that keeps a bundle from starting, or that deserves a look; `door` leads to the place. */
export interface Problem {
  readonly sentence: Text;
  readonly door: Door;
  /** Only a warning: the bundle may start. */
  readonly mild?: boolean;
  /** An edit that mends it, offered as a button. */
  readonly mend?: { readonly label: Text; readonly edit: Edit };
}

/** What can be put into a field: earlier steps with their fields and the value that the sample gives. */
export interface Source {
  /** `trigger` or a step's id. */
  readonly ref: string;
  readonly number: number;
  readonly title: Text;
  readonly fields: readonly SourceField[];
  /** Its values are the connector's own example, not of this account. */
  readonly isExample?: true;
}
export interface SourceField {
  readonly field: Field;
  /** The Liquid reference, braces included. */
  readonly template: string;
  /** As text, cut to 80 characters; null when the sample lacks it. */
  readonly shown: string | null;
  /** A field of a record that a step makes without filling it. */
  readonly staysEmpty?: true;
  readonly value: Json;
}
export interface Sample {
  readonly item: JsonObject;
  readonly from: "event" | "fetched" | "declared";
  readonly at: Date | null;
}

/** One line of the mapping screen. */
export interface MappingLine {
  readonly field: Field;
  /** The template, undefined when empty. */
  readonly value: Json | undefined;
  /** People's form of the template: names in braces, labels instead of listed values. */
  readonly spoken: string | null;
  /** What the sample gives, as text. */
  readonly shown: string | null;
  /** What is shown comes of a connector's example, at least in part. */
  readonly isExample?: true;
  readonly problem: Text | null;
  /** The problem is only a doubt: the value may be kept. */
  readonly isMild?: true;
  readonly unsure: boolean;
  /** Worth a line even when empty. */
  readonly isCommon: boolean;
}
export interface Verdict {
  readonly condition: Condition;
  readonly left: string;
  readonly right: string;
  readonly holds: boolean;
  /** What listed values are called, by value, where they have another name. */
  readonly labels?: Readonly<Record<string, string>>;
}

export type DryStep = { readonly step: string; readonly number: number; readonly title: Text } & (
  | {
      readonly verdict: "wouldCreate" | "wouldUpdate" | "wouldRun" | "wouldKeep" | "wouldSkip";
      readonly input: JsonObject;
      readonly shown: readonly { label: Text; value: string }[];
      readonly found?: { id: string; several: number };
      /** Worth a look before it is done for real. */
      readonly doubts?: readonly { label: Text; sentence: Text }[];
    }
  | {
      readonly verdict: "found" | "foundNothing";
      readonly output: JsonObject;
      readonly shown: readonly { label: Text; value: string }[];
    }
  | { readonly verdict: "goes"; readonly to: string; readonly holds: boolean }
  | { readonly verdict: "stops" | "passes" }
  | { readonly verdict: "error"; readonly failure: Failure }
);
export interface DryRun {
  readonly sample: Sample;
  readonly filter: { readonly holds: boolean; readonly verdicts: readonly (readonly Verdict[])[] } | null;
  readonly steps: readonly DryStep[];
  /** Whether `runOnce` takes this sample: a made-up one must not become records. */
  readonly isReal: boolean;
}

export interface Bundles {
  list(scope: Scope): Promise<readonly BundleSummary[]>;
  /** By id, by `/pause 3` number, or by part of the name: all that fit. */
  match(scope: Scope, text: string): Promise<readonly BundleSummary[]>;
  get(scope: Scope, id: string): Promise<BundleView>;
  /** An empty draft with the next number; named after its trigger and actions until a person names it. */
  create(scope: Scope): Promise<BundleView>;
  /** Applies one pure edit to the draft. `Stale` when the revision isn't the newest. */
  edit(scope: Scope, id: string, revision: number, edit: Edit): Promise<BundleView>;
  /** Throws the draft away beside a live version. */
  discard(scope: Scope, id: string): Promise<BundleView>;
  rename(scope: Scope, id: string, name: string): Promise<BundleView>;
  copy(scope: Scope, id: string): Promise<BundleView>;
  /** Subscriptions are taken back, the address is gone, history stays until retention. */
  remove(scope: Scope, id: string): Promise<void>;
  problems(scope: Scope, id: string): Promise<readonly Problem[]>;
  /** Publishes the draft and lets it run. Throws with the first problem. `held`: what to do with deliveries of the pause. */
  start(scope: Scope, id: string, held?: "run" | "forget"): Promise<BundleView>;
  /** Publishes the draft of an active bundle. */
  publish(scope: Scope, id: string): Promise<BundleView>;
  pause(scope: Scope, id: string): Promise<BundleView>;
  /** A poll asks now, a schedule fires now, a webhook bundle repeats its newest event, a draft makes a dry run. */
  runNow(
    scope: Scope,
    id: string,
  ): Promise<{ did: "asked" | "fired" } | { did: "repeated"; run: string } | { did: "nothing"; why: Text }>;
  sample(scope: Scope, id: string): Promise<Sample | null>;
  /** Asks a poll for its newest item and keeps it as the sample; null when the account has none. */
  fetchSample(scope: Scope, id: string): Promise<Sample | null>;
  /** The fields of a trigger's options or of a step's action, custom ones included, with their values. */
  mapping(scope: Scope, id: string, step: string): Promise<readonly MappingLine[]>;
  /** What the steps before `step` offer. */
  sources(scope: Scope, id: string, step: string): Promise<readonly Source[]>;
  /** Turns typed text with `{Field name}` into a template; names that match nothing are reported. */
  read(
    scope: Scope,
    id: string,
    step: string,
    typed: string,
  ): Promise<{ template: string; unknown: readonly string[] }>;
  /** Each condition with its verdict on the sample. `step` may be `trigger` for the filter. */
  verdicts(scope: Scope, id: string, step: string): Promise<readonly (readonly Verdict[])[]>;
  dryRun(scope: Scope, id: string): Promise<DryRun>;
  /** Publishes nothing: runs the present body once on the sample, for real. */
  runOnce(scope: Scope, id: string): Promise<{ run: string }>;
  exportFile(scope: Scope, id: string): Promise<BundleFile>;
  importFile(scope: Scope, file: unknown, connections: Readonly<Record<string, string>>): Promise<BundleView>;
  /**
   * A draft from a ready bundle: accounts as `importFile` takes them, a sample asked for, and every field that the file
   * doesn't name proposed as for a new step. Values of the account's lists are marked unsure; null keeps a field empty.
   */
  fromTemplate(scope: Scope, file: BundleFile, connections: Readonly<Record<string, string>>): Promise<BundleView>;
}

/** A bundle as a file: no credentials, connections named by connector. */
export interface BundleFile {
  readonly svyazka: 1;
  readonly name: string;
  readonly bundle: Bundle;
}

// ---------------------------------------------------------------- runs

export type RunState = "queued" | "running" | "waiting" | "succeeded" | "failed" | "unknown" | "cancelled";

export interface RunSummary {
  readonly id: string;
  readonly bundle: { readonly id: string; readonly number: number; readonly name: string };
  readonly state: RunState;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
  /** A few words that tell it from others: the item's phone, name or number. */
  readonly about: string;
  readonly failure: Failure | null;
}
export interface StepView {
  readonly step: string;
  readonly number: number;
  readonly title: Text;
  readonly state: "calling" | "succeeded" | "failed" | "unknown" | "skipped";
  readonly attempt: number;
  readonly startedAt: Date;
  readonly ms: number | null;
  readonly input: Json;
  readonly output: Json;
  readonly exchange: Json;
  readonly notes: readonly Text[];
  readonly failure: Failure | null;
}
export interface RunView extends RunSummary {
  readonly version: number;
  readonly event: JsonObject;
  readonly nextAt: Date | null;
  /** The run of the same record that this one waits for. */
  readonly behind: string | null;
  /** A run of the same record that this one didn't wait for, because it hangs. */
  readonly past?: string | null;
  readonly ended: { readonly kind: "end" | "break" | "stopIf"; readonly number?: number } | null;
  readonly steps: readonly StepView[];
  readonly incident: string | null;
  /** A repeat from the start met the record that the first run made: that one goes on from this step instead. */
  readonly goOn?: { readonly run: string; readonly number: number };
}
export interface Runs {
  /** Newest first, 8 a page. */
  list(
    scope: Scope,
    ask: { bundle?: string; state?: RunState; page: number },
  ): Promise<{ runs: readonly RunSummary[]; more: boolean }>;
  get(scope: Scope, id: string): Promise<RunView>;
  /** From the failed step (default) or from the start; a run that waits for its next try tries now. Doing it twice does it once. */
  retry(scope: Scope, id: string, from?: "failed" | "start"): Promise<{ run: string; already: boolean }>;
  /** Runs that wait because a service doesn't answer try now: of a connection, of a bundle, or all. Counts them. */
  retryNow(scope: Scope, which: { connection: string } | { bundle: string } | { all: true }): Promise<number>;
  /** Answers an unknown outcome. */
  resolve(scope: Scope, id: string, outcome: "happened" | "repeat"): Promise<void>;
  cancel(scope: Scope, id: string): Promise<void>;
  /** Today's counts and what needs a look, for home and /status. */
  status(scope: Scope): Promise<Status>;
}
export interface Status {
  readonly active: number;
  readonly paused: number;
  readonly drafts: number;
  readonly today: { readonly succeeded: number; readonly failed: number; readonly waiting: number };
  readonly unknown: number;
  readonly incidents: readonly IncidentView[];
  /** What doesn't answer just now. */
  readonly ailing: readonly AilingView[];
  /** Bundles that nobody paused by hand, with the reason. */
  readonly stopped: readonly BundleSummary[];
  /** Active bundles that hold events behind a dead credential. */
  readonly holding: readonly { readonly bundle: BundleSummary; readonly count: number }[];
  /** Solved incidents with records that never got through. */
  readonly undelivered: readonly IncidentView[];
  readonly silent: readonly BundleSummary[];
}

/** A service that doesn't answer, and what waits for it. */
export interface AilingView {
  /** Null where the service needs none: then it is the bundle's step. */
  readonly connection: { readonly id: string; readonly name: string } | null;
  readonly connector: string;
  readonly bundle: { readonly id: string; readonly number: number; readonly name: string } | null;
  readonly since: Date;
  readonly waiting: number;
}

// ---------------------------------------------------------------- incidents

export interface IncidentView {
  readonly id: string;
  readonly class: ErrorClass;
  readonly bundle: BundleSummary | null;
  readonly connection: ConnectionView | null;
  readonly step: { readonly id: string; readonly number: number; readonly title: Text } | null;
  readonly failure: Failure;
  readonly run: string | null;
  readonly count: number;
  /** Failed runs that Retry all would repeat. */
  readonly open: number;
  /** The one of them that Retry would repeat. */
  readonly newest?: string | null;
  /** Its runs in any state, each for one record; 0 where a trigger failed. */
  readonly records?: number;
  /** Its runs that wait for their next try. */
  readonly waiting?: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
  readonly solvedAt: Date | null;
}
export interface Incidents {
  get(scope: Scope, id: string): Promise<IncidentView>;
  /**
   * Repeats the newest failed run, or all, or the one that is named; those that wait for their next try do it now.
   * Counts what was started now. Only a name keeps a second press from repeating the next run.
   */
  retry(scope: Scope, id: string, which: "newest" | "all" | { readonly run: string }): Promise<number>;
  /** The person took care of its failed runs otherwise: they are open no longer. Counts them. */
  dismiss(scope: Scope, id: string): Promise<number>;
}

// ---------------------------------------------------------------- hooks

export interface Hooks {
  /** A request to `/hooks/<token>`; the answer is given only after what it brought is stored. */
  receive(token: string, request: HookRequest): Promise<HookAnswer>;
  /** A request to `/hooks/app/<connector>`. */
  receiveApp(connector: string, request: HookRequest): Promise<HookAnswer>;
  /** A request to `/hooks/<token>` that can't be read; its bundle counts it. False: nobody is at this address. */
  refused(token: string, why: Text): Promise<boolean>;
}

// ---------------------------------------------------------------- what the bot keeps

export type Alert =
  | { readonly kind: "incident"; readonly incident: string }
  | { readonly kind: "unknown"; readonly run: string }
  | { readonly kind: "firstSuccess"; readonly bundle: string; readonly run: string }
  | { readonly kind: "paused"; readonly bundle: string; readonly why: Text }
  /** Will be paused by itself if it goes on like this. */
  | { readonly kind: "failing"; readonly bundle: string; readonly why: Text }
  /** A delivery came that a draft waits for. */
  | { readonly kind: "sample"; readonly bundle: string }
  /** A consent in the browser was given: the member's chat goes on by itself. */
  | { readonly kind: "connected"; readonly connection: string }
  /** Deliveries held for a paused bundle are near their limit. */
  | { readonly kind: "held"; readonly bundle: string; readonly count: number; readonly limit: number };

export interface OutboxItem {
  readonly seq: number;
  readonly scope: Scope;
  /** The member's name, as Telegram told it. */
  readonly name?: string;
  readonly locale: Locale;
  readonly timeZone: string;
  readonly chatId: number;
  readonly alert: Alert;
  /** For an incident that already has a card in this chat: edit it. `sound`: send anew, so that the phone rings. */
  readonly card: { readonly messageId: number; readonly sound: boolean } | null;
}
export interface Telegram {
  /** Stores updates before they are confirmed; known ids are dropped. */
  receive(updates: readonly { update_id: number; chat: number; body: unknown }[]): Promise<void>;
  /** Takes open updates, oldest first, at most one per chat that is not in `busy` and that no other living process handles. */
  open(
    busy: readonly number[],
    limit: number,
  ): Promise<readonly { update_id: number; chat: number; body: unknown; attempts: number }[]>;
  done(updateId: number): Promise<void>;
  /** Counts a failed attempt; the third takes the update out of the way. */
  failed(updateId: number): Promise<{ gaveUp: boolean }>;
  /** Last confirmed id, for the next getUpdates. */
  lastUpdateId(): Promise<number | null>;

  chat(chatId: number): Promise<{ screenMessage: number | null; state: Json }>;
  saveChat(chatId: number, change: { screenMessage?: number | null; state?: Json }): Promise<void>;
  readonly conversations: {
    read(key: string): Promise<string | undefined>;
    write(key: string, value: string): Promise<void>;
    delete(key: string): Promise<void>;
  };

  /** Leases due messages for a minute, at most one per chat. */
  takeOutbox(limit: number): Promise<readonly OutboxItem[]>;
  sent(seq: number, messageId: number | null): Promise<void>;
  /** Try again later, or never (the chat is gone). */
  notSent(seq: number, why: { retryAfterMs: number } | { gone: true }): Promise<void>;
  /** Calls back when something was put into the outbox or the inbox by any process. */
  onWake(wake: () => void): () => void;
}

export type {
  ActionStep,
  Bundle,
  Choice,
  Condition,
  Conditions,
  Connector,
  Door,
  DuplicateMode,
  DuplicateSettings,
  Edit,
  ErrorClass,
  Field,
  HookAnswer,
  HookRequest,
  Json,
  JsonObject,
  ListItem,
  Locale,
  OnError,
  Operator,
  Step,
  Target,
  Text,
};
