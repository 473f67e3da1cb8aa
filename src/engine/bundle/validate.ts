/** What keeps a bundle from starting, each problem with the door to its place. */
import type { Action, Field, Json, Text } from "../../connectors/kit/define.ts";
import { ConnectorError } from "../../connectors/kit/errors.ts";
import { isAsked, syntaxOf } from "../../connectors/kit/when.ts";
import type { ConnectionView, Problem, Source } from "../engine.ts";
import { mistakeInPattern } from "../values/conditions.ts";
import { convert, mistakeOf } from "../values/convert.ts";
import { isEmpty, type ValueSettings } from "../values/settings.ts";
import { mistakeIn, references, render } from "../values/template.ts";
import { isHidden } from "./gives.ts";
import { mistakeInHours } from "./hours.ts";
import { checkJumps, type Report } from "./jumps.ts";
import type { ActionStep, Bundle, Conditions, Operator, Step } from "./model.ts";
import { TRIGGER_ID } from "./model.ts";
import { type FindConnector, stepTitle, triggerTitle } from "./naming.ts";
import { checkTool } from "./tools.ts";

export interface ValidateAsk {
  /** Public id, for doors. */
  readonly bundle: string;
  readonly body: Bundle;
  readonly find: FindConnector;
  /** Services can reach us: PUBLIC_URL is set. */
  readonly isReachable: boolean;
  readonly connections: readonly Pick<ConnectionView, "id" | "connector" | "name" | "state">[];
  /** Input fields of action steps (custom ones included) and of the trigger's options, by step id. */
  readonly fields: ReadonlyMap<string, readonly Field[]>;
  /** What the trigger and the steps give, by step id, where it is known. */
  readonly gives: ReadonlyMap<string, Source>;
}
/** Problems in the order of the bundle; without one that isn't mild it may start. */
export function validate(ask: ValidateAsk): readonly Problem[] {
  const problems: Problem[] = [];
  checkTrigger(ask, (sentence, field, more) => {
    const door =
      field === undefined
        ? ({ to: "trigger", bundle: ask.bundle } as const)
        : ({ to: "step", bundle: ask.bundle, step: TRIGGER_ID, field } as const);
    const { trigger } = ask.body;
    const place = trigger === null ? sentence : at(1, triggerTitle(trigger, ask.find), sentence);
    problems.push({ sentence: place, door, ...more });
  });
  if (!ask.body.steps.some((step) => step.disabled !== true)) {
    problems.push({
      sentence: { ru: "В связке ещё нет ни одного действия.", en: "The bundle has no action yet." },
      door: { to: "bundle", id: ask.bundle },
    });
  }
  for (const [index, step] of ask.body.steps.entries()) {
    if (step.disabled === true) continue;
    const door = { to: "step", bundle: ask.bundle, step: step.id } as const;
    const report: Report = (sentence, field, more) =>
      problems.push({
        sentence: inStep(sentence, index, step, ask.find),
        door: field === undefined ? door : { ...door, field },
        ...more,
      });
    if (step.kind === "action") checkAction(ask, step, index, report);
    if (step.kind === "router" || step.kind === "stopIf") checkConditions(ask, step.when, index, report, true);
    checkTool(ask.body, step, index, report, (value, label) => checkTemplate(ask, value, index, label, report));
    checkJumps(ask.body, step, index, report);
  }
  return problems;
}

function checkTrigger(ask: ValidateAsk, report: Report): void {
  const { trigger } = ask.body;
  if (trigger === null) {
    report({ ru: "Не выбран триггер: что запускает связку.", en: "No trigger is chosen: what starts the bundle." });
    return;
  }
  const connector = ask.find(trigger.connector);
  const found = connector?.triggers.find(({ key }) => key === trigger.trigger);
  if (connector === undefined || found === undefined) {
    report({
      ru: "такого триггера здесь больше нет. Выберите другой.",
      en: "there is no such trigger any more. Choose another.",
    });
    return;
  }
  if (connector.auth.kind !== "none") checkConnection(ask, connector.key, trigger.connection, report);
  if (found.hook !== undefined && found.poll === undefined && !ask.isReachable)
    report(UNREACHABLE, undefined, { mild: true });
  checkFields(ask.fields.get(TRIGGER_ID) ?? found.options, trigger.options, report);
  const inHours = found.poll !== undefined || found.clock === true ? mistakeInHours(trigger.hours) : null;
  if (inHours !== null) report(inHours);
  if (trigger.filter !== undefined) checkConditions(ask, trigger.filter, 0, report, false);
}

const UNREACHABLE: Text = {
  ru: "вебхуку нужен адрес, доступный из интернета. Владелец бота задаёт его в PUBLIC_URL.",
  en: "a webhook needs an address that can be reached from the internet. The bot's owner sets it in PUBLIC_URL.",
};

function checkAction(ask: ValidateAsk, step: ActionStep, index: number, report: Report): void {
  const connector = ask.find(step.connector);
  const action = connector?.actions.find(({ key }) => key === step.action);
  if (connector === undefined || action === undefined) {
    report({
      ru: "такого действия здесь больше нет. Удалите шаг или выберите другое.",
      en: "there is no such action any more. Remove the step or choose another.",
    });
    return;
  }
  if (connector.auth.kind !== "none") checkConnection(ask, connector.key, step.connection, report);
  const fields = ask.fields.get(step.id) ?? action.fields;
  checkFields(fields, step.input, report);
  for (const [key, value] of Object.entries(step.input)) {
    const field = fields.find((one) => one.key === key);
    if (field === undefined || isAsked(field, fields, step.input))
      checkReferences(ask, value, index, field, key, report);
  }
  checkDuplicates(step, action, fields, report);
}

function checkConnection(ask: ValidateAsk, connector: string, id: string | null, report: Report): void {
  const connection = ask.connections.find((one) => one.id === id);
  const name = ask.find(connector)?.name ?? { ru: connector, en: connector };
  if (id === null) {
    report({ ru: `не выбрано подключение ${name.ru}.`, en: `no connection to ${name.en} is chosen.` });
  } else if (connection === undefined || connection.connector !== connector) {
    report({
      ru: `подключения ${name.ru} больше нет. Выберите другое.`,
      en: `the connection to ${name.en} no longer exists. Choose another.`,
    });
  } else if (connection.state !== "alive") {
    report({
      ru: `подключение «${connection.name}» не работает. Проверьте его или выберите другое.`,
      en: `the connection “${connection.name}” doesn't work. Check it or choose another.`,
    });
  }
}

/** For texts without references, which no settings change. */
const PLAIN: ValueSettings = { timeZone: "UTC", country: "RU", locale: "ru" };

function checkFields(fields: readonly Field[], values: Readonly<Record<string, Json>>, report: Report): void {
  for (const field of fields) {
    if (!isAsked(field, fields, values)) continue;
    const value = values[field.key];
    if (field.required === true && isEmpty(value)) {
      report(
        { ru: `поле «${field.label.ru}» не заполнено.`, en: `the field “${field.label.en}” is empty.` },
        field.key,
      );
    }
    const mistake = value === undefined ? null : mistakeIn(value);
    if (mistake !== null) {
      report(
        { ru: `поле «${field.label.ru}»: ${mistake.ru}`, en: `the field “${field.label.en}”: ${mistake.en}` },
        field.key,
      );
    } else if (value !== undefined && !isEmpty(value)) {
      const known = knownMistake(field, value, fields, values);
      if (known !== null) report(known, field.key);
    }
  }
}

/** Kinds that a text either is or isn't, whatever the country. */
const STRICT: ReadonlySet<Field["kind"]> = new Set(["integer", "decimal", "boolean", "dateTime", "email"]);

/** What a value without references can't be read as is known now: it is no better when a run comes. */
function knownMistake(
  field: Field,
  value: Json,
  fields: readonly Field[],
  values: Readonly<Record<string, Json>>,
): Text | null {
  const syntax = syntaxOf(field, fields, values);
  if ((syntax === null && !STRICT.has(field.kind)) || references(value).length > 0) return null;
  try {
    const rendered = render(value, {}, PLAIN, syntax);
    const said = syntax === null ? null : mistakeOf(field, rendered, fields, values);
    if (said !== null) {
      return { ru: `поле «${field.label.ru}»: ${said.ru}`, en: `the field “${field.label.en}”: ${said.en}` };
    }
    // Numbers and dates are written differently in different languages; either will do.
    const [ru, en] = (["ru", "en"] as const).map((locale) => convert(field, rendered, { ...PLAIN, locale }));
    return ru && en && "problem" in ru && "problem" in en ? ru.problem : null;
  } catch (error) {
    if (error instanceof ConnectorError) return error.sentence;
    throw error;
  }
}

function checkReferences(
  ask: ValidateAsk,
  value: Json,
  index: number,
  field: Field | undefined,
  key: string,
  report: Report,
): void {
  const label = field?.label ?? { ru: key, en: key };
  for (const { ref, path } of references(value)) {
    const at = ref === TRIGGER_ID ? -1 : ask.body.steps.findIndex((step) => step.id === ref);
    if (ref !== TRIGGER_ID && at === -1) {
      report(
        {
          ru: `поле «${label.ru}» берёт значение из шага, которого больше нет.`,
          en: `the field “${label.en}” takes a value from a step that no longer exists.`,
        },
        key,
      );
    } else if (at >= index) {
      report(
        {
          ru: `поле «${label.ru}» берёт значение из шага ${at + 2}, который выполняется позже.`,
          en: `the field “${label.en}” takes a value from step ${at + 2}, which runs later.`,
        },
        key,
      );
    } else if (at >= 0 && isHidden(ask.body, at, index)) {
      report(
        {
          ru: `поле «${label.ru}» берёт значение из шага ${at + 2}, а он внутри цикла: там для каждого элемента своё. Запомните его шагом «Запомнить» на время запуска.`,
          en: `the field “${label.en}” takes a value from step ${at + 2}, which lies in a loop and has one for each element. Keep it with “Set values” for the run.`,
        },
        key,
      );
    } else if (ask.body.steps[at]?.disabled === true) {
      report(
        {
          ru: `поле «${label.ru}» берёт значение из шага ${at + 2}, а он выключен.`,
          en: `the field “${label.en}” takes a value from step ${at + 2}, which is switched off.`,
        },
        key,
        { mild: true },
      );
    } else if (!isGiven(ask.gives.get(ref), path)) {
      report(
        {
          ru: `поле «${label.ru}» берёт «${path.join(".")}», а шаг ${at + 2} такого не даёт.`,
          en: `the field “${label.en}” takes “${path.join(".")}”, which step ${at + 2} doesn't give.`,
        },
        key,
        { mild: true },
      );
    }
  }
}

/** Whether a known source has the path, or something inside or around it. Sources that aren't known give anything. */
function isGiven(source: Source | undefined, path: readonly string[]): boolean {
  if (source === undefined || source.fields.length === 0 || path.length === 0) return true;
  const wanted = path.join(".");
  return source.fields.some(
    ({ field: { key } }) => key === wanted || key.startsWith(`${wanted}.`) || wanted.startsWith(`${key}.`),
  );
}

/** A tool's template: what it refers to, and how it is written. */
function checkTemplate(ask: ValidateAsk, value: Json, index: number, label: Text, report: Report): void {
  const field: Field = { key: "value", label, kind: "text" };
  checkReferences(ask, value, index, field, "value", (sentence, _, more) => report(sentence, undefined, more));
  const mistake = mistakeIn(value);
  if (mistake !== null) report({ ru: `${label.ru}: ${mistake.ru}`, en: `${label.en}: ${mistake.en}` });
}

const UNARY: ReadonlySet<Operator> = new Set(["empty", "notEmpty", "isTrue", "isFalse"]);
const NOTHING_TO_COMPARE: Text = {
  ru: "в условии не указано, с чем сравнивать.",
  en: "a condition doesn't say what to compare with.",
};

function checkConditions(ask: ValidateAsk, when: Conditions, index: number, report: Report, isNeeded: boolean): void {
  if (isNeeded && when.length === 0) report({ ru: "не задано ни одного условия.", en: "there is no condition." });
  const label: Text = { ru: "Условие", en: "Condition" };
  const field: Field = { key: "when", label, kind: "text" };
  for (const condition of when.flat()) {
    for (const value of [condition.left, condition.right ?? null]) {
      checkReferences(ask, value, isNeeded ? index : 0, field, "when", (sentence, _, more) =>
        report(sentence, undefined, more),
      );
      const mistake = mistakeIn(value);
      if (mistake !== null) report(mistake);
    }
    if (!UNARY.has(condition.operator) && isEmpty(condition.right)) report(NOTHING_TO_COMPARE);
    const pattern = mistakeInPattern(condition);
    if (pattern !== null) report(pattern);
  }
}

function checkDuplicates(step: ActionStep, action: Action, fields: readonly Field[], report: Report): void {
  const settings = step.duplicates;
  if (settings === undefined || settings.mode === "create") return;
  const isUpdate = settings.mode === "update" || settings.mode === "updateOnly";
  if (action.duplicates === undefined || (isUpdate && action.duplicates.update === undefined)) {
    report(
      { ru: "сервис не умеет так обрабатывать дубликаты.", en: "the service can't treat duplicates like that." },
      undefined,
      {
        mend: {
          label: { ru: "Всегда создавать", en: "Always create" },
          edit: { do: "setDuplicates", step: step.id, duplicates: { ...settings, mode: "create" } },
        },
      },
    );
    return;
  }
  const filled = settings.keys.filter((key) => !isEmpty(step.input[key]));
  if (filled.length === 0) {
    report({
      ru: "для поиска дубликатов не отмечено ни одного заполненного поля.",
      en: "no filled field is ticked to look for duplicates by.",
    });
    return;
  }
  for (const key of settings.keys) {
    if (filled.includes(key)) continue;
    const label = fields.find((field) => field.key === key)?.label ?? { ru: key, en: key };
    report(
      {
        ru: `дубликаты ищутся по полю «${label.ru}», а оно пустое.`,
        en: `duplicates are looked for by the field “${label.en}”, which is empty.`,
      },
      undefined,
      {
        mend: {
          label: { ru: `Не искать по «${label.ru}»`, en: `Don't look by “${label.en}”` },
          edit: { do: "setDuplicates", step: step.id, duplicates: { ...settings, keys: filled } },
        },
      },
    );
  }
}

function inStep(sentence: Text, index: number, step: Step, find: FindConnector): Text {
  return at(index + 2, stepTitle(step, find), sentence);
}

function at(number: number, title: Text, sentence: Text): Text {
  return {
    ru: `Шаг ${number} «${title.ru}»: ${sentence.ru}`,
    en: `Step ${number} “${title.en}”: ${sentence.en}`,
  };
}
