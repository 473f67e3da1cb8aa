/** What surrounds a step: its fields, what earlier steps give, the data that its templates see, a proposal for it. */
import type { Action } from "../../connectors/kit/define.ts";
import type { Field, Json, JsonObject, Locale } from "../../connectors/kit/fields.ts";
import type { Sample, Scope, Source } from "../engine.ts";
import { loopAround } from "../run/loops.ts";
import type { StoredBundle } from "../store/bundles.ts";
import { isEmpty } from "../values/settings.ts";
import { references } from "../values/template.ts";
import type { Account } from "./account.ts";
import type { Edit } from "./edits.ts";
import { isHidden, toolGives } from "./gives.ts";
import { type Example, habitsFor } from "./habits.ts";
import { type ActionStep, type Bundle, TRIGGER_ID } from "./model.ts";
import { type FindConnector, stepTitle, triggerTitle } from "./naming.ts";
import { ownId, type ProposalSource, propose } from "./propose.ts";
import { sourceOf, withoutFirst } from "./sources.ts";

/** The newest item that the trigger has seen, else the one its connector declares. */
export function sampleOf(row: Pick<StoredBundle, "sample">, body: Bundle, find: FindConnector): Sample | null {
  if (row.sample !== null) return row.sample;
  const { trigger } = body;
  const declared = trigger && find(trigger.connector)?.triggers.find(({ key }) => key === trigger.trigger);
  return declared && !isEmpty(declared.sample) ? { item: declared.sample, from: "declared", at: null } : null;
}

/** What templates find on the sample: the item, and of each step what its connector declares as its output. */
export function sampleData(row: Pick<StoredBundle, "sample">, body: Bundle, find: FindConnector): JsonObject {
  const data: JsonObject = { [TRIGGER_ID]: sampleOf(row, body, find)?.item ?? {} };
  for (const [at, step] of body.steps.entries()) {
    data[step.id] =
      step.kind === "action" ? outputSample(step, find) : (toolGives(body, step, at + 1, data)?.sample ?? {});
  }
  return data;
}

/** The steps whose values on the sample are their connectors' examples. A schedule's item comes from no account: it is as good as any. */
export function exampleRefs(row: Pick<StoredBundle, "sample">, body: Bundle, find: FindConnector): ReadonlySet<string> {
  const isMadeUp = sampleOf(row, body, find)?.from === "declared" && !isClock(body, find);
  return new Set([...body.steps.map(({ id }) => id), ...(isMadeUp ? [TRIGGER_ID] : [])]);
}

export function isClock({ trigger }: Bundle, find: FindConnector): boolean {
  return (
    trigger !== null && find(trigger.connector)?.triggers.find(({ key }) => key === trigger.trigger)?.clock === true
  );
}

interface AroundDeps {
  readonly find: FindConnector;
  readonly account: Account;
  /** The workspace's other bundles, the newest first. */
  readonly examples: (workspace: string, but: string) => Promise<readonly Example[]>;
  readonly localeOf: (scope: Scope) => Promise<Locale>;
}

export function makeAround({ find, account, examples, localeOf }: AroundDeps) {
  async function triggerSource(
    workspace: string,
    row: Pick<StoredBundle, "sample">,
    body: Bundle,
  ): Promise<ProposalSource[]> {
    if (body.trigger === null) return [];
    const declared = await account.outputFields(workspace, body.trigger);
    const sample = sampleOf(row, body, find)?.item ?? {};
    const title = triggerTitle(body.trigger, find);
    const isExample = exampleRefs(row, body, find).has(TRIGGER_ID);
    const giver = { ref: TRIGGER_ID, number: 1, title, declared, sample, isExample };
    return [{ connector: body.trigger.connector, ...sourceOf(giver) }];
  }

  /** What the trigger and the steps before `step` give; all of them for a step that isn't there. The filter sees the trigger alone. */
  async function sources(
    workspace: string,
    row: Pick<StoredBundle, "sample">,
    body: Bundle,
    step: string,
  ): Promise<readonly ProposalSource[]> {
    const at = step === TRIGGER_ID ? 0 : body.steps.findIndex(({ id }) => id === step);
    const before = body.steps.slice(0, at === -1 ? undefined : at);
    const data = sampleData(row, body, find);
    const given = before.flatMap((one, place): ProposalSource[] => {
      if (one.disabled === true || (at !== -1 && isHidden(body, place, at))) return [];
      if (one.kind !== "action") {
        const tool = toolGives(body, one, at === -1 ? place + 1 : at, data);
        const known = tool && { ref: one.id, number: place + 2, title: stepTitle(one, find), ...tool };
        return known ? [{ connector: "", ...sourceOf(known) }] : [];
      }
      const action = find(one.connector)?.actions.find(({ key }) => key === one.action);
      if (action === undefined) return [];
      const number = body.steps.indexOf(one) + 2;
      const giver = {
        ref: one.id,
        number,
        title: stepTitle(one, find),
        declared: action.output,
        sample: action.sample,
        isExample: true,
        unfilled: action.kind === "create" ? unfilledBy(one, action) : new Set<string>(),
      };
      const finds = action.kind === "find" ? ownId(action.output) : undefined;
      const idsOnly = action.kind !== "find";
      return [{ connector: one.connector, idsOnly, ...(finds ? { finds } : {}), ...sourceOf(giver) }];
    });
    const all = [...(await triggerSource(workspace, row, body)), ...given];
    const loop = at === -1 ? undefined : loopAround(body, at);
    return loop === undefined ? all : withoutFirst(all, loop.step.list);
  }

  /** Input fields of every action and the trigger's options, by step. */
  async function allFields(workspace: string, body: Bundle): Promise<ReadonlyMap<string, readonly Field[]>> {
    const actions = body.steps.filter((step) => step.kind === "action");
    const fields = await Promise.all(
      actions.map(async (step) => [step.id, await account.inputFields(workspace, step)] as const),
    );
    return new Map<string, readonly Field[]>([...fields, [TRIGGER_ID, optionsOf(body, find)]]);
  }

  /** Everything that anything gives, by step, for checking references. */
  async function allSources(
    workspace: string,
    row: Pick<StoredBundle, "sample">,
    body: Bundle,
  ): Promise<ReadonlyMap<string, Source>> {
    const all = await sources(workspace, row, body, "");
    return new Map(all.map(({ connector: _, idsOnly: __, finds: ___, ...source }) => [source.ref, source]));
  }

  /**
   * An edit that fills the step's empty fields; null where nothing is known for them. In a template nobody has looked at
   * what was picked from the account's lists, so it is a guess.
   */
  async function proposal(
    scope: Scope,
    row: Pick<StoredBundle, "id" | "sample">,
    body: Bundle,
    step: ActionStep,
    inTemplate = false,
  ): Promise<Edit | null> {
    const action = find(step.connector)?.actions.find(({ key }) => key === step.action);
    if (action === undefined) return null;
    const [fields, given, others, locale] = await Promise.all([
      account.inputFields(scope.workspace, step, inTemplate),
      sources(scope.workspace, row, body, step.id),
      // A template is as its author meant it.
      inTemplate ? [] : examples(scope.workspace, row.id),
      localeOf(scope),
    ]);
    // Of several steps at once only the lists are read from which something may be proposed.
    const mayFill = (field: Field) => field.required === true || field.common === true || field.initial !== undefined;
    const asked = inTemplate ? fields.filter(mayFill) : fields;
    const lists = await account.lists(scope, step.connection, asked, inTemplate);
    const habits = inTemplate ? undefined : habitsFor({ body, step, fields, kind: action.kind }, others);
    const about = { connector: step.connector, fields, sources: given, lists, action, locale };
    const made = propose({ ...about, ...(habits ? { habits } : {}) });
    const isNew = Object.keys(step.input).length === 0 && step.duplicates === undefined;
    const loop = loopAround(body, body.steps.indexOf(step));
    /** What names a record must differ from element to element: the event's own id would make the second a double. */
    const isShared = (key: string, value: Json) =>
      loop !== undefined &&
      /(?:^|\.)(?:id|externalId)$/.test(fields.find((field) => field.key === key)?.meaning ?? "") &&
      !references(value).some(({ ref }) => ref === loop.step.id);
    const values = Object.fromEntries(
      Object.entries(made.values).filter(([key, value]) => !Object.hasOwn(step.input, key) && !isShared(key, value)),
    );
    const listed = inTemplate ? fields.filter(({ kind }) => kind === "reference").map(({ key }) => key) : [];
    const unsure = [...new Set([...made.unsure, ...listed])].filter((key) => Object.hasOwn(values, key));
    const duplicates = isNew && made.duplicates !== undefined ? { duplicates: made.duplicates } : {};
    return { do: "propose", step: step.id, values, unsure, ...duplicates };
  }

  /** Edits that fill the trigger's empty options with what suggests itself. */
  async function optionProposals(scope: Scope, body: Bundle): Promise<readonly Edit[]> {
    const { trigger } = body;
    if (trigger === null) return [];
    const fields = optionsOf(body, find);
    const lists = await account.lists(scope, trigger.connection, fields);
    const { values } = propose({ connector: trigger.connector, fields, sources: [], lists });
    return Object.entries(values)
      .filter(([field]) => !Object.hasOwn(trigger.options, field))
      .map(([field, value]): Edit => ({ do: "setOption", field, value }));
  }

  return { sources, allFields, allSources, proposal, optionProposals };
}
export type Around = ReturnType<typeof makeAround>;

export function optionsOf({ trigger }: Bundle, find: FindConnector): readonly Field[] {
  if (trigger === null) return [];
  return find(trigger.connector)?.triggers.find(({ key }) => key === trigger.trigger)?.options ?? [];
}

/** What a new record holds only if the step puts it there: inputs that come back under the same key. */
function unfilledBy(step: ActionStep, action: Action): ReadonlySet<string> {
  const keys = action.fields.map(({ key }) => key);
  return new Set(keys.filter((key) => isEmpty(step.input[key])));
}

function outputSample(step: ActionStep, find: FindConnector): JsonObject {
  return find(step.connector)?.actions.find(({ key }) => key === step.action)?.sample ?? {};
}
