/** Every text of the bot once, per language; `en` must have exactly the shape of `ru`. */
import type { FormattedString } from "@grammyjs/parse-mode";
import type { Locale } from "../../engine/index.ts";
import { en } from "./en/index.ts";
import { ru } from "./ru/index.ts";

/** The words themselves are not part of the shape. */
type Shape<T> = T extends string
  ? string
  : T extends FormattedString
    ? T
    : T extends (...args: infer A) => infer R
      ? (...args: A) => R extends string ? string : R
      : { readonly [K in keyof T]: Shape<T[K]> };

export type Texts = Shape<typeof ru>;

const ALL: Record<Locale, Texts> = { ru, en };

export const textsFor = (locale: Locale): Texts => ALL[locale];

/** Telegram languages whose people usually read Russian more easily than English; the engine's first guess is the same. */
export const READS_RUSSIAN = ["ru", "be", "kk", "ky", "tg", "uk", "uz"] as const;

/** The language of somebody who isn't a member yet, by Telegram's language_code. */
export function localeOf(language: string | undefined): Locale {
  const first = (language ?? "ru").toLowerCase().split("-")[0];
  return READS_RUSSIAN.some((one) => one === first) ? "ru" : "en";
}
