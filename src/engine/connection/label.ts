import type { Field, Json, JsonObject, Text } from "../../connectors/kit/fields.ts";
import type { Sql } from "../parts.ts";
import { readList } from "../store/connections.ts";
import { toText } from "../values/settings.ts";
import { listKey, MAX_ITEMS } from "./lists.ts";

/** What listed values are called, joined, where the list is in the cache; null for a field without a list. */
export async function labelsOf(
  db: Sql,
  connection: string | null,
  field: Field,
  values: JsonObject,
  value = values[field.key],
): Promise<string | null> {
  if (connection === null || field.list === undefined || value === undefined || value === null) return null;
  const depends = Object.fromEntries((field.list.dependsOn ?? []).map((key) => [key, toText(values[key])]));
  const cached = await readList(db, connection, listKey(field.list.name, depends));
  const labels = new Map(cached?.items.map((item) => [item.value, item.label]));
  const items = Array.isArray(value) ? value : [value];
  return items.map((item) => labels.get(toText(item)) ?? toText(item)).join(", ");
}

/** What a list takes, where it was read; null for a field that takes anything, or whose list nobody has read yet. */
export async function valuesOf(
  db: Sql,
  connection: string | null,
  field: Field,
  values: JsonObject,
): Promise<ReadonlySet<string> | null> {
  if (connection === null || field.list === undefined || field.open === true) return null;
  const depends = Object.fromEntries((field.list.dependsOn ?? []).map((key) => [key, toText(values[key])]));
  const cached = await readList(db, connection, listKey(field.list.name, depends));
  const isWhole = cached !== undefined && cached.items.length > 0 && cached.items.length < MAX_ITEMS;
  return isWhole ? new Set(cached.items.map((item) => item.value)) : null;
}

/** Said of a value that the list doesn't hold. It may be kept: a sample is only a sample. */
export const UNLISTED: Text = {
  ru: "Такого значения нет в списке сервиса. Если настоящие данные будут из списка – оставьте так.",
  en: "The service's list doesn't hold this value. If real data will be from the list, leave it so.",
};

export const isUnlisted = (listed: ReadonlySet<string>, value: Json): boolean =>
  (Array.isArray(value) ? value : [value]).some((item) => !listed.has(toText(item)));
