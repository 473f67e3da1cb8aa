/** Forms and query strings as PHP reads them: `client[phones][0][number]=…` is nested. Pure, linear, safe for any key. */
import type { Json, JsonObject } from "../engine/index.ts";

const MAX_DEPTH = 32;
type Decoder = { decode(bytes: Uint8Array): string };
type Tree = Map<string, Node>;
type Node = Json | Tree;

/** Pairs in the order they came. Keys that repeat without brackets become a list: nothing that was sent is lost. */
export function nest(pairs: Iterable<readonly [string, Json]>): JsonObject {
  const root: Tree = new Map();
  for (const [key, value] of pairs) put(root, pathOf(key), value);
  return Object.fromEntries([...root].map(([key, node]) => [key, toJson(node)]));
}

/** `text` percent-encoded in the charset that the sender names; UTF-8 when that is unknown. */
export function parseForm(text: string, charset = "utf-8"): JsonObject {
  const decoder = decoderOf(charset);
  const pairs = text.split("&").flatMap((pair): [string, string][] => {
    if (pair === "") return [];
    const at = pair.indexOf("=");
    const [key, value] = at === -1 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
    return [[plain(key, decoder), plain(value, decoder)]];
  });
  return nest(pairs);
}

/** Decoder of a named charset (older shops send windows-1251). */
export function decoderOf(charset: string): Decoder {
  try {
    return new TextDecoder(charset);
  } catch {
    return new TextDecoder("utf-8");
  }
}

function plain(text: string, decoder: Decoder): string {
  const spaced = text.includes("+") ? text.replaceAll("+", " ") : text;
  if (!spaced.includes("%")) return spaced;
  // A percent sign without two hex digits stays as it is.
  return spaced.replace(/(?:%[0-9a-f]{2})+/gi, (run) => decoder.decode(Buffer.from(run.replaceAll("%", ""), "hex")));
}

function pathOf(key: string): string[] {
  const open = key.indexOf("[");
  if (open <= 0 || !key.endsWith("]")) return [key];
  const parts = [...key.slice(open).matchAll(/\[([^[\]]*)\]/g)].map((match) => match[1] ?? "");
  const isWhole = parts.reduce((length, part) => length + part.length + 2, open) === key.length;
  return isWhole && parts.length < MAX_DEPTH ? [key.slice(0, open), ...parts] : [key];
}

function put(root: Tree, path: readonly string[], value: Json): void {
  let at = root;
  for (const part of path.slice(0, -1)) {
    const key = part === "" ? String(at.size) : part;
    const known = at.get(key);
    const next: Tree = known instanceof Map ? known : new Map();
    if (known !== next) at.set(key, next);
    at = next;
  }
  const last = path.at(-1) ?? "";
  const key = last === "" && path.length > 1 ? String(at.size) : last;
  const known = at.get(key);
  if (known === undefined || path.length > 1) at.set(key, value);
  else if (Array.isArray(known)) known.push(value);
  else if (known instanceof Map) at.set(key, value);
  else at.set(key, [known, value]);
}

function toJson(node: Node): Json {
  if (!(node instanceof Map)) return node;
  const entries = [...node];
  const isList = entries.length > 0 && entries.every(([key], index) => key === String(index));
  if (isList) return entries.map(([, value]) => toJson(value));
  // Own properties by definition, so that "__proto__" is a key like any other; nobody means it, so it is left out.
  return Object.fromEntries(entries.filter(([key]) => key !== "__proto__").map(([key, value]) => [key, toJson(value)]));
}
