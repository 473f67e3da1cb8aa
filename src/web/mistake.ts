/** Where a text stops being JSON. The engine's own message tells it only sometimes, so it is looked for. Pure. */
import type { Text } from "../engine/index.ts";

/** Nesting that the parser refuses, too. */
const MAX_DEPTH = 256;
const TOKEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids control characters in strings
  /[ \t\r\n]*(?:(?<mark>[{}[\],:])|(?<string>"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*")|(?<plain>-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])|true\b|false\b|null\b))/y;

export interface Mistake {
  /** From 1, as editors count. */
  readonly line: number;
  readonly column: number;
  readonly found: Text;
}

/** The first place at which the text can't go on as JSON; its end when something is missing there. */
export function mistakeAt(text: string): Mistake {
  const open: ("{" | "[")[] = [];
  /** value · first (value or "]") · key · firstKey (key or "}") · colon · after (comma, closing or the end) */
  let wanted: "value" | "first" | "key" | "firstKey" | "colon" | "after" = "value";
  let at = 0;
  for (;;) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    const groups = match?.groups;
    if (!match || !groups) return placed(text, at);
    const { mark, string } = groups;
    const closes = mark === "}" ? "{" : mark === "]" ? "[" : null;
    if (closes) {
      const isAllowed = wanted === "after" || wanted === (closes === "{" ? "firstKey" : "first");
      if (!isAllowed || open.pop() !== closes) return placed(text, at);
      wanted = "after";
    } else if (mark === "{" || mark === "[") {
      if (wanted !== "value" && wanted !== "first") return placed(text, at);
      if (open.push(mark) > MAX_DEPTH) return placed(text, at);
      wanted = mark === "{" ? "firstKey" : "first";
    } else if (mark === ",") {
      if (wanted !== "after" || open.length === 0) return placed(text, at);
      wanted = open.at(-1) === "{" ? "key" : "value";
    } else if (mark === ":") {
      if (wanted !== "colon") return placed(text, at);
      wanted = "value";
    } else if (wanted === "key" || wanted === "firstKey") {
      if (string === undefined) return placed(text, at);
      wanted = "colon";
    } else {
      if (wanted !== "value" && wanted !== "first") return placed(text, at);
      wanted = "after";
    }
    at = TOKEN.lastIndex;
  }
}

function placed(text: string, from: number): Mistake {
  const at = from + (/^[ \t\r\n]*/.exec(text.slice(from))?.[0].length ?? 0);
  const before = text.slice(0, at);
  const line = before.split("\n").length;
  const column = at - before.lastIndexOf("\n");
  const next = text.slice(at, at + 12).split(/\s/)[0] ?? "";
  const found =
    at >= text.length
      ? { ru: "текст обрывается", en: "the text ends there" }
      : { ru: `там стоит ${JSON.stringify(next)}`, en: `found ${JSON.stringify(next)}` };
  return { line, column, found };
}
