/** Contacts, companies, leads and deals: find, create, update. */
import type { Action, Context, Field, JsonObject, Text } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { textOf } from "../kit/read.ts";
import { batch, call } from "./api.ts";
import { customInput, customsOf } from "./custom.ts";
import { type Entity, FIND, HAS_COMMUNICATION, INPUT, identity, OUTPUT, SAMPLE, UPDATE } from "./fields.ts";
import { bodyOf, outputOf } from "./records.ts";
import { byOrigin, findOne, foundOf, recordsBy } from "./search.ts";
import { timelineActions } from "./timeline.ts";

/** The portal answers a create with the id alone; the rest is what was written. Asking again could fail, and be repeated. */
async function create(ctx: Context, entity: Entity, input: JsonObject, key: string): Promise<JsonObject> {
  const fields = {
    ...bodyOf(entity, { ...input, ORIGIN_ID: textOf(input.ORIGIN_ID) ?? key }),
    // An external ID may stand in several records; this one names the call that made the record.
    ORIGIN_VERSION: key,
  };
  const answer = await call(ctx, `crm.${entity}.add`, { fields }, false);
  const id = textOf(answer.result);
  if (id === null) {
    throw new ConnectorError("unknown", {
      ru: "Битрикс24 ответил без ID новой записи, и неизвестно, создана ли она.",
      en: "Bitrix24 answered without the new record's ID; whether it exists is unknown.",
    });
  }
  return { ...outputOf(entity, { ...fields, ID: id }, []), DATE_CREATE: null, DATE_MODIFY: null };
}

/** Reads the record, sends what differs, and gives it back as it is then. */
async function change(
  ctx: Context,
  entity: Entity,
  id: string,
  changes: JsonObject,
  replaces: boolean,
): Promise<JsonObject> {
  const load = () =>
    batch(ctx, {
      fields: { method: `crm.${entity}.fields` },
      record: { method: `crm.${entity}.get`, params: { id } },
    });
  const before = await load();
  const record = before("record") as JsonObject;
  const customs = customsOf(before("fields"));
  const fields = bodyOf(entity, changes, record, replaces);
  if (Object.keys(fields).length === 0) return outputOf(entity, record, customs);
  await call(ctx, `crm.${entity}.update`, { id, fields }, true);
  return outputOf(entity, (await load())("record") as JsonObject, customs);
}

interface Names {
  readonly find: Text;
  readonly create: Text;
  readonly update: Text;
  readonly words: readonly string[];
  readonly about?: Text;
}

const capital = (entity: Entity) => entity.charAt(0).toUpperCase() + entity.slice(1);
const words = (names: Names, ru: string, en: string) =>
  names.words.flatMap((word) => [word, `${ru} ${word}`, `${en} ${word}`]);

function createAction(entity: Entity, names: Names): Action {
  return {
    key: `create${capital(entity)}`,
    name: names.create,
    ...(names.about ? { about: names.about } : {}),
    words: words(names, "создать", "create"),
    kind: "create",
    safe: false,
    fields: INPUT[entity],
    fieldsOf: (ctx) => customInput(ctx, entity, true),
    output: OUTPUT(entity),
    sample: SAMPLE[entity],
    run: (ctx, input, once) => create(ctx, entity, input, once.key),
    duplicates: {
      keys: identity(entity),
      async find(ctx, key, value) {
        const { records, customs } = await recordsBy(ctx, entity, key, value);
        return records.map((record) => foundOf(entity, record, customs));
      },
      update: (ctx, found, changes) => change(ctx, entity, found.id, changes, true),
    },
    /** Every record of ours has a name by which it can be found again. */
    lookup: (ctx, input, once) => byOrigin(ctx, entity, textOf(input.ORIGIN_ID), once.key),
  };
}

function updateAction(entity: Entity, names: Names): Action {
  return {
    key: `update${capital(entity)}`,
    name: names.update,
    ...(HAS_COMMUNICATION.has(entity)
      ? {
          about: {
            ru: "Новые телефон и e-mail добавляются к прежним.",
            en: "A new phone and e-mail join those that are there.",
          },
        }
      : {}),
    words: words(names, "изменить", "update"),
    kind: "update",
    // Fields are set, and an entry that is there already isn't added again.
    safe: true,
    fields: UPDATE(entity),
    fieldsOf: (ctx) => customInput(ctx, entity, false),
    output: OUTPUT(entity),
    sample: SAMPLE[entity],
    run: (ctx, { ID, ...changes }) => change(ctx, entity, textOf(ID) ?? "", changes, false),
  };
}

const foundField: Field = { key: "found", label: { ru: "Найден", en: "Found" }, kind: "boolean" };

function findAction(entity: Entity, names: Names): Action {
  return {
    key: `find${capital(entity)}`,
    name: names.find,
    about: {
      ru: "Совпасть должны все заполненные поля. Если ничего не нашлось, связка идёт дальше с пустым результатом.",
      en: "All filled fields must match. When nothing is found the bundle goes on with an empty result.",
    },
    words: words(names, "найти", "find"),
    kind: "find",
    safe: true,
    fields: FIND(entity),
    output: [foundField, ...OUTPUT(entity)],
    sample: { found: true, ...SAMPLE[entity] },
    async run(ctx, input) {
      const output = await findOne(ctx, entity, input);
      return output ? { found: true, ...output } : { found: false };
    },
  };
}

const all = (entity: Entity, names: Names): readonly Action[] => [
  findAction(entity, names),
  createAction(entity, names),
  updateAction(entity, names),
];

export const actions: readonly Action[] = [
  ...all("contact", {
    find: { ru: "Поиск контакта", en: "Find a contact" },
    create: { ru: "Создание контакта", en: "Create a contact" },
    update: { ru: "Обновление контакта", en: "Update a contact" },
    words: ["контакт", "клиента", "contact", "customer"],
  }),
  ...all("lead", {
    find: { ru: "Поиск лида", en: "Find a lead" },
    create: { ru: "Создание лида", en: "Create a lead" },
    update: { ru: "Обновление лида", en: "Update a lead" },
    words: ["лид", "заявку", "lead"],
  }),
  ...all("deal", {
    find: { ru: "Поиск сделки", en: "Find a deal" },
    create: { ru: "Создание сделки", en: "Create a deal" },
    update: { ru: "Обновление сделки", en: "Update a deal" },
    words: ["сделку", "стадию", "deal"],
    about: {
      ru: "У сделки нет телефона и почты: сначала создайте или найдите контакт и передайте его ID.",
      en: "A deal has no phone and e-mail: create or find the contact first and hand on its ID.",
    },
  }),
  ...all("company", {
    find: { ru: "Поиск компании", en: "Find a company" },
    create: { ru: "Создание компании", en: "Create a company" },
    update: { ru: "Обновление компании", en: "Update a company" },
    words: ["компанию", "организацию", "company"],
  }),
  ...timelineActions,
];
