/** "New deal" and "deal changed": read from the deals journal, and at once where the person sets up a webhook. */
import type { Context, Field, Hook, Json, JsonObject, Poll, PollSince, Text, Trigger } from "../kit/define.ts";
import { isAmong, momentIn, textOf } from "../kit/read.ts";
import { dealsBetween, zoneOf } from "./api.ts";
import { dealJournal, dealJournalSample } from "./dealfields.ts";
import { dealFromJournal, idOfDeal, isDeal } from "./dealitems.ts";
import { clean } from "./items.ts";
import { daysOf, formOf, placeIn, spansOf, stepsOf } from "./journal.ts";

const DAY = 86_400_000;
/** The journal is asked by the date that a deal was given, which may lie before the day on which it was made or changed. */
const DEPTH_DAYS = 89;
/** Calltouch gives three months at most in one answer. */
const SPAN_DAYS = 85;

const statuses: Field = {
  key: "statuses",
  label: { ru: "Только статусы", en: "Only these statuses" },
  kind: "text",
  many: true,
  hint: {
    ru: "Как они называются в воронке Calltouch. Если пусто, подойдёт любой.",
    en: "As Calltouch's funnel calls them. Any when empty.",
  },
};

async function dealsOf(ctx: Context, from: Date, until: Date): Promise<JsonObject[]> {
  // The day after, because the journal wants its end to lie behind its beginning.
  const records = await dealsBetween(ctx, from, new Date(until.getTime() + DAY));
  return records.map((record) => dealFromJournal(record, zoneOf(ctx.auth))).filter(isDeal);
}

const isWanted = (deal: JsonObject, wanted: Json | undefined) => isAmong(deal.status, wanted);

/** A deal that is as it was made has no moment of change, or the one at which it was made. */
const isChanged = (deal: JsonObject) =>
  textOf(deal.updatedAt) !== null && String(deal.updatedAt) > String(deal.createdAt ?? "");

/** Deals whose moment lies in the window, whatever date they were given; without a moment any may be new. */
const poll = (time: "createdAt" | "updatedAt", isItem: (deal: JsonObject) => boolean): Poll => ({
  everyMinutes: 5,
  overlapMinutes: 60,
  migrates: true,
  async *items(ctx, options, since: PollSince) {
    const from = since.isSample ? since.at : new Date(since.at.getTime() - DEPTH_DAYS * DAY);
    const [start, end] = [since.at.toISOString(), since.until.toISOString()];
    const inTime = (deal: JsonObject) => {
      const moment = textOf(deal[time]);
      return moment === null || (moment >= start && moment <= end);
    };
    const place = placeIn(since);
    for (const [first, last] of spansOf(daysOf(ctx, from, since.until), SPAN_DAYS)) {
      if (last.toISOString() <= place.done) continue;
      const deals = (await dealsOf(ctx, first, last)).filter(
        (deal) => isItem(deal) && inTime(deal) && isWanted(deal, options.statuses),
      );
      deals.sort((a, b) => String(a[time] ?? "").localeCompare(String(b[time] ?? "")));
      yield { items: deals, ...place.at(last) };
    }
  },
});

/**
 * What a webhook of deals is called in its parts isn't published, so it only says which deal; the journal tells the rest,
 * and its item is the one that a poll would bring.
 */
const hook = (what: Text, isItem: (deal: JsonObject) => boolean): Hook => ({
  scope: "bundle",
  acceptsGet: true,
  steps: stepsOf({ ru: "Сделки", en: "Deals" }, what),
  deliveries(request, options) {
    const form = formOf(request);
    // Calls and requests name their deal, too.
    if (/^(call|request|chat)/i.test(clean(form.leadtype) ?? "")) return [];
    const number = clean(form.orderNumber ?? form.order_number);
    const id = clean(form.orderId ?? form.order_id ?? form.calltouchOrderId);
    if (number === null && id === null) return [];
    // `enrich` isn't told the options.
    return [{ number, id, statuses: options.statuses ?? null }];
  },
  async enrich(ctx, delivery) {
    const deals = await dealsOf(ctx, new Date(ctx.now().getTime() - SPAN_DAYS * DAY), ctx.now());
    const deal = deals.find((one) =>
      delivery.id === null ? one.orderNumber === delivery.number : one.calltouchOrderId === delivery.id,
    );
    return deal && isItem(deal) && isWanted(deal, delivery.statuses) ? deal : null;
  },
});

const newDeal: Trigger = {
  key: "deal",
  name: { ru: "Новая сделка", en: "New deal" },
  about: { ru: "Каждая сделка из журнала сделок.", en: "Every deal of the deals journal." },
  words: ["сделка создана", "deal created"],
  options: [statuses],
  output: dealJournal,
  sample: dealJournalSample,
  poll: poll("createdAt", () => true),
  hook: hook({ ru: "событие «Создание сделки»", en: "event “deal created”" }, () => true),
  record: idOfDeal,
  change: idOfDeal,
  at: momentIn("createdAt"),
};

const dealChanged: Trigger = {
  key: "dealChanged",
  name: { ru: "Изменение сделки", en: "Deal changed" },
  about: {
    ru: "Статус, бюджет и всё остальное у сделок, чья дата не старше 89 дней.",
    en: "Status, budget and everything else of deals whose date isn't older than 89 days.",
  },
  words: ["статус сделки", "сделка обновлена", "deal updated"],
  options: [statuses],
  output: dealJournal,
  sample: dealJournalSample,
  repeats: "every",
  poll: poll("updatedAt", isChanged),
  hook: hook({ ru: "событие «Изменение сделки»", en: "event “deal changed”" }, isChanged),
  record: idOfDeal,
  change: (deal) => `${idOfDeal(deal)} ${deal.updatedAt}`,
  at: momentIn("updatedAt"),
};

export const dealTriggers: readonly Trigger[] = [newDeal, dealChanged];
