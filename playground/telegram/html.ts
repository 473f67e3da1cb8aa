/** `parse_mode: HTML` with Telegram's tags and Telegram's complaints; byte offsets count UTF-8, as the server does. */
import { bad, type Entity, type Formatted } from "./types.ts";

const SIMPLE: Readonly<Record<string, string>> = {
  b: "bold",
  strong: "bold",
  i: "italic",
  em: "italic",
  u: "underline",
  ins: "underline",
  s: "strikethrough",
  strike: "strikethrough",
  del: "strikethrough",
  "tg-spoiler": "spoiler",
  code: "code",
};
const KNOWN = new Set([...Object.keys(SIMPLE), "span", "a", "pre", "blockquote", "tg-emoji", "tg-time"]);
const NAMED: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"' };

interface Open {
  tag: string;
  offset: number;
  attributes: Map<string, string>;
}

export function parseHtml(source: string): Formatted {
  let text = "";
  const entities: Entity[] = [];
  const open: Open[] = [];
  const refuse = (why: string) => bad(`can't parse entities: ${why}`);

  let at = 0;
  while (at < source.length) {
    const char = source.charAt(at);
    const bytes = () => Buffer.byteLength(source.slice(0, at));
    if (char === "&") {
      const known = /^&(?:#(\d+)|#x([\da-f]+)|(lt|gt|amp|quot));?/i.exec(source.slice(at, at + 12));
      text += known ? decode(known) : char;
      at += known ? known[0].length : 1;
      continue;
    }
    if (char !== "<") {
      text += char;
      at += 1;
      continue;
    }
    if (source.charAt(at + 1) === "/") {
      const end = source.indexOf(">", at);
      if (end < 0) throw refuse(`Unclosed end tag at byte offset ${bytes()}`);
      const name = source
        .slice(at + 2, end)
        .trim()
        .toLowerCase();
      const last = open.pop();
      if (!last) throw refuse(`Unexpected end tag at byte offset ${bytes()}`);
      if (name !== "" && name !== last.tag) {
        throw refuse(`Unmatched end tag at byte offset ${bytes()}, expected "</${last.tag}>", found "</${name}>"`);
      }
      const entity = entityOf(last, text);
      if (entity) entities.push(entity);
      at = end + 1;
      continue;
    }
    const tag = /^<([^\s>/]*)((?:"[^"]*"|'[^']*'|[^>"'])*)>/.exec(source.slice(at));
    if (!tag) throw refuse(`Unclosed start tag at byte offset ${bytes()}`);
    const name = (tag[1] ?? "").toLowerCase();
    if (!KNOWN.has(name)) throw refuse(`Unsupported start tag "${name}" at byte offset ${bytes()}`);
    const attributes = readAttributes(tag[2] ?? "");
    if (name === "span" && attributes.get("class") !== "tg-spoiler") {
      throw refuse(`Tag "span" must have class "tg-spoiler" at byte offset ${bytes()}`);
    }
    open.push({ tag: name, offset: text.length, attributes });
    at += tag[0].length;
  }
  const left = open.at(-1);
  if (left) throw refuse(`Can't find end tag corresponding to start tag "${left.tag}"`);
  return { text, entities: joinPre(entities) };
}

/** A reference to a sign, and the parts of it that its expression found. */
function decode([whole = "", decimal, hex, name]: readonly (string | undefined)[]): string {
  if (name) return NAMED[name.toLowerCase()] ?? whole;
  const code = decimal ? Number(decimal) : Number.parseInt(hex ?? "", 16);
  return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : whole;
}

function readAttributes(source: string): Map<string, string> {
  const found = source.matchAll(/([^\s=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?/g);
  return new Map(
    [...found].map(([, name = "", double, single, bare]) => [
      name.toLowerCase(),
      (double ?? single ?? bare ?? "").replace(/&(?:#(\d+)|#x([\da-f]+)|(lt|gt|amp|quot));?/gi, (...match: string[]) =>
        decode(match),
      ),
    ]),
  );
}

function entityOf({ tag, offset, attributes }: Open, text: string): Entity | undefined {
  const length = text.length - offset;
  if (length === 0) return undefined;
  const simple = SIMPLE[tag];
  const language = /^language-(.+)$/.exec(attributes.get("class") ?? "")?.[1];
  if (tag === "code" && language) return { type: "code", offset, length, language };
  if (simple) return { type: simple, offset, length };
  if (tag === "span") return { type: "spoiler", offset, length };
  if (tag === "pre") return { type: "pre", offset, length };
  if (tag === "blockquote") {
    return { type: attributes.has("expandable") ? "expandable_blockquote" : "blockquote", offset, length };
  }
  if (tag === "tg-emoji") {
    return { type: "custom_emoji", offset, length, custom_emoji_id: attributes.get("emoji-id") ?? "" };
  }
  if (tag === "tg-time") {
    const format = attributes.get("format");
    const unix = Number(attributes.get("unix"));
    return { type: "date_time", offset, length, unix_time: unix, ...(format ? { date_time_format: format } : {}) };
  }
  const url = attributes.get("href") || text.slice(offset);
  return URL.canParse(url) ? { type: "text_link", offset, length, url } : undefined;
}

/** `<pre><code class="language-x">` is one block with a language; a language without a block is nothing. */
function joinPre(entities: Entity[]): Entity[] {
  const same = (a: Entity, b: Entity) => a.offset === b.offset && a.length === b.length;
  return entities.flatMap((entity): Entity[] => {
    if (entity.type === "code") {
      if (entities.some((other) => other.type === "pre" && same(other, entity))) return [];
      return [{ type: "code", offset: entity.offset, length: entity.length }];
    }
    const inner = entities.find((other) => other.type === "code" && other.language && same(other, entity));
    return entity.type === "pre" && inner?.language ? [{ ...entity, language: inner.language }] : [entity];
  });
}
