/**
 * What happened elsewhere leads the chat on as if its person had pressed a button: stored like any update, so that it
 * waits for those before it and survives a crash. Telegram's own ids are never negative.
 */
import type { Update } from "grammy/types";

export interface Press {
  /** Any whole number above zero, another one for each. */
  readonly id: number;
  readonly chatId: number;
  /** The member's name, as Telegram told it. */
  readonly name?: string | undefined;
  readonly data: string;
  /** The message whose button it is; the live screen is edited in place. */
  readonly message?: number;
}

export function pressOf({ id, chatId, name = "", data, message = 0 }: Press): Update {
  const chat = { id: chatId, type: "private" as const, first_name: name };
  return {
    update_id: -id,
    callback_query: {
      id: String(-id),
      from: { id: chatId, is_bot: false, first_name: name },
      chat_instance: "",
      message: { message_id: message, date: 0, chat },
      data,
    },
  };
}
