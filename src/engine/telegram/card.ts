/** When an incident's card is edited in silence and when it is sent anew, so that the phone rings. */
import { z } from "zod";
import type { Place } from "../engine.ts";

const HOUR_MS = 3_600_000;

const Card = z.object({
  chatId: z.number(),
  topic: z.number().optional(),
  messageId: z.number(),
  /** When the phone rang last, in milliseconds, and for which count. */
  soundAt: z.number(),
  soundCount: z.number(),
});
export type Card = z.infer<typeof Card>;

export const readCards = (stored: unknown): Card[] => z.array(Card).catch([]).parse(stored);

/**
 * A sound at the 10th, 100th, 1000th failure, at most once an hour, and never for good news; but news that is only half
 * good (it works again, and some records never got through) must not be an edit far up the chat.
 */
export function cardOf(
  cards: readonly Card[],
  place: Place,
  now: { count: number; solvedAt: Date | null; open: number; at: Date },
): { messageId: number; sound: boolean } | null {
  const card = cards.find((one) => isAt(one, place));
  if (!card) return null;
  const hasGrown = digits(now.count) > digits(card.soundCount);
  const mayRing = now.at.getTime() - card.soundAt >= HOUR_MS;
  const isHalfGood = now.solvedAt !== null && now.open > 0 && card.soundAt < now.solvedAt.getTime();
  return { messageId: card.messageId, sound: now.solvedAt === null ? hasGrown && mayRing : isHalfGood };
}

/** The cards after a message was sent; an edited one keeps its last sound. */
export function withCard(cards: readonly Card[], sent: Place & { messageId: number; count: number; at: Date }): Card[] {
  const before = cards.find((one) => isAt(one, sent));
  if (before?.messageId === sent.messageId) return [...cards];
  const card = {
    chatId: sent.chatId,
    ...(sent.topic === undefined ? {} : { topic: sent.topic }),
    messageId: sent.messageId,
    soundAt: sent.at.getTime(),
    soundCount: sent.count,
  };
  return [...cards.filter((one) => !isAt(one, sent)), card];
}

/** A chat, or one topic of a group. */
const isAt = (card: Card, place: Place) => card.chatId === place.chatId && card.topic === place.topic;

const digits = (count: number) => String(Math.max(count, 1)).length;
