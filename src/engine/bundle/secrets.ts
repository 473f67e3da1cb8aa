/** Secrets inside bundles: sealed from the moment they are set, opened only where a step or a trigger is about to use them. */
import { ConnectorError } from "../../connectors/kit/errors.ts";
import type { Field, Json, JsonObject } from "../../connectors/kit/fields.ts";
import { syntaxOf } from "../../connectors/kit/when.ts";
import type { Vault } from "../parts.ts";
import { toText, type ValueSettings } from "../values/settings.ts";
import { render } from "../values/template.ts";
import type { Bundle, Step, Trigger, Values } from "./model.ts";
import type { FindConnector } from "./naming.ts";

/** What a bundle holds in place of a secret. An object, so that no text that a person types is ever taken for one. */
const MARK = "$sealed";

export function isSealed(value: Json | undefined): value is { [MARK]: string } {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.keys(value).length === 1 &&
    typeof value[MARK] === "string"
  );
}

/** The bundle with every secret sealed. A secret is literal text: nothing in it is a template. */
export function sealBody(body: Bundle, find: FindConnector, vault: Pick<Vault, "seal">): Bundle {
  return mapSecrets(body, find, (value) => {
    if (isSealed(value)) return value;
    return typeof value === "object" ? undefined : { [MARK]: vault.seal(toText(value)) };
  });
}

/** The bundle without its secrets, for files. */
export function withoutSecrets(body: Bundle, find: FindConnector): Bundle {
  return mapSecrets(body, find, () => undefined);
}

/** What came in a file: it may bring secrets in clear, never sealed ones, which are this installation's own. */
export function withoutSealed(body: Bundle, find: FindConnector): Bundle {
  return mapSecrets(body, find, (value) => (isSealed(value) ? undefined : value));
}

/** Values that an account is asked about its fields with: what is sealed isn't its business. */
export function unsealed(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => !isSealed(value)));
}

/** Values ready to be converted: templates rendered, secrets opened and taken as they are. `secrets` are to be masked wherever they turn up. */
export function renderValues(
  ask: {
    readonly fields: readonly Field[];
    readonly values: Readonly<Record<string, Json>>;
    readonly data: JsonObject;
    readonly settings: ValueSettings;
  },
  vault: Pick<Vault, "open">,
): { readonly rendered: JsonObject; readonly secrets: readonly string[] } {
  const known = secretsAmong(ask.fields);
  const syntaxes = new Map(ask.fields.map((field) => [field.key, syntaxOf(field, ask.fields, ask.values)]));
  const secrets: string[] = [];
  const rendered = Object.entries(ask.values).map(([key, value]): [string, Json] => {
    const field = known.get(key);
    if (field === undefined) return [key, render(value, ask.data, ask.settings, syntaxes.get(key))];
    const secret = isSealed(value) ? opened(value[MARK], field, vault) : toText(value);
    if (secret !== "") secrets.push(secret);
    return [key, secret];
  });
  return { rendered: Object.fromEntries(rendered), secrets };
}

function opened(sealed: string, { key, label }: Field, vault: Pick<Vault, "open">): string {
  try {
    return vault.open(sealed);
  } catch {
    const sentence = {
      ru: `Поле «${label.ru}» не открывается ключом шифрования этого сервера. Введите значение заново.`,
      en: `The field “${label.en}” can't be opened with this server's encryption key. Enter its value again.`,
    };
    throw new ConnectorError("data", sentence, { field: key });
  }
}

/** Keys of the secret fields of a trigger or a step. */
export function secretFields(part: Trigger | Step | null, find: FindConnector): ReadonlyMap<string, Field> {
  const declared =
    part === null || ("kind" in part && part.kind !== "action")
      ? undefined
      : "kind" in part
        ? find(part.connector)?.actions.find(({ key }) => key === part.action)?.fields
        : find(part.connector)?.triggers.find(({ key }) => key === part.trigger)?.options;
  return secretsAmong(declared ?? []);
}

const secretsAmong = (fields: readonly Field[]): ReadonlyMap<string, Field> =>
  new Map(fields.flatMap((field): [string, Field][] => (field.secret === true ? [[field.key, field]] : [])));

/** Maps the values of secret fields; undefined takes one away. */
function mapSecrets(body: Bundle, find: FindConnector, map: (value: Json) => Json | undefined): Bundle {
  const over = (values: Values, part: Trigger | Step): Values => {
    const secret = secretFields(part, find);
    if (secret.size === 0) return values;
    return Object.fromEntries(
      Object.entries(values).flatMap(([key, value]): [string, Json][] => {
        const mapped = secret.has(key) ? map(value) : value;
        return mapped === undefined ? [] : [[key, mapped]];
      }),
    );
  };
  const { trigger, steps } = body;
  return {
    ...body,
    trigger: trigger && { ...trigger, options: over(trigger.options, trigger) },
    steps: steps.map((step) => (step.kind === "action" ? { ...step, input: over(step.input, step) } : step)),
  };
}
