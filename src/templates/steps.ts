/** Short forms in which ready bundles are written. */
import type { ActionStep, Bundle, DuplicateSettings, Json, Text } from "../engine/index.ts";
import type { ReadyBundle, TemplateSet } from "./template.ts";

type Trigger = NonNullable<Bundle["trigger"]>;
/** Words in both languages are one value until somebody takes the template. */
type Said = Json | Text;

/** Tools of our own, which need no account. */
const NO_ACCOUNT = new Set(["webhook", "schedule", "storage", "tools", "http", "nethouse"]);
const slot = (connector: string): string | null => (NO_ACCOUNT.has(connector) ? null : connector);

export const ALWAYS_NEW: DuplicateSettings = { mode: "create", match: "all", keys: [], rules: {} };
/** People are known by phone or e-mail; the one that is found is handed on as it is. */
export const SAME_PERSON: DuplicateSettings = { mode: "keep", match: "any", keys: ["phone", "email"], rules: {} };

/** What starts it: `from("retailcrm.newOrder")`. */
export function from(what: string, more: Partial<Trigger> = {}): Trigger {
  const [connector = "", trigger = ""] = what.split(".");
  return { connector, trigger, connection: slot(connector), options: {}, ...more };
}

/** A step: `does("order", "retailcrm.createOrder", { … })`. */
export function does(
  id: string,
  what: string,
  input: Readonly<Record<string, Said>>,
  duplicates?: DuplicateSettings,
): ActionStep {
  const [connector = "", action = ""] = what.split(".");
  const values = Object.fromEntries(Object.entries(input).map(([key, value]): [string, Json] => [key, plain(value)]));
  const settings = duplicates === undefined ? {} : { duplicates };
  return { id, kind: "action", connector, action, connection: slot(connector), input: values, ...settings };
}

const plain = (value: Said): Json =>
  typeof value === "object" && value !== null && "ru" in value && "en" in value
    ? { ru: value.ru ?? null, en: value.en ?? null }
    : (value as Json);

/** A set of one bundle, which is called and described as the set is. */
export function single(
  set: Omit<TemplateSet, "bundles"> & Pick<ReadyBundle, "look"> & Pick<Bundle, "trigger" | "steps">,
): TemplateSet {
  const { look, trigger, steps, ...rest } = set;
  const { name, about } = rest;
  return { ...rest, bundles: [{ name, about, ...(look ? { look } : {}), bundle: { format: 1, trigger, steps } }] };
}

/** Where the bot's message goes is known to nobody but the person. */
export const LOOK_CHAT: Text = {
  ru: "Чат: добавьте своего бота в группу или напишите ему сами и укажите номер чата.",
  en: "Chat: add your bot to a group or write to it yourself, and enter the chat's number.",
};
