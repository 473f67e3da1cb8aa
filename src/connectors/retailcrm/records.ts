/** What customers and orders have in common: finding, creating and changing one. */
import type { Action, Context, Duplicates, Field, Json, JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { isSamePhone, listOf, objectOf, textOf } from "../kit/read.ts";
import { post, search } from "./api.ts";
import { customInput, customUpdate, type Entity } from "./custom.ts";
import { customerBody, customerOf } from "./customershape.ts";
import { orderBody, orderOf } from "./ordershape.ts";
import { findOne, foundOf, type Kind, recordsBy } from "./search.ts";
import { timeIn } from "./shapes.ts";

/** What an action is called and what goes in and out of it. */
export type About = Pick<Action, "key" | "name" | "words" | "sample" | "fields" | "output">;

const entityOf = (kind: Kind): Entity => (kind === "customers" ? "customer" : "order");
const bodyOf = (kind: Kind, ctx: Context, input: JsonObject, isNew: boolean) =>
  kind === "customers" ? customerBody(ctx, input, isNew) : orderBody(ctx, input, isNew);

/** The record as it is now. Known by its id, so a store need not be named. */
async function read(ctx: Context, kind: Kind, id: string, fallback: JsonObject): Promise<JsonObject> {
  const record = (await search(ctx, kind, { ids: [id] }))[0] ?? { ...fallback, id };
  const time = timeIn(ctx.timeZone);
  return kind === "customers" ? customerOf(record, time) : orderOf(record, time);
}

/** Any 2xx with success is a success; whether it is 200 or 201 differs between versions. */
async function create(ctx: Context, kind: Kind, input: JsonObject): Promise<JsonObject> {
  const body = bodyOf(kind, ctx, input, true);
  const answer = await post(ctx, `${kind}/create`, { [entityOf(kind)]: body, site: textOf(input.site) ?? undefined });
  const id = textOf(answer.id);
  if (id === null) {
    throw new ConnectorError("unknown", {
      ru: "retailCRM ответил без ID новой записи, и неизвестно, создана ли она.",
      en: "retailCRM answered without the new record's ID; whether it exists is unknown.",
    });
  }
  const whole = objectOf(answer.order);
  const record: JsonObject = { ...body, ...whole, id, site: whole.site ?? input.site ?? null };
  const time = timeIn(ctx.timeZone);
  return kind === "customers" ? customerOf(record, time) : orderOf(record, time);
}

export async function edit(
  ctx: Context,
  kind: Kind,
  id: string,
  site: Json | undefined,
  body: JsonObject,
  // Fields are set and may be set again; what an edit adds to a list would be there twice.
  safe = true,
): Promise<JsonObject> {
  if (Object.keys(body).length > 0) {
    await post(
      ctx,
      `${kind}/${encodeURIComponent(id)}/edit`,
      { by: "id", site: textOf(site) ?? undefined, [entityOf(kind)]: body },
      safe,
    );
  }
  return read(ctx, kind, id, body);
}

/** New phones join those that are there: sending a shorter list might drop the others. */
function withPhones(body: JsonObject, known: readonly Json[]): JsonObject {
  const added = listOf(body.phones).map((phone) => objectOf(phone).number ?? null);
  if (added.length === 0) return body;
  const others = known.filter((phone) => !added.some((number) => isSamePhone(number, phone)));
  return { ...body, phones: [...added, ...others].map((number) => ({ number })) };
}

/** What must be written beside the record itself: an order's payment has calls of its own. */
export type Beside = (ctx: Context, record: JsonObject, input: JsonObject) => Promise<void>;

const duplicates = (kind: Kind, keys: readonly string[], beside?: Beside): Duplicates => ({
  keys,
  find: async (ctx, key, value) => (await recordsBy(ctx, kind, key, value)).map((record) => foundOf(ctx, kind, record)),
  async update(ctx, found, changes) {
    const body = bodyOf(kind, ctx, changes, false);
    const whole = kind === "customers" ? withPhones(body, listOf(found.output.phones)) : body;
    await beside?.(ctx, { ...found.output, id: found.id }, changes);
    return edit(ctx, kind, found.id, found.output.site, whole);
  },
});

/** After a lost answer: our external id tells whether the record was made. Without one nobody can tell. */
async function lookup(ctx: Context, kind: Kind, input: JsonObject): Promise<JsonObject | "absent" | null> {
  if (textOf(input.externalId) === null) return null;
  const record = (await recordsBy(ctx, kind, "externalId", input.externalId ?? null))[0];
  return record ? foundOf(ctx, kind, record).output : "absent";
}

export function createAction(
  kind: Kind,
  about: About & { readonly keys: readonly string[]; readonly beside?: Beside },
): Action {
  return {
    key: about.key,
    name: about.name,
    ...(about.words ? { words: about.words } : {}),
    kind: "create",
    safe: false,
    fields: about.fields,
    fieldsOf: (ctx) => customInput(ctx, entityOf(kind)),
    output: about.output,
    sample: about.sample,
    run: (ctx, input) => create(ctx, kind, input),
    duplicates: duplicates(kind, about.keys, about.beside),
    lookup: (ctx, input) => lookup(ctx, kind, input),
  };
}

/** The record that an input names: by its id, else by the external id. */
export async function addressed(
  ctx: Context,
  kind: Kind,
  input: JsonObject,
  keys: readonly [id: string, external: string] = ["id", "externalId"],
): Promise<JsonObject & { id: string }> {
  const [idKey, externalKey] = keys;
  const key = textOf(input[idKey]) === null ? externalKey : idKey;
  const value = textOf(input[key]);
  if (value === null) {
    throw new ConnectorError(
      "data",
      {
        ru: "Заполните ID или внешний ID: по нему находится запись.",
        en: "Fill in the ID or the external ID: the record is found by it.",
      },
      { field: idKey },
    );
  }
  const record = (await recordsBy(ctx, kind, key === idKey ? "id" : "externalId", value))[0];
  const id = textOf(record?.id);
  if (!record || id === null) {
    throw new ConnectorError(
      "not_found",
      kind === "customers"
        ? { ru: `В retailCRM нет клиента «${value}».`, en: `retailCRM has no customer “${value}”.` }
        : { ru: `В retailCRM нет заказа «${value}».`, en: `retailCRM has no order “${value}”.` },
      { field: key },
    );
  }
  return { ...record, id };
}

const phonesOf = (record: JsonObject) => listOf(record.phones).map((phone) => objectOf(phone).number ?? null);

export function updateAction(kind: Kind, about: About & { readonly beside?: Beside }): Action {
  return {
    key: about.key,
    name: about.name,
    ...(about.words ? { words: about.words } : {}),
    kind: "update",
    // Fields are set, not added to, so doing it again changes nothing.
    safe: true,
    fields: about.fields,
    fieldsOf: (ctx) => customUpdate(ctx, entityOf(kind)),
    output: about.output,
    sample: about.sample,
    async run(ctx, input) {
      const record = await addressed(ctx, kind, input);
      const body = bodyOf(kind, ctx, input, false);
      await about.beside?.(ctx, record, input);
      // The record's own shop is the one to name: a key that sees several is refused without it.
      const shop = textOf(input.site) ?? record.site;
      return edit(ctx, kind, record.id, shop, kind === "customers" ? withPhones(body, phonesOf(record)) : body);
    },
  };
}

const foundField: Field = { key: "found", label: { ru: "Найден", en: "Found" }, kind: "boolean" };

export function findAction(kind: Kind, about: About): Action {
  const keys = about.fields.map((field) => field.key);
  return {
    key: about.key,
    name: about.name,
    about: {
      ru: "Совпасть должны все заполненные поля. Если ничего не нашлось, связка идёт дальше с пустым результатом.",
      en: "All filled fields must match. When nothing is found the bundle goes on with an empty result.",
    },
    ...(about.words ? { words: about.words } : {}),
    kind: "find",
    safe: true,
    fields: about.fields,
    output: [foundField, ...about.output],
    sample: { found: true, ...about.sample },
    async run(ctx, input) {
      const output = await findOne(ctx, kind, keys, input);
      return output ? { found: true, ...output } : { found: false };
    },
  };
}

const gone: readonly Field[] = [
  { key: "deleted", label: { ru: "Удалено сейчас", en: "Deleted now" }, kind: "boolean" },
];

/** Deletes by an id; what isn't there any more is gone already. */
async function remove(ctx: Context, path: string, id: string): Promise<JsonObject> {
  try {
    await post(ctx, `${path}/${encodeURIComponent(id)}/delete`, {}, true);
    return { deleted: true };
  } catch (error) {
    if (error instanceof ConnectorError && error.errorClass === "not_found") return { deleted: false };
    throw error;
  }
}

/** An action that deletes the record whose id it is given. */
export const removeAction = (about: Pick<Action, "key" | "name" | "words">, path: string, id: Field): Action => ({
  ...about,
  about: {
    ru: "Если удалять уже нечего, связка идёт дальше.",
    en: "When there is nothing left to delete the bundle goes on.",
  },
  kind: "other",
  safe: true,
  fields: [{ ...id, required: true, common: true }],
  output: gone,
  sample: { deleted: true },
  run: (ctx, input) => remove(ctx, path, textOf(input[id.key]) ?? ""),
});
