/** What in typed words belongs to somebody: phones, addresses, links, keys, ids of an account. Rather too much than too little. */

/** Stands where something was cut out of a text. */
const GAP = "…";
/** Liquid between its braces, also where it is never closed. */
const TAG = /\{\{[\s\S]*?(?:\}\}|$)|\{%[\s\S]*?(?:%\}|$)/g;
const QUOTED = /"[^"]*"|'[^']*'/g;

/** Digits in a row that may be an id of an account: years, prices and hours are shorter. */
const ID = /\d{5,}/;
const OURS: readonly RegExp[] = [
  // Keys and passwords by the name before them, to the end of the line; then e-mails and names with @, links, hosts.
  /(?:authorization|api[-_ ]?key|access[-_ ]?key|token|passw(?:or)?d|pwd|secret|парол[а-яё]*|токен[а-яё]*|логин)["']?\s*[:=][^\n]+/giu,
  /\b(?:bearer|basic)\s+\S+/giu,
  /[^\s<>"',;]*@[^\s<>"',;]+/gu,
  /[a-z][a-z0-9+.-]*:\/\/\S+/giu,
  /(?<![\p{L}\p{N}])(?:[\p{L}\p{N}-]+\.)+(?:\p{L}{2,})(?:[/?:]\S*)?/gu,
  // Dashes, dots, brackets and spaces between the digits of a phone; dates of birth are cut alike.
  /\+?[\d(](?:[\s().\-–—/]*\d){6,}/gu,
  /[\p{L}\p{N}_-]*\d{5,}[\p{L}\p{N}_-]*/gu,
  /\b(?=[\w+/=.-]*\d)(?=[\w+/=.-]*[A-Za-z])[\w+/=.-]{20,}/gu,
  /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{13,}/giu,
  // A patronymic never stands alone: the name and the surname beside it go with it.
  /(?:[А-ЯЁ][а-яё-]+\s+){0,2}[А-ЯЁ][а-яё]+(?:вич|вна|ична)(?![а-яё])(?:\s+[А-ЯЁ][а-яё-]+)?/gu,
  /(?<![а-яё])(?:ул\.|улица|пр-т|проспект|пер\.|переулок|шоссе|наб\.)\s*[^,\n]+(?:,\s*(?:д|дом|к|кв|корп|стр|оф)[а-яё]*\.?\s*\d\S*)*/giu,
];

export interface Cleaned {
  /** Null: nothing may stay. */
  readonly text: string | null;
  readonly isChanged: boolean;
}

/** A template without what belongs to somebody: cut out of the words, and taken away whole where it sits in a formula. */
export function clean(template: string): Cleaned {
  const tags = template.match(TAG) ?? [];
  if (tags.some(isOursInTag)) return { text: null, isChanged: true };
  const words = template.split(TAG);
  const kept = words.map(cleanWords);
  // What only appears where cut pieces meet has no words of its own to be cut from.
  if (isOurs(kept.join(""))) return { text: null, isChanged: true };
  const isChanged = kept.some((one, at) => one !== words[at]);
  const text = kept.flatMap((one, at) => [one, tags[at] ?? ""]).join("");
  const isBare = !/[\p{L}\p{N}]/u.test(text);
  return { text: isChanged && isBare ? null : text, isChanged };
}

/** The words between the references, as a person would read them. */
export function wordsOf(template: string): string {
  return template.replace(TAG, " ").replace(/\s+/g, " ").trim();
}

export function isOurs(words: string): boolean {
  return OURS.some((one) => words.search(one) !== -1);
}

function cleanWords(words: string): string {
  let text = words;
  // Cutting may bring together what was apart, so it is done until nothing is found.
  for (let round = 0; round < 5 && isOurs(text); round++) for (const one of OURS) text = text.replace(one, GAP);
  return isOurs(text) ? GAP : text;
}

/** Names of fields may look like hosts and keys (`trigger.client.phone`), what is quoted may not. */
function isOursInTag(tag: string): boolean {
  return (tag.match(QUOTED) ?? []).some((one) => isOurs(one.slice(1, -1))) || ID.test(tag) || tag.includes("@");
}
