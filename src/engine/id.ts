/** Public ids. */
import { randomBytes } from "node:crypto";

const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** 128 random bits in base62, 22 letters: nobody guesses it, and it needs no escaping in an address. */
export function newId(): string {
  let rest = BigInt(`0x${randomBytes(16).toString("hex")}`);
  let id = "";
  for (let place = 0; place < 22; place++) {
    id = LETTERS.charAt(Number(rest % 62n)) + id;
    rest /= 62n;
  }
  return id;
}
