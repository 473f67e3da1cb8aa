/** The one-time owner code with the limit on guessing it, and codes of links. */
import { createHash, randomBytes, randomInt, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { Vault } from "../parts.ts";

/** No letter that reads like another one. */
const LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";
const HOUR_MS = 3_600_000;
/** 59 bits of code and five guesses an hour for one Telegram account. */
const GUESSES = 5;
/** More guessers than that within an hour is an attack by many accounts: then nobody's guess counts. */
const GUESSERS = 200;

export function newCode(): string {
  const letters = Array.from({ length: 12 }, () => LETTERS.charAt(randomInt(LETTERS.length)));
  return [letters.slice(0, 4), letters.slice(4, 8), letters.slice(8)].map((part) => part.join("")).join("-");
}

/** As typed by a person: case, spaces and dashes don't matter. */
export function isCode(typed: string, code: string): boolean {
  const [a, b] = [typed, code].map((one) => Buffer.from(one.toLowerCase().replace(/[^a-z0-9]/g, "")));
  return a !== undefined && b !== undefined && a.length === b.length && timingSafeEqual(a, b);
}

export function readCode(stored: unknown, vault: Vault): string | null {
  const parsed = z.object({ code: z.string() }).safeParse(stored);
  return parsed.success ? vault.open(parsed.data.code) : null;
}

const Guesses = z.record(z.string(), z.object({ count: z.number(), since: z.number() }));
export type Guesses = z.infer<typeof Guesses>;

/** Counts one wrong guess more; pure. */
export function addGuess(stored: unknown, telegramId: number, now: Date): Guesses {
  const recent = recentGuesses(stored, now);
  const mine = recent[telegramId];
  return { ...recent, [telegramId]: { count: (mine?.count ?? 0) + 1, since: mine?.since ?? now.getTime() } };
}

/** Whether this person may guess now. */
export function mayGuess(stored: unknown, telegramId: number, now: Date): boolean {
  const recent = recentGuesses(stored, now);
  return (recent[telegramId]?.count ?? 0) < GUESSES && Object.keys(recent).length < GUESSERS;
}

function recentGuesses(stored: unknown, now: Date): Guesses {
  const parsed = Guesses.safeParse(stored);
  if (!parsed.success) return {};
  return Object.fromEntries(Object.entries(parsed.data).filter(([, one]) => one.since > now.getTime() - HOUR_MS));
}

/** 128 random bits, fit for the `start` parameter of a deep link: nobody guesses it, so nobody's guesses are counted. */
export const newLinkCode = (): string => randomBytes(16).toString("base64url");

export const hashOfCode = (code: string): string => createHash("sha256").update(code.trim()).digest("hex");
