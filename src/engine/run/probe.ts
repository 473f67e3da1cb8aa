/** The dry run: every step as it would go, with real searches and no writes. */
import type { Connector, Field, Json, JsonObject, Locale, Text } from "../../connectors/kit/define.ts";
import { ConnectorError } from "../../connectors/kit/errors.ts";
import { isObject } from "../../connectors/kit/read.ts";
import type { ActionStep, LoopStep, SetStep, Step } from "../bundle/model.ts";
import { stepTitle } from "../bundle/naming.ts";
import { shownValue } from "../bundle/sources.ts";
import { toFailure } from "../connection/failure.ts";
import { isUnlisted, labelsOf, UNLISTED, valuesOf } from "../connection/label.ts";
import type { DryStep } from "../engine.ts";
import type { Opener, Shared, Sql, StepProbe } from "../parts.ts";
import { loggable } from "../store/outage.ts";
import type { EntryRow } from "../store/runs.ts";
import { decimalJson, decimalText } from "../values/numbers.ts";
import { isEmpty, readPath, toText, type ValueSettings } from "../values/settings.ts";
import { askedOf } from "./action.ts";
import { decide } from "./duplicates.ts";
import { entryOf, outputsOf } from "./journal.ts";
import { plan } from "./keep.ts";
import { makeKnown } from "./known.ts";
import { after, firstPosition, numberOf, type Outcome, type Position, workAt } from "./machine.ts";
import { makePrepare, type Prepared, withoutSecrets } from "./prepare.ts";
import { type Promised, promisedValue } from "./promised.ts";
import { doTool, openLoop } from "./tools.ts";

export interface ProbeDeps extends Pick<Shared, "db" | "clock" | "log" | "vault" | "connectors"> {
  readonly opener: Opener;
}
/** What a step would do, and what later steps see of it. */
interface Probed {
  readonly said?: Said;
  readonly outcome: Outcome;
  /** What later steps and the machine see of it, where the outcome doesn't hold it. */
  readonly output?: JsonObject;
  /** What later steps see is the connector's example: the record is still to be made. */
  readonly isPromised?: true;
}
type Said = DryStep extends infer One
  ? One extends DryStep
    ? Omit<One, "step" | "number" | "title" | "element">
    : never
  : never;

const MAX_SHOWN = 30;

export function makeStepProbe(deps: ProbeDeps): StepProbe {
  const { db, connectors, opener, clock, log, vault } = deps;
  const known = makeKnown(deps);
  const prepare = makePrepare({ connectors, opener, clock, vault });
  const find = (key: string): Connector | undefined => connectors.find((one) => one.key === key);

  async function probe(
    workspace: string,
    step: Exclude<Step, LoopStep>,
    data: JsonObject,
    promised: Promised,
    settings: ValueSettings,
  ): Promise<Probed> {
    try {
      if (step.kind === "action") return await probeAction(workspace, step, data, promised, settings);
      return probeTool(step, data, settings);
    } catch (error) {
      if (!(error instanceof ConnectorError)) log.error({ err: loggable(error), step: step.id }, "dry run broke");
      const failure = { ...toFailure(error), step: step.id };
      return { said: { verdict: "error", failure }, outcome: { kind: "failed", failure } };
    }
  }

  async function probeAction(
    workspace: string,
    step: ActionStep,
    data: JsonObject,
    promised: Promised,
    settings: ValueSettings,
  ): Promise<Probed> {
    const prepared = await prepare(workspace, step, data, settings);
    try {
      const later = (field: Field) => promisedValue(step.input[field.key], promised, data, settings);
      return await probePrepared(db, prepared, step, settings, later);
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      const failure = { ...toFailure(error, prepared.opened.mask), step: step.id };
      return { said: { verdict: "error", failure }, outcome: { kind: "failed", failure } };
    }
  }

  return {
    async dry(workspace, body, event) {
      const settings = await known.settings(workspace);
      const said: DryStep[] = [];
      const promised = new Map<string, number>();
      const journal: EntryRow[] = [];
      let at = firstPosition(body);
      for (let rounds = 0; rounds < MAX_ROUNDS; rounds++) {
        const entries = journal.map(entryOf);
        const work = workAt(body, at, entries);
        if (work.do === "move") {
          if (work.next.go !== "on") break;
          at = work.next.at;
          continue;
        }
        const { step } = work;
        const data: JsonObject = { ...outputsOf(body, journal, at), trigger: event };
        const probed: Probed =
          work.do === "close" || work.do === "settle"
            ? { outcome: { kind: "closed" }, output: { total: 1, done: 1, failed: [] } }
            : work.do === "open"
              ? probeLoop(work.step, data, settings)
              : await probe(workspace, work.step, data, promised, settings);
        const place = { step: step.id, number: numberOf(body, step.id), title: stepTitle(step, find) };
        const element = at.element > 0 ? { element: at.element } : {};
        if (probed.said) said.push({ ...place, ...element, ...probed.said });
        if (probed.isPromised) promised.set(step.id, place.number);
        if (probed.outcome.kind === "failed" && step.onError === undefined) break;
        const output = probed.output ?? (probed.outcome.kind === "done" ? probed.outcome.output : {});
        journal.push(rowOf(at, step.id, probed.outcome, output));
        const next = after(body, at, entries, asOnce(probed.outcome));
        if (next.go !== "on" || next.broke) break;
        at = next.at;
      }
      return said;
    },
  };
}

/** A hundred steps, each decided and passed. */
const MAX_ROUNDS = 1_000;

function rowOf(at: Position, step: string, { kind }: Outcome, output: JsonObject): EntryRow {
  const state = kind === "failed" ? "failed" : "succeeded";
  return { ...at, step, state, input: null, output, error: null, startedAt: "" };
}

/** The whole list is counted, its first element is played. */
function probeLoop(step: LoopStep, data: JsonObject, settings: ValueSettings): Probed {
  const { outcome, output } = openLoop(step, data, settings, undefined);
  if (outcome.kind === "failed") return { said: { verdict: "error", failure: outcome.failure }, outcome };
  const items = readPath(output, "items");
  const all = Array.isArray(items) ? items : [];
  const first = all.slice(0, 1);
  return {
    said: { verdict: "loops", total: all.length },
    outcome,
    output: { items: first, total: first.length },
  };
}

/** In a dry run nothing is tried again: what would be retried is shown as the failure that it is. */
function asOnce(outcome: Outcome): Outcome {
  return outcome.kind === "failed" ? { ...outcome, failure: { ...outcome.failure, class: "data" } } : outcome;
}

function probeTool(
  step: Exclude<Step, ActionStep | LoopStep>,
  data: JsonObject,
  settings: ValueSettings & { readonly now?: Date },
): Probed {
  if (step.kind === "set") return probeSet(step, data, settings);
  const { outcome, output } = doTool(step, data, settings);
  const told = isObject(output) ? output : {};
  if (outcome.kind === "failed") return { said: { verdict: "error", failure: outcome.failure }, outcome };
  if (step.kind === "router" && outcome.kind === "goes") {
    return { said: { verdict: "goes", to: outcome.to, holds: told.holds === true }, outcome, output: told };
  }
  if (step.kind === "delay") {
    const until = new Date(toText(told.until));
    return { said: { verdict: "wouldWait", until }, outcome: { kind: "done", output: told } };
  }
  if (step.kind === "approval") {
    const output = { ...told, answer: "yes" };
    return {
      said: { verdict: "wouldAsk", question: toText(told.question) },
      outcome: { kind: "goes", to: "next" },
      output,
    };
  }
  return { said: { verdict: outcome.kind === "ends" ? "stops" : "passes" }, outcome, output: told };
}

/** What would be kept; what is kept already isn't read: a dry run shows the step, not the storage. */
function probeSet(step: SetStep, data: JsonObject, settings: ValueSettings): Probed {
  const plans = plan({ data, settings, run: { bundle: "" } }, step);
  const shown = plans.map(({ value, key, content, amount }) => {
    const name = key === "" ? value.name : `${value.name} [${key}]`;
    const added = decimalText(amount);
    const words = {
      set: shownValue(content) ?? "–",
      add: added.startsWith("-") ? added : `+${added}`,
      get: "…",
      remove: "–",
    };
    return { label: { ru: name, en: name }, value: words[value.how] };
  });
  const output = Object.fromEntries(
    plans.map(({ value, content, amount }): [string, Json] => [
      value.name,
      value.how === "set" ? content : value.how === "add" ? decimalJson(amount) : null,
    ]),
  );
  return { said: { verdict: "wouldSet", shown }, outcome: { kind: "done", output } };
}

async function probePrepared(
  db: Sql,
  prepared: Prepared,
  step: ActionStep,
  settings: ValueSettings,
  later: (field: Field) => string | null,
): Promise<Probed> {
  const { action, fields, opened, input } = prepared;
  const shownOf = async (values: JsonObject, of: readonly Field[]) => {
    const labels = await Promise.all(
      of.map(async (field) => {
        const words = of === fields ? later(field) : null;
        const label = words ?? (await labelsOf(db, step.connection, field, input, valueAt(values, field)));
        return [field.key, label] as const;
      }),
    );
    return linesOf(values, of, settings.locale, new Map(labels));
  };
  if (action.kind === "find" && action.safe) {
    const output = await action.run(opened.ctx, input, { key: `dry.${step.id}` });
    const verdict = isEmpty(output) ? "foundNothing" : "found";
    return {
      said: { verdict, output, shown: await shownOf(output, action.output) },
      outcome: { kind: "done", output },
    };
  }
  const doubtsOf = async (values: JsonObject) => {
    const doubts = await Promise.all(
      fields.map(async (field) => {
        const value = values[field.key];
        if (isEmpty(value) || value === undefined || later(field) !== null) return [];
        const listed = await valuesOf(db, step.connection, field, input);
        return listed !== null && isUnlisted(listed, value) ? [{ label: field.label, sentence: UNLISTED }] : [];
      }),
    );
    const all = doubts.flat();
    return all.length > 0 ? { doubts: all } : {};
  };
  const whole = {
    input: withoutSecrets(input, fields),
    shown: await shownOf(input, fields),
    ...(await doubtsOf(input)),
  };
  const sample = { outcome: { kind: "done", output: action.sample }, isPromised: true } as const;
  const asked = askedOf(prepared, step, settings);
  if (asked === null) {
    return { said: { verdict: action.kind === "create" ? "wouldCreate" : "wouldRun", ...whole }, ...sample };
  }
  const decision = await decide(opened.ctx, asked);
  switch (decision.do) {
    case "create":
      return { said: { verdict: "wouldCreate", ...whole }, ...sample };
    case "nothing":
      return { said: { verdict: "wouldSkip", ...whole }, outcome: { kind: "done", output: {} } };
    case "keep":
    case "update": {
      const { found, several } = decision;
      const outcome = { kind: "done", output: found.output } as const;
      if (decision.do === "keep") {
        return { said: { verdict: "wouldKeep", ...whole, found: { id: found.id, several } }, outcome };
      }
      const { changes } = decision;
      const shown = await shownOf(changes, fields);
      const changed = { input: withoutSecrets(changes, fields), shown, ...(await doubtsOf(changes)) };
      return { said: { verdict: "wouldUpdate", ...changed, found: { id: found.id, several } }, outcome };
    }
    default:
      return decision satisfies never;
  }
}

/** An input field's key is a plain name, which may hold dots; an output field's is a path. */
const valueAt = (values: JsonObject, { key }: Field) =>
  Object.hasOwn(values, key) ? values[key] : readPath(values, key);

/** Fields with their values as lines; a listed one by its label. */
function linesOf(
  values: JsonObject,
  fields: readonly Field[],
  locale: Locale,
  labels: ReadonlyMap<string, string | null>,
): readonly { label: Text; value: string }[] {
  return fields
    .flatMap((field) => {
      const value = valueAt(values, field);
      const choice = field.choices?.find((one) => one.value === value);
      const label = labels.get(field.key) ?? choice?.label[locale];
      const shown = field.secret ? "•••" : (label ?? shownValue(value));
      return shown === null || isEmpty(value) ? [] : [{ label: field.label, value: shown }];
    })
    .slice(0, MAX_SHOWN);
}
