/** Puts screens into a chat: edits the live one or sends it, and takes every refusal of Telegram that means nothing. */
import { FormattedString } from "@grammyjs/parse-mode";
import { type Api, GrammyError, InputFile, InputMediaBuilder } from "grammy";
import type { InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity } from "grammy/types";
import type { Engine } from "../engine/index.ts";
import type { Button, Screen } from "./parts.ts";

/** Telegram takes 4096 of something it doesn't define; this many UTF-16 units always pass. */
const LONGEST = 4_000;
/** Under a photo. */
export const LONGEST_CAPTION = 1_000;
const MOST_BUTTONS = 90;
const MOST_MARKUP_BYTES = 8_192;

export interface Show {
  /** Edits `edit` where it is given and possible, else sends; returns the id of the message that now holds the screen. */
  screen(chatId: number, screen: Screen, edit: number | null, how?: How): Promise<number>;
  send(chatId: number, screen: Screen, how?: How): Promise<number>;
  /** A file that somebody sent; null where Telegram doesn't give it. */
  read(fileId: string): Promise<Uint8Array | null>;
  file(chatId: number, name: string, content: string | Uint8Array, caption?: string): Promise<number>;
  /**
   * Photos as one album, or one with words and buttons under it; files where Telegram won't have them as photos. Returns
   * the id of the first, null where this chat allows no pictures.
   */
  photos(chatId: number, pictures: readonly Uint8Array[], about?: Partial<Screen>, how?: How): Promise<number | null>;
  /** Takes the buttons away from a message that is no longer the live screen. Never fails. */
  strip(chatId: number, messageId: number): Promise<void>;
  /** Removes a message with a secret; false where Telegram refuses. */
  remove(chatId: number, messageId: number): Promise<boolean>;
}

interface How {
  readonly silent?: boolean;
  /** Of a group; where it is gone the message goes to the group itself. */
  readonly topic?: number;
}

/** The group has another id now, and everything that led to the old one leads there. */
export class Moved extends Error {
  override readonly name = "Moved";
}

/** The chat can't be reached any more: blocked, deactivated, kicked, never started. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

interface Deps {
  readonly api: Api;
  readonly people: Pick<Engine["people"], "setReachable">;
  readonly groups: Pick<Engine["groups"], "moved">;
}

export function makeShow({ api, people, groups }: Deps): Show {
  async function reached<T>(chatId: number, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      const to = error instanceof GrammyError ? error.parameters.migrate_to_chat_id : undefined;
      if (to !== undefined) {
        await groups.moved(chatId, to);
        throw new Moved(`group ${chatId} is ${to} now`, { cause: error });
      }
      if (!isUnreachable(error)) throw error;
      if (chatId > 0) await people.setReachable(chatId, false);
      throw new Unreachable(`chat ${chatId} can't be reached`, { cause: error });
    }
  }

  async function send(chatId: number, screen: Screen, { silent, topic }: How = {}): Promise<number> {
    const text = cut(screen.text);
    const post = (into: number | undefined) =>
      reached(chatId, () =>
        api.sendMessage(chatId, text.text, {
          entities: text.entities,
          link_preview_options: { is_disabled: true },
          ...markup(screen),
          ...(silent ? { disable_notification: true } : {}),
          ...(into === undefined ? {} : { message_thread_id: into }),
        }),
      );
    try {
      return (await post(topic)).message_id;
    } catch (error) {
      if (topic === undefined || !isTopicGone(error)) throw error;
      return (await post(undefined)).message_id;
    }
  }

  return {
    send,
    async screen(chatId, screen, edit, how) {
      if (edit === null) return send(chatId, screen, how);
      const text = cut(screen.text);
      try {
        await reached(chatId, () =>
          api.editMessageText(chatId, edit, text.text, {
            entities: text.entities,
            link_preview_options: { is_disabled: true },
            ...markup(screen),
          }),
        );
        return edit;
      } catch (error) {
        if (says(error, "message is not modified")) return edit;
        if (says(error, "message to edit not found", "message can't be edited", "message_id_invalid"))
          return send(chatId, screen, how);
        throw error;
      }
    },
    async file(chatId, name, content, caption) {
      const bytes = typeof content === "string" ? Buffer.from(content) : content;
      const sent = await reached(chatId, () =>
        api.sendDocument(chatId, new InputFile(bytes, name), caption === undefined ? {} : { caption }),
      );
      return sent.message_id;
    },
    async photos(chatId, pictures, about = {}, { silent, topic } = {}) {
      const said = about.text === undefined ? undefined : cut(about.text, LONGEST_CAPTION);
      const words = said === undefined ? {} : { caption: said.text, caption_entities: said.entities };
      const how = {
        ...(silent ? { disable_notification: true } : {}),
        ...(topic === undefined ? {} : { message_thread_id: topic }),
      };
      const under =
        about.keyboard === undefined ? {} : markup({ text: said ?? new FormattedString(""), keyboard: about.keyboard });
      const files = pictures.map((bytes, i) => new InputFile(bytes, `${i + 1}.png`));
      const [first, ...others] = files;
      if (first === undefined) return null;
      try {
        return await reached(chatId, async () => {
          try {
            if (others.length === 0)
              return (await api.sendPhoto(chatId, first, { ...words, ...how, ...under })).message_id;
            const album = files.map((media, i) => InputMediaBuilder.photo(media, i === 0 ? words : {}));
            return (await api.sendMediaGroup(chatId, album, how))[0]?.message_id ?? null;
          } catch (error) {
            if (says(error, ...NO_PICTURES)) return null;
            if (!says(error, ...NO_PHOTO)) throw error;
            const sent = await api.sendDocument(chatId, first, { ...words, ...how, ...under });
            for (const file of others) await api.sendDocument(chatId, file, how);
            return sent.message_id;
          }
        });
      } catch (error) {
        if (topic !== undefined && isTopicGone(error))
          return this.photos(chatId, pictures, about, silent ? { silent } : {});
        throw error;
      }
    },
    async read(fileId) {
      try {
        const { file_path } = await api.getFile(fileId);
        const root = api.options?.apiRoot ?? "https://api.telegram.org";
        const fetch = api.options?.fetch ?? globalThis.fetch;
        const answer = await fetch(`${root}/file/bot${api.token}/${file_path}`);
        return answer.ok ? new Uint8Array(await answer.arrayBuffer()) : null;
      } catch {
        // Its message may hold the address, and the address holds the token.
        return null;
      }
    },
    async strip(chatId, messageId) {
      try {
        await api.editMessageReplyMarkup(chatId, messageId);
      } catch (error) {
        if (!(error instanceof GrammyError)) throw error;
      }
    },
    async remove(chatId, messageId) {
      try {
        return await api.deleteMessage(chatId, messageId);
      } catch (error) {
        // Deleted already, by the person or by an earlier try, is what we want.
        if (says(error, "message to delete not found")) return true;
        if (error instanceof GrammyError) return false;
        throw error;
      }
    },
  };
}

/** Telegram's description holds one of these words (its first letter is lower-cased by the server or not). */
export function says(error: unknown, ...words: string[]): boolean {
  if (!(error instanceof GrammyError)) return false;
  const description = error.description.toLowerCase();
  return words.some((word) => description.includes(word));
}

const isTopicGone = (error: unknown) => says(error, "message thread not found", "topic_closed", "topic_deleted");

/** Words may be written in this chat, pictures not: that is no reason to think it gone. */
const NO_PICTURES = [
  "rights to send photos",
  "rights to send media",
  "chat_send_photos_forbidden",
  "chat_send_media_forbidden",
];
/** Too large, too long, or nothing that Telegram's own eyes can open. */
const NO_PHOTO = ["photo_invalid_dimensions", "photo_save_file_invalid", "image_process_failed", "photo_ext_invalid"];

/** A group whose rules keep the bot from writing. */
const NO_RIGHT = ["not enough rights to send", "have no rights to send", "chat_write_forbidden", "chat_restricted"];

export function isUnreachable(error: unknown): boolean {
  if (error instanceof GrammyError && error.error_code === 403) return true;
  return says(error, "chat not found", "group chat was deactivated", ...NO_RIGHT);
}

/** Cuts a text to what Telegram surely takes; entities stay inside it, no surrogate pair is torn. */
export function cut(given: FormattedString, longest = LONGEST): FormattedString {
  // Half a character in third-party text isn't UTF-8, and the whole message would be refused.
  const text = new FormattedString(given.text.toWellFormed(), given.entities);
  if (text.text.length <= longest) return text.text === "" ? new FormattedString("…") : text;
  let end = longest - 1;
  const last = text.text.charCodeAt(end - 1);
  if (last >= 0xd800 && last <= 0xdbff) end--;
  const entities = text.entities.flatMap((entity): MessageEntity[] => {
    const length = Math.min(entity.length, end - entity.offset);
    return length > 0 ? [{ ...entity, length }] : [];
  });
  return new FormattedString(`${text.text.slice(0, end)}…`, entities);
}

/** Buttons as Telegram wants them. Throws where a screen should have paged. */
export function markup(screen: Screen): { reply_markup?: InlineKeyboardMarkup } {
  const rows = screen.keyboard.filter((row) => row.length > 0).map((row) => row.map(toButton));
  if (rows.length === 0) return {};
  const buttons = rows.reduce((sum, row) => sum + row.length, 0);
  const bytes = Buffer.byteLength(JSON.stringify(rows));
  if (buttons > MOST_BUTTONS || bytes > MOST_MARKUP_BYTES || rows.some((row) => row.length > 8))
    throw new Error(`screen too large: ${buttons} buttons, ${bytes} bytes; it must page`);
  return { reply_markup: { inline_keyboard: rows } };
}

function toButton(button: Button): InlineKeyboardButton {
  const look = {
    text: button.text.toWellFormed() || "…",
    ...(button.style === undefined ? {} : { style: button.style }),
  };
  if ("data" in button) return { ...look, callback_data: button.data };
  if ("url" in button) return { ...look, url: button.url };
  return { ...look, copy_text: { text: button.copy } };
}
