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
  ApprovalStep,
  Bundle,
  Condition,
  Conditions,
  DelayStep,
  DuplicateMode,
  DuplicateSettings,
  Hours,
  KeptValue,
  Lasting,
  LoopStep,
  OnError,
  Operator,
  SetStep,
  Step,
  Target,
  TimeUnit,
  ToolKind,
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
  readonly team: Team;
  readonly groups: Groups;
  readonly guests: Guests;
  readonly data: Data;
  readonly catalogue: Catalogue;
  readonly connections: Connections;
  readonly consent: Consent;
  readonly bundles: Bundles;
  readonly runs: Runs;
  readonly incidents: Incidents;
  readonly hooks: Hooks;
  readonly keys: Keys;
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
  readonly role: Role;
  readonly country: string;
  readonly timeZone: string;
  readonly alerts: AlertSettings;
}
export type Role = "owner" | "editor" | "viewer";
export type AlertMode = "now" | "hourly" | "daily" | "off";
/** A chat, and the topic in it where it has topics. */
export interface Place {
  readonly chatId: number;
  readonly topic?: number;
}
export interface AlertSettings {
  /** At once, gathered once an hour or once a day, or not at all. Questions that a run waits for aren't gathered. */
  readonly mode: AlertMode;
  /** Local times as `22:00`; what is due within waits for the end. Null: none. */
  readonly quiet: { readonly from: string; readonly to: string } | null;
  /** A group that alerts go to instead of the private chat; left out: the private chat. */
  readonly chatId?: number;
  readonly topic?: number;
  /** The summary of a day or a week, sent in the morning when something happened. */
  readonly summaries: { readonly daily: boolean; readonly weekly: boolean };
}
export interface AlertChange {
  readonly mode?: AlertMode;
  readonly quiet?: { readonly from: string; readonly to: string } | null;
  /** Null: back to the private chat. A group must be bound to the workspace. */
  readonly place?: Place | null;
  readonly summaries?: { readonly daily?: boolean; readonly weekly?: boolean };
}
export interface Workspace {
  readonly id: string;
  readonly name: string;
  /** Days that ended runs are kept. */
  readonly retentionDays: number;
  readonly role: Role;
  /** The one that this person's messages go to. */
  readonly isCurrent: boolean;
  readonly bundles: number;
  readonly members: number;
}
export interface MemberSummary {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly isMe: boolean;
  readonly since: Date;
}
/** A secret that is shown once: as the `start` parameter of a deep link, or typed. */
export interface Link {
  readonly code: string;
  readonly until: Date;
}
/** What a code is for; `null` members where it says no more. */
export type Invitation =
  | { readonly for: "member"; readonly workspace: string; readonly role: Role; readonly by: string }
  | { readonly for: "connection"; readonly workspace: string; readonly connector: string; readonly by: string };
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
    change: {
      locale?: Locale;
      country?: string;
      timeZone?: string;
      alerts?: AlertMode | AlertChange;
      /** Owners only: 1 to 365. */
      retentionDays?: number;
    },
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

/** Workspaces and those who work together in them. */
export interface Team {
  /** The workspace of the scope, with what only belongs to it. */
  workspace(scope: Scope): Promise<Workspace>;
  /** Every workspace of this person, the current one first. */
  workspacesOf(person: Person): Promise<readonly Workspace[]>;
  /** From now on `enter` leads to this one. Null: the person doesn't belong to it. */
  switchTo(person: Person, workspace: string): Promise<Member | null>;
  /**
   * The membership with which this person may touch a thing (id of a bundle, run, incident or connection), whichever
   * workspace is current: for buttons under alerts, and for every press in a group. Null: nobody there.
   */
  memberFor(person: Person, thing: string): Promise<Member | null>;
  /** The membership in a workspace, by Telegram's id; null where there is none. */
  memberIn(telegramId: number, workspace: string): Promise<Member | null>;

  /** Owners first, oldest first. */
  members(scope: Scope): Promise<readonly MemberSummary[]>;
  /** Owners only: a one-time code for seven days. */
  invite(scope: Scope, role: Role): Promise<Link>;
  /** What a code leads to, before it is accepted; null: unknown, used or too late. Also codes of `connections` by link. */
  invitation(code: string): Promise<Invitation | null>;
  /** Takes the code: a member with that role, in that workspace from now on. Null: unknown, used or too late. */
  accept(person: Person, code: string): Promise<Member | null>;
  /** Owners only. The last owner can't step down. */
  setRole(scope: Scope, member: string, role: Role): Promise<void>;
  /** Owners only; not oneself. */
  remove(scope: Scope, member: string): Promise<void>;
  /** The last owner is refused: hand over (`setRole`) or delete everything first. */
  leave(scope: Scope): Promise<void>;
}

export interface Group extends Place {
  readonly title: string;
  /** The bot was removed from it or may not write: alerts go to the private chats meanwhile. */
  readonly isGone: boolean;
  /** Members whose alerts go there. */
  readonly members: readonly string[];
}
/** Group chats that alerts go to. Nothing secret is asked or shown there. */
export interface Groups {
  /** This member's alerts go to the chat (and topic) from now on. Owners and editors only. */
  bind(scope: Scope, place: Place & { title: string }): Promise<Member>;
  list(scope: Scope): Promise<readonly Group[]>;
  /** Nobody's alerts of this workspace go there any more. */
  unbind(scope: Scope, chatId: number): Promise<void>;
  /** The member of a workspace that is bound to this chat, for whoever writes there; null: a stranger. */
  memberAt(person: Person, chatId: number): Promise<Member | null>;
  /** Telegram made a supergroup of it: everything that led to the old id leads to the new one. */
  moved(from: number, to: number): Promise<void>;
  /** The bot was removed or may not write: what waited for the chat goes to the private chats of those who chose it. */
  gone(chatId: number): Promise<void>;
  back(chatId: number): Promise<void>;
}

/** Somebody outside who was asked by link to connect an account: sees that connection's questions and nothing else. */
export interface Guests {
  /** Owners and editors: a one-time code for 48 hours; by an existing connection (its values are asked anew) or a connector. */
  shareLink(scope: Scope, what: { connection: string } | { connector: string }): Promise<Link & { connection: string }>;
  /** Links of the workspace that weren't finished, and taking one back. */
  links(
    scope: Scope,
  ): Promise<readonly { id: string; connection: string; connector: string; until: Date; takenBy: string | null }[]>;
  revoke(scope: Scope, link: string): Promise<void>;
  /** Takes the link: this person may answer until it ends. Null: unknown, taken by somebody else, or too late. */
  accept(person: Person, code: string): Promise<Asked | null>;
  /** What this person is still asked for; null: nothing. */
  asked(person: Person): Promise<Asked | null>;
  setValue(person: Person, field: string, value: string): Promise<Asked>;
  /** Consent in the browser instead of values. */
  consent(person: Person): Promise<{ readonly url: string; readonly until: Date }>;
  /** A success ends the link, and the workspace is told. */
  check(person: Person): Promise<CheckResult>;
  /** The person gives up; the link is void. */
  decline(person: Person): Promise<void>;
}
export interface Asked {
  readonly connector: string;
  /** Whose workspace, as its owner's name says. */
  readonly workspace: string;
  readonly state: "draft" | "alive" | "broken";
  readonly way: "oauth" | "fields" | null;
  readonly filled: readonly string[];
  readonly missing: string | null;
  readonly until: Date;
}

/** Everything that a workspace has. */
export interface Data {
  /**
   * A file of JSON lines, written while it is read: workspace, members, connections (no secrets), bundles with versions,
   * what bundles keep, incidents, runs with their steps. Owners only.
   */
  exportAll(scope: Scope): AsyncIterable<string>;
  /** Owners only, `confirm` is the workspace's name. Members lose access now, the rest is removed behind; survives restarts. */
  removeAll(scope: Scope, confirm: string): Promise<void>;
  /** What happened between two moments, for digests and the summaries of a day or a week. */
  summary(scope: Scope, from: Date, to: Date): Promise<Summary>;
}
export interface Summary {
  readonly from: Date;
  readonly to: Date;
  readonly succeeded: number;
  readonly failed: number;
  /** Waiting now, and runs that ask now. */
  readonly waiting: number;
  readonly unknown: number;
  /** Every bundle where something happened, the busiest first. */
  readonly bundles: readonly {
    readonly bundle: BundleSummary;
    readonly succeeded: number;
    readonly failed: number;
  }[];
  /** Opened or met again within, the newest first; solved ones too. */
  readonly incidents: readonly IncidentView[];
  /** Runs by day in the workspace's time zone, the oldest first, days without any left out. */
  readonly days: readonly { readonly day: string; readonly succeeded: number; readonly failed: number }[];
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
  /** `resumed`: failed runs that its dead credential had stopped and that go on now. `notes`: what works only in part. */
  | { readonly ok: true; readonly account: string; readonly resumed?: number; readonly notes?: readonly Text[] }
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
  /** Apps registered at services that know consent, for the installation's owner; null for everybody else. */
  apps(scope: Scope): Promise<readonly ServiceApp[] | null>;
  /** Only the installation's owner; null forgets it. What the environment sets can't be changed here. */
  setApp(scope: Scope, connector: string, app: { readonly id: string; readonly secret: string } | null): Promise<void>;
  /** What a browser brought to `/oauth/callback`. The connection has its tokens when it is `ok`, and its chat goes on. */
  arrive(query: Readonly<Record<string, string>>): Promise<Consented>;
}
/** The app registered at a service, which consents are given to: OAUTH_<KEY>_ID and _SECRET, or typed by the owner. */
export interface ServiceApp {
  readonly connector: string;
  readonly name: Text;
  /** Null where there is none. The secret is never told. */
  readonly id: string | null;
  readonly from: "environment" | "owner" | null;
  /** How it is registered, in the service's own menu names. */
  readonly steps: readonly Text[];
  /** What the service is told as the address to come back to; null where nobody outside reaches us. */
  readonly redirect: string | null;
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
  /** The trigger can read the past: a migration is offered, and shown once it was begun. */
  readonly migrates?: true;
  readonly migration?: MigrationView;
  /** The newest edit of the draft can be taken back. */
  readonly canUndoEdit?: true;
  /** A version was live before the one that is: `undo` publishes it again. */
  readonly formerVersion?: number;
}

/** Records of the past on their way through a bundle, behind what comes now. */
export interface MigrationView {
  /**
   * running: reads, or waits for its runs · paused: by a person · done. A bundle that isn't active holds a running one
   * up too; so does `failure`, which is tried again at `retryAt`.
   */
  readonly state: "running" | "paused" | "done";
  /** Null: from the very beginning. */
  readonly from: Date | null;
  readonly to: Date;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  /** Records of the period that were read, and what became of them. */
  readonly read: number;
  readonly sent: number;
  readonly filtered: number;
  readonly repeated: number;
  /** Of those sent: still on their way, and failed or unknown. */
  readonly waiting: number;
  readonly failed: number;
  /** The time of the newest record read, where the service gives them in order. */
  readonly readTo: Date | null;
  /** 0 to 1, by time; null where that can't be told. */
  readonly share: number | null;
  /** Everything is read; the last runs are on their way. */
  readonly isRead: boolean;
  readonly failure: Failure | null;
  readonly retryAt: Date | null;
}
export type MigrationCommand =
  /** Once begun, a paused one goes on and a finished one begins anew; what it has sent is not sent again. */
  | { readonly do: "begin"; readonly period: "everything" | { readonly from: Date; readonly to: Date } }
  | { readonly do: "pause" }
  | { readonly do: "resume" }
  /** Stops and forgets it: the same records may be sent again by the next one. What is under way goes on. */
  | { readonly do: "reset" };

/** A published version, newest first. */
export interface VersionView {
  readonly version: number;
  readonly publishedAt: Date;
  /** Null: who published it is no longer here. */
  readonly by: string | null;
  readonly isLive: boolean;
  /** The version of which it is a repetition, after an undo. */
  readonly sameAs?: number;
  /** How many differences to the version that was live before it; 0 for the first. */
  readonly changes: number;
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

export type DryStep = {
  readonly step: string;
  readonly number: number;
  readonly title: Text;
  /** In a loop: which element is played, from 1. */
  readonly element?: number;
} & (
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
  /** A loop with so many elements, of which the first is played; its steps carry `element: 1`. */
  | { readonly verdict: "loops"; readonly total: number }
  | { readonly verdict: "wouldWait"; readonly until: Date }
  /** Values that it would keep, count or read. */
  | { readonly verdict: "wouldSet"; readonly shown: readonly { label: Text; value: string }[] }
  /** The dry run goes on as if the answer were yes. */
  | { readonly verdict: "wouldAsk"; readonly question: string }
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
  /** Published versions, newest first, at most 50. */
  versions(scope: Scope, id: string): Promise<readonly VersionView[]>;
  /** Publishes the former version again (or the one that is named) as a new one. The draft beside it stays as it is. */
  undo(scope: Scope, id: string, version?: number): Promise<BundleView>;
  /** What differs, one short sentence each, in the order of the bundle; empty where nothing does. */
  compare(scope: Scope, id: string, from: number, to: number | "draft"): Promise<readonly Text[]>;
  /** Takes back the newest edit of the draft (of the last 20), also throwing it away. `Stale` as `edit`. */
  undoEdit(scope: Scope, id: string, revision: number): Promise<BundleView>;
  /** Null: the trigger can't, or none was begun. */
  migration(scope: Scope, id: string): Promise<MigrationView | null>;
  /** Begins, pauses, resumes or resets the migration of a started bundle; it reads as the published version says. */
  migrate(scope: Scope, id: string, command: MigrationCommand): Promise<MigrationView | null>;
  /** The next times at which the draft would ask or fire, at most `count`; empty for webhooks, and for what can't be read. */
  upcoming(scope: Scope, id: string, count: number): Promise<readonly Date[]>;
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
  /**
   * The bundle as a template for others: no secret, no value of the account's lists, nothing that looks like a person's.
   * Words that were typed go along as `kept` says, but those whose keys are in `drop`.
   */
  shareFile(scope: Scope, id: string, drop?: readonly string[]): Promise<SharedBundle>;
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

/** What others get of a bundle, and what the person should know before they send it. */
export interface SharedBundle {
  /** To be taken with `fromTemplate`. */
  readonly file: BundleFile;
  /** What was taken out: a secret, what only this account has, or what looks like somebody's. Never the value itself. */
  readonly out: readonly { readonly where: Text; readonly why: "secret" | "listed" | "personal" }[];
  /** Typed words that stay in it: names and remarks can't be told from others by a program, so the person looks. */
  readonly kept: readonly { readonly key: string; readonly where: Text; readonly words: string }[];
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
  /** waiting: a delay or an approval that isn't over. */
  readonly state: "calling" | "waiting" | "succeeded" | "failed" | "unknown" | "skipped";
  readonly attempt: number;
  /** In a loop: of which element, from 1. */
  readonly element?: number;
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
  /** A run of the same record that this one didn't wait for, because it hangs or failed. */
  readonly past?: string | null;
  /** approval: a no ended it. */
  readonly ended: { readonly kind: "end" | "break" | "stopIf" | "approval"; readonly number?: number } | null;
  /** What a waiting run waits for; crash: it is taken up again alone, because the program died in its step twice. */
  readonly waits?: "retry" | "delay" | "approval" | "turn" | "crash";
  /** The question that a person is to answer. */
  readonly approval?: ApprovalView;
  /** The bundle is strict: how many runs of the record wait for this one although it hangs or failed (`skip` lets them go). */
  readonly holdsUp?: number;
  /** It waits for the run `behind` because the bundle is strict, and that one hangs or failed: `skip` lets it go. */
  readonly canSkip?: true;
  readonly steps: readonly StepView[];
  readonly incident: string | null;
  /** The later run in which the record of this failed one got through, or is on its way: there is nothing to repeat. */
  readonly repeatedBy?: string;
  /** A repeat from the start met the record that the first run made: that one goes on from this step instead. */
  readonly goOn?: { readonly run: string; readonly number: number };
}
export interface ApprovalView {
  readonly step: string;
  readonly number: number;
  readonly element?: number;
  readonly attempt: number;
  readonly question: string;
  /** The member who is asked; null: anybody of the workspace. */
  readonly who: { readonly id: string; readonly name: string } | null;
  readonly until: Date;
  /** What counts when nobody has answered by then. */
  readonly otherwise: "yes" | "no";
}
/** Where a repeat begins, with which data and in which version. */
export interface RetryHow {
  /** failed: from the step that failed · start: a run of its own · step: the named one, again, and all that follow. */
  readonly from: "failed" | "start" | "step";
  readonly step?: string;
  /** Changed data; only from the start. */
  readonly event?: JsonObject;
  /** Left out: the newest where all steps before are unchanged there, else the run's own; from the start the newest. */
  readonly version?: "own" | "newest";
}
export interface RetryPreview {
  /** Steps that would run, in order; routers may still pass some over. */
  readonly steps: readonly {
    readonly step: string;
    readonly number: number;
    readonly title: Text;
    /** It has succeeded in this run before, or may have (a call without an answer): it would be done once more. */
    readonly wasDone: boolean;
    /** It changes something outside when it runs. */
    readonly isUnsafe: boolean;
  }[];
  /** Elements of the loop that would be repeated: the failed ones. */
  readonly elements?: readonly number[];
  readonly version: number;
  /** The bundle was changed before this step: the person chooses `version: "own"`, or `from: "start"` in the newest. */
  readonly choose?: { readonly own: number; readonly newest: number };
}
export interface Runs {
  /**
   * Newest first, 8 a page. `search`: only runs with these words in their event, or in what a step sent or got, among
   * the newest few thousand; phones are found however they are written.
   */
  list(
    scope: Scope,
    ask: { bundle?: string; state?: RunState; search?: string; page: number },
  ): Promise<{ runs: readonly RunSummary[]; more: boolean }>;
  get(scope: Scope, id: string): Promise<RunView>;
  /** From the failed step (default) or from the start; a run that waits for its next try tries now. Doing it twice does it once. */
  retry(scope: Scope, id: string, how?: "failed" | "start" | RetryHow): Promise<{ run: string; already: boolean }>;
  /** What a repeat would do, before it is done. */
  preview(scope: Scope, id: string, how: RetryHow): Promise<RetryPreview>;
  /** Runs that wait because a service doesn't answer try now: of a connection, of a bundle, or all. Counts them. */
  retryNow(scope: Scope, which: { connection: string } | { bundle: string } | { all: true }): Promise<number>;
  /** Answers an unknown outcome. */
  resolve(scope: Scope, id: string, outcome: "happened" | "repeat"): Promise<void>;
  /** Queued, running, waiting or unknown. A call that is under way is still answered and written down. */
  cancel(scope: Scope, id: string): Promise<void>;
  /**
   * Answers an approval. The first answer counts; `at` (of the alert or the view) keeps an old button from answering
   * another question. Tells what counts, who said it (null: nobody, it was the deadline), and whether it was said before.
   */
  answer(
    scope: Scope,
    id: string,
    answer: "yes" | "no",
    at?: { readonly step: string; readonly element?: number },
  ): Promise<{ answer: "yes" | "no"; by: string | null; already: boolean }>;
  /** Open questions to this member, oldest first. */
  approvals(scope: Scope): Promise<readonly { readonly run: RunSummary; readonly approval: ApprovalView }[]>;
  /** In a strict bundle: this run no longer waits, or those that wait for it don't. Counts runs that go on. */
  skip(scope: Scope, id: string): Promise<number>;
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

// ---------------------------------------------------------------- keys

export interface Keys {
  /**
   * Seals anew with the newest key whatever older ones sealed; may be cut off and called again. `left`: rows that only
   * an older key opens. `others`: processes of the app beside this one, which may still seal with the key they began with.
   */
  rotate(): Promise<{ readonly resealed: number; readonly left: number; readonly others: number }>;
}

// ---------------------------------------------------------------- what the bot keeps

export type Alert =
  | { readonly kind: "incident"; readonly incident: string }
  | { readonly kind: "unknown"; readonly run: string }
  /** A run asks this member; `runs.get(...).approval` says what. `element`: in a loop, from 1. */
  | { readonly kind: "approval"; readonly run: string; readonly step: string; readonly element?: number }
  | { readonly kind: "firstSuccess"; readonly bundle: string; readonly run: string }
  | { readonly kind: "paused"; readonly bundle: string; readonly why: Text }
  /** Will be paused by itself if it goes on like this. */
  | { readonly kind: "failing"; readonly bundle: string; readonly why: Text }
  /** A delivery came that a draft waits for. */
  | { readonly kind: "sample"; readonly bundle: string }
  /** A consent in the browser was given: the member's chat goes on by itself. */
  | { readonly kind: "connected"; readonly connection: string }
  /** Deliveries held for a paused bundle are near their limit. */
  | { readonly kind: "held"; readonly bundle: string; readonly count: number; readonly limit: number }
  /**
   * What happened between two moments (ISO): what an hourly or daily mode gathered, or the summary of a day or a week.
   * `data.summary` tells the content; nothing is sent when nothing happened.
   */
  | { readonly kind: "summary"; readonly of: "hour" | "day" | "week"; readonly from: string; readonly to: string }
  /** A bundle that usually has events has none since (ISO). */
  | { readonly kind: "silent"; readonly bundle: string; readonly since: string }
  /** A migration is over. */
  | { readonly kind: "migrated"; readonly bundle: string }
  /** A connection's access ends then (ISO) and can't be lengthened by us. */
  | { readonly kind: "expiring"; readonly connection: string; readonly until: string }
  /** The group that alerts went to can't be reached: they come to the private chat from now on. */
  | { readonly kind: "groupGone"; readonly title: string }
  | { readonly kind: "joined"; readonly name: string; readonly role: Role }
  /** This installation is reached at another address now: these bundles' webhooks were pasted by hand. `maybe`: those have a poll too. */
  | { readonly kind: "addressMoved"; readonly bundles: readonly string[]; readonly maybe: readonly string[] }
  /** Somebody connected the account they were asked for by link. */
  | { readonly kind: "linkDone"; readonly connection: string; readonly name: string };

export interface OutboxItem {
  /** Topic of the group. */
  readonly topic?: number;
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
  /** Chats whose state says that a card there is followed. */
  watchedChats(): Promise<readonly { chatId: number; state: Json }[]>;
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
  ApprovalStep,
  Bundle,
  Choice,
  Condition,
  Conditions,
  Connector,
  DelayStep,
  Door,
  DuplicateMode,
  DuplicateSettings,
  Edit,
  ErrorClass,
  Field,
  HookAnswer,
  HookRequest,
  Hours,
  Json,
  JsonObject,
  KeptValue,
  Lasting,
  ListItem,
  Locale,
  LoopStep,
  OnError,
  Operator,
  SetStep,
  Step,
  Target,
  Text,
  TimeUnit,
  ToolKind,
};
