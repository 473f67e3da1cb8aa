import type { Field, Json } from "./fields.ts";

/**
 * Whether a field has anything to say beside these values. What isn't chosen counts as its initial value; a template
 * may become anything, so its fields stay.
 */
export function isAsked(field: Field, fields: readonly Field[], values: Readonly<Record<string, Json>>): boolean {
  const { when } = field;
  if (when === undefined) return true;
  const sibling = fields.find(({ key }) => key === when.field);
  if (sibling === undefined) return true;
  if (!isAsked(sibling, fields, values)) return false;
  const chosen = values[when.field];
  const value = chosen === undefined || chosen === null || chosen === "" ? (sibling.initial ?? "") : String(chosen);
  return value.includes("{{") || when.is.includes(value);
}
