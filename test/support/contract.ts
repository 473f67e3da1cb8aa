/**
 * What the contract suite must know of a connector: how life makes items at its sandbox, and which action creates.
 * One file each in `contracts/<key>.ts`, found by its name; what doesn't apply is said there with its reason.
 */
import type { Connector, Context, JsonObject } from "../../src/connectors/kit/define.ts";

/** What the suite demands; `docs/connectors.md` says each in a sentence. */
export const RULES = {
  words: "every label is translated",
  samples: "samples hold what is declared, in its kind",
  check: "names the account and lets the usual faults be told apart",
  secrets: "no secret in an error or in the history, even when the service repeats it",
  limits: "keeps the published limit, with every call",
  items: "each item once, over page borders, equal times and broken polls",
  moments: "moments and values arrive exactly",
  longIds: "long ids arrive exactly",
  create: "an unsafe call isn't repeated, and what became of it is told rightly",
} as const;
export type Rule = keyof typeof RULES;

export interface TriggerCase {
  readonly options?: JsonObject;
  /** Life at the service: one new item for this trigger. All are made at one moment. */
  make(stand: Stand, number: number): Promise<unknown>;
  /** More items than fit into one page of the service. */
  readonly many: number;
  /** Values of the item that `make` brings when its number is 0, by path. */
  readonly expects?: JsonObject;
}

export interface Contract {
  /** The sandbox, where it isn't called as the connector. */
  readonly sandbox?: string;
  /** The connection's values out of the sandbox's credentials; all of them where left out. */
  auth?(credentials: Readonly<Record<string, string>>): Record<string, string>;
  /** Secrets that stand inside a value: a token in an address. */
  readonly secrets?: readonly string[];
  /** A create whose record can be counted in one of the sandbox's tables. */
  readonly create?: {
    readonly action: string;
    readonly table: string;
    /** Makes what the record needs, and gives the input. */
    input(stand: Stand): Promise<JsonObject> | JsonObject;
  };
  /** Cases of the triggers that are polled. */
  readonly triggers?: Readonly<Record<string, TriggerCase>>;
  /** What doesn't apply, each with its reason: a rule, `rule:trigger` or `create:fault`. */
  readonly without?: Readonly<Record<string, string>>;
}

/** A fault of the sandbox: a value of its `health` switch. */
export const FAULTS = ["outage", "rateLimit", "expired", "html", "lost", "cut"] as const;
export type Fault = (typeof FAULTS)[number];

/** One request that reached the sandbox. */
export interface Hit {
  readonly method: string;
  readonly path: string;
  /** Records in the table of `create` when it was answered. */
  readonly records: number;
}

/** A fresh sandbox with one connection to it, and a clock that the test moves. */
export interface Stand {
  readonly connector: Connector;
  readonly contract: Contract;
  readonly ctx: Context;
  readonly base: string;
  /** Requests a second that the sandbox takes. */
  readonly perSecond: number;
  readonly secrets: readonly string[];
  /** Requests that reached the sandbox. */
  readonly hits: readonly Hit[];
  /** Limits under which each call left. */
  readonly left: readonly unknown[];
  now(): Date;
  move(ms: number): void;
  press(button: string, fields?: Readonly<Record<string, string>>): Promise<unknown>;
  set(name: string, value: string): void;
  rows(table: string): readonly Record<string, unknown>[];
  run(action: string, input: JsonObject): Promise<JsonObject>;
  /** The fault of the request with this number, counted from here; 1 is the next. */
  failAt(number: number, fault: Fault): void;
  /** No fault any more, neither one to come. */
  heal(): void;
  /** Every request is answered with itself, secrets included; null: as usual. */
  echo(as: { status: number; type: "json" | "html" } | null): void;
  /** Numbers called id go out with 19 digits, and come back as they were. Answers with all that went out. */
  lengthenIds(): ReadonlySet<string>;
  history(): string;
  stop(): Promise<void>;
}
