/** The one action that is known: a contact of a buyer company. */
import type { Action, Context, Field, Found, HttpAnswer, HttpCall, Json, JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { isObject, isSamePhone, textOf } from "../kit/read.ts";
import { ask } from "./api.ts";
import { DEFAULT_BODY, filledBody, filledPath, recordsIn, textsIn, valueAt } from "./template.ts";

const own = (ru: string, en: string) => ({
  hint: { ru: `Наше предположение. ${ru}`.trim(), en: `Our assumption. ${en}`.trim() },
});
const fields: readonly Field[] = [
  {
    key: "companyId",
    label: { ru: "ID Компании (покупатель)", en: "Company ID (buyer)" },
    kind: "text",
    required: true,
    meaning: "customer.id",
    hint: {
      ru: "Откройте компанию в Mertago и скопируйте её ID из адресной строки.",
      en: "Open the company in Mertago and copy its ID from the address bar.",
    },
  },
  { key: "firstName", label: { ru: "Имя", en: "First name" }, kind: "text", meaning: "name.first", common: true },
  { key: "lastName", label: { ru: "Фамилия", en: "Last name" }, kind: "text", meaning: "name.last", common: true },
  { key: "middleName", label: { ru: "Отчество", en: "Middle name" }, kind: "text", meaning: "name.middle" },
  { key: "phone", label: { ru: "Телефон", en: "Phone" }, kind: "phone", meaning: "phone", common: true },
  { key: "email", label: { ru: "Email", en: "Email" }, kind: "email", meaning: "email", common: true },
  {
    key: "position",
    label: { ru: "Должность", en: "Position" },
    kind: "text",
    ...own("Уйдёт, если {{position}} есть в теле запроса.", "Sent when the request body holds {{position}}."),
  },
  {
    key: "comment",
    label: { ru: "Комментарий", en: "Comment" },
    kind: "longText",
    meaning: "comment",
    ...own("Уйдёт, если {{comment}} есть в теле запроса.", "Sent when the request body holds {{comment}}."),
  },
  {
    key: "extra",
    label: { ru: "Другие поля", en: "Other fields" },
    kind: "object",
    hint: {
      ru: 'JSON с полями, которые добавятся в тело запроса: {"inn":"7700000000"}.',
      en: 'JSON with fields that join the request body: {"inn":"7700000000"}.',
    },
  },
];

const valuesOf = (input: JsonObject): JsonObject => {
  const parts = [input.firstName, input.middleName, input.lastName].map((part) => textOf(part));
  return { ...input, name: parts.filter((part) => part !== null).join(" ") };
};

const outputOf = (id: string | null, input: JsonObject, answer: Json): JsonObject => ({
  id,
  companyId: textOf(input.companyId),
  answer: isObject(answer) ? answer : null,
});

async function create(ctx: Context, input: JsonObject): Promise<JsonObject> {
  const { createPath = "", createMethod, body, idPath } = ctx.auth;
  const values = valuesOf(input);
  const call: HttpCall = {
    path: filledPath(createPath, values, "createPath"),
    method: createMethod === "PUT" || createMethod === "PATCH" ? createMethod : "POST",
    json: {
      ...filledBody(body?.trim() ? body : DEFAULT_BODY, values),
      ...(isObject(input.extra) ? input.extra : {}),
    },
    safe: false,
  };
  let answer: HttpAnswer;
  try {
    answer = await ask(ctx, call.path, call);
  } catch (error) {
    // The service says that it has this contact: where it can be found, it is what was wanted.
    const known = error instanceof ConnectorError && error.details.code === "409" ? await present(ctx, input) : null;
    if (known) return known;
    throw error;
  }
  // A 2xx is a success; what the answer holds is only as good as the path that was given.
  const isJson = /^\s*[[{]/.test(answer.text);
  const content = isJson ? answer.json() : null;
  return outputOf(textOf(valueAt(content, idPath?.trim() || "id")), input, content);
}

const noSearch = () =>
  new ConnectorError(
    "data",
    {
      ru: "Искать дубликаты нечем: в подключении Mertago не указан «Путь поиска контакта». Впишите его или выберите «Всегда создавать».",
      en: "There is nothing to look for duplicates with: the Mertago connection has no “Path to find a contact”. Fill it in, or choose to always create.",
    },
    { code: "findPath" },
  );

/** What the search brings is looked at again: the value has to stand somewhere in the record. */
async function find(ctx: Context, key: string, value: Json, input: JsonObject): Promise<readonly Found[]> {
  const { findPath = "", findIdPath } = ctx.auth;
  const text = textOf(value);
  if (findPath.trim() === "") throw noSearch();
  if (text === null) return [];
  const answer = await ask(ctx, filledPath(findPath, { ...valuesOf(input), key, value: text }, "findPath"));
  const fits = (held: string) =>
    key === "phone" ? isSamePhone(held, text) : held.toLowerCase() === text.toLowerCase();
  return recordsIn(answer.json())
    .filter((record) => textsIn(record).some(fits))
    .flatMap((record) => {
      const id = textOf(valueAt(record, findIdPath?.trim() || "id"));
      return id === null ? [] : [{ id, output: outputOf(id, input, record), fields: {} }];
    });
}

/** The contact with the input's phone, else with its e-mail; null where there is none, or no search was described. */
async function present(ctx: Context, input: JsonObject): Promise<JsonObject | null> {
  if ((ctx.auth.findPath ?? "").trim() === "") return null;
  for (const key of ["phone", "email"]) {
    if (textOf(input[key]) === null) continue;
    const [found] = await find(ctx, key, input[key] ?? null, input);
    if (found) return found.output;
  }
  return null;
}

const createContact: Action = {
  key: "createContact",
  name: { ru: "Создание контакта (покупателя)", en: "Create a contact (of a buyer)" },
  about: {
    ru: "Сделано по одной инструкции. Известно только поле «ID Компании (покупатель)»; остальные – обычные поля контакта по нашему выбору, под какими именами они уйдут, решает «Тело запроса» в подключении.",
    en: "Made from a single article. Only the field “Company ID (buyer)” is known; the others are ordinary fields of a contact chosen by us, and “Request body” in the connection decides under which names they are sent.",
  },
  words: ["контакт", "покупатель", "новый контакт", "contact", "buyer", "customer"],
  kind: "create",
  safe: false,
  fields,
  output: [
    { key: "id", label: { ru: "ID контакта", en: "Contact ID" }, kind: "text", meaning: "id" },
    { key: "companyId", label: { ru: "ID Компании (покупатель)", en: "Company ID (buyer)" }, kind: "text" },
    { key: "answer", label: { ru: "Ответ Mertago", en: "Mertago's answer" }, kind: "object" },
  ],
  sample: { id: "501", companyId: "7001", answer: { id: 501 } },
  run: create,
  duplicates: { keys: ["phone", "email"], find },
  /** Only a search that somebody described can tell; without one a person is asked. */
  async lookup(ctx, input) {
    if ((ctx.auth.findPath ?? "").trim() === "") return null;
    for (const key of ["phone", "email"]) {
      if (textOf(input[key]) === null) continue;
      const [found] = await find(ctx, key, input[key] ?? null, input);
      return found ? found.output : "absent";
    }
    return null;
  },
};

export const actions: readonly Action[] = [createContact];
