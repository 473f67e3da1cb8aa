/** Set values: for the run, or kept between runs per bundle or workspace; written once however often the step is carried out. */
import type { Json, JsonObject } from "../../connectors/kit/define.ts";
import { ConnectorError } from "../../connectors/kit/errors.ts";
import type { Storage } from "../../connectors/kit/storage.ts";
import type { Bundle, KeptValue, Lasting, SetStep } from "../bundle/model.ts";
import type { EntryRow } from "../store/runs.ts";
import { addDecimals, type Decimal, decimalJson, decimalText, readAmount } from "../values/numbers.ts";
import { isEmpty, readPath, toText, type ValueSettings } from "../values/settings.ts";
import { render } from "../values/template.ts";
import type { Position } from "./machine.ts";
import { assertSize, done, failed, type Result } from "./result.ts";

export type OpenStorage = (workspace: string) => Storage;

/** The run that sets values, and what its templates see. */
export interface KeepAsk {
  readonly run: { readonly id: string; readonly workspace: string; readonly bundle: string };
  readonly bundle: Bundle;
  readonly at: Position;
  readonly journal: readonly EntryRow[];
  readonly data: JsonObject;
  readonly settings: ValueSettings;
}
/** A value ready to be kept: its place, and what is done there. */
export interface Planned {
  readonly value: KeptValue;
  readonly name: string;
  readonly key: string;
  readonly content: Json;
  readonly amount: Decimal;
}

const UNIT_MS = { minutes: 60_000, hours: 3_600_000, days: 86_400_000 } as const;
const MAX_KEY = 200;
const MAX_VALUE = 64 * 1024;

export const lastingMs = ({ amount, unit }: Lasting): number => amount * UNIT_MS[unit];

export async function keepValues(open: OpenStorage, ask: KeepAsk, step: SetStep): Promise<Result> {
  try {
    const plans = plan(ask, step);
    const storage = open(ask.run.workspace);
    const output: Record<string, Json> = {};
    for (const [place, one] of plans.entries()) {
      output[one.value.name] =
        step.keep === "run" ? forRun(ask, one, output) : await keepOne(storage, ask, step, one, place);
    }
    assertSize(output, { ru: "Значения шага", en: "The step's values" });
    return done(output, { input: inputOf(plans) });
  } catch (error) {
    return failed(error, { input: null, exchange: null, isSent: false });
  }
}

/** All templates are read before anything is written: a value that is wrong changes nothing. */
export function plan(ask: Pick<KeepAsk, "data" | "settings"> & { run: { bundle: string } }, step: SetStep): Planned[] {
  return step.values.map((value) => {
    const read = (template: Json | undefined): Json =>
      template === undefined ? null : render(template, ask.data, ask.settings);
    const key = toText(read(value.key)).trim().toLowerCase();
    if (key.length > MAX_KEY) throw problem(value, TOO_LONG);
    if (value.key !== undefined && !isEmpty(value.key) && key === "") throw problem(value, NO_KEY);
    const content = read(value.value);
    if (JSON.stringify(content).length > MAX_VALUE) throw problem(value, TOO_LARGE);
    const isCounted = value.how === "add";
    const amount = isCounted ? readAmount(isEmpty(value.value) ? 1 : content, ask.settings.locale) : NOTHING;
    if (amount === null) throw problem(value, notANumber(toText(content)));
    const own = value.name.trim().toLowerCase();
    const name = step.keep === "bundle" ? `bundle ${ask.run.bundle} ${own}` : `kept ${own}`;
    return { value, name, key, content, amount };
  });
}
const NOTHING: Decimal = { units: 0n, scale: 0 };

async function keepOne(storage: Storage, ask: KeepAsk, step: SetStep, one: Planned, place: number): Promise<Json> {
  const { name, key } = one;
  const until = step.lifetime ? new Date(nowOf(ask).getTime() + lastingMs(step.lifetime)) : null;
  // The step's own word: an attempt that follows a failure or a kill asks for the same write, a person's repeat for a new one.
  const { element } = ask.at;
  const before = ask.journal.filter(
    (line) => line.step === step.id && line.element === element && line.state === "succeeded",
  );
  const op = `${ask.run.id}.${step.id}.${element}.${before.length}.${place}`;
  switch (one.value.how) {
    case "set":
      return (await storage.set(name, key, one.content, until, op)).value;
    case "get":
      return (await storage.get(name, key))?.value ?? null;
    case "remove":
      await storage.remove(name, key, op);
      return null;
    case "add": {
      const sum = await storage.add(name, key, decimalText(one.amount), until, op);
      if (sum === null) throw problem(one.value, NO_COUNTER);
      return jsonOf(sum);
    }
    default:
      return one.value.how satisfies never;
  }
}

/** A value of the run is what its newest step left, in whichever element that was. */
function forRun(ask: KeepAsk, { value, key, content, amount }: Planned, given: Readonly<Record<string, Json>>): Json {
  const ids = new Set(ask.bundle.steps.flatMap((one) => (one.kind === "set" && one.keep === "run" ? [one.id] : [])));
  const found = ask.journal.findLast(
    ({ step, state, output }) => ids.has(step) && state === "succeeded" && readPath(output, [value.name]) !== undefined,
  );
  const before = Object.hasOwn(given, value.name) ? given[value.name] : readPath(found?.output ?? null, [value.name]);
  const records = typeof before === "object" && before !== null && !Array.isArray(before) ? before : {};
  const present = key === "" ? (before ?? null) : (records[key] ?? null);
  const next = nextValue(value, present, content, amount, ask.settings);
  return key === "" ? next : { ...records, [key]: next };
}

function nextValue(value: KeptValue, present: Json, content: Json, amount: Decimal, settings: ValueSettings): Json {
  if (value.how === "set") return content;
  if (value.how === "get") return present;
  if (value.how === "remove") return null;
  const sum = isEmpty(present) ? NOTHING : readAmount(present, settings.locale);
  if (sum === null) throw problem(value, NO_COUNTER);
  return decimalJson(addDecimals(sum, amount));
}

const nowOf = ({ settings }: Pick<KeepAsk, "settings">): Date => settings.now ?? new Date();
const jsonOf = (text: string): Json => (String(Number(text)) === text ? Number(text) : text);
const inputOf = (plans: readonly Planned[]): JsonObject =>
  Object.fromEntries(
    plans.map(({ value, key, content, amount }) => [
      key === "" ? value.name : `${value.name} [${key}]`,
      value.how === "add" ? decimalJson(amount) : value.how === "set" ? content : value.how,
    ]),
  );

type Said = { readonly ru: string; readonly en: string };
const TOO_LONG: Said = { ru: `ключ длиннее ${MAX_KEY} знаков.`, en: `the key is longer than ${MAX_KEY} characters.` };
const NO_KEY: Said = {
  ru: "ключ оказался пустым: непонятно, какая это запись.",
  en: "the key turned out empty, so nobody knows which record is meant.",
};
const TOO_LARGE: Said = {
  ru: "значение больше 64 КБ: столько не запоминается.",
  en: "the value is larger than 64 KiB, more than is kept.",
};
const NO_COUNTER: Said = {
  ru: "там уже лежит не число, прибавить к нему нельзя.",
  en: "what is kept there is no number, so nothing can be added.",
};
const notANumber = (text: string): Said => ({
  ru: `«${text.slice(0, 60)}» – не число.`,
  en: `“${text.slice(0, 60)}” is no number.`,
});

function problem({ name }: KeptValue, said: Said): ConnectorError {
  return new ConnectorError(
    "data",
    { ru: `Значение «${name}»: ${said.ru}`, en: `Value “${name}”: ${said.en}` },
    { field: "values" },
  );
}
