import type { Field, JsonObject } from "../../connectors/kit/fields.ts";
import type { Sql } from "../parts.ts";
import { readList } from "../store/connections.ts";
import { toText } from "../values/settings.ts";
import { listKey } from "./lists.ts";

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
