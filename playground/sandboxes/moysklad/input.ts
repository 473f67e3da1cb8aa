/** What may be written: fields of a record out of a request's body, each checked the way the service checks it. */
import { object, objects, text } from "../kit.ts";
import type { Account, Doc, Order } from "./account.ts";
import { REFERS } from "./faces.ts";
import { BASE, DIRECTORIES, SEGMENTS, STATES } from "./reference.ts";
import { missing, Refusal } from "./refusals.ts";

const PLAIN = {
  counterparty: [
    "name",
    "code",
    "externalCode",
    "description",
    "companyType",
    "email",
    "phone",
    "fax",
    "tags",
    "shared",
    "archived",
    "actualAddress",
    "legalTitle",
    "legalFirstName",
    "legalLastName",
    "legalMiddleName",
    "inn",
    "kpp",
    "syncId",
  ],
  customerorder: [
    "name",
    "code",
    "externalCode",
    "description",
    "moment",
    "deliveryPlannedMoment",
    "applicable",
    "shared",
    "shipmentAddress",
    "syncId",
  ],
} as const;
export type Written = keyof typeof PLAIN;
const COMPANY_TYPES = ["legal", "entrepreneur", "individual"];
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The id at the end of a reference; refuses other hosts, other types and what doesn't exist. */
function referred(value: unknown, type: string, parameter: string, exists: (id: string) => boolean): string {
  const found = object(object(value)?.meta);
  const href = text(found?.href);
  if (href === undefined)
    throw new Refusal(412, 3000, `Ошибка сохранения объекта: поле '${parameter}' не может быть пустым`, parameter);
  if (!href.startsWith(`${BASE}/`))
    throw new Refusal(400, 1059, `Неверный адрес хоста в поле href: '${href}'`, parameter);
  if (found?.type !== type)
    throw new Refusal(400, 1060, `Неверное значение поля meta.type: '${found?.type}'`, parameter);
  const id = href.split("/").at(-1) ?? "";
  if (!exists(id)) throw missing(type, id);
  return id;
}

export function makeInput(account: Account) {
  function attributes(type: Written, value: unknown): Record<string, unknown> {
    const written: Record<string, unknown> = {};
    for (const one of objects(value)) {
      const known = account.attributes().filter(({ entity }) => entity === type);
      const id = referred(one, "attributemetadata", "attributes", (wanted) => known.some((own) => own.id === wanted));
      const attribute = known.find((own) => own.id === id);
      const found = one.value;
      const wrong = () =>
        new Refusal(400, 2016, `Ошибка формата: неправильный тип данных в поле '${attribute?.name}'`, "attributes");
      if (found === null) {
        written[id] = null;
        continue;
      }
      switch (attribute?.type) {
        case "long":
          if (!Number.isInteger(found)) throw wrong();
          break;
        case "double":
          if (typeof found !== "number") throw wrong();
          break;
        case "boolean":
          if (typeof found !== "boolean") throw wrong();
          break;
        case "time":
          if (!/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{3})?$/.test(String(found))) throw wrong();
          break;
        case "customentity":
          written[id] = referred(found, "customentity", "attributes", (wanted) =>
            SEGMENTS.elements.some((element) => element.id === wanted),
          );
          continue;
        case "string":
          if (typeof found !== "string") throw wrong();
          if (found.length > 255)
            throw new Refusal(
              412,
              3040,
              `Ошибка валидации: поле '${attribute.name}' не может быть более '255' символов`,
              "attributes",
            );
          break;
        default:
          if (typeof found !== "string") throw wrong();
      }
      written[id] = found;
    }
    return written;
  }

  const exists = (type: string) => (id: string) =>
    type === "counterparty"
      ? account.counterparties.get(id) !== undefined
      : (DIRECTORIES[type] ?? []).some((one) => one.id === id);

  function refs(type: Written, body: Record<string, unknown>): Record<string, string> {
    const found: Record<string, string> = {};
    for (const [field, kind] of Object.entries(REFERS)) {
      if (body[field] !== undefined) found[field] = referred(body[field], kind, field, exists(kind));
    }
    if (body.state !== undefined) {
      const id = referred(body.state, "state", "state", (wanted) => STATES.some((state) => state.id === wanted));
      if (STATES.find((state) => state.id === id)?.entityType !== type)
        throw new Refusal(412, 11002, "Нельзя использовать статус документа другого типа", "state");
      found.state = id;
    }
    return found;
  }

  function positions(value: unknown): Order["positions"] {
    return objects(value).map((one) => {
      const assortment = referred(one.assortment, "product", "assortment", exists("product"));
      const [quantity, price] = [Number(one.quantity ?? 1), Number(one.price ?? 0)];
      return { assortment, quantity, price, discount: Number(one.discount ?? 0) };
    });
  }

  /** Only what the body says; unknown fields are passed over, as the service does. */
  return function read(type: Written, body: Record<string, unknown>, before?: Doc): Record<string, unknown> {
    const plain: Record<string, unknown> = {};
    for (const field of PLAIN[type]) if (body[field] !== undefined) plain[field] = body[field];
    for (const field of ["name", "phone", "email", "externalCode", "description"]) {
      const value = plain[field];
      if (value !== undefined && value !== null && typeof value !== "string")
        throw new Refusal(400, 2016, `Ошибка формата: неправильный тип данных в поле '${field}'`, field);
    }
    if (plain.name === "")
      throw new Refusal(412, 3000, "Ошибка сохранения объекта: поле 'name' не может быть пустым", "name");
    if (plain.companyType !== undefined && !COMPANY_TYPES.includes(String(plain.companyType)))
      throw new Refusal(400, 2016, "Ошибка формата: неизвестное значение поля 'companyType'", "companyType");
    if (plain.syncId !== undefined && !UUID.test(String(plain.syncId)))
      throw new Refusal(400, 2016, "Ошибка формата: неправильный тип данных в поле 'syncId'", "syncId");
    if (before?.syncId && plain.syncId !== undefined && plain.syncId !== before.syncId)
      throw new Refusal(412, 3001, "Ошибка сохранения объекта: поле 'syncId' не может быть изменено", "syncId");
    for (const field of ["moment", "deliveryPlannedMoment"]) {
      if (plain[field] === undefined) continue;
      if (!/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}(:\d{2})?(\.\d{3})?$/.test(String(plain[field])))
        throw new Refusal(400, 2016, `Ошибка формата: неправильный формат даты в поле '${field}'`, field);
      // Kept to the minute.
      plain[field] = `${String(plain[field]).slice(0, 16)}:00.000`;
    }
    const linked = refs(type, body);
    if (!before) {
      const required = type === "customerorder" ? ["organization", "agent"] : [];
      for (const field of required)
        if (!linked[field])
          throw new Refusal(412, 3000, `Ошибка сохранения объекта: поле '${field}' не может быть пустым`, field);
      if (type === "counterparty" && plain.name === undefined)
        throw new Refusal(412, 3000, "Ошибка сохранения объекта: поле 'name' не может быть пустым", "name");
    }
    return {
      ...plain,
      refs: { ...before?.refs, ...linked },
      attributes: { ...before?.attributes, ...attributes(type, body.attributes) },
      ...(body.positions === undefined ? {} : { positions: positions(body.positions) }),
    };
  };
}
