/** Every text of the bot once, per language; `en` must have exactly the shape of `ru`. */
import type { Locale } from "../../engine/index.ts";
import { en } from "./en/index.ts";
import { ru } from "./ru/index.ts";

export type Texts = typeof ru;

const ALL: Record<Locale, Texts> = { ru, en };

export const textsFor = (locale: Locale): Texts => ALL[locale];

/** The language of somebody who isn't a member yet, by Telegram's language_code. */
export const localeOf = (language: string | undefined): Locale =>
  /^(ru|be|uk|kk|ky|uz|tg|hy|az)\b/i.test(language ?? "ru") ? "ru" : "en";
