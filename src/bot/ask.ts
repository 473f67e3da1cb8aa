/**
 * One question whose answer is typed, kept over restarts by @grammyjs/conversations. The conversation only waits:
 * it ends on the answer and hands it to the middleware below, so nothing is ever replayed but one `wait`.
 */
import { type ConversationFlavor, conversations, createConversation } from "@grammyjs/conversations";
import { FormattedString } from "@grammyjs/parse-mode";
import { Composer, type Context, type MiddlewareFn } from "grammy";
import { z } from "zod";
import type { Telegram } from "../engine/index.ts";
import type { Button, Question, Screen } from "./parts.ts";

/** Bump when `Kept` changes its shape: open questions of the old shape are then forgotten, nothing else. */
const VERSION = 1;
const NAME = "question";

/** What `ask` leaves on the context of the update that answers. */
export interface Asked {
  asked?: Kept;
  /** A command came instead of the answer. */
  interrupted?: Kept;
  /** The very update that asked came again: it was handled, only its end was lost. */
  isRepeated?: boolean;
}
export type AskContext = ConversationFlavor<Context> & Asked;

export const Kept = z.object({
  answer: z.string(),
  args: z.array(z.string()),
  secret: z.boolean(),
  longest: z.number().optional(),
  text: z.string(),
  entities: z.array(z.looseObject({ type: z.string(), offset: z.number(), length: z.number() })),
  keyboard: z.array(z.array(z.looseObject({ text: z.string() }))),
  /** The update that asked: a repeat of it, or of an older one, is no answer. */
  askedBy: z.number(),
  /** When a too long answer came (unix seconds): Telegram sends the rest of it as further messages. */
  refusedAt: z.number().optional(),
});
export type Kept = z.infer<typeof Kept>;

export async function ask(ctx: AskContext, question: Question, refusedAt?: number): Promise<void> {
  await ctx.conversation.exitAll();
  const kept: Kept = {
    answer: question.answer,
    args: [...question.args],
    secret: question.secret ?? false,
    text: question.screen.text.text,
    entities: question.screen.text.entities.map((entity) => ({ ...entity })),
    keyboard: question.screen.keyboard.map((row) => row.map((button) => ({ ...button }))),
    askedBy: ctx.update.update_id,
    ...(question.longest === undefined ? {} : { longest: question.longest }),
    ...(refusedAt === undefined ? {} : { refusedAt }),
  };
  await ctx.conversation.enter(NAME, kept);
}

/** What is shown no longer asks anything, so what is typed next answers nothing. */
export const forget = (ctx: AskContext): Promise<void> => ctx.conversation.exitAll();

export function questionOf(kept: Kept): Question {
  return {
    answer: kept.answer,
    args: kept.args,
    secret: kept.secret,
    ...(kept.longest === undefined ? {} : { longest: kept.longest }),
    screen: {
      text: new FormattedString(kept.text, kept.entities as Screen["text"]["entities"]),
      // Our own buttons, kept as JSON by the conversation and read back unchanged.
      keyboard: kept.keyboard as unknown as Button[][],
    },
  };
}

/** Middleware: afterwards `ctx.asked` holds the question that this message answers, if it does. */
export function makeAsking(
  storage: Telegram["conversations"],
  isCommand: (text: string) => boolean,
): MiddlewareFn<AskContext> {
  const composer = new Composer<AskContext>();
  composer.use(
    conversations({
      storage: {
        type: "key",
        version: VERSION,
        getStorageKey: (ctx) => String(ctx.chat?.id ?? "none"),
        adapter: {
          read: async (key) => {
            const text = await storage.read(key);
            return text === undefined ? undefined : JSON.parse(text);
          },
          write: (key, state) => storage.write(key, JSON.stringify(state, withoutMessages)),
          delete: (key) => storage.delete(key),
        },
      },
    }),
  );
  composer.use(
    createConversation<AskContext, Context>(
      async (conversation, _ctx, given: unknown) => {
        const kept = Kept.parse(given);
        const { update, message } = await conversation.wait();
        if (message === undefined) return conversation.skip({ next: true });
        if (update.update_id <= kept.askedBy) {
          await conversation.external((outer) => {
            outer.isRepeated = true;
            return null;
          });
          return conversation.skip({ next: true });
        }
        // Only a known one: a password or a path may begin with a slash too.
        const breaksOff = isCommand(message.text ?? "");
        await conversation.external((outer) => {
          if (breaksOff) outer.interrupted = kept;
          else outer.asked = kept;
          return null;
        });
        // The question is over; whoever refuses the answer asks again.
        await conversation.halt({ next: true });
      },
      { id: NAME },
    ),
  );
  return composer.middleware();
}

/** The plugin keeps whole updates, and the one that asked may carry a key that was just typed: only its id is kept. */
function withoutMessages(_key: string, value: unknown): unknown {
  return typeof value === "object" && value !== null && "update_id" in value ? { update_id: value.update_id } : value;
}
