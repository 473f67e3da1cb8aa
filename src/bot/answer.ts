/** Takes the message that answers the open question; what can't be an answer gets a friendly word, and the question stays. */
import { FormattedString } from "@grammyjs/parse-mode";
import { NotFound, Stale, UserError } from "../engine/index.ts";
import { type AskContext, ask, type Kept } from "./ask.ts";
import type { Handlers, Question, Turn } from "./parts.ts";
import type { Show } from "./show.ts";

const LONGEST = 4_000;
/** The most that one message holds: a paste of more comes as several, and how long the whole is nobody knows yet. */
const WHOLE = 4_096;
/** Telegram splits a long paste into messages that come within this many seconds. */
const SPLIT_SECONDS = 2;

interface Given {
  readonly ctx: AskContext;
  readonly asked: Kept;
  readonly question: Question;
  readonly turn: Turn;
  readonly show: Show;
  readonly handlers: Handlers;
}

export async function takeAnswer({ ctx, asked, question, turn, show, handlers }: Given): Promise<void> {
  const { message } = ctx;
  if (message === undefined) return;
  const { t } = turn;
  const isRemoved = question.secret ? await show.remove(turn.chatId, message.message_id) : true;

  const isPart = message.text?.length === WHOLE;
  // The rest of a paste is no second mistake. A piece that isn't full is its last: what comes then is an answer again.
  if (asked.refusedAt !== undefined && message.text && message.date - asked.refusedAt <= SPLIT_SECONDS)
    return ask(ctx, question, isPart ? message.date : undefined);
  if (message.text === undefined) return askAgain(t.home.onlyText);
  const { length } = message.text.trim();
  const longest = question.longest ?? LONGEST;
  if (isPart) return askAgain(t.home.tooLong(longest), message.date);
  if (length > longest) return askAgain(t.home.tooLong(longest, length));

  const answer = handlers.answers[question.answer];
  if (answer === undefined) return turn.go("home");
  if (!isRemoved) await turn.send({ text: new FormattedString(t.home.deleteYourself), keyboard: [] });
  try {
    await answer(turn, message.text.trim(), ...question.args);
  } catch (error) {
    // Gone or changed meanwhile: asking again would lead nowhere.
    if (!(error instanceof UserError) || error instanceof NotFound || error instanceof Stale) throw error;
    await askAgain(error.sentence[turn.locale]);
  }

  async function askAgain(why: string, refusedAt?: number): Promise<void> {
    const text = new FormattedString(`⚠️ ${why}\n\n`).concat(question.screen.text);
    await turn.ask({ ...question, screen: { ...question.screen, text } });
    await ask(ctx, question, refusedAt);
  }
}
