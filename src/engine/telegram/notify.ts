import type { Notify, Shared } from "../parts.ts";
import { chatsOf, insertMessages, tell } from "../store/telegram.ts";

/** Puts an alert into the outbox in the caller's transaction: it is sent exactly when what it tells of is true. */
export function makeNotify({ clock }: Pick<Shared, "clock">): Notify {
  return async (tx, workspace, alert, dedupe) => {
    const at = clock.now();
    const rows = (await chatsOf(tx, workspace)).map((chatId) => ({
      workspace,
      chatId,
      alert,
      dedupe: dedupe === undefined ? null : `${dedupe} ${chatId}`,
      at,
    }));
    // One more failure of a cause whose card waits anyway needs no bell: NOTIFY takes a lock on the whole database.
    if (await insertMessages(tx, rows)) await tell(tx);
  };
}
