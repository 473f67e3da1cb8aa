/** When two failures have one cause. */
import { createHash } from "node:crypto";
import type { Json } from "../../connectors/kit/define.ts";
import type { Failure } from "../engine.ts";

export interface FailedAt {
  readonly bundle: string;
  readonly step: string;
  readonly connection: string | null;
  readonly failure: Failure;
  /** What the step had sent: whatever of it the service repeats in its answer is a value. */
  readonly input?: Json;
}

/**
 * An access error belongs to its connection; any other to the place where it happened and what was said. A service that
 * doesn't answer says so in many dresses (time-out, 502, reset): at one step that is one cause.
 */
export function causeOf(at: FailedAt): string {
  const { failure } = at;
  if (belongsToConnection(at)) return `connection ${at.connection}`;
  const place = `${at.bundle} ${at.step} ${failure.class}`;
  if (failure.class === "temporary") return place;
  const values = valuesIn(at.input);
  // Each by itself: how a message begins tells what it speaks of.
  const said = createHash("sha256")
    .update(JSON.stringify([failure.sentence.en, failure.own ?? ""].map((text) => withoutValues(text, values))))
    .digest("hex")
    .slice(0, 24);
  return `${place} ${failure.field ?? ""} ${said}`;
}

export function belongsToConnection(at: { connection: string | null; failure: Failure }): boolean {
  return at.failure.class === "access" && at.connection !== null;
}

/** A page of HTML says nothing more behind this. */
const READ = 2_000;
const MOST_VALUES = 300;
const SHORTEST = 3;
const LONGEST = 200;

/** The texts in what was sent, longest first, so that a name goes before its parts. */
export function valuesIn(input: Json | undefined): string[] {
  const found = new Set<string>();
  const look = (value: Json | undefined, depth: number): void => {
    if (found.size >= MOST_VALUES || depth > 8) return;
    if (typeof value === "string") {
      const text = plain(value).trim();
      if (text.length >= SHORTEST && text.length <= LONGEST && !ORDINARY.has(text)) found.add(text);
    } else if (Array.isArray(value)) for (const one of value) look(one, depth + 1);
    else if (typeof value === "object" && value !== null)
      for (const one of Object.values(value)) look(one as Json, depth + 1);
  };
  look(input, 0);
  return [...found].sort((one, two) => two.length - one.length);
}

/** Values that are words of messages just as well. */
const ORDINARY: ReadonlySet<string> = new Set(
  "error errors wrong not found field value invalid missing order client customer contact deal lead user phone email name status site type date number ошибка поле значение заказ клиент контакт сделка лид телефон имя статус дата номер товар город".split(
    " ",
  ),
);

/** What names a field is no value: 'email' and 'phone' are two causes. */
const NAMED =
  /((?:field|fields|parameter|param|property|attribute|column|header|key|constraint|type|поле|поля|параметр|свойство|атрибут|реквизит|колонка|столбец|типом|type of)\s*[:=]?\s*)["'«“`]([\p{L}_][\p{L}\d_.-]{0,60})["'»”`]/gu;
/** A quoted word at the very beginning, or a key of JSON, is what is spoken of. */
const SUBJECT = /(^\s*|[{,]\s*)"([\p{L}_][\p{L}\d_.-]{0,60})"(?=\s*:|(?<=^\s*"[^"]*")\s+[\p{L}])/gu;
const QUOTED = /«[^»]*»|“[^”]*”|„[^“”]*[“”]|"[^"]*"|(?<![\p{L}\d])'[^']*'(?![\p{L}\d])|`[^`]*`/gu;
/** Machines' own words for what is wrong: `"error":"not_found"`. */
const SAID = /("(?:error|errors|code|reason|type|status)"\s*:\s*)"([a-z][a-z_.-]{2,60})"/g;
const CALENDAR =
  /(?<=…\s?)(?:(?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)\p{L}*|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\p{L}*|г\.?|год[а-я]*|gmt|utc|am|pm)(?![\p{L}])|(?:mon|tue|wed|thu|fri|sat|sun)\p{L}*,?(?=\s?…)/gu;

/**
 * Where a step fails for more causes than this at once, their messages differ in something that we don't know for a
 * value: the rest is one cause.
 */
export const MOST_CAUSES = 10;
export const otherCauses = ({ bundle, step, failure }: FailedAt): string => `${bundle} ${step} ${failure.class} others`;

/** A message with everything taken out that differs from one record to the next. */
export function withoutValues(message: string, values: readonly string[] = []): string {
  let text = plain(message.slice(0, READ))
    .replace(/\bhttps?:\/\/[^\s"'»<>)]+/g, "…")
    .replace(/[^\s<>"'«»(),;:]+@[^\s<>"'«»(),;:]+\.[^\s<>"'«»(),;:]+/g, "…")
    .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, "…")
    // Names of fields are kept, under brackets that no quote matches, also where somebody sent the same word.
    .replace(SAID, "$1⟨$2⟩")
    .replace(NAMED, "$1⟨$2⟩")
    .replace(SUBJECT, "$1⟨$2⟩");
  for (const value of values) text = takeOut(text, value);
  return (
    text
      .replace(QUOTED, "…")
      // Words with a digit in them are ids, numbers, dates and phones; a field that is only called so is kept.
      .replace(/[+(#\p{L}\d_-]*\d[\p{L}\d.,:/_+()\-…]*/gu, "…")
      // Hexadecimal without a digit, and what a path holds behind its first words.
      .replace(/\b(?:0x)?[a-f]{6,}\b/g, "…")
      .replace(/(?:₽|руб\.?|[$€])/gu, "…")
      .replace(/[\s…]*…[\s…]*/g, "…")
      .replace(CALENDAR, "…")
      .replace(/[\s…/–—,.;:()[\]{}<>!-]*…[\s…/–—,.;:()[\]{}<>!-]*/g, " … ")
      .replace(/\s+/g, " ")
      .trim()
  );
}

/** Case, kinds of spaces and of dashes tell nothing. */
const plain = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[\u00a0\u2009\u202f]/g, " ")
    .replace(/[\u2010\u2011\u2012\u2212]/g, "-");

/** Where the value stands as words of its own. */
function takeOut(text: string, value: string): string {
  let from = 0;
  let rest = text;
  for (;;) {
    const at = rest.indexOf(value, from);
    if (at < 0) return rest;
    const isWhole = !isWord(rest[at - 1]) && !isWord(rest[at + value.length]) && rest[at - 1] !== "⟨";
    if (isWhole) rest = `${rest.slice(0, at)}…${rest.slice(at + value.length)}`;
    from = at + (isWhole ? 1 : value.length);
  }
}

const isWord = (sign: string | undefined): boolean => sign !== undefined && /[\p{L}\d]/u.test(sign);
