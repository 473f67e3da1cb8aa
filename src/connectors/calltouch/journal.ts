/** Reading journals by their days, and webhooks by the form that they are. */
import type { Context, HookRequest, Json, JsonObject, PollPage, PollSince, Text } from "../kit/define.ts";
import { objectOf, textOf } from "../kit/read.ts";
import { localDays } from "../kit/time.ts";
import { zoneOf } from "./api.ts";

/** A migration of years asks a week at a time: day by day it would spend the account's points for nothing. */
const DAYS_BY_DAY = 31;
const WEEK = 7;
/** Calltouch itself is younger. */
const OLDEST = Date.UTC(2009, 0, 1);

/** Spans of so many days at most, oldest first. */
export function spansOf(days: readonly Date[], most: number): (readonly [from: Date, to: Date])[] {
  const spans: (readonly [Date, Date])[] = [];
  for (let at = 0; at < days.length; at += most) {
    const part = days.slice(at, at + most);
    const [from, to] = [part[0], part.at(-1)];
    if (from && to) spans.push([from, to]);
  }
  return spans;
}

export const daysOf = (ctx: Context, from: Date, until: Date): Date[] =>
  localDays(new Date(Math.max(from.getTime(), OLDEST)), until, zoneOf(ctx.auth));

/** Where a long period was broken off; a place in another period means nothing, and a short one is read anew. */
export function placeIn(since: PollSince): { done: string; at(day: Date): { readonly cursor?: Json } } {
  const period = since.at.toISOString();
  const kept = objectOf(since.cursor);
  const isLong = since.until.getTime() - since.at.getTime() > DAYS_BY_DAY * 86_400_000;
  return {
    done: isLong && textOf(kept.period) === period ? (textOf(kept.day) ?? "") : "",
    at: (day) => (isLong ? { cursor: { period, day: day.toISOString() } } : {}),
  };
}

/** Day by day, so that also a long period comes oldest first and never meets the journal's limit of three months. */
export async function* daily(
  ctx: Context,
  since: PollSince,
  read: (from: Date, to: Date) => Promise<JsonObject[]>,
  time: string,
): AsyncIterable<PollPage> {
  const days = daysOf(ctx, since.at, since.until);
  // For a sample a month is asked at once: day by day an empty account would keep a person waiting for seconds.
  const most = since.isSample ? days.length : days.length > DAYS_BY_DAY ? WEEK : 1;
  const place = placeIn(since);
  for (const [from, to] of spansOf(days, Math.max(1, most))) {
    if (to.toISOString() <= place.done) continue;
    const items = await read(from, to);
    yield {
      items: items.sort((a, b) => String(a[time] ?? "").localeCompare(String(b[time] ?? ""))),
      ...place.at(to),
    };
  }
}

/** A form, whichever way it was sent: a webhook by GET has everything in its query. */
export function formOf(request: HookRequest): JsonObject {
  return { ...request.query, ...objectOf(request.body) };
}

/** How a person sets a webhook up, in Calltouch's own menu names. */
export function stepsOf(entity: Text, what: Text): readonly Text[] {
  return [
    {
      ru: "В личном кабинете Calltouch откройте «Интеграции → Отправка данных во внешние системы → Вебхуки» (в старом кабинете – «API и Webhooks»).",
      en: "In Calltouch open “Integrations → Sending data to external systems → Webhooks” (in the old account “API and Webhooks”).",
    },
    {
      ru: `Добавьте вебхук: сущность «${entity.ru}», ${what.ru}, метод POST, и вставьте адрес.`,
      en: `Add a webhook: entity “${entity.en}”, ${what.en}, method POST, and paste the address.`,
    },
    {
      ru: "Отметьте все параметры и сохраните. Опрос журнала продолжит работать и подхватит пропущенное.",
      en: "Tick all parameters and save. The journal is still polled and brings what a webhook missed.",
    },
  ];
}
