/** The few words that tell a run from others. */
import type { Connector, Json, JsonObject } from "../../connectors/kit/define.ts";
import type { Field, Meaning } from "../../connectors/kit/fields.ts";
import { shownPhone } from "../values/phone.ts";
import { readPath, toText } from "../values/settings.ts";

/** What people know a record by, best first. */
const TELLING: readonly Meaning[] = [
  "phone",
  "name.full",
  "order.externalId",
  "externalId",
  "email",
  "title",
  "name.first",
  "order.id",
  "deal.id",
  "request.id",
  "call.id",
  "id",
];
const MAX_LENGTH = 60;

export function aboutOf(
  event: JsonObject | null,
  place: { connector: string | null; trigger: string | null; record: string },
  find: (key: string) => Connector | undefined,
): string {
  const trigger = find(place.connector ?? "")?.triggers.find(({ key }) => key === place.trigger);
  const told = TELLING.flatMap((meaning) => {
    const field = trigger?.output.find((one) => one.meaning === meaning);
    const text = field && event ? toText(readPath(event, field.key)).trim() : "";
    return text === "" ? [] : [meaning === "phone" ? shownPhone(text) : text];
  });
  const known = told.length > 0 && !isOnlyId(told, trigger?.output ?? [], event) ? told : toldByName(event);
  const words = (known.length > 0 ? known : told).slice(0, 2).join(", ") || firstValue(event) || place.record;
  return words.length > MAX_LENGTH ? `${words.slice(0, MAX_LENGTH - 1)}…` : words;
}

/** A request's own number tells people nothing while its body names somebody. */
function isOnlyId(told: readonly string[], output: readonly Field[], event: JsonObject | null): boolean {
  const id = output.find(({ meaning }) => meaning === "id");
  return told.length === 1 && id !== undefined && event !== null && told[0] === toText(readPath(event, id.key)).trim();
}

/** How services and forms call what people know a record by, best first; nobody declared these fields. */
const NAMES: readonly { readonly pattern: RegExp; readonly isPhone?: true }[] = [
  { pattern: /phone|mobile|телефон|^tel$/iu, isPhone: true },
  { pattern: /^(?:full_?|client_?|customer_?|contact_?)?name$|^fio$|^(?:фио|имя)$/iu },
  { pattern: /e-?mail|почта/iu },
  { pattern: /^(?:title|subject|тема|название)$/iu },
  { pattern: /^(?:order_?)?(?:number|id)$|^номер$/iu },
];
const MAX_DEPTH = 4;

function toldByName(event: JsonObject | null): string[] {
  // A request's own parts (its id, its headers) are no record; what it carries is.
  const carried = event === null ? [] : [event.body, event.query].filter((part) => isOpen(part));
  const all = (carried.length > 0 ? carried : [event]).flatMap((part) => namedValues(part ?? null));
  const found = NAMES.flatMap(({ pattern, isPhone }) => {
    const value = all.find(([key]) => pattern.test(key))?.[1];
    return value === undefined ? [] : [isPhone ? shownPhone(value) : value];
  });
  const [first] = carried.length > 0 ? all : [];
  return found.length === 0 && first ? [`${first[0]}: ${first[1]}`] : found;
}
const isOpen = (value: Json | undefined): boolean => typeof value === "object" && value !== null;

/** Plain values with their keys, those on top first. */
function namedValues(value: Json, depth = 0): (readonly [string, string])[] {
  if (typeof value !== "object" || value === null || depth >= MAX_DEPTH) return [];
  const entries = Object.entries(value);
  const own = entries.flatMap(([key, one]): [string, string][] => {
    const text = typeof one === "object" ? "" : toText(one).trim();
    return text === "" ? [] : [[key, text]];
  });
  return [...own, ...entries.flatMap(([, one]) => namedValues(one, depth + 1))];
}

/** Of data that nobody declared: the first short value. */
function firstValue(event: Json): string {
  if (typeof event !== "object" || event === null) return "";
  const found = Object.values(event).find((value) => typeof value !== "object" && toText(value).trim() !== "");
  return toText(found).trim();
}
