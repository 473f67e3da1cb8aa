/** What a `t.me/<bot>?start=…` link may hold: letters, digits, `_` and `-`, at most 64. */
import { parse } from "./callback.ts";

/** Only places that look: anybody can write such a link, and its reader has pressed nothing but "start". */
const LOOKS: ReadonlySet<string> = new Set([
  ...["home", "status", "history", "historyof", "runview", "incident", "card", "step", "trigger", "swap"],
  ...["connection", "settings", "notices"],
  // A bundle that was shared: what it would be.
  "sk",
]);
const PREFIX = "o_";

/** A code of an invitation or of a connection by link. */
export const isLinkCode = (text: string): boolean => /^[\w-]{22}$/.test(text.trim());

/** The `start` parameter that leads to a button's place in the private chat; null where only a press may lead. */
export function placeLink(data: string): string | null {
  const { place, args } = parse(data);
  const link = PREFIX + [place, ...args].join("_");
  return LOOKS.has(place) && /^[A-Za-z0-9_-]{1,64}$/.test(link) ? link : null;
}

/** The place and its arguments; null for anything else. */
export function readPlace(start: string): [place: string, args: string[]] | null {
  if (!start.startsWith(PREFIX)) return null;
  const [place = "", ...args] = start.slice(PREFIX.length).split("_");
  return LOOKS.has(place) ? [place, args] : null;
}
