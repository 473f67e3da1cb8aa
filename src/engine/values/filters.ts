/** The filters that templates may use: a chosen part of Liquid's, exact arithmetic, and ours. */
import { type FilterImplOptions, filters as liquidFilters } from "liquidjs";
import type { Json, Syntax } from "../../connectors/kit/fields.ts";
import { parseJson } from "../../connectors/kit/json.ts";
import { readMoment, writeMoment } from "./moment.ts";
import {
  addDecimals,
  compareDecimals,
  type Decimal,
  decimalJson,
  divideDecimals,
  multiplyDecimals,
  negateDecimal,
  readAmount,
  remainderOf,
  roundDecimal,
} from "./numbers.ts";
import { normalPhone } from "./phone.ts";
import { toText, type ValueSettings } from "./settings.ts";
import { asDocument, Ready } from "./syntax.ts";

/**
 * Left out on purpose: filters that run expressions per element or hash, that nest lists in themselves (`push`), and
 * those whose patterns can backtrack.
 */
const FROM_LIQUID = [
  "append",
  "base64_decode",
  "base64_encode",
  "capitalize",
  "compact",
  "default",
  "downcase",
  "escape",
  "find",
  "first",
  "has",
  "last",
  "lstrip",
  "map",
  "newline_to_br",
  "prepend",
  "reject",
  "remove",
  "remove_first",
  "remove_last",
  "replace",
  "replace_first",
  "replace_last",
  "reverse",
  "rstrip",
  "size",
  "slice",
  "sort",
  "sort_natural",
  "split",
  "strip",
  "strip_newlines",
  "truncate",
  "truncatewords",
  "upcase",
  "url_decode",
  "where",
] as const;

/** Steps of work and characters of text that one rendering may use. */
export const WORK_LIMIT = 4_000_000;

interface FilterThis {
  readonly context: { readonly memoryLimit: { use(count: number): void } };
}

/** All filters by name. `settingsOf` tells the settings of a rendering by its context, `isReadAs` by which syntax its text is read. */
export function makeFilters(
  settingsOf: (context: object) => ValueSettings,
  isReadAs: (context: object, syntax: Syntax) => boolean,
): ReadonlyMap<string, FilterImplOptions> {
  const all = new Map<string, FilterImplOptions>();
  for (const name of FROM_LIQUID) {
    const filter: unknown = Reflect.get(liquidFilters, name);
    const handler = typeof filter === "function" ? filter : Reflect.get(Object(filter), "handler");
    if (typeof handler === "function") all.set(name, forgiving(handler));
  }
  const own = (name: string, filter: (value: Json, first: Json, settings: ValueSettings) => Json): void => {
    all.set(name, function (this: FilterThis, value: unknown, first?: unknown): Json {
      this.context.memoryLimit.use(weigh(value) + weigh(first));
      return filter(asJson(value), asJson(first), settingsOf(this.context));
    });
  };
  /** What a person has written for the syntax by hand isn't written for it once more. */
  const ready = (name: string, syntax: Syntax, write: (value: Json) => string): void => {
    all.set(name, function (this: FilterThis, value: unknown): unknown {
      this.context.memoryLimit.use(weigh(value));
      const text = write(asJson(value));
      return isReadAs(this.context, syntax) ? new Ready(text) : text;
    });
  };
  const number = (value: Json, { locale }: ValueSettings): Decimal => readAmount(value, locale) ?? ZERO;
  const arithmetic = (name: string, combine: (a: Decimal, b: Decimal) => Decimal | null): void =>
    own(name, (a, b, settings) => {
      const result = combine(number(a, settings), number(b, settings));
      return result === null ? null : decimalJson(result);
    });

  arithmetic("plus", addDecimals);
  arithmetic("minus", (a, b) => addDecimals(a, negateDecimal(b)));
  arithmetic("times", multiplyDecimals);
  arithmetic("divided_by", divideDecimals);
  arithmetic("modulo", remainderOf);
  arithmetic("at_least", (a, b) => (compareDecimals(a, b) < 0 ? b : a));
  arithmetic("at_most", (a, b) => (compareDecimals(a, b) > 0 ? b : a));
  arithmetic("abs", (a) => (a.units < 0n ? negateDecimal(a) : a));
  arithmetic("floor", (a) => roundDecimal(a, 0, "floor"));
  arithmetic("ceil", (a) => roundDecimal(a, 0, "ceil"));
  arithmetic("round", (a, b) => roundDecimal(a, Number(decimalJson(b)), "half"));
  own("sum", (list, property, settings) => {
    const items = Array.isArray(list) ? list : [list];
    const key = toText(property);
    const numbers = items.map((item) => number(key === "" ? item : ownValue(item, key), settings));
    return decimalJson(numbers.reduce(addDecimals, ZERO));
  });

  own("join", (list, separator) =>
    Array.isArray(list) ? list.map(toText).join(separator === null ? " " : toText(separator)) : toText(list),
  );
  own("concat", (list, more) => [...asList(list), ...asList(more)]);
  own("uniq", (list) => [...new Map(asList(list).map((item) => [JSON.stringify(item), item])).values()]);
  own("date", (value, format, settings) => {
    const isNow = value === "now" || value === "today";
    const moment = isNow ? (settings.now ?? new Date()) : readMoment(value, settings);
    if (moment === null) return toText(value);
    return writeMoment(
      moment,
      typeof format === "string" && format !== "" ? format.slice(0, 200) : undefined,
      settings,
    );
  });
  own("phone", (value, _, settings) => normalPhone(value, settings.country) ?? toText(value));
  own("digits", (value) => toText(value).replace(/\D/g, ""));
  own("number", (value, _, settings) => {
    const read = readAmount(value, settings.locale);
    return read === null ? null : decimalJson(read);
  });
  own("trim_all", (value) => toText(value).replace(/\s+/g, " ").trim());
  ready("json", "json", (value) => JSON.stringify(value));
  // JSON that came as text goes into JSON as it stands: nothing of it is read and written anew.
  ready("as_is", "json", (value) => asDocument(value));
  ready("url_encode", "url", (value) => encodeURIComponent(toText(value).toWellFormed()).replaceAll("%20", "+"));
  own("parse_json", (value) => {
    try {
      return parseJson(toText(value));
    } catch {
      return null;
    }
  });
  own("strip_html", (value) => toText(value).replace(/<[^<>]*>/g, ""));
  return all;
}

const ZERO: Decimal = { units: 0n, scale: 0 };

/** A filter of Liquid's that meets a value it can't work with gives nothing; only spent limits go through. */
function forgiving(handler: (...args: never) => unknown): FilterImplOptions {
  return function* (this: FilterThis, ...args: unknown[]): Generator<unknown, unknown, unknown> {
    try {
      return yield Reflect.apply(handler, this, args);
    } catch (error) {
      if (isLimit(error)) throw error;
      return null;
    }
  };
}

/** Whether the error says that a rendering has used up its time, memory or the longest possible string. */
export function isLimit(error: unknown): boolean {
  return error instanceof Error && (/limit exceeded/.test(error.message) || error instanceof RangeError);
}

/** Nodes and characters of a value; lists may hold one object many times, so this is found by walking. */
export function weigh(value: unknown): number {
  let weight = 0;
  const open: unknown[] = [value];
  for (let item = open.pop(); item !== undefined || open.length > 0; item = open.pop()) {
    weight += typeof item === "string" ? item.length : 1;
    if (weight > WORK_LIMIT) throw new RangeError("value limit exceeded");
    if (typeof item === "object" && item !== null) for (const inner of Object.values(item)) open.push(inner);
  }
  return weight;
}

/** What a template computed, as JSON: Liquid's own objects and numbers that aren't finite are nothing. */
export function asJson(value: unknown): Json {
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value !== "object" || value === null) return null;
  if (value instanceof Ready) return value.text;
  if (Array.isArray(value)) return value.map(asJson);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return null;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asJson(item)]));
}

function asList(value: Json): Json[] {
  return Array.isArray(value) ? value : value === null ? [] : [value];
}

function ownValue(value: Json, key: string): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value) || !Object.hasOwn(value, key)) return null;
  return value[key] ?? null;
}
