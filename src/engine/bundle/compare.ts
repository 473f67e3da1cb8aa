/** What differs between two versions of a bundle, as short sentences. Pure. */
import type { Field, Json, Locale, Text } from "../../connectors/kit/fields.ts";
import type { Named } from "../values/speak.ts";
import { speak } from "../values/speak.ts";
import { describeHours } from "./hours.ts";
import { type Bundle, type Step, TRIGGER_ID, type Trigger, type Values } from "./model.ts";
import { type FindConnector, stepTitle, triggerTitle } from "./naming.ts";
import { isSealed } from "./secrets.ts";

/** A version with what is known of its surroundings; what isn't known is shown as it is written. */
export interface Side {
  readonly body: Bundle;
  /** Input fields by step, the trigger's options among them. */
  readonly fields?: ReadonlyMap<string, readonly Field[]>;
  readonly named?: Readonly<Record<Locale, readonly Named[]>>;
  /** Names of values that were picked from the account's lists, by step and field. */
  readonly labels?: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

export interface CompareAsk {
  readonly before: Side;
  readonly after: Side;
  readonly find: FindConnector;
  /** Names of connections by id. */
  readonly accounts: ReadonlyMap<string, string>;
}

const SHOWN = 60;

/** In the order of the bundle: the trigger, the steps that are there now, those that are gone. */
export function differences(ask: CompareAsk): readonly Text[] {
  const { before, after, find } = ask;
  return [
    ...triggerDifferences(ask),
    ...stepDifferences(ask),
    ...goneSteps(before.body, after.body).map(({ step, number }): Text => {
      const title = stepTitle(step, find);
      return { ru: `Удалён шаг ${number} «${title.ru}».`, en: `Step ${number} “${title.en}” was removed.` };
    }),
    ...orderDifference(before.body, after.body),
  ];
}

function triggerDifferences(ask: CompareAsk): readonly Text[] {
  const [before, after] = [ask.before.body.trigger, ask.after.body.trigger];
  if (after === null && before === null) return [];
  if (before === null || after === null || before.connector !== after.connector || before.trigger !== after.trigger) {
    const none: Text = { ru: "нет", en: "none" };
    const [was, is] = [before, after].map((one) => (one === null ? none : triggerTitle(one, ask.find)));
    return [change({ ru: "Триггер", en: "Trigger" }, both(was ?? none), both(is ?? none))];
  }
  const place: Text = { ru: "Триггер", en: "Trigger" };
  return [
    ...accountDifference(ask, place, before.connection, after.connection),
    ...valueDifferences(ask, TRIGGER_ID, place, before.options, after.options),
    ...mannerDifferences(before, after),
  ];
}

function mannerDifferences(before: Trigger, after: Trigger): readonly Text[] {
  const found: Text[] = [];
  if (before.everyMinutes !== after.everyMinutes) {
    const minutes = ({ everyMinutes }: Trigger): Text =>
      everyMinutes === undefined
        ? { ru: "как обычно", en: "as usual" }
        : { ru: `раз в ${everyMinutes} мин`, en: `every ${everyMinutes} min` };
    found.push(change({ ru: "Частота опроса", en: "Poll period" }, minutes(before), minutes(after)));
  }
  if (!isSame(before.hours, after.hours)) {
    found.push(
      change({ ru: "Часы работы", en: "Launch hours" }, describeHours(before.hours), describeHours(after.hours)),
    );
  }
  if (before.repeats !== after.repeats) {
    const repeats = ({ repeats }: Trigger): Text =>
      repeats === undefined
        ? { ru: "как обычно", en: "as usual" }
        : repeats === "once"
          ? { ru: "каждая запись один раз", en: "each record once" }
          : { ru: "каждое изменение", en: "every change" };
    found.push(change({ ru: "Повторы", en: "Repeats" }, repeats(before), repeats(after)));
  }
  if (!isSame(before.filter, after.filter)) {
    found.push(
      after.filter === undefined
        ? { ru: "Фильтр убран.", en: "The filter was taken away." }
        : before.filter === undefined
          ? { ru: "Добавлен фильтр.", en: "A filter was added." }
          : { ru: "Изменён фильтр.", en: "The filter was changed." },
    );
  }
  return found;
}

function stepDifferences(ask: CompareAsk): readonly Text[] {
  const { before, after, find } = ask;
  const known = new Map(before.body.steps.map((step, index) => [step.id, { step, number: index + 2 }]));
  const moved = movedSteps(before.body, after.body);
  return after.body.steps.flatMap((step, index): readonly Text[] => {
    const was = known.get(step.id);
    const number = index + 2;
    const title = stepTitle(step, find);
    if (was === undefined || !isSameKind(was.step, step)) {
      return [{ ru: `Добавлен шаг ${number} «${title.ru}».`, en: `Step ${number} “${title.en}” was added.` }];
    }
    const place: Text = { ru: `Шаг ${number} «${title.ru}»`, en: `Step ${number} “${title.en}”` };
    const moves: readonly Text[] = moved.has(step.id)
      ? [
          {
            ru: `${place.ru}: перенесён, был ${was.number}-м.`,
            en: `${place.en} was moved, it was step ${was.number}.`,
          },
        ]
      : [];
    return [...moves, ...changesOf(ask, place, was.step, step)];
  });
}

/** What is told of a step by itself; any other setting that differs is told as one. */
const TOLD: ReadonlySet<string> = new Set([
  "id",
  "kind",
  "name",
  "disabled",
  "connector",
  "action",
  "connection",
  "input",
  "unsure",
  "duplicates",
  "when",
  "onTrue",
  "onFalse",
  "onError",
]);

function changesOf(ask: CompareAsk, place: Text, before: Step, after: Step): readonly Text[] {
  const found: Text[] = [];
  const tell = (ru: string, en: string) => found.push({ ru: `${place.ru}: ${ru}`, en: `${place.en}: ${en}` });
  if (before.name !== after.name) {
    const was = stepTitle(before, ask.find);
    tell(`новое название, было «${was.ru}».`, `a new name, it was “${was.en}”.`);
  }
  if ((before.disabled ?? false) !== (after.disabled ?? false)) {
    if (after.disabled) tell("выключен.", "switched off.");
    else tell("включён.", "switched on.");
  }
  if (before.kind === "action" && after.kind === "action") {
    found.push(...accountDifference(ask, place, before.connection, after.connection));
    found.push(...valueDifferences(ask, after.id, place, before.input, after.input));
    if (!isSame(before.duplicates, after.duplicates)) {
      tell("изменены правила для дубликатов.", "the rules for duplicates were changed.");
    }
  }
  // Stopping is what happens on an error where nothing was chosen.
  const [was, is] = [before, after].map((step) => new Map(Object.entries({ onError: { kind: "stop" }, ...step })));
  const differs = (key: string): boolean => !isSame(was?.get(key), is?.get(key));
  if (differs("when")) tell("изменены условия.", "the conditions were changed.");
  if (differs("onTrue") || differs("onFalse")) tell("переход ведёт к другому шагу.", "it leads to another step.");
  if (differs("onError")) tell("иначе поступает при ошибке.", "it does something else on an error.");
  const others = [...new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])])].filter((key) => !TOLD.has(key));
  if (others.some(differs)) tell("изменены настройки.", "the settings were changed.");
  return found;
}

function accountDifference(
  { accounts }: CompareAsk,
  place: Text,
  before: string | null,
  after: string | null,
): readonly Text[] {
  if (before === after) return [];
  const name = (id: string | null): Text => {
    const own = id === null ? undefined : accounts.get(id);
    if (own !== undefined) return { ru: `«${own}»`, en: `“${own}”` };
    return id === null ? { ru: "не выбрано", en: "not chosen" } : { ru: "удалённое", en: "a removed one" };
  };
  return [change({ ru: `${place.ru}, подключение`, en: `${place.en}, connection` }, name(before), name(after))];
}

function valueDifferences(ask: CompareAsk, step: string, place: Text, before: Values, after: Values): readonly Text[] {
  const fields = ask.after.fields?.get(step) ?? ask.before.fields?.get(step) ?? [];
  const order = fields.map(({ key }) => key);
  const keys = [...new Set([...order, ...Object.keys(before), ...Object.keys(after)])];
  return keys
    .filter((key) => !isSame(before[key], after[key]))
    .map((key): Text => {
      const field = fields.find((one) => one.key === key);
      const label = field?.label ?? { ru: key, en: key };
      const where: Text = { ru: `${place.ru}, «${label.ru}»`, en: `${place.en}, “${label.en}”` };
      if (field?.secret === true || isSealed(before[key]) || isSealed(after[key])) {
        return { ru: `${where.ru}: другое значение.`, en: `${where.en}: another value.` };
      }
      const shown = (side: Side, value: Json | undefined): Text => ({
        ru: shownAs(side, step, field, value, "ru"),
        en: shownAs(side, step, field, value, "en"),
      });
      return change(where, shown(ask.before, before[key]), shown(ask.after, after[key]));
    });
}

function shownAs(side: Side, step: string, field: Field | undefined, value: Json | undefined, locale: Locale): string {
  if (value === undefined || value === null || value === "") return { ru: "пусто", en: "empty" }[locale];
  const choice = field?.choices?.find((one) => one.value === String(value))?.label[locale];
  const label = choice ?? side.labels?.get(step)?.[field?.key ?? ""];
  const text = (label ?? speak(value, side.named?.[locale] ?? [])).replace(/\s+/g, " ").trim();
  const short = text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text;
  return { ru: `«${short}»`, en: `“${short}”` }[locale];
}

function orderDifference(before: Bundle, after: Bundle): readonly Text[] {
  const [was, is] = [before, after].map(
    (body) => new Map<string, unknown>(Object.entries(body)).get("order") ?? "record",
  );
  if (was === is) return [];
  return is === "strict"
    ? [{ ru: "События идут строго друг за другом.", en: "Events go strictly one after the other." }]
    : [{ ru: "События больше не ждут тех, что застряли.", en: "Events no longer wait for those that hang." }];
}

function change(where: Text, before: Text, after: Text): Text {
  return {
    ru: `${where.ru}: было ${before.ru}, стало ${after.ru}.`,
    en: `${where.en}: ${before.en} became ${after.en}.`,
  };
}

const both = (title: Text): Text => ({ ru: `«${title.ru}»`, en: `“${title.en}”` });

/** A step whose id was given to something else is another step. */
function isSameKind(one: Step, other: Step): boolean {
  if (one.kind !== other.kind) return false;
  if (one.kind !== "action" || other.kind !== "action") return true;
  return one.connector === other.connector && one.action === other.action;
}

function goneSteps(before: Bundle, after: Bundle): readonly { step: Step; number: number }[] {
  const now = new Map(after.steps.map((step) => [step.id, step]));
  return before.steps.flatMap((step, index) => {
    const still = now.get(step.id);
    return still !== undefined && isSameKind(step, still) ? [] : [{ step, number: index + 2 }];
  });
}

/** The fewest steps that must be taken out so that the others stand in their old order. */
export function movedSteps(before: Bundle, after: Bundle): ReadonlySet<string> {
  const places = new Map(before.steps.map(({ id }, index) => [id, index]));
  const kept = after.steps.flatMap(({ id }) => {
    const place = places.get(id);
    return place === undefined ? [] : [{ id, place }];
  });
  // The longest run of steps that kept their order; at most a hundred steps, so the plain way is enough.
  const best = kept.map(() => ({ length: 1, from: -1 }));
  for (const [index, one] of kept.entries()) {
    for (let from = 0; from < index; from++) {
      const [here, there] = [best[index], best[from]];
      if (here && there && (kept[from]?.place ?? 0) < one.place && there.length + 1 > here.length) {
        best[index] = { length: there.length + 1, from };
      }
    }
  }
  let at = best.reduce((longest, { length }, index) => (length > (best[longest]?.length ?? 0) ? index : longest), 0);
  const still = new Set<string>();
  for (; at >= 0 && at < kept.length; at = best[at]?.from ?? -1) still.add(kept[at]?.id ?? "");
  return new Set(kept.flatMap(({ id }) => (still.has(id) ? [] : [id])));
}

/** Equal whatever the order of keys: jsonb doesn't keep it. */
export function isSame(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other);
}
function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, inner: unknown) =>
      typeof inner === "object" && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
        : inner,
    ) ?? ""
  );
}
