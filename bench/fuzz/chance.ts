/** Chance that can be repeated: the same seed gives the same input, so that a finding is one number. */
import type { Json } from "../../src/connectors/kit/fields.ts";

export interface Chance {
  /** 0 ≤ n < 1. */
  next(): number;
  /** 0 ≤ n < below. */
  upTo(below: number): number;
  /** True once in so many times. */
  once(in_: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** Hostile text: control characters, surrogates, other scripts, very long, looking like code. */
  text(): string;
  json(depth?: number): Json;
  /** The value with something in it exchanged, removed, doubled or nested. */
  mutated(value: Json): Json;
  /** Bytes exchanged, cut, doubled. */
  spoiled(text: string): string;
}

const NASTY = [
  "",
  " ",
  "\u0000",
  "\ud800",
  "\udfff x",
  "\u202e\u2066",
  "\r\n",
  "😀".repeat(40),
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "{{ trigger }}",
  "{% for a in (1..9) %}{{ a }}{% endfor %}",
  "{{",
  "%}",
  "' or 1=1 --",
  "<script>alert(1)</script>",
  "../../etc/passwd",
  "http://169.254.169.254/latest",
  "null",
  "undefined",
  "NaN",
  "-0",
  "1e999",
  "9007199254740993",
  "4611686018427387905",
  "0x7f",
  "2026-13-45T99:99:99Z",
  "-271821-04-20T00:00:00.000Z",
  "+79160000000",
  "a".repeat(5_000),
  "[".repeat(300),
  '{"a":'.repeat(50),
  "%ff%fe%00",
  "true",
  "o_runview_x",
  "card:x:y",
  "/start join_x",
] as const;
const NUMBERS = [0, -0, 1, -1, 0.1, 1e21, -1e-9, 2 ** 31, 2 ** 53, Number.MAX_VALUE, 1e15, 8.64e15 + 1] as const;
const KEYS = ["id", "name", "phone", "__proto__", "constructor", "a.b", "0", "", "data", "result", "error", "длинный"];

/** mulberry32: small, fast, the same everywhere. */
export function makeChance(seed: number): Chance {
  let state = seed >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }
  const upTo = (below: number) => Math.floor(next() * below);
  const once = (in_: number) => upTo(in_) === 0;
  const pick = <T>(from: readonly T[]): T => from[upTo(from.length)] as T;

  function text(): string {
    if (once(3)) return pick(NASTY);
    const length = once(40) ? upTo(3_000) : upTo(24);
    let made = "";
    for (let index = 0; index < length; index++)
      made += once(12) ? pick(NASTY).slice(0, 40) : String.fromCharCode(once(6) ? upTo(65_536) : 32 + upTo(95));
    return made;
  }
  function json(depth = 3): Json {
    const kind = upTo(depth > 0 ? 8 : 5);
    if (kind === 0) return null;
    if (kind === 1) return once(2);
    if (kind === 2) return once(2) ? pick(NUMBERS) : upTo(1_000_000);
    if (kind < 5) return text();
    if (kind === 5) return Array.from({ length: upTo(5) }, () => json(depth - 1));
    return Object.fromEntries(
      Array.from({ length: upTo(6) }, (): [string, Json] => [once(4) ? text() : pick(KEYS), json(depth - 1)]),
    );
  }
  function mutated(value: Json): Json {
    if (once(12)) return json(2);
    if (Array.isArray(value)) {
      if (value.length === 0) return once(2) ? [json(1)] : json(1);
      const at = upTo(value.length);
      if (once(6)) return value.toSpliced(at, 1);
      if (once(6)) return [...value, ...value];
      return value.map((one, index) => (index === at ? mutated(one) : one));
    }
    if (typeof value === "object" && value !== null) {
      const entries = Object.entries(value);
      if (entries.length === 0 || once(8)) return { ...value, [once(2) ? text() : pick(KEYS)]: json(1) };
      const at = upTo(entries.length);
      if (once(6)) return Object.fromEntries(entries.toSpliced(at, 1));
      return Object.fromEntries(entries.map(([key, one], index) => [key, index === at ? mutated(one) : one]));
    }
    if (typeof value === "string" && once(2)) return spoiled(value);
    return json(1);
  }
  function spoiled(whole: string): string {
    const at = upTo(whole.length + 1);
    const kind = upTo(4);
    if (kind === 0) return whole.slice(0, at);
    if (kind === 1) return whole.slice(0, at) + text() + whole.slice(at);
    if (kind === 2) return whole.slice(0, at) + whole.slice(at + 1 + upTo(5));
    return whole.slice(0, at) + whole.slice(0, at) + whole.slice(at);
  }
  return { next, upTo, once, pick, text, json, mutated, spoiled };
}
