/** A bundle as data: what is stored in versions and drafts, exported and imported. */
import { z } from "zod";
import type { Json } from "../../connectors/kit/fields.ts";

/** What a field holds: text with Liquid references in it, or a plain JSON value. */
export const Value: z.ZodType<Json> = z.lazy(() =>
  z.union([
    z.null(),
    z.boolean(),
    z.number(),
    z.string().max(65_536),
    z.array(Value).max(1_000),
    z.record(z.string(), Value),
  ]),
);
export const Values = z.record(z.string().max(256), Value);
export type Values = z.infer<typeof Values>;

export const OPERATORS = [
  "empty",
  "notEmpty",
  "equals",
  "notEquals",
  "contains",
  "notContains",
  "startsWith",
  "endsWith",
  "matches",
  "oneOf",
  "noneOf",
  "eq",
  "ne",
  "lt",
  "le",
  "gt",
  "ge",
  "before",
  "after",
  "within",
  "isTrue",
  "isFalse",
  "has",
  "hasNot",
] as const;
export type Operator = (typeof OPERATORS)[number];

export const Condition = z.object({
  /** Template of the value that is looked at. */
  left: Value,
  operator: z.enum(OPERATORS),
  /** Template compared with; a list for `oneOf` and `noneOf`; a number of `unit`s for `within`. */
  right: Value.optional(),
  unit: z.enum(["minutes", "hours", "days"]).optional(),
  /** Case and outer spaces count. */
  exact: z.boolean().optional(),
});
export type Condition = z.infer<typeof Condition>;

/** OR of AND-groups. An empty outer list holds for everything. */
export const Conditions = z.array(z.array(Condition).min(1).max(20)).max(20);
export type Conditions = z.infer<typeof Conditions>;

export const TRIGGER_ID = "trigger";
/** Ids of steps begin with a letter, so that `{{ k7f.name }}` is Liquid. */
export const StepId = z
  .string()
  .regex(/^[a-z][a-z0-9]{2,7}$/)
  .refine((id) => id !== TRIGGER_ID);
export type StepId = string;

/** Where a jump goes: a later step, the next one, or the end of the run. */
export const Target = z.union([StepId, z.literal("next"), z.literal("end")]);
export type Target = z.infer<typeof Target>;

export const OnError = z.union([
  z.object({ kind: z.literal("stop") }),
  z.object({ kind: z.literal("continue") }),
  z.object({ kind: z.literal("goto"), step: Target }),
]);
export type OnError = z.infer<typeof OnError>;

export const Rule = z.enum(["replace", "add", "fill"]);
export const DuplicateMode = z.enum(["create", "keep", "update", "updateOnly"]);
export type DuplicateMode = z.infer<typeof DuplicateMode>;
export const DuplicateSettings = z.object({
  /** create: don't check · keep: hand on the found one · update: update else create · updateOnly. */
  mode: DuplicateMode,
  match: z.enum(["all", "any"]),
  /** Ticked input fields, in order. */
  keys: z.array(z.string()).max(10),
  /** How a found record's fields change; unnamed fields are replaced. */
  rules: z.record(z.string(), Rule),
});
export type DuplicateSettings = z.infer<typeof DuplicateSettings>;

const common = {
  id: StepId,
  name: z.string().max(120).optional(),
  disabled: z.boolean().optional(),
  onError: OnError.optional(),
};

export const ActionStep = z.object({
  ...common,
  kind: z.literal("action"),
  connector: z.string(),
  action: z.string(),
  /** Public id of the connection; null until chosen, or where the connector needs none. */
  connection: z.string().nullable(),
  input: Values,
  /** Fields whose proposed value is a guess, until the person looks at it. */
  unsure: z.array(z.string()).optional(),
  duplicates: DuplicateSettings.optional(),
});
export type ActionStep = z.infer<typeof ActionStep>;
export const RouterStep = z.object({
  ...common,
  kind: z.literal("router"),
  when: Conditions,
  onTrue: Target,
  onFalse: Target,
});
export const BreakStep = z.object({ ...common, kind: z.literal("break") });
export const StopIfStep = z.object({
  ...common,
  kind: z.literal("stopIf"),
  when: Conditions,
  negate: z.boolean().optional(),
});

/** Most elements that one loop passes through. */
export const MAX_ELEMENTS = 1_000;
/**
 * Runs the steps after it, up to `endLoop` or the last one, once per element of a list. Steps in it see
 * `{{ <id>.item }}` (the element), `{{ <id>.index }}` (from 1) and `{{ <id>.total }}`; steps after it `total`, `done` and `failed`.
 */
export const LoopStep = z.object({
  ...common,
  kind: z.literal("loop"),
  list: Value,
  /** Only so many elements are taken, the first ones. */
  limit: z.number().int().min(1).max(MAX_ELEMENTS).optional(),
});
export type LoopStep = z.infer<typeof LoopStep>;
export const EndLoopStep = z.object({ ...common, kind: z.literal("endLoop") });

export const TIME_UNITS = ["minutes", "hours", "days"] as const;
export type TimeUnit = (typeof TIME_UNITS)[number];
export const Lasting = z.object({ amount: z.number().positive().max(100_000), unit: z.enum(TIME_UNITS) });
export type Lasting = z.infer<typeof Lasting>;

/** For so long, or until a moment that a template gives. Gives `{{ <id>.until }}`. */
export const DelayStep = z.object({
  ...common,
  kind: z.literal("delay"),
  how: z.union([
    z.object({ kind: z.literal("for"), amount: Value, unit: z.enum(TIME_UNITS) }),
    z.object({ kind: z.literal("until"), moment: Value }),
  ]),
});
export type DelayStep = z.infer<typeof DelayStep>;

/** One value that is set, counted up (or down), read or forgotten. Given to later steps as `{{ <id>.<name> }}`. */
export const KeptValue = z.object({
  name: z.string().min(1).max(60),
  how: z.enum(["set", "add", "get", "remove"]),
  /** Template: which of several records of that name. */
  key: Value.optional(),
  /** Template of what is set, or of the number that is added. */
  value: Value.optional(),
});
export type KeptValue = z.infer<typeof KeptValue>;
export const SetStep = z.object({
  ...common,
  kind: z.literal("set"),
  /** run: for this run only · bundle: between the runs of this bundle · workspace: shared by its bundles. */
  keep: z.enum(["run", "bundle", "workspace"]),
  values: z.array(KeptValue).max(20),
  /** Forgotten after so long; never when absent. */
  lifetime: Lasting.optional(),
});
export type SetStep = z.infer<typeof SetStep>;

/** Asks a person in the chat. Gives `{{ <id>.answer }}` (yes or no), `by` and `at`. */
export const ApprovalStep = z.object({
  ...common,
  kind: z.literal("approval"),
  question: Value,
  /** Id of the member who is asked; null: everybody of the workspace, the first answer counts. */
  who: z.string().nullable(),
  deadline: Lasting,
  /** What counts when nobody has answered by then. */
  otherwise: z.enum(["yes", "no"]),
  /** Where a no leads; a yes leads to the next step. */
  onNo: Target,
});
export type ApprovalStep = z.infer<typeof ApprovalStep>;

export const Step = z.discriminatedUnion("kind", [
  ActionStep,
  RouterStep,
  BreakStep,
  StopIfStep,
  LoopStep,
  EndLoopStep,
  DelayStep,
  SetStep,
  ApprovalStep,
]);
export type ToolKind = Exclude<Step["kind"], "action">;
export type Step = z.infer<typeof Step>;

const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
/**
 * When a poll asks or a schedule fires at all. `window`: every part that is given must hold. A day of the month that the
 * month doesn't have means its last one; `from` later than `to` goes over midnight, to the next morning of the named day.
 * `timeZone` is an IANA name, the workspace's own when absent.
 */
export const Hours = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("window"),
    /** From this minute on, up to and without the other one. Both or none. */
    from: TimeOfDay.optional(),
    to: TimeOfDay.optional(),
    /** 1 is Monday. */
    weekdays: z.array(z.number().int().min(1).max(7)).min(1).max(7).optional(),
    monthDays: z.array(z.number().int().min(1).max(31)).min(1).max(31).optional(),
    timeZone: z.string().max(64).optional(),
  }),
  /** A poll asks at these moments instead of every N minutes; of a schedule's moments those remain that are among them. */
  z.object({ kind: z.literal("cron"), cron: z.string().max(200), timeZone: z.string().max(64).optional() }),
]);
export type Hours = z.infer<typeof Hours>;

export const Trigger = z.object({
  connector: z.string(),
  trigger: z.string(),
  connection: z.string().nullable(),
  options: Values,
  /** Poll period in minutes; the connector's own when absent. */
  everyMinutes: z.number().int().min(1).max(1440).optional(),
  /** Launch hours of polls and schedules; all the time when absent. Webhooks come when they come. */
  hours: Hours.optional(),
  repeats: z.enum(["once", "every"]).optional(),
  filter: Conditions.optional(),
});
export type Trigger = z.infer<typeof Trigger>;

export const Bundle = z.object({
  format: z.literal(1),
  trigger: Trigger.nullable(),
  steps: z.array(Step).max(100),
  /** record (when absent): behind a run of the same record that hangs or failed the next one doesn't wait; strict: it does. */
  order: z.enum(["record", "strict"]).optional(),
});
export type Bundle = z.infer<typeof Bundle>;

export const EMPTY_BUNDLE: Bundle = { format: 1, trigger: null, steps: [] };
