/** A failure in words: our sentence, the field by the name that people know, and the service's own words once. */
import type { Failure, Locale } from "../../engine/index.ts";

export interface Told {
  readonly sentence: string;
  /** The service's own words, to be folded under the sentence; empty where it said none. */
  readonly own: string;
}

/** Connectors put the service's words into their sentence too, for places that show nothing else. */
export function told(locale: Locale, failure: Pick<Failure, "sentence" | "own">): Told {
  const own = failure.own?.trim() ?? "";
  const sentence = failure.sentence[locale].trim();
  if (own === "" || !sentence.includes(own)) return { sentence, own };
  const before = sentence.slice(0, sentence.indexOf(own));
  const after = sentence.slice(before.length + own.length);
  // Only words set off by a colon can be left out; of others the sentence is made.
  const isSetOff = /\S:\s*[«“"]?$/u.test(before) && /^[»”"]?\.?\s*$/u.test(after);
  return isSetOff ? { sentence: `${before.replace(/:\s*[«“"]?$/u, "")}.`, own } : { sentence, own: "" };
}
