/** Lists: `filter`, `search`, `order`, `limit` and `offset` as the documentation has them. */
import { BASE } from "./reference.ts";
import { Refusal } from "./refusals.ts";

/** A record as filters see it: values by name, references by href, attributes by href. */
export type Face = Readonly<Record<string, string | number | boolean | readonly string[] | null | undefined>>;

const COMPARED = new Set(["created", "updated", "moment", "sum", "deliveryPlannedMoment"]);
const BROAD = new Set(["~", "~=", "=~"]);

interface Condition {
  readonly field: string;
  readonly operator: string;
  readonly value: string;
}

function conditionsOf(filter: string): Condition[] {
  return filter
    .split(/(?<!\\);/)
    .filter((part) => part !== "")
    .map((part) => {
      const found = /^([^=!<>~]+)(!=|>=|<=|=~|~=|=|>|<|~)([\s\S]*)$/.exec(part);
      if (!found) throw new Refusal(400, 1034, `Ошибка фильтрации: неверное условие '${part}'`, "filter");
      const [, field = "", operator = "", value = ""] = found;
      return { field, operator, value: value.replaceAll("\\;", ";") };
    });
}

/** Several `=` of one field are alternatives, everything else must hold together. */
export function fitsFilter(
  faces: readonly Face[],
  filter: string,
  known: readonly string[],
  compareSeconds: boolean,
): boolean[] {
  const conditions = conditionsOf(filter);
  const byField = Map.groupBy(conditions, ({ field }) => field);
  for (const [field, own] of byField) {
    if (!known.includes(field) && !field.startsWith(`${BASE}/`))
      throw new Refusal(400, 1034, `Ошибка фильтрации: неизвестное поле '${field}'`, "filter");
    const operators = new Set(own.map(({ operator }) => operator));
    if (operators.has("=") && operators.size > 1)
      throw new Refusal(400, 1034, `Ошибка фильтрации: нельзя совмещать '=' с другими операторами по '${field}'`);
    const compares = [...operators].some((operator) => /[<>]/.test(operator));
    if (compares && !COMPARED.has(field))
      throw new Refusal(400, 1034, `Ошибка фильтрации: поле '${field}' нельзя сравнивать`, "filter");
    if ([...operators].some((operator) => BROAD.has(operator)) && COMPARED.has(field))
      throw new Refusal(400, 1034, `Ошибка фильтрации: оператор неприменим к полю '${field}'`, "filter");
  }
  return faces.map((face) =>
    [...byField].every(([field, own]) => {
      const equal = own.filter(({ operator }) => operator === "=");
      const others = own.filter(({ operator }) => operator !== "=");
      return (
        (equal.length === 0 || equal.some((one) => holds(face[field], one, compareSeconds))) &&
        others.every((one) => holds(face[field], one, compareSeconds))
      );
    }),
  );
}

function holds(found: Face[string], { operator, value, field }: Condition, compareSeconds: boolean): boolean {
  const texts = (Array.isArray(found) ? found : [found ?? ""]).map(String);
  const cut = (text: string) => (compareSeconds && /^\d{4}-/.test(text) ? text.slice(0, 19) : text);
  const wanted = COMPARED.has(field) ? timeOf(value) : value;
  switch (operator) {
    case "=":
      return texts.some((text) => text === value);
    case "!=":
      return texts.every((text) => text !== value);
    case "~":
      return texts.some((text) => text.toLowerCase().includes(value.toLowerCase()));
    case "~=":
      return texts.some((text) => text.toLowerCase().startsWith(value.toLowerCase()));
    case "=~":
      return texts.some((text) => text.toLowerCase().endsWith(value.toLowerCase()));
    default:
      return texts.some((text) => compare(cut(text), cut(wanted), operator));
  }
}

function compare(text: string, value: string, operator: string): boolean {
  const numbers = /^\d+(\.\d+)?$/.test(text) && /^\d+(\.\d+)?$/.test(value);
  const order = numbers ? Number(text) - Number(value) : text < value ? -1 : text > value ? 1 : 0;
  if (operator === ">") return order > 0;
  if (operator === "<") return order < 0;
  return operator === ">=" ? order >= 0 : order <= 0;
}

/** `2026-01-10 12:00`, with seconds, with milliseconds; all compared at full length. */
function timeOf(value: string): string {
  if (/^\d+(\.\d+)?$/.test(value)) return value;
  const found = /^(\d{4}-\d{2}-\d{2} \d{2}:\d{2})(:\d{2})?(\.\d{1,3})?$/.exec(value);
  if (!found) throw new Refusal(400, 1034, `Ошибка фильтрации: неверный формат даты '${value}'`, "filter");
  return `${found[1]}${found[2] ?? ":00"}${(found[3] ?? ".000").padEnd(4, "0")}`;
}

export function ordered<T>(items: readonly T[], faceOf: (item: T) => Face, order: string | null, known: string[]): T[] {
  const keys = (order ?? "").split(";").filter(Boolean);
  const parts = keys.map((key) => {
    const [field = "", direction = "asc"] = key.split(",");
    if (!known.includes(field) || !["asc", "desc"].includes(direction))
      throw new Refusal(400, 1063, `Ошибка сортировки: '${key}'`, "order");
    return { field, sign: direction === "asc" ? 1 : -1 };
  });
  return items.toSorted((a, b) => {
    for (const { field, sign } of parts) {
      const [one, other] = [String(faceOf(a)[field] ?? ""), String(faceOf(b)[field] ?? "")];
      if (one !== other) return one < other ? -sign : sign;
    }
    return 0;
  });
}

export function pageOf(query: URLSearchParams, most = 1000): { limit: number; offset: number } {
  const limit = Number(query.get("limit") ?? most);
  const offset = Number(query.get("offset") ?? 0);
  if (!Number.isInteger(limit) || limit < 1 || limit > most)
    throw new Refusal(400, 2016, `Значение параметра 'limit' должно быть от 1 до ${most}`, "limit");
  if (!Number.isInteger(offset) || offset < 0)
    throw new Refusal(400, 2016, "Значение параметра 'offset' неверно", "offset");
  return { limit, offset };
}
