/** Shapes of the Bot API as the emulator keeps them: only the fields that it fills or reads. */

export interface User {
  id: number;
  is_bot: boolean;
  first_name: string;
  last_name?: string;
  username?: string;
  language_code?: string;
}

export interface Chat {
  id: number;
  type: "private" | "group" | "supergroup";
  title?: string;
  first_name?: string;
  last_name?: string;
  username?: string;
  is_forum?: true;
}

export interface Entity {
  type: string;
  offset: number;
  length: number;
  url?: string;
  language?: string;
  custom_emoji_id?: string;
  user?: User;
  unix_time?: number;
  date_time_format?: string;
}

export interface Formatted {
  text: string;
  entities: Entity[];
}

export interface InlineButton {
  text: string;
  callback_data?: string;
  url?: string;
  copy_text?: { text: string };
  disabled?: unknown;
  style?: "danger" | "success" | "primary";
  [other: string]: unknown;
}

export interface Markup {
  inline_keyboard?: InlineButton[][];
  keyboard?: ({ text: string; [other: string]: unknown } | string)[][];
  [other: string]: unknown;
}

export interface FileInfo {
  file_id: string;
  file_unique_id: string;
  file_size: number;
}
export interface PhotoSize extends FileInfo {
  width: number;
  height: number;
}
export interface Document extends FileInfo {
  file_name: string;
  mime_type: string;
}

export interface Message {
  message_id: number;
  from?: User;
  chat: Chat;
  /** Seconds. */
  date: number;
  edit_date?: number;
  text?: string;
  entities?: Entity[];
  caption?: string;
  caption_entities?: Entity[];
  photo?: PhotoSize[];
  document?: Document;
  reply_to_message?: Message;
  reply_markup?: Markup;
  has_protected_content?: true;
  new_chat_members?: User[];
  left_chat_member?: User;
  migrate_to_chat_id?: number;
  migrate_from_chat_id?: number;
  group_chat_created?: true;
  message_thread_id?: number;
  is_topic_message?: true;
  forum_topic_created?: { name: string };
}

export type Update = { update_id: number } & Record<string, unknown>;

/** A "no" of the Bot API: the HTTP status, the words after the prefix, and what a client may act on. */
export class Refusal extends Error {
  readonly code: number;
  readonly parameters: { retry_after?: number; migrate_to_chat_id?: number } | undefined;

  constructor(code: number, description: string, parameters?: Refusal["parameters"]) {
    super(description);
    this.code = code;
    this.parameters = parameters;
  }
}

export const bad = (description: string) => new Refusal(400, `Bad Request: ${description}`);
export const forbidden = (description: string) => new Refusal(403, `Forbidden: ${description}`);
