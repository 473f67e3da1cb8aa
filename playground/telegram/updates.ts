/** What waits for a bot: kept on disk until its offset is confirmed, too old kinds forgotten, one reader at a time. */
import type { Store } from "../store.ts";
import type { Bot, State } from "./state.ts";
import { Refusal, type Update } from "./types.ts";

interface Waiting {
  update: Update;
  kind: string;
  chat: number;
  /** Milliseconds. */
  at: number;
}

/** Seconds for which the server keeps an update, by kind. */
const LIFE: Readonly<Record<string, number>> = { callback_query: 150, inline_query: 30, chosen_inline_result: 600 };
const LIFE_OF_OTHERS = 86_400;
/** These come only to those who ask for them by name. */
const ON_REQUEST = ["chat_member", "message_reaction", "message_reaction_count"];
const MAX_WAIT_S = 50;

export interface Updates {
  add(bot: number, kind: string, chat: number, body: unknown): void;
  /** What waits for a bot, oldest first, without what has grown too old. */
  waiting(bot: number): Waiting[];
  confirm(bot: number, below: number): void;
  remove(bot: number, id: number): void;
  clear(bot: number): void;
  /** getUpdates: waits up to `timeout` seconds; a second reader ends the first one's wait with 409. */
  read(bot: Bot, ask: { offset: number; limit: number; timeout: number }, gone: AbortSignal): Promise<Update[]>;
  /** Ends a wait: the bot has a webhook now. */
  interrupt(bot: number, refusal: Refusal): void;
  onAdded(listener: (bot: number) => void): void;
}

export function makeUpdates(deps: { store: Store; state: State; clock: () => number }): Updates {
  const { store, state, clock } = deps;
  const readers = new Map<number, { wake: () => void; refuse: (refusal: Refusal) => void }>();
  const listeners: ((bot: number) => void)[] = [];
  const queue = (bot: number) => store.collection<Waiting>(`updates ${bot}`);

  const updates: Updates = {
    add(bot, kind, chat, body) {
      const { allowed = [] } = state.bots.get(bot) ?? {};
      const isWanted = allowed.length > 0 ? allowed.includes(kind) : !ON_REQUEST.includes(kind);
      if (!isWanted) return;
      const waiting = queue(bot);
      const id = 100_000_000 + waiting.next();
      waiting.put(id, { update: { update_id: id, [kind]: body }, kind, chat, at: clock() });
      readers.get(bot)?.wake();
      for (const listener of listeners) listener(bot);
    },

    waiting(bot) {
      const now = clock();
      const [old, fresh]: [Waiting[], Waiting[]] = [[], []];
      for (const one of queue(bot).all()) {
        const isOld = now - one.at > (LIFE[one.kind] ?? LIFE_OF_OTHERS) * 1000;
        (isOld ? old : fresh).push(one);
      }
      for (const { update } of old) queue(bot).remove(update.update_id);
      return fresh;
    },

    confirm(bot, below) {
      store.together(() => {
        for (const { update } of queue(bot).all()) {
          if (update.update_id < below) queue(bot).remove(update.update_id);
        }
      });
    },
    remove: (bot, id) => void queue(bot).remove(id),
    clear: (bot) => queue(bot).clear(),

    async read(bot, { offset, limit, timeout }, gone) {
      updates.interrupt(
        bot.id,
        new Refusal(
          409,
          "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
        ),
      );
      if (offset > 0) updates.confirm(bot.id, offset);
      if (offset < 0) {
        const last = updates.waiting(bot.id).slice(offset)[0];
        if (last) updates.confirm(bot.id, last.update.update_id);
      }
      const take = () =>
        updates
          .waiting(bot.id)
          .slice(0, limit)
          .map(({ update }) => update);
      const ready = take();
      if (ready.length > 0 || timeout <= 0) return ready;
      await wait(bot.id, Math.min(timeout, MAX_WAIT_S) * 1000, gone);
      return gone.aborted ? [] : take();
    },

    interrupt: (bot, refusal) => readers.get(bot)?.refuse(refusal),
    onAdded: (listener) => void listeners.push(listener),
  };

  function wait(bot: number, ms: number, gone: AbortSignal): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const reader = { wake: () => end(resolve), refuse: (refusal: Refusal) => end(() => reject(refusal)) };
      const timer = setTimeout(reader.wake, ms);
      function end(settle: () => void): void {
        clearTimeout(timer);
        gone.removeEventListener("abort", reader.wake);
        if (readers.get(bot) === reader) readers.delete(bot);
        settle();
      }
      gone.addEventListener("abort", reader.wake, { once: true });
      readers.set(bot, reader);
    });
  }

  return updates;
}
