/** Mistakes in a connector's declaration that the compiler can't see; found when the process starts, never by a person. */
import type { Action, Connector, Trigger } from "./define.ts";
import type { Field, Json, JsonObject, Text } from "./fields.ts";
import { fieldsOf, TOKEN_KEYS } from "./oauth.ts";
import { isObject } from "./read.ts";

/** Throws with every mistake at once, each with its place. */
export function checkConnector(connector: Connector): void {
  const mistakes: string[] = [];
  const say = (place: string, mistake: string) => mistakes.push(`${place}: ${mistake}`);

  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(connector.key))
    say("key", `“${connector.key}” isn't lower-case letters, digits and hyphens`);
  checkTexts(connector, say);
  checkUnique(
    "triggers",
    connector.triggers.map(({ key }) => key),
    say,
  );
  checkUnique(
    "actions",
    connector.actions.map(({ key }) => key),
    say,
  );
  checkFields("auth", fieldsOf(connector.auth), connector, say, true);
  for (const { key } of fieldsOf(connector.auth)) {
    if ((TOKEN_KEYS as readonly string[]).includes(key)) say(`auth.${key}`, "is the name of what consent leaves");
  }
  for (const [name, list] of Object.entries(connector.lists ?? {})) {
    if (list.label.ru.trim() === "") say(`lists.${name}`, "has no label");
  }
  for (const trigger of connector.triggers) checkTrigger(trigger, connector, say);
  for (const action of connector.actions) checkAction(action, connector, say);
  if (mistakes.length > 0)
    throw new Error(`connector ${connector.key} is declared wrongly:\n  ${mistakes.join("\n  ")}`);
}

type Say = (place: string, mistake: string) => void;

function checkUnique(place: string, keys: readonly string[], say: Say): void {
  const seen = new Set<string>();
  for (const key of keys) {
    if (seen.has(key)) say(place, `“${key}” stands twice`);
    seen.add(key);
  }
}

/** Every text of the declaration, however deep, says something in both languages. */
function checkTexts(value: unknown, say: Say, place = ""): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) checkTexts(item, say, `${place}.${index}`);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  if (isText(value)) {
    for (const [locale, text] of Object.entries(value)) {
      if (text.trim() === "") say(place.replace(/^\./, ""), `has no ${locale} text`);
    }
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    // Samples are data of a service, not our words.
    if (key !== "sample") checkTexts(item, say, `${place}.${key}`);
  }
}

function isText(value: object): value is Text {
  return "ru" in value && "en" in value && typeof value.ru === "string" && typeof value.en === "string";
}

function checkFields(
  place: string,
  fields: readonly Field[],
  connector: Connector,
  say: Say,
  maySecret: boolean,
): void {
  checkUnique(
    place,
    fields.map(({ key }) => key),
    say,
  );
  const keys = new Set(fields.map(({ key }) => key));
  for (const field of fields) {
    const here = `${place}.${field.key}`;
    if (field.secret && !maySecret) say(here, "is secret, but only values of auth, options and inputs may be");
    if (field.kind === "choice" && (field.choices ?? []).length === 0) say(here, "has no choices");
    checkUnique(
      `${here}.choices`,
      (field.choices ?? []).map(({ value }) => value),
      say,
    );
    if (field.pattern && !isPattern(field.pattern.source)) say(here, "its pattern is no regular expression");
    if (field.kind === "reference" && !field.list) say(here, "refers to no list");
    if (field.list && !Object.hasOwn(connector.lists ?? {}, field.list.name))
      say(here, `there is no list “${field.list.name}”`);
    for (const sibling of field.list?.dependsOn ?? []) {
      if (!keys.has(sibling)) say(here, `depends on “${sibling}”, which isn't there`);
    }
    const asked = mistakeInWhen(field, fields, place === "auth");
    if (asked !== null) say(here, asked);
    const values = (field.choices ?? []).map(({ value }) => value);
    if (field.kind === "choice" && !field.open && field.initial !== undefined && !values.includes(field.initial)) {
      say(here, `its initial value “${field.initial}” is none of its choices`);
    }
  }
}

function isPattern(source: string): boolean {
  try {
    return new RegExp(source, "u") instanceof RegExp;
  } catch {
    return false;
  }
}

/** What is wrong with the value that a field depends on; null where nothing is. */
function mistakeInWhen(field: Field, fields: readonly Field[], isAuth: boolean): string | null {
  const { when } = field;
  if (when === undefined) return null;
  if (isAuth) return "depends on another value, which those of auth can't";
  if (when.is.length === 0) return "is asked never";
  const sibling = fields.find(({ key }) => key === when.field);
  if (sibling === undefined) return `is asked by “${when.field}”, which isn't there`;
  const known = (sibling.choices ?? []).map(({ value }) => value);
  const stray =
    sibling.kind === "choice" && !sibling.open ? when.is.find((value) => !known.includes(value)) : undefined;
  if (stray !== undefined) return `is asked by “${stray}”, which is none of the choices of “${when.field}”`;
  const seen = new Set([field.key]);
  for (let at: Field | undefined = sibling; at; at = fields.find(({ key }) => key === at?.when?.field)) {
    if (seen.has(at.key)) return "depends on itself";
    seen.add(at.key);
  }
  return null;
}

/** The value at a dotted path; undefined where the way ends. */
function at(value: Json, path: string): Json | undefined {
  let here: Json | undefined = value;
  for (const part of path.split(".")) {
    if (Array.isArray(here)) here = here[Number(part)];
    else if (isObject(here)) here = here[part];
    else return undefined;
  }
  return here;
}

function checkOutput(
  place: string,
  output: readonly Field[],
  sample: JsonObject,
  connector: Connector,
  say: Say,
): void {
  checkFields(`${place}.output`, output, connector, say, false);
  for (const { key } of output) {
    if (at(sample, key) === undefined) say(`${place}.sample`, `lacks “${key}”`);
  }
}

function checkTrigger(trigger: Trigger, connector: Connector, say: Say): void {
  const place = `triggers.${trigger.key}`;
  checkFields(`${place}.options`, trigger.options, connector, say, true);
  checkOutput(place, trigger.output, trigger.sample, connector, say);
  if (!trigger.poll && !trigger.hook && !trigger.clock) say(place, "has neither poll nor hook nor clock");
  const minutes = trigger.poll?.everyMinutes ?? 5;
  if (minutes < 1 || minutes > 1440) say(place, "polls outside 1 to 1440 minutes");
  if (trigger.hook?.subscribe && !trigger.hook.unsubscribe) say(place, "subscribes and can't unsubscribe");
  if (trigger.hook?.wants && trigger.hook.scope !== "bundle")
    say(place, "has wants at a shared address, whose bundles have options of their own");
  if (trigger.record(trigger.sample) === "" || trigger.record(trigger.sample) === "undefined")
    say(place, "its sample has no record");
}

function checkAction(action: Action, connector: Connector, say: Say): void {
  const place = `actions.${action.key}`;
  checkFields(`${place}.fields`, action.fields, connector, say, true);
  checkOutput(place, action.output, action.sample, connector, say);
  const keys = new Set(action.fields.map(({ key }) => key));
  for (const key of action.duplicates?.keys ?? []) {
    if (!keys.has(key)) say(place, `looks for duplicates by “${key}”, which is no field`);
  }
  if (action.kind === "find" && !action.safe) say(place, "searches, so it is safe");
}
