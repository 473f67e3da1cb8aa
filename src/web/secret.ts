/** Comparing secrets without telling by the time taken how much of a guess was right. */
import { createHash, timingSafeEqual } from "node:crypto";

/** Hashes have equal lengths, so also the length of the secret stays untold. */
export function isSecret(given: string | undefined, secret: string): boolean {
  if (given === undefined) return false;
  const hash = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(given), hash(secret));
}
