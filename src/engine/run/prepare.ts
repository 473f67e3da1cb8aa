/** What stands before a call: the connector's action, its fields, and the step's values rendered and converted. */
import type { Action, Connector, Context, Field, Json, JsonObject } from "../../connectors/kit/define.ts";
import { ConnectorError } from "../../connectors/kit/errors.ts";
import { makeMask, maskJson } from "../../connectors/kit/mask.ts";
import type { ActionStep } from "../bundle/model.ts";
import { renderValues } from "../bundle/secrets.ts";
import type { Opened, Opener, Vault } from "../parts.ts";
import { convertInput } from "../values/convert.ts";
import type { ValueSettings } from "../values/settings.ts";

export interface Prepared {
  readonly connector: Connector;
  readonly action: Action;
  readonly fields: readonly Field[];
  readonly opened: Opened;
  readonly input: JsonObject;
}
export type Prepare = (
  workspace: string,
  step: ActionStep,
  data: JsonObject,
  settings: ValueSettings,
) => Promise<Prepared>;

/** Custom fields of an account are asked for so rarely: they change by a person's hand. */
const FIELDS_MS = 10 * 60_000;
const MAX_REMEMBERED = 500;

export function makePrepare(deps: {
  readonly connectors: readonly Connector[];
  readonly opener: Opener;
  readonly clock: { now(): Date };
  readonly vault: Pick<Vault, "open">;
}): Prepare {
  const { connectors, opener, clock, vault } = deps;
  const remembered = new Map<string, { fields: readonly Field[]; until: number }>();

  /** The declared fields, and the account's own where the step fills any. */
  async function fieldsOf(
    step: ActionStep,
    action: Action,
    ctx: Context,
    input: JsonObject,
  ): Promise<readonly Field[]> {
    const declared = new Set(action.fields.map(({ key }) => key));
    if (!action.fieldsOf || Object.keys(step.input).every((key) => declared.has(key))) return action.fields;
    // A sheet that was picked has columns of its own.
    const picked = action.fields.flatMap(({ key, kind }) => (kind === "reference" ? [input[key] ?? null] : []));
    const key = JSON.stringify([step.connection, step.connector, step.action, step.id, picked]);
    const known = remembered.get(key);
    if (known && known.until > clock.now().getTime()) return known.fields;
    const custom = await action.fieldsOf(ctx, input);
    const fields = [...action.fields, ...custom.filter((field) => !declared.has(field.key))];
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    remembered.set(key, { fields, until: clock.now().getTime() + FIELDS_MS });
    return fields;
  }

  return async (workspace, step, data, settings) => {
    const connector = connectors.find(({ key }) => key === step.connector);
    const action = connector?.actions.find(({ key }) => key === step.action);
    if (!connector || !action) throw missingAction();
    const values = { fields: action.fields, values: step.input, data, settings };
    const { rendered, secrets } = renderValues(values, vault);
    const opened = hiding(await opener.open(workspace, step.connection, connector), secrets);
    const fields = await fieldsOf(step, action, opened.ctx, rendered);
    const { input, problems } = convertInput(fields, rendered, settings);
    const [first] = problems;
    if (first) {
      const sentence = {
        ru: problems.map((problem) => problem.sentence.ru).join(" "),
        en: problems.map((problem) => problem.sentence.en).join(" "),
      };
      throw new ConnectorError("data", sentence, { field: first.field });
    }
    return { connector, action, fields, opened, input };
  };
}

/** What a step holds secret is masked as the connection's own secrets are. */
function hiding(opened: Opened, secrets: readonly string[]): Opened {
  if (secrets.length === 0) return opened;
  const mask = makeMask(secrets);
  return {
    ...opened,
    exchange: () => maskJson(opened.exchange(), mask),
    mask: (text) => mask(opened.mask(text)),
  };
}

/** Values of secret fields are never stored in clear. */
export function withoutSecrets(input: JsonObject, fields: readonly Field[]): JsonObject {
  const secret = new Set(fields.filter((field) => field.secret).map(({ key }) => key));
  if (secret.size === 0) return input;
  return Object.fromEntries(
    Object.entries(input).map(([key, value]): [string, Json] => [key, secret.has(key) ? "•••" : value]),
  );
}

function missingAction(): ConnectorError {
  return new ConnectorError("data", {
    ru: "Такого действия у сервиса больше нет. Откройте шаг и выберите другое.",
    en: "The service no longer has this action. Open the step and choose another one.",
  });
}
