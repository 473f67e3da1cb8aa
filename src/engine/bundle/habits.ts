/** What people of the workspace put into the same step elsewhere: it is proposed before anything that a rule could guess. */
import type { Field, Json } from "../../connectors/kit/fields.ts";
import { isEmpty } from "../values/settings.ts";
import { references } from "../values/template.ts";
import { isMessage } from "./compose.ts";
import { type ActionStep, type Bundle, type DuplicateSettings, TRIGGER_ID } from "./model.ts";
import { isSealed } from "./secrets.ts";

/** Another bundle, the newest first; `isLive`: it was started as it is, so what it leaves empty was left so. */
export interface Example {
  readonly body: Bundle;
  readonly isLive: boolean;
}
export interface Habits {
  /** Values by field; null: people leave it empty. */
  readonly values: ReadonlyMap<string, Json>;
  readonly duplicates?: DuplicateSettings;
}

interface Place {
  readonly example: Example;
  readonly step: ActionStep;
  /** It is filled from the same event. */
  readonly isSameEvent: boolean;
  readonly isHere: boolean;
}

/** What is known for a step of `body` from the steps like it: those before it in the bundle, then those of other bundles. */
export function habitsFor(
  {
    body,
    step,
    fields,
    kind,
  }: {
    readonly body: Bundle;
    readonly step: ActionStep;
    readonly fields: readonly Field[];
    readonly kind: string;
  },
  examples: readonly Example[],
): Habits {
  const at = body.steps.findIndex(({ id }) => id === step.id);
  const before = body.steps.slice(0, at === -1 ? undefined : at);
  const places = [{ body: { ...body, steps: before.toReversed() }, isLive: false }, ...examples].flatMap(
    (example, index): Place[] => {
      const isSameEvent = eventOf(example.body) !== "" && eventOf(example.body) === eventOf(body);
      return example.body.steps.flatMap((one) =>
        one.kind === "action" && one.connector === step.connector && one.action === step.action && !isEmptyStep(one)
          ? [{ example, step: one, isSameEvent, isHere: index === 0 }]
          : [],
      );
    },
  );
  const values = new Map<string, Json>();
  for (const field of fields) {
    if (field.secret === true) continue;
    for (const place of places) {
      const known = valueAt(field, kind, place, step, body, before);
      if (known === undefined) continue;
      values.set(field.key, known);
      break;
    }
  }
  const duplicates = places.find(
    ({ isSameEvent, example, step: { duplicates } }) => isSameEvent && example.isLive && duplicates !== undefined,
  )?.step.duplicates;
  return { values, ...(duplicates === undefined ? {} : { duplicates }) };
}

/** Undefined where the place says nothing about the field. */
function valueAt(
  field: Field,
  kind: string,
  { example, step: one, isSameEvent, isHere }: Place,
  step: ActionStep,
  body: Bundle,
  before: Bundle["steps"],
): Json | undefined {
  const value = one.input[field.key];
  if (value === undefined || isEmpty(value))
    return isSameEvent && example.isLive && field.required !== true ? null : undefined;
  if (isSealed(value) || one.unsure?.includes(field.key) === true) return undefined;
  // Two messages of one bundle don't say the same.
  if (isHere && isMessage(field, kind)) return undefined;
  const refs = new Set(references(value).map(({ ref }) => ref));
  if (refs.size === 0) {
    // What an account lists is that account's; words are said of an event.
    const isOfAccount = field.kind === "reference" || field.custom === true;
    const isSameAccount = one.connection === step.connection;
    const isWords = field.kind === "text" || field.kind === "longText";
    return isSameAccount && (isOfAccount || !isWords || isSameEvent || isHere) ? value : undefined;
  }
  const renamed = new Map<string, string>();
  for (const ref of refs) {
    const to =
      ref === TRIGGER_ID ? (isSameEvent ? TRIGGER_ID : undefined) : counterpart(ref, example.body, body, before);
    if (to === undefined) return undefined;
    renamed.set(ref, to);
  }
  return renameIn(value, renamed);
}

/** The step before ours that does what the referred one does there. */
function counterpart(ref: string, there: Bundle, here: Bundle, before: Bundle["steps"]): string | undefined {
  const other = there.steps.find(({ id }) => id === ref);
  if (other === undefined) return undefined;
  if (here.steps.includes(other)) return before.includes(other) ? ref : undefined;
  if (other.kind !== "action") return undefined;
  const like = before.filter(
    (one) => one.kind === "action" && one.connector === other.connector && one.action === other.action,
  );
  return like.length === 1 ? like[0]?.id : undefined;
}

/** The same template about other steps; ids stand at the beginning of a path and nowhere else. */
function renameIn(value: Json, names: ReadonlyMap<string, string>): Json {
  if (typeof value === "string")
    return value.replace(/\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/g, (tag) =>
      tag.replace(/"[^"]*"|'[^']*'|(?<![\w.])[a-z][a-z0-9]{1,7}(?=[.[])/g, (found) => names.get(found) ?? found),
    );
  if (Array.isArray(value)) return value.map((one) => renameIn(one, names));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, renameIn(one, names)]));
}

const eventOf = ({ trigger }: Bundle): string => (trigger === null ? "" : `${trigger.connector}/${trigger.trigger}`);
const isEmptyStep = ({ input }: ActionStep): boolean => Object.values(input).every((one) => isEmpty(one));
