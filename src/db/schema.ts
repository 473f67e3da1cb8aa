/** Every table, once. SQL that uses them lives in engine/store only. */
import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  customType,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import { jsonbText } from "./json.ts";

/**
 * Drizzle's own jsonb reads a stored string a second time, so that `"79001234567890123456"` came back as a rounded
 * number; ours takes what the client has parsed. It also drops NUL and mends lone surrogates, which jsonb refuses.
 */
const jsonb = customType<{ data: unknown; driverData: unknown }>({
  dataType: () => "jsonb",
  toDriver: (value) => jsonbText(value),
});

const at = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });
const created = () => at("created_at").notNull().defaultNow();
/** Public ids: 128 random bits, base62, made by the engine. */
const id = () => text("id").primaryKey();
const seq = (name = "seq") => bigint(name, { mode: "number" }).generatedAlwaysAsIdentity();

/** Facts about this installation: mode of the data, vault check, owner code, schema of the embedded server. */
export const settings = pgTable("settings", { key: text("key").primaryKey(), value: jsonb("value").notNull() });

export const workspaces = pgTable("workspaces", {
  id: id(),
  name: text("name").notNull(),
  country: text("country").notNull(),
  timeZone: text("time_zone").notNull(),
  /** Last number given to a bundle; never reused. */
  lastNumber: integer("last_number").notNull().default(0),
  /** Days that ended runs are kept. */
  retentionDays: integer("retention_days").notNull().default(30),
  /** Its owner deleted it: nobody gets in, and the clock removes the rest piece by piece. */
  removedAt: at("removed_at"),
  createdAt: created(),
});

/** A Telegram user in a workspace; one workspace per user at a time is `current`. */
export const members = pgTable(
  "members",
  {
    id: id(),
    workspace: text("workspace")
      .notNull()
      .references(() => workspaces.id, { onDelete: "cascade" }),
    telegramId: bigint("telegram_id", { mode: "number" }).notNull(),
    name: text("name").notNull(),
    locale: text("locale").notNull(),
    role: text("role").notNull(),
    /** alerts: chat, mode, quiet hours */
    alerts: jsonb("alerts").notNull().default(sql`'{}'::jsonb`),
    /** Telegram said blocked or deactivated: nothing is sent until they come back. */
    gone: boolean("gone").notNull().default(false),
    /** The workspace that this person's messages go to. */
    current: boolean("current").notNull().default(true),
    /** When the next summary of a day is due; null: to be worked out anew. */
    summaryAt: at("summary_at"),
    createdAt: created(),
  },
  (t) => [
    uniqueIndex("members_user").on(t.telegramId).where(sql`current`),
    uniqueIndex("members_workspace").on(t.workspace, t.telegramId),
    index("members_summary").on(t.summaryAt),
  ],
);

/** One-time links: to become a member, or to connect one account. Only the hash of the code. */
export const links = pgTable(
  "links",
  {
    id: id(),
    hash: text("hash").notNull(),
    workspace: text("workspace")
      .notNull()
      .references(() => workspaces.id, { onDelete: "cascade" }),
    /** member · connection */
    kind: text("kind").notNull(),
    role: text("role"),
    connection: text("connection").references(() => connections.id, { onDelete: "cascade" }),
    /** Who made it: a member, and the name at that time. */
    by: text("by").notNull(),
    byName: text("by_name").notNull(),
    /** Who took it; answers of the same person go on until it ends. */
    telegramId: bigint("telegram_id", { mode: "number" }),
    takenBy: text("taken_by"),
    expiresAt: at("expires_at").notNull(),
    doneAt: at("done_at"),
    createdAt: created(),
  },
  (t) => [
    uniqueIndex("links_hash").on(t.hash),
    index("links_workspace").on(t.workspace),
    index("links_person").on(t.telegramId).where(sql`done_at is null`),
  ],
);

/** Group chats that alerts of a workspace may go to. */
export const groups = pgTable(
  "groups",
  {
    workspace: text("workspace")
      .notNull()
      .references(() => workspaces.id, { onDelete: "cascade" }),
    chatId: bigint("chat_id", { mode: "number" }).notNull(),
    title: text("title").notNull(),
    /** The bot was removed from it or may not write. */
    gone: boolean("gone").notNull().default(false),
    createdAt: created(),
  },
  (t) => [primaryKey({ columns: [t.workspace, t.chatId] }), index("groups_chat").on(t.chatId)],
);

/**
 * Published limits that several processes share: when the next call may start, and what lies reserved. Nothing here
 * outlives a second, so it is not logged (see the migration).
 */
export const lanes = pgTable("lanes", {
  key: text("key").primaryKey(),
  /** Starts that are handed out reach until here. */
  reserved: at("reserved").notNull(),
});

/** What the person of a private chat is doing: the live screen and the open question's subject. No secrets. */
export const chats = pgTable("chats", {
  chatId: bigint("chat_id", { mode: "number" }).primaryKey(),
  screenMessage: bigint("screen_message", { mode: "number" }),
  state: jsonb("state").notNull().default(sql`'{}'::jsonb`),
  updatedAt: at("updated_at").notNull().defaultNow(),
});

/** State of @grammyjs/conversations: text, because its JSON may hold NUL. */
export const conversations = pgTable("conversations", {
  key: text("key").primaryKey(),
  value: text("value").notNull(),
  updatedAt: at("updated_at").notNull().defaultNow(),
});

/** Updates from Telegram, stored before they are confirmed. `body` is encrypted: a person may just have sent a key. */
export const inbox = pgTable(
  "telegram_inbox",
  {
    updateId: bigint("update_id", { mode: "number" }).primaryKey(),
    chat: bigint("chat", { mode: "number" }).notNull(),
    body: text("body"),
    attempts: integer("attempts").notNull().default(0),
    /** Process that handles it; another one takes it over when that one is gone. */
    holder: text("holder"),
    receivedAt: at("received_at").notNull().defaultNow(),
    doneAt: at("done_at"),
  },
  (t) => [index("inbox_open").on(t.chat, t.updateId).where(sql`done_at is null`)],
);

/** Effects already made for an update or a job, so that doing it again changes nothing. Swept after two days. */
export const operations = pgTable(
  "operations",
  { key: text("key").primaryKey(), result: jsonb("result"), createdAt: created() },
  (t) => [index("operations_age").on(t.createdAt)],
);

/** Messages to people, stored before they are sent. */
export const outbox = pgTable(
  "outbox",
  {
    seq: seq().primaryKey(),
    workspace: text("workspace")
      .notNull()
      .references(() => workspaces.id, { onDelete: "cascade" }),
    chatId: bigint("chat_id", { mode: "number" }).notNull(),
    /** Topic of a group that has topics. */
    topic: integer("topic"),
    kind: text("kind").notNull(),
    payload: jsonb("payload").notNull(),
    /** Two open messages with the same key are one (the newer payload wins). */
    dedupe: text("dedupe"),
    nextAt: at("next_at").notNull().defaultNow(),
    attempts: integer("attempts").notNull().default(0),
    sentAt: at("sent_at"),
    createdAt: created(),
  },
  (t) => [
    index("outbox_due").on(t.nextAt).where(sql`sent_at is null`),
    index("outbox_chat").on(t.chatId, t.seq).where(sql`sent_at is null`),
    uniqueIndex("outbox_open").on(t.dedupe).where(sql`sent_at is null and dedupe is not null`),
  ],
);

export const connections = pgTable(
  "connections",
  {
    id: id(),
    workspace: text("workspace")
      .notNull()
      .references(() => workspaces.id, { onDelete: "cascade" }),
    connector: text("connector").notNull(),
    name: text("name").notNull(),
    /** draft (values still asked for) · alive · broken */
    state: text("state").notNull(),
    /** AES-256-GCM of the values, all of them: also a login is nobody's business. */
    secret: text("secret").notNull(),
    account: text("account"),
    error: jsonb("error"),
    checkedAt: at("checked_at"),
    /** A process asks for new tokens right now; nobody else does until then. Its value is the fence of that process. */
    renewingUntil: at("renewing_until"),
    /** When the tokens of a consent are due, so that an account at rest doesn't lose its refresh token either. */
    renewAt: at("renew_at"),
    /** When people were told that its access ends. */
    endToldAt: at("end_told_at"),
    createdAt: created(),
  },
  (t) => [index("connections_workspace").on(t.workspace)],
);

/** Consents under way: the one-time state that a browser brings back, only its hash. */
export const consents = pgTable("consents", {
  hash: text("hash").primaryKey(),
  workspace: text("workspace").notNull(),
  member: text("member").notNull(),
  connection: text("connection")
    .notNull()
    .references(() => connections.id, { onDelete: "cascade" }),
  /** PKCE's verifier, sealed. */
  verifier: text("verifier"),
  expiresAt: at("expires_at").notNull(),
});

/** Cached reference lists of a connection. */
export const lists = pgTable(
  "lists",
  {
    connection: text("connection")
      .notNull()
      .references(() => connections.id, { onDelete: "cascade" }),
    /** Name and what it depends on. */
    key: text("key").notNull(),
    items: jsonb("items").notNull(),
    loadedAt: at("loaded_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.connection, t.key] })],
);

export const bundles = pgTable(
  "bundles",
  {
    id: id(),
    workspace: text("workspace")
      .notNull()
      .references(() => workspaces.id, { onDelete: "cascade" }),
    number: integer("number").notNull(),
    name: text("name").notNull(),
    /** draft · active · paused */
    state: text("state").notNull(),
    /** {by: person|incident|limit, who?, incident?} while paused */
    pausedBy: jsonb("paused_by"),
    draft: jsonb("draft"),
    revision: integer("revision").notNull().default(0),
    version: integer("version").notNull().default(0),
    /** Newest item seen by the trigger, for mapping. */
    sample: jsonb("sample"),
    sampleAt: at("sample_at"),
    sampleFrom: text("sample_from"),
    firstSuccessAt: at("first_success_at"),
    deletedAt: at("deleted_at"),
    createdAt: created(),
    updatedAt: at("updated_at").notNull().defaultNow(),
  },
  (t) => [uniqueIndex("bundles_number").on(t.workspace, t.number)],
);

/** Frozen bundles, pinned by runs. */
export const versions = pgTable(
  "versions",
  {
    bundle: text("bundle")
      .notNull()
      .references(() => bundles.id, { onDelete: "cascade" }),
    version: integer("version").notNull(),
    body: jsonb("body").notNull(),
    by: text("by"),
    /** When it last became the live one; null: only tried. */
    publishedAt: at("published_at"),
    /** The live version before it, to which an undo leads; null for the first. */
    former: integer("former"),
    /** After an undo: the version that it repeats. */
    sameAs: integer("same_as"),
    createdAt: created(),
  },
  (t) => [primaryKey({ columns: [t.bundle, t.version] })],
);

/** What a bundle's draft was before each of its newest edits, by the revision that the edit began from. */
export const drafts = pgTable(
  "drafts",
  {
    bundle: text("bundle")
      .notNull()
      .references(() => bundles.id, { onDelete: "cascade" }),
    revision: integer("revision").notNull(),
    /** Null: there was no draft beside the live version. */
    body: jsonb("body"),
    name: text("name").notNull(),
  },
  (t) => [primaryKey({ columns: [t.bundle, t.revision] })],
);

/** The live end of a bundle's trigger: its address, its subscription, its cursor. One row per bundle with a trigger. */
export const triggers = pgTable(
  "triggers",
  {
    bundle: text("bundle")
      .primaryKey()
      .references(() => bundles.id, { onDelete: "cascade" }),
    /** Last part of the webhook address. */
    token: text("token").notNull(),
    connector: text("connector").notNull(),
    trigger: text("trigger").notNull(),
    connection: text("connection"),
    /** What subscribe() returned. */
    subscription: jsonb("subscription"),
    /** When the service is asked for the subscription again: it refused, or the process died before it asked. */
    subscribeAt: at("subscribe_at"),
    /** The refusal and how many there were in a row. */
    subscribeError: jsonb("subscribe_error"),
    /** Only what happened after this fires. */
    since: at("since"),
    cursor: jsonb("cursor"),
    polledAt: at("polled_at"),
    nextAt: at("next_at"),
    /** Asked now by a person; the next tick takes it whatever next_at says. */
    asked: boolean("asked").notNull().default(false),
    /** A process is asking the service right now; nobody else does until then. Its value is the fence of that process. */
    leasedUntil: at("leased_until"),
    failures: integer("failures").notNull().default(0),
    error: jsonb("error"),
    filtered: bigint("filtered", { mode: "number" }).notNull().default(0),
    repeated: bigint("repeated", { mode: "number" }).notNull().default(0),
    lastEventAt: at("last_event_at"),
    /** When people were told that nothing comes. */
    silentAt: at("silent_at"),
    /** Requests to the bundle's address that couldn't be taken: how many, the last one, and why as a sentence. */
    refused: bigint("refused", { mode: "number" }).notNull().default(0),
    refusedAt: at("refused_at"),
    refusedWhy: jsonb("refused_why"),
  },
  (t) => [
    uniqueIndex("triggers_token").on(t.token),
    index("triggers_due").on(t.nextAt),
    index("triggers_subscribe").on(t.subscribeAt).where(sql`subscribe_at is not null`),
  ],
);

/** Records of the past on their way through a bundle: the period, and how far it was read. */
export const migrations = pgTable(
  "migrations",
  {
    bundle: text("bundle")
      .primaryKey()
      .references(() => bundles.id, { onDelete: "cascade" }),
    /** running · paused · done */
    state: text("state").notNull(),
    /** Null: from the beginning. */
    from: at("from_at"),
    to: at("to_at").notNull(),
    /** Where reading begins after a break: what lies before is read, as long as the service gives records in order. */
    mark: at("mark"),
    /** The oldest record of all, for the progress of one without a beginning. */
    firstAt: at("first_at"),
    cursor: jsonb("cursor"),
    /** A record came that was older than the one before: only the whole period can be read again. */
    isUnordered: boolean("is_unordered").notNull().default(false),
    isRead: boolean("is_read").notNull().default(false),
    read: bigint("read", { mode: "number" }).notNull().default(0),
    sent: bigint("sent", { mode: "number" }).notNull().default(0),
    filtered: bigint("filtered", { mode: "number" }).notNull().default(0),
    repeated: bigint("repeated", { mode: "number" }).notNull().default(0),
    nextAt: at("next_at"),
    leasedUntil: at("leased_until"),
    failures: integer("failures").notNull().default(0),
    error: jsonb("error"),
    startedAt: at("started_at").notNull(),
    finishedAt: at("finished_at"),
  },
  (t) => [index("migrations_due").on(t.nextAt).where(sql`state = 'running'`)],
);

/** What a webhook brought, before we know what it is. Removed once it became events; held while the bundle is paused. */
export const deliveries = pgTable(
  "deliveries",
  {
    seq: seq().primaryKey(),
    bundle: text("bundle")
      .notNull()
      .references(() => bundles.id, { onDelete: "cascade" }),
    /** open · taken (a process works on it until next_at) · held · failed */
    state: text("state").notNull(),
    item: jsonb("item").notNull(),
    attempts: integer("attempts").notNull().default(0),
    nextAt: at("next_at"),
    error: jsonb("error"),
    receivedAt: at("received_at").notNull().defaultNow(),
  },
  (t) => [
    index("deliveries_bundle").on(t.bundle, t.state, t.seq),
    index("deliveries_due").on(t.nextAt).where(sql`state in ('open','taken')`),
  ],
);

/** Keys that a bundle's trigger has seen: 128-bit hashes, `r…` of records (for ever), `c…` of changes and `o…` of a clock's occurrences (90 days). */
export const seen = pgTable(
  "seen",
  {
    bundle: text("bundle")
      .notNull()
      .references(() => bundles.id, { onDelete: "cascade" }),
    key: text("key").notNull(),
    seenAt: at("seen_at").notNull().defaultNow(),
    /**
     * Null: it was sent. l: listed, it was there before the start · f: the filter refused it · m: a migration sent it. A
     * migration sends what bears l or f; a reset turns m into l.
     */
    mark: text("mark"),
  },
  (t) => [
    primaryKey({ columns: [t.bundle, t.key] }),
    index("seen_age").on(t.seenAt).where(sql`key not like 'r%'`),
    index("seen_migrated").on(t.bundle).where(sql`mark = 'm'`),
  ],
);

/** One event going through one version. The event's data lies here: event and run are one to one. */
export const runs = pgTable(
  "runs",
  {
    seq: seq().primaryKey(),
    id: text("id").notNull(),
    workspace: text("workspace").notNull(),
    bundle: text("bundle").notNull(),
    version: integer("version").notNull(),
    /** queued · running · waiting · succeeded · failed · unknown · cancelled */
    state: text("state").notNull(),
    /** live · manual · retry · migration */
    origin: text("origin").notNull(),
    record: text("record").notNull(),
    event: jsonb("event").notNull(),
    /** Where a succeeded run ended: end · break · stopIf, with the step. */
    ended: jsonb("ended"),
    /** Next step to do; null at the end. */
    step: text("step"),
    attempt: integer("attempt").notNull().default(0),
    /** Element of the loop that it is in, from 1; 0 outside of loops. */
    element: integer("element").notNull().default(0),
    /** What a waiting run waits for: retry · delay · approval · turn · crash. */
    waits: text("waits"),
    /** It waits behind runs of its record that hang or failed, too. */
    strict: boolean("strict").notNull().default(false),
    /** How often the process died while this run was in this step. */
    crashes: integer("crashes").notNull().default(0),
    /** When a waiting run goes on. */
    nextAt: at("next_at"),
    /** An earlier run of the same record that this one waits for. */
    behind: bigint("behind", { mode: "number" }),
    /** A later run of the same record waits for this one: whoever ends it lets that one go. */
    followed: boolean("followed").notNull().default(false),
    /** An earlier run of the same record that this one didn't wait for, because it hangs. */
    past: bigint("past", { mode: "number" }),
    /** {class, sentence, step, own, field, code} of the last failure */
    error: jsonb("error"),
    incident: text("incident"),
    /** The run of which this is a retry from the start. */
    retryOf: text("retry_of"),
    /** Process that holds it, and until when. */
    holder: text("holder"),
    heldUntil: at("held_until"),
    createdAt: created(),
    startedAt: at("started_at"),
    endedAt: at("ended_at"),
  },
  (t) => [
    uniqueIndex("runs_id").on(t.id),
    index("runs_bundle").on(t.bundle, t.seq),
    index("runs_workspace").on(t.workspace, t.seq),
    index("runs_open").on(t.state, t.nextAt).where(sql`state in ('queued','running','waiting','unknown')`),
    index("runs_record").on(t.bundle, t.record, t.seq).where(sql`state in ('queued','running','waiting','unknown')`),
    index("runs_strict").on(t.bundle, t.record, t.seq).where(sql`strict and state = 'failed'`),
    index("runs_approvals").on(t.workspace, t.seq).where(sql`waits = 'approval'`),
    index("runs_backlog").on(t.workspace).where(sql`state = 'queued'`),
    index("runs_incident").on(t.incident).where(sql`incident is not null`),
    // Rows lie in the order they came: a few kilobytes that answer "of the last day".
    index("runs_day").using("brin", t.createdAt),
    index("runs_migration").on(t.bundle, t.state).where(sql`origin = 'migration'`),
  ],
);

/** The journal: what each attempt of each step was about to do, did and got. */
export const attempts = pgTable(
  "attempts",
  {
    seq: seq().primaryKey(),
    run: bigint("run", { mode: "number" })
      .notNull()
      .references(() => runs.seq, { onDelete: "cascade" }),
    step: text("step").notNull(),
    attempt: integer("attempt").notNull(),
    /** Element of a loop, from 1; 0 outside of loops. */
    element: integer("element").notNull().default(0),
    /** calling (an unsafe call is about to be made) · waiting (delay, approval) · succeeded · failed · unknown · skipped */
    state: text("state").notNull(),
    input: jsonb("input"),
    output: jsonb("output"),
    /** Requests and answers, cut at 64 KiB, secrets masked. */
    exchange: jsonb("exchange"),
    /** Facts for people: found duplicate, router's way, several matches … */
    notes: jsonb("notes"),
    error: jsonb("error"),
    startedAt: at("started_at").notNull().defaultNow(),
    endedAt: at("ended_at"),
  },
  (t) => [uniqueIndex("attempts_run").on(t.run, t.step, t.element, t.attempt)],
);

/** All failures with one cause, until it is solved. */
export const incidents = pgTable(
  "incidents",
  {
    id: id(),
    workspace: text("workspace")
      .notNull()
      .references(() => workspaces.id, { onDelete: "cascade" }),
    /** Null for access errors, which belong to a connection. */
    bundle: text("bundle"),
    connection: text("connection"),
    step: text("step"),
    class: text("class").notNull(),
    cause: text("cause").notNull(),
    /** Newest example: error and run. */
    example: jsonb("example").notNull(),
    count: integer("count").notNull().default(0),
    /** Cards already sent: [{chatId, messageId, soundAt, soundCount}] */
    cards: jsonb("cards").notNull().default(sql`'[]'::jsonb`),
    firstAt: at("first_at").notNull(),
    lastAt: at("last_at").notNull(),
    solvedAt: at("solved_at"),
  },
  (t) => [
    uniqueIndex("incidents_cause").on(t.workspace, t.cause).where(sql`solved_at is null`),
    index("incidents_bundle").on(t.bundle),
  ],
);

/** What bundles keep between runs: counters and small records, shared within a workspace. */
export const stored = pgTable(
  "stored",
  {
    workspace: text("workspace")
      .notNull()
      .references(() => workspaces.id, { onDelete: "cascade" }),
    name: text("name").notNull(),
    key: text("key").notNull(),
    value: jsonb("value"),
    changedAt: at("changed_at").notNull(),
    /** Forgotten from then on; null: kept until it is removed. */
    until: at("until"),
  },
  (t) => [
    primaryKey({ columns: [t.workspace, t.name, t.key] }),
    index("stored_until").on(t.until).where(sql`until is not null`),
  ],
);
