/** Where a sentence says "when" and where it says "do": cut into clauses by marks, by conjunctions, by verbs. */

export type Verb = "create" | "update" | "find" | "send" | "delete";

const VERBS: readonly (readonly [Verb, RegExp])[] = [
  [
    "create",
    /^(?:созда(?:ть|вать|й|ем|вай)|добав(?:ить|лять|ь|ляй|ляем)|завести|завод|заведи|заносить|занести|внести|вноси|запис(?:ать|ывать|ывай)|запиши|сохран|постав(?:ить|ь)|create|add|make|put|save|insert|append|register|open)$/,
  ],
  [
    "update",
    /^(?:обнов(?:ить|лять|и|ляй|ляем)|измен(?:ить|ять|и|яй)|сменить|смени|поменять|поменяй|закрыть|закрой|update|change|set|move|close)$/,
  ],
  ["find", /^(?:найти|найди|искать|ищи|поискать|find|search|look)$/],
  [
    "send",
    /^(?:отправ(?:ить|лять|ь|ляй|ляем)|прислать|пришли|присылать|присылай|слать|шли|написать|напиши|писать|пиши|уведомить|уведомлять|уведомляй|уведоми|сообщить|сообщать|сообщи|сообщай|предупредить|send|notify|post|write|tell|message|text)$/,
  ],
  ["delete", /^(?:удалить|удалять|удали|delete|remove)$/],
];
/** Verbs are recognised by their beginnings, too: «создаётся» isn't one of doing, «создать» is. */
export function verbOf(text: string): Verb | null {
  for (const word of text.toLowerCase().split(/[^\p{L}-]+/u)) {
    const found = VERBS.find(([, pattern]) => pattern.test(word));
    if (found) return found[0];
  }
  return null;
}
export const hasVerb = (text: string): boolean => verbOf(text) !== null;

const WHEN =
  /^(?:а\s+)?(?:когда|если|как только|при(?=\s)|после(?=\s)|каждый раз,? когда|на кажд\p{L}+|when|whenever|if|once|after|as soon as|every time|on (?:a |an |each |every |new )|for (?:each|every))/iu;
export const isWhen = (clause: string): boolean => WHEN.test(clause.trim());

/** Marks between what happens and what is done. */
const MARKS = /\s*(?:→|->|=>|—|–|\s-\s|:\s|;|\s(?:то|тогда)\s|,\s*(?:то|тогда|then)\s|\bthen\b)\s*/iu;

/** One clause, or the trigger's and those of the actions, in the order of the sentence. */
export function cutClauses(text: string): string[] {
  const marked = text.split(MARKS).map(trimmed).filter(Boolean);
  if (marked.length > 1) return marked;
  // «создать заказ, когда пришла заявка»: a conjunction in the middle begins a clause of its own.
  const inner =
    /[\s,]+(?=(?:когда|если|как только|после того как|when|whenever|if|once|as soon as|every time)\s)/iu.exec(text);
  if (inner && inner.index > 0) return [text.slice(0, inner.index), text.slice(inner.index)].map(trimmed);
  const comma = text.split(/,\s*/).map(trimmed);
  const first = comma.findIndex((part) => hasVerb(part));
  if (first > 0) return [comma.slice(0, first).join(", "), comma.slice(first).join(", ")];
  // «при звонке из Calltouch создать клиента»: the verb of doing begins what is done.
  const parts = text.split(/\s+/);
  const at = parts.findIndex((word) => hasVerb(word));
  return at > 1 ? [parts.slice(0, at).join(" "), parts.slice(at).join(" ")].map(trimmed) : [text];
}

const trimmed = (text: string): string => text.replace(/^[\s,.;:-]+|[\s,.;:-]+$/g, "");
