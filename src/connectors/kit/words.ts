/** Fields that many services share, so that they read the same everywhere. */
import type { Field, Meaning, Text } from "./fields.ts";

/** A text that is the same in every language: names of parameters, codes. */
export const same = (text: string): Text => ({ ru: text, en: text });

const UTM: readonly (readonly [key: string, name: string, meaning: Meaning])[] = [
  ["utmSource", "utm_source", "utm.source"],
  ["utmMedium", "utm_medium", "utm.medium"],
  ["utmCampaign", "utm_campaign", "utm.campaign"],
  ["utmContent", "utm_content", "utm.content"],
  ["utmTerm", "utm_term", "utm.term"],
];

/** The five UTM marks as output fields. */
export const utmFields: readonly Field[] = UTM.map(([key, name, meaning]) => ({
  key,
  label: same(name),
  kind: "text",
  meaning,
}));
