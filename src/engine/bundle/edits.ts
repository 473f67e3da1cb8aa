/** What can be done to a bundle's draft, as data; `applyEdit` is pure. */
import type { Json } from "../../connectors/kit/fields.ts";
import {
  type ActionStep,
  type Bundle,
  type Conditions,
  type DelayStep,
  type DuplicateSettings,
  type Hours,
  type KeptValue,
  type Lasting,
  type LoopStep,
  MAX_ELEMENTS,
  type OnError,
  type SetStep,
  type Step,
  type StepId,
  type Target,
  type ToolKind,
  TRIGGER_ID,
  type Trigger,
  type Values,
} from "./model.ts";

export type Edit =
  /** Choosing another trigger keeps the steps; references to it that no longer exist become problems, not losses. */
  | {
      readonly do: "setTrigger";
      readonly connector: string;
      readonly trigger: string;
      readonly connection: string | null;
    }
  | { readonly do: "setTriggerConnection"; readonly connection: string }
  | { readonly do: "setOption"; readonly field: string; readonly value: Json | undefined }
  | { readonly do: "setEvery"; readonly minutes: number }
  | { readonly do: "setRepeats"; readonly repeats: "once" | "every" }
  /** Null: all the time. */
  | { readonly do: "setHours"; readonly hours: Hours | null }
  /** The filter (`step: "trigger"`), or the conditions of a router or stop-if. */
  | { readonly do: "setConditions"; readonly step: string; readonly when: Conditions }
  /** `at`: index among the steps; the end when absent. The id is given so that a repeated edit is recognised. */
  | {
      readonly do: "addAction";
      readonly id: StepId;
      readonly connector: string;
      readonly action: string;
      readonly connection: string | null;
      readonly at?: number;
    }
  | { readonly do: "addTool"; readonly id: StepId; readonly tool: ToolKind; readonly at?: number }
  | { readonly do: "setConnection"; readonly step: StepId; readonly connection: string }
  /** Everywhere: in the trigger and in every step. */
  | { readonly do: "replaceConnection"; readonly from: string; readonly to: string }
  /** Undefined empties the field. Takes the field off the unsure ones. */
  | { readonly do: "setField"; readonly step: StepId; readonly field: string; readonly value: Json | undefined }
  /** What the engine proposes for a step that was just added. */
  | {
      readonly do: "propose";
      readonly step: StepId;
      readonly values: Readonly<Record<string, Json>>;
      readonly unsure: readonly string[];
      readonly duplicates?: DuplicateSettings;
    }
  | { readonly do: "setDuplicates"; readonly step: StepId; readonly duplicates: DuplicateSettings }
  | { readonly do: "setTargets"; readonly step: StepId; readonly onTrue?: Target; readonly onFalse?: Target }
  | { readonly do: "setNegate"; readonly step: StepId; readonly negate: boolean }
  /** `limit: null` takes every element (1 000 at most). */
  | { readonly do: "setLoop"; readonly step: StepId; readonly list?: Json; readonly limit?: number | null }
  | { readonly do: "setDelay"; readonly step: StepId; readonly how: DelayStep["how"] }
  /** `values`: all of them, in order; `lifetime: null`: for ever. */
  | {
      readonly do: "setKept";
      readonly step: StepId;
      readonly keep?: SetStep["keep"];
      readonly values?: readonly KeptValue[];
      readonly lifetime?: Lasting | null;
    }
  | {
      readonly do: "setApproval";
      readonly step: StepId;
      readonly question?: Json;
      readonly who?: string | null;
      readonly deadline?: Lasting;
      readonly otherwise?: "yes" | "no";
      readonly onNo?: Target;
    }
  /** Whether a run waits behind one of its record that hangs or failed. */
  | { readonly do: "setOrder"; readonly order: "record" | "strict" }
  | { readonly do: "setOnError"; readonly step: StepId; readonly onError: OnError }
  | { readonly do: "setDisabled"; readonly step: StepId; readonly disabled: boolean }
  | { readonly do: "renameStep"; readonly step: StepId; readonly name: string }
  | { readonly do: "moveStep"; readonly step: StepId; readonly to: number }
  | { readonly do: "removeStep"; readonly step: StepId };

export type ApplyEdit = (bundle: Bundle, edit: Edit) => Bundle;

const MAX_STEPS = 100;

/**
 * Does one edit; pure. An edit that has been done already, or whose step is gone, changes nothing, so that doing it
 * twice is doing it once.
 */
export const applyEdit: ApplyEdit = (bundle, edit) => {
  switch (edit.do) {
    case "setTrigger":
      return { ...bundle, trigger: chooseTrigger(bundle.trigger, edit) };
    case "setTriggerConnection":
      return onTrigger(bundle, (trigger) => ({ ...trigger, connection: edit.connection }));
    case "setOption":
      return onTrigger(bundle, (trigger) => ({
        ...trigger,
        options: withValue(trigger.options, edit.field, edit.value),
      }));
    case "setEvery": {
      const everyMinutes = Math.min(Math.max(Math.round(edit.minutes), 1), 1440);
      return Number.isNaN(everyMinutes) ? bundle : onTrigger(bundle, (trigger) => ({ ...trigger, everyMinutes }));
    }
    case "setRepeats":
      return onTrigger(bundle, (trigger) => ({ ...trigger, repeats: edit.repeats }));
    case "setHours":
      return onTrigger(bundle, ({ hours: _, ...trigger }) =>
        edit.hours === null ? trigger : { ...trigger, hours: edit.hours },
      );
    case "setConditions":
      return setConditions(bundle, edit.step, edit.when);
    case "addAction": {
      const { id, connector, action, connection } = edit;
      return addStep(bundle, { id, kind: "action", connector, action, connection, input: {} }, edit.at);
    }
    case "addTool":
      return addStep(bundle, newTool(edit.id, edit.tool), edit.at);
    case "setConnection":
      return onAction(bundle, edit.step, (step) => ({ ...step, connection: edit.connection }));
    case "replaceConnection": {
      const replaced = <T extends { readonly connection: string | null }>(one: T): T =>
        one.connection === edit.from ? { ...one, connection: edit.to } : one;
      const steps = bundle.steps.map((step) => (step.kind === "action" ? replaced(step) : step));
      return onTrigger({ ...bundle, steps }, replaced);
    }
    case "setField":
      return onAction(bundle, edit.step, (step) =>
        withUnsure(
          { ...step, input: withValue(step.input, edit.field, edit.value) },
          (step.unsure ?? []).filter((field) => field !== edit.field),
        ),
      );
    case "propose":
      return onAction(bundle, edit.step, (step) => ({
        ...withUnsure({ ...step, input: { ...step.input, ...edit.values } }, [
          ...new Set([...(step.unsure ?? []), ...edit.unsure]),
        ]),
        ...(edit.duplicates === undefined ? {} : { duplicates: edit.duplicates }),
      }));
    case "setDuplicates":
      return onAction(bundle, edit.step, (step) => ({ ...step, duplicates: edit.duplicates }));
    case "setTargets":
      return onStep(bundle, edit.step, (step) =>
        step.kind === "router"
          ? { ...step, onTrue: edit.onTrue ?? step.onTrue, onFalse: edit.onFalse ?? step.onFalse }
          : step,
      );
    case "setNegate":
      return onStep(bundle, edit.step, (step) => (step.kind === "stopIf" ? { ...step, negate: edit.negate } : step));
    case "setLoop":
      return onStep(bundle, edit.step, (step) => (step.kind === "loop" ? changeLoop(step, edit) : step));
    case "setDelay":
      return onStep(bundle, edit.step, (step) => (step.kind === "delay" ? { ...step, how: edit.how } : step));
    case "setKept":
      return onStep(bundle, edit.step, (step) => (step.kind === "set" ? changeKept(step, edit) : step));
    case "setApproval": {
      const { do: _, step: id, ...change } = edit;
      return onStep(bundle, id, (step) => (step.kind === "approval" ? { ...step, ...given(change) } : step));
    }
    case "setOrder":
      return { ...bundle, order: edit.order };
    case "setOnError":
      return onStep(bundle, edit.step, (step) => ({ ...step, onError: edit.onError }));
    case "setDisabled":
      // A loop's end has no half: it is there, or the loop runs to the last step.
      return onStep(bundle, edit.step, (step) =>
        step.kind === "endLoop" ? step : { ...step, disabled: edit.disabled },
      );
    case "renameStep":
      return onStep(bundle, edit.step, (step) => named(step, edit.name));
    case "moveStep":
      return moveStep(bundle, edit.step, edit.to);
    case "removeStep":
      return removeStep(bundle, edit.step);
    default:
      return edit satisfies never;
  }
};

function chooseTrigger(before: Trigger | null, edit: Extract<Edit, { do: "setTrigger" }>): Trigger {
  const { connector, trigger, connection } = edit;
  if (before?.connector === connector && before.trigger === trigger) return { ...before, connection };
  const filter = before?.filter === undefined ? {} : { filter: before.filter };
  return { connector, trigger, connection, options: {}, ...filter };
}

function onTrigger(bundle: Bundle, change: (trigger: Trigger) => Trigger): Bundle {
  return bundle.trigger === null ? bundle : { ...bundle, trigger: change(bundle.trigger) };
}

function onStep(bundle: Bundle, id: StepId, change: (step: Step) => Step): Bundle {
  return { ...bundle, steps: bundle.steps.map((step) => (step.id === id ? change(step) : step)) };
}

function onAction(bundle: Bundle, id: StepId, change: (step: ActionStep) => ActionStep): Bundle {
  return onStep(bundle, id, (step) => (step.kind === "action" ? change(step) : step));
}

function setConditions(bundle: Bundle, id: string, when: Conditions): Bundle {
  if (id !== TRIGGER_ID) {
    return onStep(bundle, id, (step) => (step.kind === "router" || step.kind === "stopIf" ? { ...step, when } : step));
  }
  return onTrigger(bundle, ({ filter: _, ...trigger }) => (when.length === 0 ? trigger : { ...trigger, filter: when }));
}

function addStep(bundle: Bundle, step: Step, at: number | undefined): Bundle {
  if (bundle.steps.length >= MAX_STEPS || bundle.steps.some(({ id }) => id === step.id)) return bundle;
  return { ...bundle, steps: bundle.steps.toSpliced(place(at, bundle.steps.length), 0, step) };
}

function moveStep(bundle: Bundle, id: StepId, to: number): Bundle {
  const step = bundle.steps.find((one) => one.id === id);
  if (step === undefined) return bundle;
  const others = bundle.steps.filter((one) => one.id !== id);
  return { ...bundle, steps: others.toSpliced(place(to, others.length), 0, step) };
}

/** Jumps to the removed step lead to the one that followed it. */
function removeStep(bundle: Bundle, id: StepId): Bundle {
  const index = bundle.steps.findIndex((step) => step.id === id);
  if (index === -1) return bundle;
  const following: Target = bundle.steps[index + 1]?.id ?? "end";
  const retarget = (target: Target): Target => (target === id ? following : target);
  const steps = bundle.steps.toSpliced(index, 1).map((step): Step => {
    const onError =
      step.onError?.kind === "goto" ? { onError: { ...step.onError, step: retarget(step.onError.step) } } : {};
    if (step.kind === "approval") return { ...step, ...onError, onNo: retarget(step.onNo) };
    if (step.kind !== "router") return { ...step, ...onError };
    return { ...step, ...onError, onTrue: retarget(step.onTrue), onFalse: retarget(step.onFalse) };
  });
  return { ...bundle, steps };
}

function newTool(id: StepId, kind: ToolKind): Step {
  switch (kind) {
    case "break":
    case "endLoop":
      return { id, kind };
    case "stopIf":
      return { id, kind, when: [] };
    case "router":
      return { id, kind, when: [], onTrue: "next", onFalse: "end" };
    case "loop":
      return { id, kind, list: "" };
    case "delay":
      return { id, kind, how: { kind: "for", amount: 10, unit: "minutes" } };
    case "set":
      return { id, kind, keep: "run", values: [] };
    case "approval": {
      const deadline: Lasting = { amount: 24, unit: "hours" };
      return { id, kind, question: "", who: null, deadline, otherwise: "no", onNo: "end" };
    }
    default:
      return kind satisfies never;
  }
}

function changeLoop(step: LoopStep, edit: Extract<Edit, { do: "setLoop" }>): LoopStep {
  const { limit: before, ...rest } = step;
  const asked = edit.limit === undefined ? before : edit.limit;
  const limit = typeof asked === "number" && asked > 0 ? Math.min(Math.ceil(asked), MAX_ELEMENTS) : undefined;
  return { ...rest, ...given({ list: edit.list }), ...given({ limit }) };
}

function changeKept(step: SetStep, edit: Extract<Edit, { do: "setKept" }>): SetStep {
  const { lifetime: before, ...rest } = step;
  const lifetime = edit.lifetime === undefined ? before : (edit.lifetime ?? undefined);
  const values = edit.values === undefined ? undefined : [...edit.values];
  return { ...rest, ...given({ keep: edit.keep, values, lifetime }) };
}

/** Without what isn't said. */
function given<T extends object>(change: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const said = Object.entries(change).filter(([, value]) => value !== undefined);
  return Object.fromEntries(said) as { [K in keyof T]: Exclude<T[K], undefined> };
}

function named(step: Step, name: string): Step {
  const { name: _, ...rest } = step;
  const short = name.trim().slice(0, 120);
  return short === "" ? rest : { ...rest, name: short };
}

function withUnsure({ unsure: _, ...step }: ActionStep, unsure: string[]): ActionStep {
  return unsure.length === 0 ? step : { ...step, unsure };
}

function withValue(values: Values, field: string, value: Json | undefined): Values {
  const { [field]: _, ...rest } = values;
  return value === undefined ? rest : { ...values, [field]: value };
}

function place(at: number | undefined, length: number): number {
  return at === undefined || Number.isNaN(at) ? length : Math.min(Math.max(Math.trunc(at), 0), length);
}
