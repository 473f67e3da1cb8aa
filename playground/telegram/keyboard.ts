/** Inline and reply keyboards: what Telegram takes, and its words when it doesn't. */
import { isObject } from "./params.ts";
import { bad, type InlineButton, type Markup } from "./types.ts";

const MAX_BUTTONS = 100;
const MAX_ROW = 8;
const MAX_REPLY_BUTTONS = 300;
const MAX_REPLY_ROW = 12;
/** Seen by several bots' authors as "reply markup is too long"; never in the reference. */
const MAX_BYTES = 10_000;

const STYLES = ["danger", "success", "primary"];
const KINDS = [
  "url",
  "callback_data",
  "copy_text",
  "disabled",
  "web_app",
  "login_url",
  "switch_inline_query",
  "switch_inline_query_current_chat",
  "switch_inline_query_chosen_chat",
  "callback_game",
  "pay",
];

/** Checks `reply_markup`; undefined when there is none (an empty inline keyboard counts as none). */
export function readMarkup(value: unknown, where: "send" | "edit"): Markup | undefined {
  if (value === undefined) return undefined;
  if (!isObject(value)) throw bad("object expected as reply markup");
  if (Buffer.byteLength(JSON.stringify(value)) > MAX_BYTES) throw bad("reply markup is too long");
  if ("inline_keyboard" in value) return readInline(value.inline_keyboard);
  if (where === "edit" && Object.keys(value).length > 0) throw bad("inline keyboard expected");
  if ("keyboard" in value) return readReply(value);
  if ("remove_keyboard" in value || "force_reply" in value) return value;
  return undefined;
}

function rowsOf(value: unknown, what: string): unknown[][] {
  if (!Array.isArray(value)) throw bad(`object expected as reply markup: field "${what}" must be an Array`);
  return value.map((row) => {
    if (!Array.isArray(row)) throw bad(`field "${what}" must be an Array of Arrays`);
    return row;
  });
}

function readInline(value: unknown): Markup | undefined {
  const rows = rowsOf(value, "inline_keyboard").filter((row) => row.length > 0);
  if (rows.length === 0) return undefined;
  const count = rows.reduce((sum, row) => sum + row.length, 0);
  if (count > MAX_BUTTONS || rows.some((row) => row.length > MAX_ROW)) throw bad("reply markup is too long");
  return { inline_keyboard: rows.map((row) => row.map(readButton)) };
}

function readButton(value: unknown): InlineButton {
  const refuse = (why: string) => bad(`can't parse inline keyboard button: ${why}`);
  if (!isObject(value)) throw refuse("InlineKeyboardButton must be an Object");
  const { text, callback_data: data, url, copy_text: copy, style } = value;
  if (typeof text !== "string") throw refuse('Field "text" must be of type String');
  if (text.trim() === "") throw refuse("Button text must be non-empty");
  if (!KINDS.some((kind) => value[kind] !== undefined)) {
    throw refuse("Text buttons are unallowed in the inline keyboard");
  }
  if (data !== undefined) {
    const bytes = typeof data === "string" ? Buffer.byteLength(data) : 0;
    if (bytes < 1 || bytes > 64) throw bad("BUTTON_DATA_INVALID");
  }
  if (url !== undefined) checkUrl(url);
  if (copy !== undefined) {
    const copied = isObject(copy) ? copy.text : undefined;
    if (typeof copied !== "string" || copied.length < 1 || copied.length > 256) throw bad("BUTTON_COPY_TEXT_INVALID");
  }
  if (style !== undefined && !STYLES.includes(String(style))) throw refuse("Unsupported button style specified");
  return value as InlineButton;
}

function checkUrl(value: unknown): void {
  const refuse = () => bad(`inline keyboard button URL '${String(value)}' is invalid: Wrong HTTP URL`);
  if (typeof value !== "string" || !URL.canParse(value)) throw refuse();
  const url = new URL(value);
  if (url.protocol === "tg:" || url.protocol === "ton:") return;
  if (!["http:", "https:"].includes(url.protocol) || !/[.:]/.test(url.hostname)) throw refuse();
}

function readReply(value: Record<string, unknown>): Markup | undefined {
  const rows = rowsOf(value.keyboard, "keyboard").filter((row) => row.length > 0);
  if (rows.length === 0) return undefined;
  const count = rows.reduce((sum, row) => sum + row.length, 0);
  if (count > MAX_REPLY_BUTTONS || rows.some((row) => row.length > MAX_REPLY_ROW))
    throw bad("reply markup is too long");
  for (const button of rows.flat()) {
    const text = typeof button === "string" ? button : isObject(button) ? button.text : undefined;
    if (typeof text !== "string" || text.trim() === "")
      throw bad("can't parse keyboard button: Text must be non-empty");
  }
  return { ...value, keyboard: rows as NonNullable<Markup["keyboard"]> };
}

/** The button of a keyboard that carries these data, if it can be pressed. */
export function findButton(markup: Markup | undefined, data: string): InlineButton | undefined {
  return markup?.inline_keyboard?.flat().find((button) => button.callback_data === data && !button.disabled);
}
