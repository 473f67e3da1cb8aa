import type { Text } from "./connectors/kit/fields.ts";

/** The app can't start or a command can't run like this; the sentence says what to change. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly sentence: Text;

  constructor(sentence: Text, cause?: unknown) {
    super(sentence.en, { cause });
    this.sentence = sentence;
  }
}

/** The operator's language, as the shell names it. */
export function shellLocale(env: NodeJS.ProcessEnv = process.env): "ru" | "en" {
  return /^ru/i.test(env.LC_ALL || env.LC_MESSAGES || env.LANG || "") ? "ru" : "en";
}
