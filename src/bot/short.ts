/** Short names for buttons: 64 bytes hold a bundle's id, a step's id and little more. */
import { randomInt } from "node:crypto";

const LETTERS = "abcdefghijkmnpqrstuvwxyz";
const SIGNS = `${LETTERS}23456789`;

/** Five characters that stand for a text: enough to notice that a button means something else by now. */
export function short(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(36).padStart(7, "0").slice(-5);
}

/** A place in a list together with what stood there when the button was drawn. */
export const token = (index: number, key: string): string => `${index}.${short(key)}`;

/** The index behind a token, or null when something else stands there now: the button is stale. */
export function indexOf(given: string | undefined, keys: readonly string[]): number | null {
  const [at = "", hash = ""] = (given ?? "").split(".");
  const index = Number(at);
  const key = keys[index];
  if (/^\d{1,4}$/.test(at) && key !== undefined && short(key) === hash) return index;
  // The line moved: a field that is shown elsewhere now is still the same field.
  const moved = keys.findIndex((one) => short(one) === hash);
  return hash !== "" && moved >= 0 ? moved : null;
}

/** Id for a step about to be added. It travels in the button, so that two taps add one step. */
export function newStepId(taken: readonly string[]): string {
  for (;;) {
    let id = LETTERS.charAt(randomInt(LETTERS.length));
    for (let i = 0; i < 3; i++) id += SIGNS.charAt(randomInt(SIGNS.length));
    if (!taken.includes(id)) return id;
  }
}

/** Names one pressing of a button that creates something: two taps carry the same. */
export const nonce = (): string => randomInt(36 ** 6).toString(36);
