/** Does an action: values, duplicates, the note before an unsafe call, the call. And finds out about lost answers. */
import type { Json, JsonObject, Once, Text } from "../../connectors/kit/define.ts";
import { ConnectorError } from "../../connectors/kit/errors.ts";
import type { Log } from "../../log.ts";
import type { ActionStep } from "../bundle/model.ts";
import type { Failure } from "../engine.ts";
import type { Opened } from "../parts.ts";
import { isOutage, loggable } from "../store/outage.ts";
import type { ValueSettings } from "../values/settings.ts";
import { type Asked, decide, findMatches, foundNotes, lockKeys } from "./duplicates.ts";
import type { Locks } from "./locks.ts";
import { RETRY_MS } from "./machine.ts";
import { type Prepare, type Prepared, withoutSecrets } from "./prepare.ts";
import { assertSize, done, failed, fitted, type Result } from "./result.ts";

export interface StepRun {
  readonly workspace: string;
  readonly run: string;
  /** Of the loop, from 1; 0 outside of loops. */
  readonly element: number;
  readonly data: JsonObject;
  readonly settings: ValueSettings;
}
export interface ActionDeps {
  readonly prepare: Prepare;
  readonly locks: Locks;
  readonly clock: { now(): Date };
  readonly log: Log;
}
/**
 * Before anything is called: what came before is stored, and of an unsafe call (null for others) that it is about to be
 * made. False: the run isn't ours any more, nothing may be called.
 */
export type Note = (input: Json | null) => Promise<boolean>;

/** A lost call may still be under way: what isn't there yet is looked for again before it counts as not done, */
const LOOK_AGAIN_MS = 10_000;
/** and the last look comes this long after the call began, longer than any call lasts. */
const CALL_OVER_MS = 40_000;
const MAX_LOOKS = 5;

export async function doAction(deps: ActionDeps, run: StepRun, step: ActionStep, note: Note): Promise<Result | "gone"> {
  let prepared: Prepared | undefined;
  let isSent = false;
  let notes: readonly Text[] = [];
  try {
    prepared = await deps.prepare(run.workspace, step, run.data, run.settings);
    const { action, input, opened, fields } = prepared;
    const stored = withoutSecrets(input, fields);
    assertSize(stored, { ru: "Данные шага", en: "The step's data" });

    /** Null: the run was taken away between the note and the call. */
    const call = async (): Promise<JsonObject | null> => {
      if (!(await note(action.safe ? null : stored))) return null;
      isSent = !action.safe;
      return action.run(opened.ctx, input, onceFor(run, step));
    };

    const asked = askedOf(prepared, step, run.settings);
    const lookThenCall = async (): Promise<JsonObject | null> => {
      if (asked === null) return call();
      if (!(await note(null))) return null;
      const decision = await decide(opened.ctx, asked);
      notes = foundNotes(decision);
      if (decision.do === "create") return call();
      if (decision.do === "nothing") return {};
      if (decision.do === "keep") return decision.found.output;
      if (!asked.duplicates.update) throw cannotUpdate();
      return asked.duplicates.update(opened.ctx, decision.found, decision.changes, input);
    };

    const keys = asked === null ? [] : lockKeys(run.workspace, step.connector, asked);
    const output = await deps.locks.hold(keys, lookThenCall);
    if (output === null) return "gone";
    if (!isSent) assertSize(output, { ru: "Ответ сервиса", en: "The service's answer" });
    const fit = fitted(output);
    return done(fit.output, { input: stored, exchange: opened.exchange(), notes: [...notes, ...fit.notes] });
  } catch (error) {
    if (!(error instanceof ConnectorError)) {
      // The database is away: nothing was learned about the step, so nothing is said about it.
      if (isOutage(error) && !isSent) throw error;
      deps.log.error({ err: loggable(error), run: run.run, step: step.id, action: step.action }, "a step broke");
    }
    return failed(error, { ...keptOf(prepared), notes, isSent });
  }
}

/** What became of a call that was noted and never answered. Asks the action itself, then the ticked fields; writes nothing. */
export async function settleAction(
  deps: ActionDeps,
  run: StepRun,
  step: ActionStep,
  noted: { readonly input: Json; readonly startedAt: Date; readonly looks: number; readonly failure: Failure | null },
): Promise<Result> {
  const looks = noted.looks + 1;
  const failure = noted.failure ?? lostFailure(step);
  let prepared: Prepared | undefined;
  const kept = () => ({ ...keptOf(prepared), output: null, notes: [], looks });
  try {
    prepared = await deps.prepare(run.workspace, step, run.data, run.settings);
    const { action, opened, fields } = prepared;
    const input = { ...prepared.input, ...storedInput(noted.input, fields) };
    const happened = (told: JsonObject): Result => {
      const { output, notes } = fitted(told);
      const checked: Text = {
        ru: "Ответ сервиса потерялся. Проверено: запись создана, повтора не было.",
        en: "The service's answer was lost. Checked: it had been done, and nothing was repeated.",
      };
      return done(output, { ...kept(), notes: [checked, ...notes] });
    };
    const undone = (): Result => ({
      ...kept(),
      outcome: { kind: "absent", failure },
      notes: [
        {
          ru: "Ответ сервиса потерялся. Проверено: действие не выполнено, запрос повторяется.",
          en: "The service's answer was lost. Checked: it had not been done, and is asked for again.",
        },
      ],
    });
    const notThere = (): Result => {
      const age = deps.clock.now().getTime() - noted.startedAt.getTime();
      if (looks > 1 && age >= CALL_OVER_MS) return undone();
      const lookAfterMs = looks === 1 ? LOOK_AGAIN_MS : Math.max(1_000, CALL_OVER_MS - age);
      return { ...kept(), outcome: { kind: "unseen", failure, lookAfterMs } };
    };
    const told = (await action.lookup?.(opened.ctx, input, { ...onceFor(run, step), at: noted.startedAt })) ?? null;
    if (told === "absent") return notThere();
    if (told !== null) return happened(told);
    const asked = askedOf({ ...prepared, input }, step, run.settings);
    if (asked === null || lockKeys("", "", asked).length === 0)
      return { ...kept(), outcome: { kind: "untold", failure } };
    const [found] = await findMatches(opened.ctx, asked);
    return found ? happened(found.output) : notThere();
  } catch (error) {
    const isPassing = error instanceof ConnectorError && error.errorClass === "temporary";
    const delay = error instanceof ConnectorError && error.details.code === "turn" ? 1_000 : RETRY_MS[looks - 1];
    if (isPassing && delay !== undefined && looks < MAX_LOOKS) {
      return { ...kept(), outcome: { kind: "unseen", failure, lookAfterMs: delay } };
    }
    return { ...kept(), outcome: { kind: "untold", failure } };
  }
}

/** The duplicates to be looked for, or null where nobody asked for that. */
export function askedOf(prepared: Prepared, step: ActionStep, settings: ValueSettings): Asked | null {
  const { duplicates } = prepared.action;
  if (!duplicates || !step.duplicates || step.duplicates.mode === "create") return null;
  const { fields, input } = prepared;
  return { duplicates, settings: step.duplicates, fields, input, country: settings.country };
}

const onceFor = ({ run, element }: StepRun, step: ActionStep): Once => ({
  key: element === 0 ? `${run}.${step.id}` : `${run}.${step.id}.${element}`,
});

function keptOf(prepared: Prepared | undefined): { input: Json; exchange: Json; mask?: Opened["mask"] } {
  if (prepared === undefined) return { input: null, exchange: null };
  const { input, fields, opened } = prepared;
  return { input: withoutSecrets(input, fields), exchange: opened.exchange(), mask: opened.mask };
}

/** What was stored is what was sent, but for secrets. */
function storedInput(stored: Json, fields: Prepared["fields"]): JsonObject {
  if (typeof stored !== "object" || stored === null || Array.isArray(stored)) return {};
  const secret = new Set(fields.filter((field) => field.secret).map(({ key }) => key));
  return Object.fromEntries(Object.entries(stored).filter(([key]) => !secret.has(key)));
}

function lostFailure(step: ActionStep): Failure {
  return {
    class: "unknown",
    step: step.id,
    sentence: {
      ru: "Связь оборвалась, когда запрос уже ушёл: неизвестно, выполнен ли он. Посмотрите в сервисе и ответьте, повторить ли.",
      en: "The connection broke after the request had been sent: nobody knows whether it was carried out. Look in the service and say whether to repeat it.",
    },
  };
}

function cannotUpdate(): ConnectorError {
  return new ConnectorError("data", {
    ru: "Это действие не умеет обновлять найденную запись. Выберите в настройке дублей другой режим.",
    en: "This action can't update a record it found. Choose another mode for duplicates.",
  });
}
