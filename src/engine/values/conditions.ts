/** Conditions of the incoming filter, routers and stop-ifs: OR of AND-groups, a verdict for each. */
import { RE2JS } from "re2js";
import type { Json, JsonObject, Text } from "../../connectors/kit/fields.ts";
import type { Condition, Conditions } from "../bundle/model.ts";
import type { Verdict } from "../engine.ts";
import { readMoment } from "./moment.ts";
import { compareDecimals, looksLikeNumber, readDecimal } from "./numbers.ts";
import { isEmpty, toText, type ValueSettings } from "./settings.ts";
import { render } from "./template.ts";

export interface Evaluation {
  readonly holds: boolean;
  /** As the conditions: groups of verdicts. */
  readonly verdicts: readonly (readonly Verdict[])[];
}

const MAX_PATTERN = 1_000;
const MAX_MATCHED = 100_000;
const UNITS = { minutes: 60_000, hours: 3_600_000, days: 86_400_000 } as const;

/**
 * Tells whether the conditions hold on the data; no conditions hold for everything. Throws only a ConnectorError of
 * class "data", for a broken template.
 */
export function evaluate(conditions: Conditions, data: JsonObject, settings: ValueSettings): Evaluation {
  const verdicts = conditions.map((group) => group.map((condition) => judge(condition, data, settings)));
  return { holds: verdicts.length === 0 || verdicts.some((group) => group.every(({ holds }) => holds)), verdicts };
}

/** Why a condition can't be used: a pattern that is none. Null when it can. */
export function mistakeInPattern(condition: Condition): Text | null {
  if (condition.operator !== "matches" || typeof condition.right !== "string" || condition.right.includes("{{"))
    return null;
  if (pattern(condition.right, false) !== null) return null;
  return {
    ru: `Шаблон поиска «${condition.right.slice(0, 60)}» записан с ошибкой.`,
    en: `The pattern “${condition.right.slice(0, 60)}” has a mistake.`,
  };
}

function judge(condition: Condition, data: JsonObject, settings: ValueSettings): Verdict {
  const left = render(condition.left, data, settings);
  const right = render(condition.right ?? null, data, settings);
  return { condition, left: toText(left), right: toText(right), holds: holds(condition, left, right, settings) };
}

function holds(condition: Condition, left: Json, right: Json, settings: ValueSettings): boolean {
  const fold = (value: Json): string => folded(value, condition.exact === true);
  const same = (a: Json, b: Json): boolean => isSame(a, b, condition.exact === true, settings);
  switch (condition.operator) {
    case "empty":
      return isEmpty(left);
    case "notEmpty":
      return !isEmpty(left);
    case "equals":
      return same(left, right);
    case "notEquals":
      return !same(left, right);
    case "contains":
      return contains(left, right, fold, same);
    case "notContains":
      return !contains(left, right, fold, same);
    case "startsWith":
      return fold(left).startsWith(fold(right));
    case "endsWith":
      return fold(left).endsWith(fold(right));
    case "matches":
      return pattern(toText(right), condition.exact === true)?.test(toText(left).slice(0, MAX_MATCHED)) ?? false;
    case "oneOf":
      return listOf(right).some((item) => same(left, item));
    case "noneOf":
      return !listOf(right).some((item) => same(left, item));
    case "eq":
      return order(left, right, settings) === 0 || (order(left, right, settings) === null && same(left, right));
    case "ne":
      return order(left, right, settings) !== 0 && !(order(left, right, settings) === null && same(left, right));
    case "lt":
      return isOrdered(order(left, right, settings), (sign) => sign < 0);
    case "le":
      return isOrdered(order(left, right, settings), (sign) => sign <= 0);
    case "gt":
      return isOrdered(order(left, right, settings), (sign) => sign > 0);
    case "ge":
      return isOrdered(order(left, right, settings), (sign) => sign >= 0);
    case "before":
      return isOrdered(orderInTime(left, right, settings), (sign) => sign < 0);
    case "after":
      return isOrdered(orderInTime(left, right, settings), (sign) => sign > 0);
    case "within":
      return isWithin(left, right, condition.unit ?? "days", settings);
    case "isTrue":
      return readBoolean(left) === true;
    case "isFalse":
      return readBoolean(left) === false;
    case "has":
      return listOf(left).some((item) => same(item, right));
    case "hasNot":
      return !listOf(left).some((item) => same(item, right));
    default:
      return condition.operator satisfies never;
  }
}

const TRUE = new Set(["true", "1", "yes", "y", "on", "да", "истина", "верно"]);
const FALSE = new Set(["false", "0", "no", "n", "off", "нет", "ложь", "неверно"]);

/** A boolean as services and people write it; null for anything else. */
export function readBoolean(value: Json | undefined): boolean | null {
  if (typeof value === "boolean") return value;
  const word = typeof value === "number" || typeof value === "string" ? String(value).trim().toLowerCase() : "";
  return TRUE.has(word) ? true : FALSE.has(word) ? false : null;
}

function folded(value: Json, isExact: boolean): string {
  return isExact ? toText(value) : toText(value).trim().toLowerCase();
}

function isSame(left: Json, right: Json, isExact: boolean, settings: ValueSettings): boolean {
  const [a, b] = [folded(left, isExact), folded(right, isExact)];
  if (a === b) return true;
  if (isExact || !looksLikeNumber(a) || !looksLikeNumber(b)) return false;
  return order(left, right, settings) === 0;
}

/** Numbers in order; null when one of the two isn't a number. */
function order(left: Json, right: Json, settings: ValueSettings): number | null {
  const [a, b] = [readDecimal(left, settings.locale), readDecimal(right, settings.locale)];
  return a === null || b === null ? null : compareDecimals(a, b);
}

function orderInTime(left: Json, right: Json, settings: ValueSettings): number | null {
  const [a, b] = [readMoment(left, settings), readMoment(right, settings)];
  return a === null || b === null ? null : Math.sign(a.getTime() - b.getTime());
}

function isOrdered(sign: number | null, wanted: (sign: number) => boolean): boolean {
  return sign !== null && wanted(sign);
}

function isWithin(left: Json, right: Json, unit: keyof typeof UNITS, settings: ValueSettings): boolean {
  const moment = readMoment(left, settings);
  const count = readDecimal(right, settings.locale);
  if (moment === null || count === null) return false;
  const age = (settings.now ?? new Date()).getTime() - moment.getTime();
  return age >= 0 && age <= (Number(count.units) / 10 ** count.scale) * UNITS[unit];
}

function contains(
  left: Json,
  right: Json,
  fold: (value: Json) => string,
  same: (a: Json, b: Json) => boolean,
): boolean {
  if (Array.isArray(left) && left.some((item) => same(item, right))) return true;
  return fold(left).includes(fold(right));
}

/** A list, or a text that lists its values by line, comma or semicolon. */
function listOf(value: Json): readonly Json[] {
  if (Array.isArray(value)) return value;
  if (isEmpty(value)) return [];
  return typeof value === "string" ? value.split(/[\n,;]/).map((part) => part.trim()) : [value];
}

const patterns = new Map<string, RE2JS | null>();

/** Compiled in linear-time syntax; null for what isn't a pattern. */
function pattern(source: string, isExact: boolean): { test(text: string): boolean } | null {
  if (source === "" || source.length > MAX_PATTERN) return null;
  const key = `${isExact}${source}`;
  let compiled = patterns.get(key);
  if (compiled === undefined) {
    compiled = compile(source, isExact);
    if (patterns.size > 500) patterns.clear();
    patterns.set(key, compiled);
  }
  return compiled;
}

function compile(source: string, isExact: boolean): RE2JS | null {
  try {
    return RE2JS.compile(source, isExact ? 0 : RE2JS.CASE_INSENSITIVE);
  } catch {
    return null;
  }
}
