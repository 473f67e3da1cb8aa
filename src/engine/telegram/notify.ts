import type { Alert } from "../engine.ts";
import type { Notify, Shared } from "../parts.ts";
import { isAnswer, planned, readAlerts } from "../people/alerts.ts";
import { insertMessages, tell, wishesOf } from "../store/telegram.ts";

interface Message {
  readonly chatId: number;
  readonly topic: number | undefined;
  readonly alert: Alert;
  readonly due: Date;
}

/** Puts an alert into the outbox in the caller's transaction: it is sent exactly when what it tells of is true. */
export function makeNotify({ clock }: Pick<Shared, "clock">): Notify {
  return async (tx, workspace, alert, dedupe, only) => {
    const now = clock.now();
    const messages = new Map<string, Message>();
    const isPrivate = isAnswer(alert) || (only !== undefined && alert.kind !== "summary");
    for (const wish of await wishesOf(tx, workspace)) {
      if (only !== undefined && wish.id !== only) continue;
      const settings = readAlerts(wish.alerts);
      const plan = planned(alert, { settings, timeZone: wish.timeZone, now });
      if (plan === null) continue;
      const isInGroup = wish.hasGroup && settings.chatId !== undefined && !isPrivate;
      if (!isInGroup && wish.gone) continue;
      const chatId = isInGroup && settings.chatId !== undefined ? settings.chatId : wish.telegramId;
      const message = { ...plan, chatId, topic: isInGroup ? settings.topic : undefined };
      const place = placeOf(message);
      // Several members who chose one chat get one message there, as soon as the first of them wants it.
      const other = messages.get(place);
      if (other === undefined || message.due < other.due) messages.set(place, message);
    }
    const rows = [...messages].map(([place, message]) => ({
      ...message,
      workspace,
      dedupe: keyOf(message, dedupe, place),
      at: now,
    }));
    // One more failure of a cause whose card waits anyway needs no bell: NOTIFY takes a lock on the whole database.
    if (await insertMessages(tx, rows)) await tell(tx);
  };
}

const placeOf = ({ chatId, topic }: Pick<Message, "chatId" | "topic">): string =>
  topic === undefined ? `${chatId}` : `${chatId}/${topic}`;

/** What is gathered until one moment is one message, whatever it is made of. */
function keyOf({ alert }: Message, dedupe: string | undefined, place: string): string | null {
  if (alert.kind === "summary") return `summary ${alert.of} ${alert.to} ${place}`;
  return dedupe === undefined ? null : `${dedupe} ${place}`;
}
