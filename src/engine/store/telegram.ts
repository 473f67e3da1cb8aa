/** What the bot keeps: updates, chats, conversations, messages to be sent. */
import {
  and,
  asc,
  desc,
  eq,
  gt,
  inArray,
  isNotNull,
  isNull,
  lt,
  lte,
  not,
  notExists,
  notInArray,
  or,
  sql,
} from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import { chats, conversations, inbox, incidents, members, outbox, workspaces } from "../../db/schema.ts";
import type { Alert } from "../engine.ts";
import type { Db, Sql, Tx } from "../parts.ts";
import { openRuns } from "./incidents.ts";
import { isAlive } from "./runs.ts";

/** Told at commit; the bot of any process listens. */
export const CHANNEL = "svyazka_telegram";

export async function tell(db: Sql): Promise<void> {
  await db.execute(sql`select pg_notify(${CHANNEL}, '')`);
}

// ---------------------------------------------------------------- inbox

export interface InboxRow {
  readonly updateId: number;
  readonly chat: number;
  readonly body: string | null;
  readonly attempts: number;
}

/** Ids that are known are dropped. */
export async function insertUpdates(
  db: Sql,
  rows: readonly { updateId: number; chat: number; body: string; receivedAt: Date }[],
): Promise<void> {
  if (rows.length > 0)
    await db
      .insert(inbox)
      .values([...rows])
      .onConflictDoNothing();
}

/**
 * Takes the oldest open update of each chat that isn't busy, oldest first: what another living process handles holds
 * the later ones of its chat back.
 */
export async function claimUpdates(
  db: Db,
  { busy, holder, limit }: { busy: readonly number[]; holder: string; limit: number },
): Promise<InboxRow[]> {
  const earlier = alias(inbox, "earlier");
  return db.transaction(async (tx) => {
    const firsts = await tx
      .select({ updateId: inbox.updateId, chat: inbox.chat, body: inbox.body, attempts: inbox.attempts })
      .from(inbox)
      .where(
        and(
          isNull(inbox.doneAt),
          busy.length > 0 ? notInArray(inbox.chat, [...busy]) : undefined,
          or(isNull(inbox.holder), eq(inbox.holder, holder), not(isAlive(sql`${inbox.holder}`))),
          notExists(
            tx
              .select({ one: sql`1` })
              .from(earlier)
              .where(and(eq(earlier.chat, inbox.chat), isNull(earlier.doneAt), lt(earlier.updateId, inbox.updateId))),
          ),
        ),
      )
      .orderBy(asc(inbox.updateId))
      .limit(limit)
      .for("update", { skipLocked: true });
    const ids = firsts.map(({ updateId }) => updateId);
    if (ids.length > 0) await tx.update(inbox).set({ holder }).where(inArray(inbox.updateId, ids));
    return firsts;
  });
}

/** What the person wrote is removed; the id stays for a while, so that a repeated update is known. */
export async function closeUpdate(db: Sql, updateId: number, at: Date): Promise<void> {
  await db.update(inbox).set({ doneAt: at, body: null }).where(eq(inbox.updateId, updateId));
}

export async function countAttempt(db: Sql, updateId: number): Promise<number> {
  const [row] = await db
    .update(inbox)
    .set({ attempts: sql`${inbox.attempts} + 1` })
    .where(eq(inbox.updateId, updateId))
    .returning({ attempts: inbox.attempts });
  return row?.attempts ?? 0;
}

export async function newestUpdate(db: Sql, since: Date): Promise<number | null> {
  const [row] = await db
    .select({ id: inbox.updateId })
    .from(inbox)
    .where(gt(inbox.receivedAt, since))
    .orderBy(desc(inbox.receivedAt), desc(inbox.updateId))
    .limit(1);
  return row?.id ?? null;
}

/** Another bot numbers updates and messages anew, and none of its chats is known to be gone. */
export async function forgetBot(tx: Tx): Promise<void> {
  await tx.delete(inbox);
  await tx.delete(chats);
  await tx.delete(conversations);
  await tx.update(incidents).set({ cards: [] });
  await tx.update(members).set({ gone: false });
}

// ---------------------------------------------------------------- chats and conversations

export async function readChat(db: Sql, chatId: number) {
  const [row] = await db
    .select({ screenMessage: chats.screenMessage, state: chats.state })
    .from(chats)
    .where(eq(chats.chatId, chatId));
  return row;
}

export async function writeChat(
  db: Sql,
  chatId: number,
  set: { screenMessage?: number | null; state?: unknown },
  at: Date,
): Promise<void> {
  const change = { ...set, updatedAt: at };
  await db
    .insert(chats)
    .values({ chatId, ...change })
    .onConflictDoUpdate({ target: chats.chatId, set: change });
}

/** Chats whose kept state has a `watching`; read at start only. */
export async function readWatched(db: Sql) {
  return db
    .select({ chatId: chats.chatId, state: chats.state })
    .from(chats)
    .where(sql`${chats.state} ->> 'watching' is not null`);
}

export async function readConversation(db: Sql, key: string): Promise<string | undefined> {
  const [row] = await db.select({ value: conversations.value }).from(conversations).where(eq(conversations.key, key));
  return row?.value;
}

export async function writeConversation(db: Sql, key: string, value: string, at: Date): Promise<void> {
  await db
    .insert(conversations)
    .values({ key, value, updatedAt: at })
    .onConflictDoUpdate({ target: conversations.key, set: { value, updatedAt: at } });
}

export async function deleteConversation(db: Sql, key: string): Promise<void> {
  await db.delete(conversations).where(eq(conversations.key, key));
}

// ---------------------------------------------------------------- outbox

/** The workspace's members with what they wish; `hasGroup`: the group they chose can be written to. */
export async function wishesOf(db: Sql, workspace: string) {
  return db
    .select({
      id: members.id,
      telegramId: members.telegramId,
      alerts: members.alerts,
      gone: members.gone,
      timeZone: workspaces.timeZone,
      hasGroup: sql<boolean>`exists (select from groups g where g.workspace = ${members.workspace}
        and g.chat_id = (${members.alerts} ->> 'chatId')::bigint and not g.gone)`,
    })
    .from(members)
    .innerJoin(workspaces, and(eq(workspaces.id, members.workspace), isNull(workspaces.removedAt)))
    .where(eq(members.workspace, workspace))
    .orderBy(asc(members.createdAt));
}

/**
 * Puts messages in; an open one with the same key takes the newer payload, but a summary that gathers goes on from
 * where it began. True when at least one is new. `due`: not before that.
 */
export async function insertMessages(
  db: Sql,
  rows: readonly {
    workspace: string;
    chatId: number;
    topic?: number | undefined;
    alert: Alert;
    dedupe: string | null;
    at: Date;
    due?: Date;
  }[],
): Promise<boolean> {
  if (rows.length === 0) return false;
  const made = await db
    .insert(outbox)
    .values(
      rows.map((row) => ({
        workspace: row.workspace,
        chatId: row.chatId,
        topic: row.topic ?? null,
        kind: row.alert.kind,
        payload: row.alert,
        dedupe: row.dedupe,
        nextAt: row.due ?? row.at,
        createdAt: row.at,
      })),
    )
    .onConflictDoUpdate({
      target: outbox.dedupe,
      targetWhere: sql`sent_at is null and dedupe is not null`,
      set: { payload: sql`case when ${outbox.kind} = 'summary' then ${outbox.payload} else excluded.payload end` },
    })
    .returning({ isNew: sql<boolean>`xmax = 0` });
  return made.some((row) => row.isNew);
}

/**
 * Leases the oldest due message of each chat: one that waits for its next try, or is being sent by another process,
 * holds the later ones of its chat back; one that waits for the end of quiet hours doesn't.
 * The key is taken off: what happens while the message is on its way is news again.
 */
export async function leaseMessages(db: Sql, now: Date, until: Date, limit: number): Promise<number[]> {
  const earlier = alias(outbox, "earlier");
  const due = db
    .select({ seq: outbox.seq })
    .from(outbox)
    .where(
      and(
        isNull(outbox.sentAt),
        lte(outbox.nextAt, now),
        notExists(
          db
            .select({ one: sql`1` })
            .from(earlier)
            .where(
              and(
                eq(earlier.chatId, outbox.chatId),
                isNull(earlier.sentAt),
                lt(earlier.seq, outbox.seq),
                or(gt(earlier.attempts, 0), lte(earlier.nextAt, now)),
              ),
            ),
        ),
      ),
    )
    .orderBy(asc(outbox.seq))
    .limit(limit)
    .for("update", { skipLocked: true });
  const rows = await db
    .update(outbox)
    .set({ nextAt: until, attempts: sql`${outbox.attempts} + 1`, dedupe: null })
    .where(inArray(outbox.seq, due))
    .returning({ seq: outbox.seq });
  return rows.map((row) => row.seq);
}

/** Messages with what is needed to write them: whose they are, and the cards of the incident they tell of. */
export async function readMessages(db: Sql, seqs: readonly number[]) {
  if (seqs.length === 0) return [];
  return db
    .selectDistinctOn([outbox.seq], {
      seq: outbox.seq,
      chatId: outbox.chatId,
      topic: outbox.topic,
      workspace: outbox.workspace,
      payload: outbox.payload,
      member: members.id,
      name: members.name,
      locale: members.locale,
      timeZone: workspaces.timeZone,
      cards: incidents.cards,
      count: incidents.count,
      solvedAt: incidents.solvedAt,
      open: openRuns,
    })
    .from(outbox)
    .innerJoin(workspaces, eq(workspaces.id, outbox.workspace))
    .leftJoin(
      members,
      and(
        eq(members.workspace, outbox.workspace),
        // A group stands for whoever chose it, and while it is bound for the workspace.
        or(
          eq(members.telegramId, outbox.chatId),
          sql`exists (select from groups g where g.workspace = ${outbox.workspace} and g.chat_id = ${outbox.chatId})`,
        ),
      ),
    )
    .leftJoin(incidents, sql`${incidents.id} = ${outbox.payload} ->> 'incident'`)
    .where(inArray(outbox.seq, [...seqs]))
    .orderBy(
      outbox.seq,
      sql`((${members.alerts} ->> 'chatId')::bigint = ${outbox.chatId}) desc nulls last`,
      asc(members.createdAt),
    );
}

export async function readMessage(db: Sql, seq: number) {
  const [row] = await db
    .select({ chatId: outbox.chatId, topic: outbox.topic, payload: outbox.payload })
    .from(outbox)
    .where(eq(outbox.seq, seq));
  return row;
}

export async function closeMessage(db: Sql, seq: number, at: Date): Promise<void> {
  await db.update(outbox).set({ sentAt: at }).where(eq(outbox.seq, seq));
}

export async function postponeMessage(db: Sql, seq: number, until: Date): Promise<void> {
  await db.update(outbox).set({ nextAt: until }).where(eq(outbox.seq, seq));
}

/** Nothing that waits for this chat will be sent. */
export async function closeChat(db: Sql, chatId: number, at: Date): Promise<void> {
  await db
    .update(outbox)
    .set({ sentAt: at })
    .where(and(eq(outbox.chatId, chatId), isNull(outbox.sentAt)));
}

export async function lockCards(tx: Tx, incident: string) {
  const [row] = await tx
    .select({ cards: incidents.cards, count: incidents.count })
    .from(incidents)
    .where(eq(incidents.id, incident))
    .for("update");
  return row;
}

export async function writeCards(tx: Tx, incident: string, cards: unknown): Promise<void> {
  await tx.update(incidents).set({ cards }).where(eq(incidents.id, incident));
}

// ---------------------------------------------------------------- sweep

/** Removes what nobody asks for any more. */
export async function sweepTelegram(
  db: Sql,
  before: { updates: Date; messages: Date; conversations: Date },
): Promise<void> {
  await db.delete(inbox).where(and(isNotNull(inbox.doneAt), lt(inbox.receivedAt, before.updates)));
  await db.delete(outbox).where(lt(outbox.sentAt, before.messages));
  await db.delete(conversations).where(lt(conversations.updatedAt, before.conversations));
}
