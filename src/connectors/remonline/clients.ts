/** Actions with clients. */
import type { Action, Context, Field, JsonObject, Once } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { digitsOf, isSamePhone, textOf } from "../kit/read.ts";
import { clientFind, clientInput, clientOutput, clientSample, clientUpdate } from "./fields.ts";
import { fullName } from "./inputs.ts";
import { customInput } from "./lists.ts";
import { clientsBy, foundClient, oldest } from "./search.ts";
import { serviceOf } from "./service.ts";
import { clientOf, phonesIn } from "./shapes.ts";

/** Clocks differ; what is older than this before our call wasn't made by it. */
export const SKEW_MS = 2 * 60_000;

export const withoutId = (): ConnectorError =>
  new ConnectorError("unknown", {
    ru: "РемонтОнлайн ответил без ID новой записи, и неизвестно, создана ли она.",
    en: "RemOnline answered without the new record's ID; whether it exists is unknown.",
  });

/** A create answers with an id alone. What was made isn't undone by a failure to read it. */
async function created(ctx: Context, id: string, input: JsonObject): Promise<JsonObject> {
  const record = await serviceOf(ctx)
    .client(ctx, id)
    .catch(() => null);
  const { firstName = null, lastName = null, email = null, address = null, notes = null } = input;
  const sent = { id, first_name: firstName, last_name: lastName, email, address, notes, phone: digitsOf(input.phone) };
  return clientOf(record ?? sent);
}

async function edit(ctx: Context, id: string, input: JsonObject): Promise<JsonObject> {
  const record = await serviceOf(ctx).client(ctx, id);
  if (!record) {
    throw new ConnectorError(
      "not_found",
      { ru: `В РемонтОнлайн нет клиента «${id}».`, en: `RemOnline has no client “${id}”.` },
      { field: "clientId" },
    );
  }
  const known = phonesIn(record);
  const isNew = textOf(input.phone) !== null && !known.some((phone) => isSamePhone(phone, input.phone));
  const { phone, ...others } = input;
  // A list of phones replaces the one before, so the new one joins those that are there.
  const changes = isNew ? { ...others, phones: [phone ?? null, ...known] } : others;
  await serviceOf(ctx).editClient(ctx, record, withNames(record, changes));
  return created(ctx, id, {});
}

/** A whole name in “First name” that is the present one changes nothing; a company has one name, so no part may be lost. */
function withNames(record: JsonObject, changes: JsonObject): JsonObject {
  const { name, juridical } = clientOf(record);
  const { firstName, lastName, ...others } = changes;
  if (firstName === undefined && lastName === undefined) return changes;
  if (fullName(changes) === name) return others;
  return juridical === true && firstName === undefined ? { ...changes, firstName: name ?? null } : changes;
}

/** After a lost answer: a client made since the call, with the very values that were sent. */
async function lookup(ctx: Context, input: JsonObject, once: Once): Promise<JsonObject | "absent" | null> {
  if (once.at === undefined) return null;
  const isOurs = (record: JsonObject) => {
    const { name, email } = clientOf(record);
    return (
      (textOf(input.phone) === null || phonesIn(record).some((phone) => isSamePhone(phone, input.phone))) &&
      (textOf(input.email) === null || textOf(email)?.toLowerCase() === textOf(input.email)?.toLowerCase()) &&
      name === fullName(input)
    );
  };
  const found: JsonObject[] = [];
  const created = { from: new Date(once.at.getTime() - SKEW_MS) };
  for await (const rows of serviceOf(ctx).clients(ctx, { created })) found.push(...rows.filter(isOurs));
  const [first] = found;
  if (first === undefined) return "absent";
  return found.length === 1 ? clientOf(first) : null;
}

const found: Field = { key: "found", label: { ru: "Найден", en: "Found" }, kind: "boolean" };
export const findAbout = {
  ru: "Совпасть должны все заполненные поля. Если ничего не нашлось, связка идёт дальше с пустым результатом.",
  en: "All filled fields must match. When nothing is found the bundle goes on with an empty result.",
};

export const clientActions: readonly Action[] = [
  {
    key: "findClient",
    name: { ru: "Поиск клиента", en: "Find a client" },
    about: findAbout,
    words: ["найти клиента", "контакт", "find client", "contact"],
    kind: "find",
    safe: true,
    fields: clientFind,
    output: [found, ...clientOutput],
    sample: { found: true, ...clientSample },
    async run(ctx, input) {
      const keys = clientFind.map(({ key }) => key);
      const output = await oldest(input, keys, (key, value) => clientsBy(ctx, key, value), foundClient);
      return output ? { found: true, ...output } : { found: false };
    },
  },
  {
    key: "createClient",
    name: { ru: "Новый клиент", en: "New client" },
    words: ["создать клиента", "контакт", "create client", "contact"],
    kind: "create",
    safe: false,
    fields: clientInput,
    fieldsOf: (ctx, input) => customInput(ctx, "client", input),
    output: clientOutput,
    sample: clientSample,
    async run(ctx, input) {
      const id = await serviceOf(ctx).createClient(ctx, input);
      if (id === null) throw withoutId();
      return created(ctx, id, input);
    },
    duplicates: {
      keys: ["phone", "email"],
      find: async (ctx, key, value) => (await clientsBy(ctx, key, value)).map(foundClient),
      update: (ctx, { id }, changes) => edit(ctx, id, changes),
    },
    lookup,
  },
  {
    key: "updateClient",
    name: { ru: "Обновление клиента", en: "Update of a client" },
    words: ["изменить клиента", "обновить клиента", "update client"],
    kind: "update",
    // Fields are set, not added to, so doing it again changes nothing.
    safe: true,
    fields: clientUpdate,
    fieldsOf: (ctx, input) => customInput(ctx, "client", input),
    output: clientOutput,
    sample: clientSample,
    run: (ctx, { clientId, ...changes }) => edit(ctx, textOf(clientId) ?? "", changes),
  },
];
