/** Text as Telegram keeps it: parsed or given entities, what it finds by itself, trimmed ends, lengths in UTF-16 units. */
import { parseHtml } from "./html.ts";
import { parseMarkdown } from "./markdown.ts";
import { isObject } from "./params.ts";
import { bad, type Entity, type Formatted } from "./types.ts";

/** Bytes of text that the server reads at all, before any parsing. */
const MAX_RAW = 32_768;
const MAX_ENTITIES = 100;

const TYPES = new Set(
  "mention hashtag cashtag bot_command url email phone_number bold italic underline strikethrough spoiler blockquote expandable_blockquote code pre text_link text_mention custom_emoji date_time".split(
    " ",
  ),
);

const FOUND: readonly (readonly [type: string, pattern: RegExp])[] = [
  ["email", /(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+/gu],
  [
    "url",
    /(?<![\w-])(?:https?:\/\/[^\s<>"'«»]+|(?:[a-z0-9-]+\.)+(?:com|ru|org|net|io|dev|me)\b(?:\/[^\s<>"'«»]*)?)/giu,
  ],
  ["mention", /(?<![\w@])@[a-z]\w{3,31}\b/giu],
  ["bot_command", /(?<![\w/<>@])\/\w{1,64}(?:@\w{3,32})?(?![\w/])/gu],
  ["hashtag", /(?<![\p{L}\w#])#[\p{L}\w]*[\p{L}_][\p{L}\w]*/gu],
];

/** Reads text with `parse_mode` or `entities`; empty text and too long text are refused by the caller, in its own words. */
export function readFormatted(raw: string, parseMode: string | undefined, given: unknown): Formatted {
  if (Buffer.byteLength(raw) > MAX_RAW) throw bad("Text is too long");
  const text = cleaned(raw);
  const parsed = parse(text, parseMode, given);
  return trimmed({ text: parsed.text, entities: withFound(parsed.text, parsed.entities).slice(0, MAX_ENTITIES) });
}

/** What a person types: plain, with what Telegram finds in it. */
export const plain = (raw: string): Formatted => readFormatted(raw, undefined, undefined);

function parse(text: string, parseMode: string | undefined, given: unknown): Formatted {
  const mode = parseMode?.toLowerCase();
  if (mode === undefined || mode === "" || mode === "none") return { text, entities: readEntities(text, given) };
  if (mode === "html") return parseHtml(text);
  if (mode === "markdownv2" || mode === "markdown") return parseMarkdown(text, mode === "markdown");
  throw bad("unsupported parse_mode");
}

// Control characters become spaces and a carriage return vanishes, as on the server.
function cleaned(text: string): string {
  return text
    .toWellFormed()
    .replaceAll("\r", "")
    .replace(/[^\P{Cc}\n]/gu, " ");
}

function readEntities(text: string, given: unknown): Entity[] {
  if (given === undefined) return [];
  if (!Array.isArray(given)) throw bad("can't parse entities: expected an Array");
  return given.flatMap((value: unknown): Entity[] => {
    if (!isObject(value)) throw bad("can't parse entities: expected an Object");
    const { type, offset, length } = value;
    if (typeof type !== "string" || !TYPES.has(type)) throw bad("can't parse entities: Unsupported type specified");
    if (!Number.isInteger(offset) || !Number.isInteger(length)) {
      throw bad("can't parse entities: Field must be of type Number");
    }
    const start = Number(offset);
    const end = start + Number(length);
    if (start < 0 || end > text.length || start > text.length) {
      throw bad(`entity beginning at UTF-16 offset ${start} ends after the end of the text at UTF-16 offset ${end}`);
    }
    if (splitsPair(text, start)) throw bad(`entity begins in a middle of a UTF-16 symbol at UTF-16 offset ${start}`);
    if (splitsPair(text, end)) throw bad(`entity ends in a middle of a UTF-16 symbol at UTF-16 offset ${end}`);
    if (type === "text_link" && typeof value.url !== "string") throw bad("can't parse entities: Can't find field url");
    // Beside what was looked at, an entity goes through as it came: Telegram keeps what it knows and drops the rest.
    return end > start ? [value as unknown as Entity] : [];
  });
}

const splitsPair = (text: string, at: number) =>
  at > 0 &&
  at < text.length &&
  (text.charCodeAt(at) & 0xfc00) === 0xdc00 &&
  (text.charCodeAt(at - 1) & 0xfc00) === 0xd800;

function withFound(text: string, entities: Entity[]): Entity[] {
  const closed = ["code", "pre", "text_link", "text_mention"];
  const taken = entities.filter((entity) => closed.includes(entity.type));
  const all = [...entities];
  for (const [type, pattern] of FOUND) {
    for (const match of text.matchAll(pattern)) {
      const body = type === "url" ? match[0].replace(/[.,:;!?)\]]+$/u, "") : match[0];
      const found: Entity = { type, offset: match.index, length: body.length };
      const end = found.offset + found.length;
      if (taken.some((other) => found.offset < other.offset + other.length && other.offset < end)) continue;
      taken.push(found);
      all.push(found);
    }
  }
  return all.sort((a, b) => a.offset - b.offset || b.length - a.length);
}

function trimmed({ text, entities }: Formatted): Formatted {
  const first = entities.reduce((least, { offset }) => Math.min(least, offset), text.length);
  const cut = Math.min(text.length - text.trimStart().length, first);
  const kept = text.slice(cut).trimEnd();
  const fitting = entities.flatMap((entity): Entity[] => {
    const offset = entity.offset - cut;
    const length = Math.min(entity.length, kept.length - offset);
    return length > 0 ? [{ ...entity, offset, length }] : [];
  });
  return { text: kept, entities: fitting };
}
