/** Lists as Bitrix24 gives them: pages of fifty, prefixes of filters, multifields only where they were named. */
import { object, text } from "../kit.ts";
import { FIELDS, type FieldDescription, type Kind } from "./reference.ts";
import { plain } from "./refusals.ts";

export type Stored = Record<string, unknown> & { ID: number };
const PAGE = 50;

const OPERATIONS = ["!=%", "!%", "!@", "!=", "!", ">=", "<=", ">", "<", "@", "=%", "%=", "%", "="] as const;

const isDate = (description: FieldDescription | undefined) =>
  description?.type === "datetime" || description?.type === "date";
const isNumber = (name: string, description: FieldDescription | undefined) =>
  name === "ID" || ["integer", "double", "user"].includes(description?.type ?? "");

function comparable(name: string, description: FieldDescription | undefined, value: unknown): string | number {
  if (isDate(description)) return Date.parse(String(value));
  if (isNumber(name, description)) return Number(value);
  return String(value ?? "");
}

/** True where the record holds the value; multifields match by any entry, whole. */
function fitsOne(record: Stored, kind: Kind, key: string, wanted: unknown): boolean {
  const operation = OPERATIONS.find((prefix) => key.startsWith(prefix)) ?? "";
  const name = key.slice(operation.length);
  const description = FIELDS[kind][name];
  // Fields that don't exist are passed over in silence, filters too.
  if (!description) return true;
  const held = record[name];
  if (description.type === "crm_multifield") {
    const values = (Array.isArray(held) ? held : []).map((entry) => String(object(entry)?.VALUE));
    return values.includes(String(wanted));
  }
  const own = comparable(name, description, held);
  const other = comparable(name, description, wanted);
  const among = () => (Array.isArray(wanted) ? wanted.map(String) : [String(wanted)]).includes(String(held ?? ""));
  const holds = () =>
    String(held ?? "")
      .toLowerCase()
      .includes(String(wanted).toLowerCase());
  switch (operation) {
    case ">":
      return own > other;
    case ">=":
      return own >= other;
    case "<":
      return own < other;
    case "<=":
      return own <= other;
    case "@":
      return among();
    case "!@":
      return !among();
    case "%":
    case "=%":
    case "%=":
      return holds();
    case "!%":
    case "!=%":
      return !holds();
    case "!":
    case "!=":
      return own !== other;
    default:
      return own === other;
  }
}

/** Everything a record shows is text, flags are Y and N, what is empty is null. */
export function shown(record: Stored, kind: Kind, emptyCommunication: string): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [name, description] of Object.entries(FIELDS[kind])) {
    const value = record[name];
    if (description.type === "crm_multifield") {
      if (Array.isArray(value) && value.length > 0) result[name] = value;
      else if (emptyCommunication === "list") result[name] = [];
      else if (emptyCommunication === "null") result[name] = null;
      continue;
    }
    if (description.isMultiple) result[name] = Array.isArray(value) && value.length > 0 ? value : false;
    else result[name] = value === undefined || value === null || value === "" ? null : String(value);
  }
  return result;
}

function selected(record: Record<string, unknown>, kind: Kind, select: readonly string[]): Record<string, unknown> {
  const names = new Set<string>();
  for (const name of select.length > 0 ? select : ["*"]) {
    for (const [own, { type, isDynamic }] of Object.entries(FIELDS[kind])) {
      if (name === own) names.add(own);
      if (name === "*" && !isDynamic && type !== "crm_multifield") names.add(own);
      if (name === "UF_*" && isDynamic) names.add(own);
    }
  }
  names.add("ID");
  return Object.fromEntries(Object.entries(record).filter(([name]) => names.has(name)));
}

const listOf = (value: unknown): unknown[] =>
  Array.isArray(value) ? value : typeof value === "object" && value !== null ? Object.values(value) : [];

export interface Page {
  readonly result: readonly Record<string, unknown>[];
  readonly total: number;
  readonly next?: number;
}

/** `crm.<kind>.list`. */
export function listed(
  all: readonly Stored[],
  kind: Kind,
  params: Readonly<Record<string, unknown>>,
  emptyCommunication: string,
): Page {
  const filter = object(params.filter) ?? {};
  if (params.filter !== undefined && typeof params.filter !== "object")
    throw plain("Parameter 'filter' must be array.");
  const found = all.filter((record) =>
    Object.entries(filter).every(([key, wanted]) => fitsOne(record, kind, key, wanted)),
  );
  const order = Object.entries(object(params.order) ?? { ID: "ASC" });
  found.sort((one, other) => {
    for (const [name, way] of order) {
      const a = comparable(name, FIELDS[kind][name], one[name]);
      const b = comparable(name, FIELDS[kind][name], other[name]);
      if (a !== b) return (a < b ? -1 : 1) * (String(way).toUpperCase() === "DESC" ? -1 : 1);
    }
    return 0;
  });
  const select = listOf(params.select).map(String);
  const start = Number(text(params.start) ?? 0);
  const rows = (from: number) =>
    found.slice(from, from + PAGE).map((record) => selected(shown(record, kind, emptyCommunication), kind, select));
  if (start < 0) return { result: rows(0), total: 0 };
  const next = start + PAGE;
  return { result: rows(start), total: found.length, ...(next < found.length ? { next } : {}) };
}
