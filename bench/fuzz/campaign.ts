/** Plays inputs one after the other; each is its number, so that a finding can be played again alone. */
import { answers, tokens } from "./answers.ts";
import { type Chance, makeChance } from "./chance.ts";
import { consents, json, links, updates, webhooks } from "./requests.ts";
import { conditions, conversions, files, templates } from "./values.ts";

const TARGETS: Readonly<Record<string, (chance: Chance) => void | Promise<void>>> = {
  webhooks,
  templates,
  conditions,
  files,
  answers,
  json,
  conversions,
  links,
  updates,
  consents,
  tokens,
};
export const KINDS = Object.keys(TARGETS);

export interface Finding {
  readonly input: number;
  readonly kind: string;
  readonly error: string;
}

const clean = shapeOfPrototypes();

/** One input; the finding where something is wrong with what it did. */
export async function play(input: number): Promise<Finding | null> {
  const kind = KINDS[input % KINDS.length] ?? "";
  try {
    await TARGETS[kind]?.(makeChance(Math.imul(input + 1, 0x9e3779b1)));
    if (shapeOfPrototypes() !== clean) throw new Error("a prototype was changed");
    return null;
  } catch (error) {
    const whole =
      error instanceof Error
        ? `${error.stack}${error.cause instanceof Error ? `\n${error.cause.stack}` : ""}`
        : String(error);
    return { input, kind, error: whole.slice(0, 2_000) };
  }
}

function shapeOfPrototypes(): string {
  return [Object, Array, String, Function, Map, Date].map(({ prototype }) => Reflect.ownKeys(prototype).length).join();
}
