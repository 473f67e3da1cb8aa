/** A bundle as a template for strangers: no secret, nothing of the account, nothing of anybody. */
import type { Field, Json, Meaning, Text } from "../../connectors/kit/fields.ts";
import type { SharedBundle } from "../engine.ts";
import { isEmpty } from "../values/settings.ts";
import type { ActionStep, Bundle, Condition, Conditions, Step, Values } from "./model.ts";
import { bundleName, type FindConnector, stepTitle, triggerTitle } from "./naming.ts";
import { clean, isOurs, wordsOf } from "./personal.ts";
import { secretFields } from "./secrets.ts";
import { toFile } from "./transfer.ts";

type Why = SharedBundle["out"][number]["why"];
const SHOWN = 80;
const MAX_NAME = 120;
/** A constant in one of these is somebody in particular, whatever it looks like. */
const OF_SOMEBODY: ReadonlySet<Meaning> = new Set<Meaning>([
  "id",
  "externalId",
  "phone",
  "phone.own",
  "email",
  "name.full",
  "name.first",
  "name.last",
  "name.middle",
  "company",
  "address",
  "manager",
  "call.id",
  "request.id",
  "customer.id",
  "order.id",
  "order.externalId",
  "deal.id",
  "contact.id",
  "clientId.google",
  "clientId.yandex",
]);

/** The bundle's file for others. `drop`: keys of `kept` that the person wants out as well. */
export function toShared(
  { name, body, locale }: { readonly name: string; readonly body: Bundle; readonly locale: "ru" | "en" },
  find: FindConnector,
  drop: readonly string[] = [],
): SharedBundle {
  const out: { where: Text; why: Why }[] = [];
  const kept: { key: string; where: Text; words: string }[] = [];

  /** A text as it may go; null where nothing of it may. */
  function text(value: string, key: string, where: Text, isKnown = false): string | null {
    const cleaned = clean(value);
    if (cleaned.isChanged) out.push({ where, why: "personal" });
    if (cleaned.text === null) return null;
    if (drop.includes(key)) return null;
    const words = wordsOf(cleaned.text);
    if (!isKnown && /\p{L}{2}/u.test(words)) kept.push({ key, where, words: words.slice(0, SHOWN) });
    return cleaned.text;
  }

  function value(given: Json, key: string, where: Text, isKnown = false): Json | undefined {
    if (typeof given === "string") return text(given, key, where, isKnown) ?? undefined;
    if (typeof given === "boolean" || given === null) return given;
    if (typeof given === "number") {
      if (!isOurs(String(given))) return given;
      out.push({ where, why: "personal" });
      return undefined;
    }
    if (Array.isArray(given))
      return given.flatMap((one) => {
        const cleaned = value(one, key, where, isKnown);
        return cleaned === undefined ? [] : [cleaned];
      });
    return Object.fromEntries(
      Object.entries(given).flatMap(([name, one]): [string, Json][] => {
        const cleaned = isOurs(name) ? undefined : value(one, key, where, isKnown);
        return cleaned === undefined ? [] : [[name, cleaned]];
      }),
    );
  }

  function values(given: Values, declared: readonly Field[], ref: string, title: Text): Values {
    return Object.fromEntries(
      Object.entries(given).flatMap(([key, one]): [string, Json][] => {
        const field = declared.find((each) => each.key === key);
        const where = within(title, field?.label ?? (isOurs(key) ? OF_ACCOUNT : { ru: key, en: key }));
        const why = isEmpty(one) ? null : reason(key, one, field);
        if (why !== null) out.push({ where, why });
        if (why !== null || drop.includes(`${ref}.${key}`)) return [];
        const isKnown = one === field?.initial || field?.choices?.some(({ value }) => value === one) === true;
        const cleaned = value(one, `${ref}.${key}`, where, isKnown);
        return cleaned === undefined ? [] : [[key, cleaned]];
      }),
    );
  }

  function conditions(given: Conditions, key: string, where: Text): Conditions {
    const emptied = (one: Json | undefined): Json => (one === undefined ? "" : (value(one, key, where) ?? ""));
    return given.map((group) =>
      group.map(
        (one): Condition => ({
          ...one,
          left: emptied(one.left),
          ...(one.right === undefined ? {} : { right: emptied(one.right) }),
        }),
      ),
    );
  }

  function part(key: string, given: Json, where: Text): Json {
    return value(given, key, where) ?? "";
  }

  function action(step: ActionStep, title: Text): ActionStep {
    const declared = find(step.connector)?.actions.find(({ key }) => key === step.action)?.fields ?? [];
    for (const field of secretFields(step, find).values())
      if (!isEmpty(step.input[field.key])) out.push({ where: within(title, field.label), why: "secret" });
    const open = { ...step, input: without(step.input, secretFields(step, find)) };
    const input = values(open.input, declared, step.id, title);
    const unsure = step.unsure?.filter((key) => Object.hasOwn(input, key));
    const named = ({ key }: { readonly key: string }) => declared.some((field) => field.key === key) || key in input;
    const duplicates = step.duplicates && {
      ...step.duplicates,
      keys: step.duplicates.keys.filter((key) => named({ key })),
      rules: Object.fromEntries(Object.entries(step.duplicates.rules).filter(([key]) => named({ key }))),
    };
    return { ...open, input, ...(unsure ? { unsure } : {}), ...(duplicates ? { duplicates } : {}) };
  }

  function step(given: Step): Step {
    const { name: called, ...rest } = given;
    const name = called === undefined ? null : text(called, `${given.id}:name`, within(stepTitle(rest, find), NAME));
    const one: Step = { ...rest, ...(name ? { name } : {}) };
    const title = stepTitle(one, find);
    switch (one.kind) {
      case "action":
        return action(one, title);
      case "router":
      case "stopIf":
        return { ...one, when: conditions(one.when, `${one.id}:when`, within(title, CONDITION)) };
      case "loop":
        return { ...one, list: part(`${one.id}:list`, one.list, title) };
      case "delay":
        return one.how.kind === "for"
          ? { ...one, how: { ...one.how, amount: part(`${one.id}:how`, one.how.amount, title) } }
          : { ...one, how: { ...one.how, moment: part(`${one.id}:how`, one.how.moment, title) } };
      case "approval":
        return { ...one, who: null, question: part(`${one.id}:question`, one.question, title) };
      case "set":
        return {
          ...one,
          values: one.values.map((each, at) => {
            const key = `${one.id}:${at + 1}`;
            const known = text(each.name, `${key}:name`, title) ?? `value${at + 1}`;
            return {
              ...each,
              name: known,
              ...(each.key === undefined ? {} : { key: part(`${key}:key`, each.key, title) }),
              ...(each.value === undefined ? {} : { value: part(key, each.value, title) }),
            };
          }),
        };
      case "break":
      case "endLoop":
        return one;
      default:
        return one satisfies never;
    }
  }

  const { trigger } = body;
  const title = trigger === null ? null : triggerTitle(trigger, find);
  const shown = text(name, "name", NAME);
  const shared: Bundle = {
    ...body,
    trigger:
      trigger === null || title === null
        ? null
        : {
            ...trigger,
            options: values(
              without(trigger.options, secretFields(trigger, find)),
              find(trigger.connector)?.triggers.find(({ key }) => key === trigger.trigger)?.options ?? [],
              "trigger",
              title,
            ),
            ...(trigger.filter
              ? { filter: conditions(trigger.filter, "trigger:filter", within(title, CONDITION)) }
              : {}),
            ...(trigger.hours ? { hours: inAnyZone(trigger.hours) } : {}),
          },
    steps: body.steps.map(step),
  };
  if (trigger !== null && title !== null)
    for (const field of secretFields(trigger, find).values())
      if (!isEmpty(trigger.options[field.key])) out.push({ where: within(title, field.label), why: "secret" });
  const called = (shown ?? bundleName(shared, find, locale)).trim().slice(0, MAX_NAME);
  return { file: toFile(called === "" ? bundleName(shared, find, locale) : called, shared, find), out, kept };
}

const NAME: Text = { ru: "Название", en: "Name" };
const OF_ACCOUNT: Text = { ru: "Поле аккаунта", en: "A field of the account" };
const CONDITION: Text = { ru: "Условие", en: "Condition" };
const within = (title: Text, label: Text): Text => ({
  ru: `${title.ru} · ${label.ru}`,
  en: `${title.en} · ${label.en}`,
});

/** Why a field's value goes no further whatever it says. */
function reason(key: string, value: Json, field: Field | undefined): Why | null {
  // What the account alone has: its custom fields' numbers, and the values that its lists give.
  if (field === undefined && (isOurs(key) || /\d{4}/.test(key))) return "listed";
  const isTyped = !JSON.stringify(value).includes("{{");
  if (field?.kind === "reference" && !isWholeReference(value)) return "listed";
  const isSomebody =
    field !== undefined &&
    (field.kind === "phone" ||
      field.kind === "email" ||
      (field.meaning !== undefined && OF_SOMEBODY.has(field.meaning)));
  return isTyped && isSomebody ? "personal" : null;
}

const isWholeReference = (value: Json): boolean => typeof value === "string" && /^\s*\{\{[^{}"']*\}\}\s*$/.test(value);

function without(values: Values, secret: ReadonlyMap<string, Field>): Values {
  return Object.fromEntries(Object.entries(values).filter(([key]) => !secret.has(key)));
}

/** Hours are those of whoever takes it. */
function inAnyZone(hours: NonNullable<NonNullable<Bundle["trigger"]>["hours"]>): typeof hours {
  const { timeZone: _, ...rest } = hours;
  return rest;
}
