/** Texts that somebody reads by a syntax: a reference is written so that its value can't break them or add to them. */
import type { Json, Syntax } from "../../connectors/kit/fields.ts";
import { parseJson, stringifyJson } from "../../connectors/kit/json.ts";
import { isEmpty, toText } from "./settings.ts";

/** Text that a filter has already written for the syntax, such as that of `json`. */
export class Ready {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toString(): string {
    return this.text;
  }
}

/** A value where a template shows it; everything else of a template is text that a person wrote. */
export class Written {
  readonly value: Json;
  readonly isReady: boolean;
  constructor(value: Json, isReady: boolean) {
    this.value = value;
    this.isReady = isReady;
  }
  /** Where a template keeps the text for itself, as `capture` does. */
  toString(): string {
    return toText(this.value);
  }
}
type Piece = string | Written;

/** Takes what a template writes, piece by piece. */
export function collect(): { readonly all: readonly Piece[]; write(piece: unknown): void; buffer: string } {
  const all: Piece[] = [];
  return {
    all,
    buffer: "",
    write(piece) {
      all.push(piece instanceof Written ? piece : String(piece));
    },
  };
}

/** The text of the pieces, well-formed by its syntax wherever the person's own part of it is. */
export function writeAs(syntax: Syntax, pieces: readonly Piece[]): string {
  switch (syntax) {
    case "json":
      return asJsonText(pieces);
    case "url":
      return asAddress(pieces);
    case "lines":
      return asLines(pieces);
    case "xml":
      return pieces
        .map((piece) => (typeof piece === "string" || piece.isReady ? String(piece) : asXml(piece.value)))
        .join("");
    default:
      return syntax satisfies never;
  }
}

/** A text that is one reference and nothing else: in JSON the value itself; JSON that came as text goes through as it is. */
export function writeLone(syntax: Syntax, value: Json): Json {
  if (syntax !== "json" || value === null || (typeof value === "string" && isEmpty(value))) return value;
  return asDocument(value);
}

/** As JSON: a document that came as text stays as it is to its last sign. */
export function asDocument(value: Json): string {
  return typeof value === "string" && isDocument(value) ? value : jsonOf(value);
}

/** Between quotes a value is a part of the string; elsewhere it is a value of its own, text in quotes. */
function asJsonText(pieces: readonly Piece[]): string {
  let isInside = false;
  let isEscaped = false;
  return pieces
    .map((piece) => {
      if (typeof piece !== "string") {
        const { value, isReady } = piece;
        if (isInside) return JSON.stringify(toText(value)).slice(1, -1);
        return isReady ? toText(value) : jsonOf(value);
      }
      for (const char of piece) {
        if (char === '"' && !isEscaped) isInside = !isInside;
        isEscaped = isInside && char === "\\" && !isEscaped;
      }
      return piece;
    })
    .join("");
}

/** Numbers that a double can't hold came as text (`kit/json.ts`) and leave as numbers; all other text is quoted. */
function jsonOf(value: Json): string {
  return typeof value === "string" && isLongNumber(value) ? value : stringifyJson(value);
}

function isLongNumber(text: string): boolean {
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text) && parseJson(text) === text;
}

function isDocument(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    parseJson(text);
    return true;
  } catch {
    return false;
  }
}

/** Values in the path or behind it are percent-encoded whole; what makes up the beginning of an address isn't. */
function asAddress(pieces: readonly Piece[]): string {
  let text = "";
  for (const piece of pieces) {
    const isBehind = /^\s*[a-z][a-z0-9+.-]*:\/\/[^/?#]*[/?#]/i.test(text);
    const isCoded = typeof piece !== "string" && !piece.isReady && isBehind;
    text += isCoded ? encodeURIComponent(toText(piece.value).toWellFormed()) : String(piece);
  }
  return text;
}

/** As text of an element or an attribute; signs that XML can't hold in any way are left out. */
function asXml(value: Json): string {
  return (
    toText(value)
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: just these are forbidden by XML 1.0
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "")
      .replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
  );
}

interface Line {
  name: string;
  /** Null until the mark between name and value. */
  value: Piece[] | null;
}

/** Lines become an object, in which a value's own line breaks and marks mean nothing. */
function asLines(pieces: readonly Piece[]): string {
  const [first] = pieces;
  if (typeof first === "string" && first.trimStart().startsWith("{")) return asJsonText(pieces);
  const lines: Line[] = [{ name: "", value: null }];
  for (const piece of pieces) {
    const [head = "", ...more] = typeof piece === "string" ? piece.split(/\r?\n/) : [piece];
    extend(lines.at(-1), head);
    for (const part of more) {
      lines.push({ name: "", value: null });
      extend(lines.at(-1), part);
    }
  }
  const filled = lines.filter(({ name, value }) => value !== null || name.trim() !== "");
  // Whoever reads the lines says what is wrong with them.
  if (filled.some(({ value }) => value === null)) return pieces.map(String).join("");
  return stringifyJson(Object.fromEntries(filled.map(({ name, value }) => [name.trim(), trimmed(value ?? [])])));
}

function extend(line: Line | undefined, piece: Piece): void {
  if (line === undefined) return;
  if (line.value !== null) {
    line.value.push(piece);
    return;
  }
  const mark = typeof piece === "string" ? piece.search(/[:=]/) : -1;
  const text = String(piece);
  if (mark === -1) {
    line.name += text;
    return;
  }
  line.name += text.slice(0, mark);
  line.value = [text.slice(mark + 1)];
}

/** Without the blanks that a person wrote around the value; the value's own stay. */
function trimmed(value: readonly Piece[]): string {
  const texts = value.map((piece, place) => {
    if (typeof piece !== "string") return String(piece);
    const begun = place === 0 ? piece.trimStart() : piece;
    return place === value.length - 1 ? begun.trimEnd() : begun;
  });
  return texts.join("");
}
