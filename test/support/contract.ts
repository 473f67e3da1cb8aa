/**
 * What the contract suite must know of a connector: how life makes items at its sandbox, and what its writes leave there.
 * One file each in `contracts/<key>.ts`, found by its name. Which rules a connector is judged by follows from its
 * declaration; what of them can't be played at its sandbox is left out there with its reason.
 */
import type { Sandbox, SandboxDeps } from "../../playground/sandboxes/kit.ts";
import type {
  Action,
  Connector,
  Context,
  HookAnswer,
  HookRequest,
  HookTrust,
  JsonObject,
  Trigger,
} from "../../src/connectors/kit/define.ts";

/** What the suite demands; `docs/connectors.md` says each in a sentence. */
export const RULES = {
  words: "every label is translated",
  samples: "samples hold what is declared, in its kind",
  check: "names the account and lets the usual faults be told apart",
  secrets: "no secret in an error, a log, an output or the history, even when the service repeats it",
  limits: "keeps the published limit, with every call",
  lists: "lists end and name everything once, and the account's own fields have names",
  items: "each item once, over page borders, equal times and broken polls",
  moments: "moments and values arrive exactly",
  longIds: "long ids arrive exactly",
  hooks: "what a webhook brings is what a poll brings: the same key, the same fields, once",
  writes: "an unsafe call isn't repeated, and what became of it is told rightly",
} as const;
export type Rule = keyof typeof RULES;

/** Actions whose repetition would be noticed: each needs a case. */
export const writesOf = ({ actions }: Connector): readonly Action[] =>
  actions.filter(({ kind, safe }) => kind === "create" || !safe);
export const polledOf = ({ triggers }: Connector): readonly Trigger[] => triggers.filter(({ poll }) => poll);
export const hookedOf = ({ triggers }: Connector): readonly Trigger[] => triggers.filter(({ hook }) => hook);

/** Which rules a declaration calls for: nobody is judged by what it doesn't have. */
const CALLED_FOR: Readonly<Record<Rule, (connector: Connector) => boolean>> = {
  words: () => true,
  samples: () => true,
  check: ({ check }) => check !== undefined,
  secrets: ({ auth }) => auth.kind !== "none",
  limits: ({ api }) => api !== undefined,
  lists: ({ lists = {}, triggers, actions }) =>
    Object.keys(lists).length > 0 || triggers.some((one) => one.outputOf) || actions.some((one) => one.fieldsOf),
  items: (one) => polledOf(one).length > 0,
  moments: (one) => polledOf(one).length > 0,
  longIds: (one) => polledOf(one).length > 0,
  hooks: (one) => hookedOf(one).length > 0,
  writes: (one) => writesOf(one).length > 0,
};
export const isCalledFor = (rule: Rule, connector: Connector): boolean => CALLED_FOR[rule](connector);

export interface TriggerCase {
  readonly options?: JsonObject;
  /** Life at the service: one new item for this trigger. All are made at one moment. */
  make(stand: Stand, number: number): Promise<unknown>;
  /** More items than fit into one page of the service; for triggers that are polled. */
  readonly many?: number;
  /** Values of the item that `make` brings when its number is 0, by path. */
  readonly expects?: JsonObject;
  readonly hook?: HookCase;
}

export interface HookCase {
  readonly options?: JsonObject;
  /** Brings the address to the service as a person does, where nothing subscribes; answers with what they get for it. */
  listen?(stand: Stand, url: string): Promise<JsonObject | undefined>;
  /** Why no bundle is told by both ways, so that their keys needn't be equal. */
  readonly alone?: string;
  /** Life, where a webhook is told of something else than the poll finds. */
  make?(stand: Stand, number: number): Promise<unknown>;
  /** Fields that only a poll can know, or only a webhook, each with its reason. */
  readonly differs?: Readonly<Record<string, string>>;
}

export interface WriteCase {
  /** The sandbox's table that gets one more record by it, or another way to count. */
  readonly made: string | ((stand: Stand) => number);
  /** Makes what the record needs, and gives the input. */
  input(stand: Stand): Promise<JsonObject> | JsonObject;
}

export interface Contract {
  /** The sandbox, where it isn't called as the connector. */
  readonly sandbox?: string;
  /** A sandbox that only tests have. */
  readonly makers?: readonly ((deps: SandboxDeps) => Sandbox)[];
  /** The connection's values out of the sandbox's credentials; all of them where left out. */
  auth?(credentials: Readonly<Record<string, string>>): Record<string, string>;
  /** Secrets that stand inside a value: a token in an address. */
  readonly secrets?: readonly string[];
  /**
   * For services that don't speak HTTP: the answers of the sandbox, values of its switch `answer`, that play a fault or
   * (`echo`) repeat what they were sent.
   */
  readonly answers?: Partial<Readonly<Record<Fault | "echo", string>>>;
  /** By action: what its calls leave at the service. */
  readonly writes?: Readonly<Record<string, WriteCase>>;
  /** How many things a list has there, where it is known: more than a page of it shows that it is turned. */
  readonly lists?: Readonly<Record<string, number>>;
  /** Values that a list depends on, where they can't be read from other lists. */
  readonly depends?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** By trigger: its items. */
  readonly triggers?: Readonly<Record<string, TriggerCase>>;
  /** What the declaration calls for and can't be played, each with its reason: `rule`, `rule:key` or `writes:fault`. */
  readonly without?: Readonly<Record<string, string>>;
}

/** A fault of the sandbox: a value of its `health` switch. */
export const FAULTS = ["outage", "rateLimit", "expired", "html", "lost", "cut"] as const;
export type Fault = (typeof FAULTS)[number];

/** One request that reached the sandbox. */
export interface Hit {
  readonly method: string;
  readonly path: string;
  /** What `counting` told when it was answered. */
  readonly records: number;
}

/** A fresh sandbox with one connection to it, and a clock that the test moves. */
export interface Stand {
  readonly connector: Connector;
  readonly contract: Contract;
  readonly ctx: Context;
  readonly base: string;
  /** The app registered there, for webhooks that need one. */
  readonly app: HookTrust["app"];
  /** Where the webhooks of this stand arrive. */
  readonly ear: string;
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
  /** From here on every hit tells how many records there are. */
  counting(count: () => number): void;
  /** What comes to `ear` is answered so. */
  listen(hear: (request: HookRequest) => Promise<HookAnswer>): void;
  /** The fault of the request with this number, counted from here; 1 is the next. */
  failAt(number: number, fault: Fault): void;
  /** Every call has ended, those beside a failed one too. */
  settled(): Promise<void>;
  /** No fault any more, neither one to come. */
  heal(): void;
  /** Every request is answered with itself, secrets included; null: as usual. */
  echo(as: { status: number; type: "json" | "html" } | null): void;
  /** Numbers called id go out with 19 digits, and come back as they were. Answers with all that went out. */
  lengthenIds(): ReadonlySet<string>;
  history(): string;
  /** What reached the log since the stand was opened: what was printed, and each of these errors as the app logs it. */
  logged(errors: readonly unknown[]): string;
  stop(): Promise<void>;
}
