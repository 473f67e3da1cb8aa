/** `parse_mode: MarkdownV2` (and the legacy Markdown, as far as bots use it) with Telegram's complaints. */
import { bad, type Entity, type Formatted } from "./types.ts";

interface Open {
  mark: string;
  name: string;
  type: string;
  offset: number;
  at: number;
}

// Longer marks first: `__` is underline where `_` would be italic.
const MARKS: readonly (readonly [mark: string, name: string, type: string])[] = [
  ["```", "Pre", "pre"],
  ["__", "Underline", "underline"],
  ["||", "Spoiler", "spoiler"],
  ["*", "Bold", "bold"],
  ["_", "Italic", "italic"],
  ["~", "Strikethrough", "strikethrough"],
  ["`", "Code", "code"],
  ["![", "CustomEmoji", "custom_emoji"],
  ["[", "TextUrl", "text_link"],
];
const LEGACY_MARKS = MARKS.filter(([mark]) => ["```", "*", "_", "`", "["].includes(mark));
const RESERVED = "_*[]()~`>#+-=|{}.!";

export function parseMarkdown(source: string, legacy: boolean): Formatted {
  const marks = legacy ? LEGACY_MARKS : MARKS;
  const refuse = (why: string) => bad(`can't parse entities: ${why}`);
  const bytes = (index: number) => Buffer.byteLength(source.slice(0, index));
  const entities: Entity[] = [];
  const open: Open[] = [];
  let text = "";
  let quote: number | undefined;
  let at = 0;

  const close = (type: string, offset: number, more: Partial<Entity> = {}) => {
    if (text.length > offset) entities.push({ type, offset, length: text.length - offset, ...more });
  };
  const endQuote = (type = "blockquote") => {
    if (quote !== undefined) close(type, quote);
    quote = undefined;
  };

  while (at < source.length) {
    const raw = open.at(-1);
    const verbatim = raw?.type === "code" || raw?.type === "pre" ? raw : undefined;
    const char = source.charAt(at);
    const lineStart = at === 0 || source.charAt(at - 1) === "\n";

    if (char === "\\" && /[\u0021-\u007e]/.test(source.charAt(at + 1))) {
      text += source.charAt(at + 1);
      at += 2;
      continue;
    }
    if (verbatim) {
      if (source.startsWith(verbatim.mark, at)) {
        open.pop();
        at += verbatim.mark.length;
        closeCode(verbatim);
      } else {
        text += char;
        at += 1;
      }
      continue;
    }
    if (!legacy && lineStart) {
      const starts = source.startsWith("**>", at) ? 3 : char === ">" ? 1 : 0;
      if (starts > 0) {
        if (starts === 3) endQuote();
        quote ??= text.length;
        at += starts;
        continue;
      }
      endQuote();
    }
    if (!legacy && quote !== undefined && source.startsWith("||", at) && !open.some(({ mark }) => mark === "||")) {
      const after = source.charAt(at + 2);
      if (after === "" || after === "\n") {
        endQuote("expandable_blockquote");
        at += 2;
        continue;
      }
    }
    if (char === "]" && (raw?.mark === "[" || raw?.mark === "![")) {
      open.pop();
      at = closeLink(raw, at + 1);
      continue;
    }
    const mark = marks.find(([start]) => source.startsWith(start, at));
    if (mark) {
      const [start, name, type] = mark;
      if (raw?.mark === start) {
        open.pop();
        close(type, raw.offset);
      } else open.push({ mark: start, name, type, offset: text.length, at });
      at += start.length;
      continue;
    }
    if (!legacy && RESERVED.includes(char)) {
      throw refuse(`Character '${char}' is reserved and must be escaped with the preceding '\\'`);
    }
    text += char;
    at += 1;
  }
  const left = open.at(-1);
  if (left) throw refuse(`Can't find end of ${left.name} entity at byte offset ${bytes(left.at)}`);
  endQuote();
  return { text, entities };

  function closeCode({ type, offset }: Open): void {
    const first = type === "pre" ? /^([^\s`]*)\n/.exec(text.slice(offset)) : null;
    if (first) text = text.slice(0, offset) + text.slice(offset + first[0].length);
    close(type, offset, first?.[1] ? { language: first[1] } : {});
  }

  function closeLink({ type, offset }: Open, from: number): number {
    let url = text.slice(offset);
    let next = from;
    if (source.charAt(from) === "(") {
      url = "";
      for (next = from + 1; source.charAt(next) !== ")"; next++) {
        if (next >= source.length) throw refuse(`Can't find end of a URL at byte offset ${bytes(from)}`);
        if (source.charAt(next) === "\\") next++;
        url += source.charAt(next);
      }
      next += 1;
    }
    const emoji = /^tg:\/\/emoji\?id=(\d+)/.exec(url)?.[1];
    if (type === "custom_emoji") {
      if (!emoji) throw refuse("Custom emoji URL must have scheme tg://emoji");
      close(type, offset, { custom_emoji_id: emoji });
    } else if (URL.canParse(url)) close(type, offset, { url });
    return next;
  }
}
