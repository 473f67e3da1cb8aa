/** Texts that somebody reads by a syntax: what is read, or why it can't be. Pure. */
import type { Json, Syntax, Text } from "./fields.ts";
import { parseJson } from "./json.ts";
import { isObject } from "./read.ts";

type Read<T> = { readonly value: T } | { readonly mistake: Text };

/** An address of HTTP, whole and without credentials in it. */
export function readAddress(text: string): Read<URL> {
  const shown = text.slice(0, 100);
  const none: Text = {
    ru: `«${shown}» не похоже на адрес: он начинается с https://, например https://api.example.com/orders.`,
    en: `“${shown}” is no address: it begins with https://, such as https://api.example.com/orders.`,
  };
  // The parser forgives what nobody means: `https:x`, a backslash, a brace in the host.
  if (!URL.canParse(text)) return { mistake: none };
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    return {
      mistake: {
        ru: "Адрес должен начинаться с https:// или http://.",
        en: "The address must begin with https:// or http://.",
      },
    };
  }
  if (url.username !== "" || url.password !== "") {
    return {
      mistake: {
        ru: "Логин и пароль укажите в авторизации, а не в адресе.",
        en: "Give user and password under authorization, not in the address.",
      },
    };
  }
  const isHost = /^(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\])$/i.test(url.hostname);
  return isHost && /^https?:\/\/[^/\\]/i.test(text.trim()) ? { value: url } : { mistake: none };
}

/** Pairs out of a JSON object, or out of lines `name: value` and `name=value`. */
export function readLines(text: string): Read<Record<string, Json>> {
  const trimmed = text.trim();
  if (trimmed.startsWith("{")) {
    const parsed = readDocument(trimmed);
    if ("value" in parsed && isObject(parsed.value)) return { value: parsed.value };
  }
  const found: Record<string, Json> = {};
  for (const line of trimmed.split(/\r?\n/)) {
    if (line.trim() === "") continue;
    const cut = /[:=]/.exec(line)?.index;
    if (cut === undefined) {
      return {
        mistake: {
          ru: `В строке «${line.slice(0, 60)}» нет значения: нужно «имя: значение».`,
          en: `The line “${line.slice(0, 60)}” has no value: “name: value” is needed.`,
        },
      };
    }
    found[line.slice(0, cut).trim()] = line.slice(cut + 1).trim();
  }
  return { value: found };
}

/** A JSON document, exactly. */
export function readDocument(text: string): Read<Json> {
  try {
    return { value: parseJson(text) };
  } catch {
    return {
      mistake: {
        ru: "Это не похоже на JSON: проверьте кавычки и скобки.",
        en: "This is no JSON: check its quotes and brackets.",
      },
    };
  }
}

/** Why a field's finished text can't be read by its syntax; null when it can, and for an empty one. */
export function mistakeBySyntax(syntax: Syntax, text: string): Text | null {
  if (text.trim() === "") return null;
  const read = readBySyntax(syntax, text);
  return read !== null && "mistake" in read ? read.mistake : null;
}

function readBySyntax(syntax: Syntax, text: string): Read<unknown> | null {
  switch (syntax) {
    case "url":
      return readAddress(text);
    case "json":
      return readDocument(text);
    case "lines":
      return readLines(text);
    case "xml":
      // Whoever takes it knows its own dialect; here only what is put into it is kept harmless.
      return null;
    default:
      return syntax satisfies never;
  }
}
