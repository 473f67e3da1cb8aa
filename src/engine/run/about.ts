/** The few words that tell a run from others. */
import type { Connector, Json, JsonObject } from "../../connectors/kit/define.ts";
import type { Meaning } from "../../connectors/kit/fields.ts";
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
  const words = told.slice(0, 2).join(", ") || firstValue(event) || place.record;
  return words.length > MAX_LENGTH ? `${words.slice(0, MAX_LENGTH - 1)}…` : words;
}

/** Of data that nobody declared: the first short value. */
function firstValue(event: Json): string {
  if (typeof event !== "object" || event === null) return "";
  const found = Object.values(event).find((value) => typeof value !== "object" && toText(value).trim() !== "");
  return toText(found).trim();
}
