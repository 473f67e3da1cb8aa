/** Group chats that alerts go to. */
import { and, asc, eq, sql } from "drizzle-orm";
import { chats, groups, incidents, members, outbox } from "../../db/schema.ts";
import type { Sql, Tx } from "../parts.ts";

const chatOf = sql`(${members.alerts} ->> 'chatId')::bigint`;

export async function findGroup(db: Sql, workspace: string, chatId: number) {
  const [row] = await db
    .select({ title: groups.title, gone: groups.gone })
    .from(groups)
    .where(and(eq(groups.workspace, workspace), eq(groups.chatId, chatId)));
  return row;
}

export async function putGroup(tx: Tx, row: { workspace: string; chatId: number; title: string }): Promise<void> {
  await tx
    .insert(groups)
    .values(row)
    .onConflictDoUpdate({ target: [groups.workspace, groups.chatId], set: { title: row.title, gone: false } });
}

/** Every group with the names of those whose alerts go there, and into which topic. */
export async function listGroups(db: Sql, workspace: string) {
  return db
    .select({
      chatId: groups.chatId,
      title: groups.title,
      gone: groups.gone,
      topic: sql<number | null>`(array_agg((${members.alerts} ->> 'topic')::int order by ${members.createdAt})
        filter (where ${members.id} is not null))[1]`,
      members: sql<string[]>`coalesce(array_agg(${members.name} order by ${members.createdAt})
        filter (where ${members.id} is not null), '{}')`,
    })
    .from(groups)
    .leftJoin(members, and(eq(members.workspace, groups.workspace), sql`${chatOf} = ${groups.chatId}`))
    .where(eq(groups.workspace, workspace))
    .groupBy(groups.workspace, groups.chatId)
    .orderBy(asc(groups.createdAt));
}

export async function workspacesAt(db: Sql, chatId: number): Promise<string[]> {
  const rows = await db.select({ workspace: groups.workspace }).from(groups).where(eq(groups.chatId, chatId));
  return rows.map(({ workspace }) => workspace);
}

export async function deleteGroup(tx: Tx, workspace: string, chatId: number): Promise<void> {
  await tx.delete(groups).where(and(eq(groups.workspace, workspace), eq(groups.chatId, chatId)));
  await tx
    .update(members)
    .set({ alerts: sql`${members.alerts} - 'chatId' - 'topic'` })
    .where(and(eq(members.workspace, workspace), sql`${chatOf} = ${chatId}`));
}

/** Telegram gave the chat another id. A group that is known under the new one already keeps that. */
export async function moveGroup(tx: Tx, from: number, to: number): Promise<void> {
  await tx.execute(sql`
    insert into groups (workspace, chat_id, title, created_at)
    select workspace, ${to}::bigint, title, created_at from groups where chat_id = ${from}
    on conflict (workspace, chat_id) do update set gone = false`);
  await tx.delete(groups).where(eq(groups.chatId, from));
  // Topics exist in supergroups only, so there was none before.
  await tx
    .update(members)
    .set({ alerts: sql`${members.alerts} || jsonb_build_object('chatId', ${to}::bigint)` })
    .where(sql`${chatOf} = ${from}`);
  await tx.update(outbox).set({ chatId: to }).where(eq(outbox.chatId, from));
  await tx.delete(chats).where(eq(chats.chatId, from));
  // Messages of before can't be edited in the new chat: the next news of a cause is a new card.
  await tx.execute(sql`
    update incidents set cards = (
      select coalesce(jsonb_agg(card), '[]') from jsonb_array_elements(cards) card
       where (card->>'chatId')::bigint <> ${from}::bigint)
     where id in (select id from ${incidents} where cards @> jsonb_build_array(jsonb_build_object('chatId', ${from}::bigint)))`);
}

/** True when it wasn't so before. */
export async function writeGroupGone(db: Sql, chatId: number, gone: boolean) {
  return db
    .update(groups)
    .set({ gone })
    .where(and(eq(groups.chatId, chatId), eq(groups.gone, !gone)))
    .returning({ workspace: groups.workspace, title: groups.title });
}

/** What waits for a chat, taken out of its way: it is put in again for those who can be reached. */
export async function takeMessagesOf(tx: Tx, workspace: string, chatId: number, at: Date) {
  return tx
    .update(outbox)
    .set({ sentAt: at, dedupe: null })
    .where(and(eq(outbox.workspace, workspace), eq(outbox.chatId, chatId), sql`${outbox.sentAt} is null`))
    .returning({ seq: outbox.seq, payload: outbox.payload });
}
