/** What a method gets, and the questions that many methods ask first. */
import type { Files } from "../files.ts";
import type { Limits } from "../limits.ts";
import { isObject, type Params } from "../params.ts";
import type { Presses } from "../presses.ts";
import { type Bot, type Place, placeOf, type State } from "../state.ts";
import { bad, type Chat, forbidden, type Message, Refusal } from "../types.ts";
import type { Updates } from "../updates.ts";

export interface Call {
  bot: Bot;
  params: Params;
  /** Aborted when the caller has hung up. */
  gone: AbortSignal;
}
export type Method = (call: Call) => unknown;
export type Methods = Readonly<Record<string, Method>>;

export interface MethodDeps {
  state: State;
  updates: Updates;
  files: Files;
  limits: Limits;
  presses: Presses;
  /** Milliseconds; may be moved by tests. */
  clock: () => number;
  /** A bot "is typing" in a place, or (undefined) has said what it had to say. */
  typing: (place: Place, action: string | undefined) => void;
}

export interface Target {
  chat: Chat;
  place: Place;
}

export const seconds = (ms: number) => Math.floor(ms / 1000);

/** The chat that a call names, if this bot may write there. */
export function targetOf({ state }: MethodDeps, { bot, params }: Call): Target {
  const given = params.text("chat_id");
  if (given === undefined || given === "") throw bad("chat_id is empty");
  const id = Number(given);
  const chat = Number.isSafeInteger(id) ? state.chat(id) : undefined;
  if (!chat) throw bad("chat not found");
  if (id > 0) {
    const link = state.link(bot.id, id);
    if (link.state === "new") throw bad("chat not found");
    if (link.state === "blocked") throw forbidden("bot was blocked by the user");
    return { chat, place: placeOf(bot.id, id) };
  }
  const group = state.groups.get(id);
  if (group?.migratedTo !== undefined) {
    throw new Refusal(400, "Bad Request: group chat was upgraded to a supergroup chat", {
      migrate_to_chat_id: group.migratedTo,
    });
  }
  const kind = group?.type === "supergroup" ? "supergroup" : "group";
  if (group?.kicked.includes(bot.id)) throw forbidden(`bot was kicked from the ${kind} chat`);
  if (!group?.bots.includes(bot.id)) throw forbidden(`bot is not a member of the ${kind} chat`);
  return { chat, place: placeOf(bot.id, id) };
}

/** The fields that every sent message shares, replies and threads checked. */
export function envelope(deps: MethodDeps, call: Call, { chat, place }: Target): Omit<Message, "message_id"> {
  const { params, bot } = call;
  const thread = params.number("message_thread_id") ?? 0;
  const topics = deps.state.groups.get(chat.id)?.topics ?? [];
  if (thread !== 0 && !topics.some(({ id }) => id === thread)) throw bad("message thread not found");
  const reply = params.json("reply_parameters");
  const legacy = params.number("reply_to_message_id");
  const wanted = isObject(reply) ? Number(reply.message_id) : legacy;
  const mayMiss = isObject(reply)
    ? Boolean(reply.allow_sending_without_reply)
    : params.flag("allow_sending_without_reply");
  const original = wanted ? deps.state.messages(place).get(wanted)?.message : undefined;
  if (wanted && !original && !mayMiss) throw bad("message to be replied not found");
  const { reply_to_message: _, ...shallow } = original ?? ({} as Partial<Message>);
  return {
    from: deps.state.botUser(bot),
    chat,
    date: seconds(deps.clock()),
    ...(original ? { reply_to_message: shallow as Message } : {}),
    ...inTopic(thread === 0 ? undefined : thread),
    ...(params.flag("protect_content") ? { has_protected_content: true as const } : {}),
  };
}

/** What says that a message stands in a topic. */
export const inTopic = (topic: number | undefined): Pick<Message, "message_thread_id" | "is_topic_message"> =>
  topic === undefined ? {} : { message_thread_id: topic, is_topic_message: true };

/** What the Bot API returns of a stored message: reply keyboards are not part of it. */
export function shown(message: Message): Message {
  if (!message.reply_markup || message.reply_markup.inline_keyboard) return message;
  const { reply_markup: _, ...rest } = message;
  return rest;
}

export function messageId(params: Params): number {
  const id = params.number("message_id");
  if (!id) throw bad("message identifier is not specified");
  return id;
}
