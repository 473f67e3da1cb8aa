/** The bot's storage: every update is kept before it is confirmed, every message before it is sent. */
import type { Json } from "../../connectors/kit/define.ts";
import type { Alert, Groups, OutboxItem, Telegram } from "../engine.ts";
import type { Shared } from "../parts.ts";
import { writeGone } from "../store/people.ts";
import {
  CHANNEL,
  claimUpdates,
  closeChat,
  closeMessage,
  closeUpdate,
  countAttempt,
  deleteConversation,
  insertUpdates,
  leaseMessages,
  lockCards,
  newestUpdate,
  postponeMessage,
  readChat,
  readConversation,
  readMessage,
  readMessages,
  readWatched,
  tell,
  writeCards,
  writeChat,
  writeConversation,
} from "../store/telegram.ts";
import { cardOf, readCards, withCard } from "./card.ts";

const LEASE_MS = 60_000;
const TRIES = 3;
/** After a week without updates Telegram may number them anew, from anywhere: an older offset would hide them. */
const OFFSET_MS = 6 * 86_400_000;

export interface TelegramDeps extends Pick<Shared, "db" | "clock" | "vault" | "log" | "process"> {
  readonly groups: Pick<Groups, "gone">;
}

export function makeTelegram(deps: TelegramDeps): Telegram {
  const { db, clock, vault, log, process, groups } = deps;
  const wakes = new Set<() => void>();
  let isListening = false;
  const wakeAll = () => {
    for (const wake of wakes) wake();
  };

  /** A body that can't be opened (another key, a hand in the table) must not hold its chat up for ever. */
  const openBody = (body: string | null): unknown => {
    try {
      return body === null ? null : JSON.parse(vault.open(body));
    } catch {
      return null;
    }
  };

  return {
    async receive(updates) {
      const receivedAt = clock.now();
      await insertUpdates(
        db,
        updates.map((update) => ({
          updateId: update.update_id,
          chat: update.chat,
          body: vault.seal(JSON.stringify(update.body)),
          receivedAt,
        })),
      );
      if (updates.length === 0) return;
      wakeAll();
      await tell(db);
    },

    async open(busy, limit) {
      const opened = [];
      for (const row of await claimUpdates(db, { busy, holder: process, limit })) {
        const body = openBody(row.body);
        if (body !== null) opened.push({ update_id: row.updateId, chat: row.chat, body, attempts: row.attempts });
        else {
          log.error({ update: row.updateId }, "a stored update can't be opened and is left out");
          await closeUpdate(db, row.updateId, clock.now());
        }
      }
      return opened;
    },

    done: (updateId) => closeUpdate(db, updateId, clock.now()),

    async failed(updateId) {
      const gaveUp = (await countAttempt(db, updateId)) >= TRIES;
      if (gaveUp) await closeUpdate(db, updateId, clock.now());
      return { gaveUp };
    },

    lastUpdateId: () => newestUpdate(db, new Date(clock.now().getTime() - OFFSET_MS)),

    async chat(chatId) {
      const row = await readChat(db, chatId);
      return { screenMessage: row?.screenMessage ?? null, state: (row?.state ?? {}) as Json };
    },
    saveChat: (chatId, change) => writeChat(db, chatId, change, clock.now()),
    watchedChats: async () =>
      (await readWatched(db)).map(({ chatId, state }) => ({ chatId, state: (state ?? {}) as Json })),

    conversations: {
      read: (key) => readConversation(db, key),
      write: (key, value) => writeConversation(db, key, value, clock.now()),
      delete: (key) => deleteConversation(db, key),
    },

    async takeOutbox(limit) {
      const now = clock.now();
      const taken = await leaseMessages(db, now, new Date(now.getTime() + LEASE_MS), limit);
      const items: OutboxItem[] = [];
      for (const row of await readMessages(db, taken)) {
        // Whoever this was for has left the workspace.
        if (row.member === null || row.locale === null) {
          await closeMessage(db, row.seq, now);
          continue;
        }
        const place = { chatId: row.chatId, ...(row.topic === null ? {} : { topic: row.topic }) };
        const card = cardOf(readCards(row.cards), place, {
          count: row.count ?? 0,
          solvedAt: row.solvedAt,
          open: row.open ?? 0,
          at: now,
        });
        items.push({
          seq: row.seq,
          scope: { workspace: row.workspace, member: row.member, op: `outbox ${row.seq}` },
          ...(row.name === null ? {} : { name: row.name }),
          locale: row.locale === "ru" ? "ru" : "en",
          timeZone: row.timeZone,
          ...place,
          // Written by notify() alone.
          alert: row.payload as Alert,
          card,
        });
      }
      return items;
    },

    sent: (seq, messageId) =>
      db.transaction(async (tx) => {
        const at = clock.now();
        await closeMessage(tx, seq, at);
        const row = await readMessage(tx, seq);
        const alert = row?.payload as Alert | undefined;
        if (!row || alert?.kind !== "incident" || messageId === null) return;
        const incident = await lockCards(tx, alert.incident);
        if (!incident) return;
        const { chatId, topic } = row;
        const sent = { chatId, ...(topic === null ? {} : { topic }), messageId, count: incident.count, at };
        await writeCards(tx, alert.incident, withCard(readCards(incident.cards), sent));
      }),

    async notSent(seq, why) {
      const now = clock.now();
      if ("retryAfterMs" in why) return postponeMessage(db, seq, new Date(now.getTime() + why.retryAfterMs));
      const row = await readMessage(db, seq);
      if (!row) return;
      if (row.chatId < 0) return groups.gone(row.chatId);
      await db.transaction(async (tx) => {
        await closeChat(tx, row.chatId, now);
        await writeGone(tx, row.chatId, true);
      });
    },

    onWake(wake) {
      wakes.add(wake);
      // A lost connection is made again by the driver; whoever waits also looks by itself now and then.
      if (!isListening) {
        isListening = true;
        db.$client.listen(CHANNEL, wakeAll).catch((error) => {
          isListening = false;
          log.warn({ code: error?.code }, "can't listen for the bot's messages; they are found by looking");
        });
      }
      return () => wakes.delete(wake);
    },
  };
}
