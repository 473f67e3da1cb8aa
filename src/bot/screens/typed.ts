/** What a person typed, checked against the kind of the field before it is kept. */
import type { Field } from "../../engine/index.ts";
import type { Texts } from "../texts/index.ts";
import { cut } from "./lay.ts";

const YES = ["да", "yes", "true", "1", "+", "истина"];
const NO = ["нет", "no", "false", "0", "-", "ложь"];

export type Typed =
  | { readonly ok: true; readonly value: string | boolean }
  | { readonly ok: false; readonly why: string };

/** Text with references in it is judged on the sample by the engine; here only what is typed out. */
export function checkTyped(field: Pick<Field, "kind" | "many" | "secret">, text: string, t: Texts): Typed {
  const words = t.mapping;
  const bad = (why: (text: string) => string): Typed => ({ ok: false, why: why(cut(text, 60)) });
  if (text.includes("{") || field.many || field.secret) return { ok: true, value: text };
  switch (field.kind) {
    case "integer":
      return /^[+-]?\d{1,30}$/.test(text.replace(/\s/gu, ""))
        ? { ok: true, value: text.replace(/\s/gu, "") }
        : bad(words.notInteger);
    case "decimal": {
      const number = text.replace(/\s/gu, "").replace(",", ".");
      return /^[+-]?\d{1,30}(\.\d{1,20})?$/.test(number) ? { ok: true, value: number } : bad(words.notNumber);
    }
    case "boolean":
      if (YES.includes(text.toLowerCase())) return { ok: true, value: true };
      return NO.includes(text.toLowerCase()) ? { ok: true, value: false } : bad(words.notBoolean);
    case "phone": {
      const digits = text.replace(/\D/g, "").length;
      return /^[+\d][\d\s().-]*$/.test(text) && digits >= 5 && digits <= 15
        ? { ok: true, value: text }
        : bad(words.notPhone);
    }
    case "email":
      return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text) ? { ok: true, value: text } : bad(words.notEmail);
    case "dateTime":
      return isMoment(text) ? { ok: true, value: text } : bad(words.notDate);
    default:
      return { ok: true, value: text };
  }
}

/** ISO, or day.month.year with or without a time; `now` is Liquid's own word. */
function isMoment(text: string): boolean {
  if (/^(now|today)$/i.test(text)) return true;
  const local = /^(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?$/.exec(text);
  if (local) return isDay(Number(local[3]), Number(local[2]), Number(local[1])) && Number(local[4] ?? 0) < 24;
  const iso = /^(\d{4})-(\d{2})-(\d{2})(?:[ T]\d{1,2}:\d{2}.*)?$/.exec(text);
  return iso !== null && isDay(Number(iso[1]), Number(iso[2]), Number(iso[3]));
}

function isDay(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** Liquid outputs; a brace that stands for itself is written `{{ "{" }}`. */
const REFERENCE = /\{\{(?:"[^"]*"|[^"{}])*\}\}/g;
const SEPARATORS = ["|", ",", ";", " ", "\n", "-"];

export { SEPARATORS };

/** A template taken apart: references, texts, and separators around a text as pieces of their own. */
export function pieces(template: string): string[] {
  const found: string[] = [];
  let at = 0;
  const text = (part: string) => {
    const isApart = (sign: string | undefined) => sign !== undefined && SEPARATORS.includes(sign);
    const from = part.length > 1 && isApart(part[0]) ? 1 : 0;
    const to = part.length - from > 1 && isApart(part.at(-1)) ? part.length - 1 : part.length;
    found.push(...[part.slice(0, from), part.slice(from, to), part.slice(to)].filter((one) => one !== ""));
  };
  for (const match of template.matchAll(REFERENCE)) {
    text(template.slice(at, match.index));
    found.push(match[0]);
    at = match.index + match[0].length;
  }
  text(template.slice(at));
  return found;
}

export const withoutLast = (template: string): string => pieces(template).slice(0, -1).join("");
