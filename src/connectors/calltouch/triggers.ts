/** "Incoming call" and "request": read from the journals, and at once where the person sets up a webhook. */
import type { Context, Field, HookRequest, JsonObject, PollPage, PollSince, Text, Trigger } from "../kit/define.ts";
import { momentIn, objectOf, textOf } from "../kit/read.ts";
import { localDays } from "../kit/time.ts";
import { callsOfDays, requestsOfDays, zoneOf } from "./api.ts";
import { callFields, callSample, requestFields, requestSample } from "./fields.ts";
import { callFromHook, callFromJournal, requestFromHook, requestFromJournal } from "./items.ts";

/** Webhooks carry a unix time; only where one doesn't is its local time read, and then as Moscow's. */
const HOOK_ZONE = "Europe/Moscow";

const only = (label: Text): Field => ({
  key: "only",
  label,
  kind: "choice",
  initial: "all",
  choices: [
    { value: "all", label: { ru: "все", en: "all" } },
    { value: "unique", label: { ru: "только уникальные", en: "only unique" } },
    { value: "target", label: { ru: "только целевые", en: "only target" } },
    { value: "uniqueTarget", label: { ru: "только уникально-целевые", en: "only unique target" } },
  ],
});

const MOMENT: Field = {
  key: "moment",
  label: { ru: "Когда срабатывать по вебхуку", en: "When a webhook counts" },
  kind: "choice",
  initial: "end",
  choices: [
    { value: "end", label: { ru: "когда звонок закончился", en: "when the call has ended" } },
    { value: "start", label: { ru: "когда звонок начался", en: "when the call begins" } },
  ],
  hint: {
    ru: "В начале звонка ещё нет длительности, статуса и тегов.",
    en: "At its beginning a call has no duration, status and tags yet.",
  },
};

function isWanted(item: JsonObject, options: JsonObject): boolean {
  const only = textOf(options.only) ?? "all";
  return only === "all" || item[only] === true;
}

function steps(what: Text): readonly Text[] {
  return [
    {
      ru: "В личном кабинете Calltouch откройте «Интеграции → API и Webhooks», вкладка Webhooks.",
      en: "In Calltouch open “Integrations → API and Webhooks”, tab Webhooks.",
    },
    {
      ru: `Добавьте вебхук: сущность «Лиды», ${what.ru}, метод POST, и вставьте адрес.`,
      en: `Add a webhook: entity “Leads”, ${what.en}, method POST, and paste the address.`,
    },
    {
      ru: "Отметьте все параметры и сохраните. Опрос журнала продолжит работать и подхватит пропущенное.",
      en: "Tick all parameters and save. The journal is still polled and brings what a webhook missed.",
    },
  ];
}

/** Day by day, so that also a long period comes oldest first and never meets the journal's limit of three months. */
async function* daily(
  ctx: Context,
  since: PollSince,
  read: (from: Date, to: Date) => Promise<JsonObject[]>,
  time: string,
): AsyncIterable<PollPage> {
  const days = localDays(since.at, since.until, zoneOf(ctx.auth));
  // For a sample a month is asked at once: day by day an empty account would keep a person waiting for seconds.
  const [first, last] = [days[0], days.at(-1)];
  const spans = since.isSample && first && last ? [[first, last] as const] : days.map((day) => [day, day] as const);
  for (const [from, to] of spans) {
    const items = await read(from, to);
    yield { items: items.sort((a, b) => String(a[time] ?? "").localeCompare(String(b[time] ?? ""))) };
  }
}

/** A form, whichever way it was sent: a webhook by GET has everything in its query. */
function formOf(request: HookRequest): JsonObject {
  return { ...request.query, ...objectOf(request.body) };
}

const call: Trigger = {
  key: "call",
  name: { ru: "Входящий звонок", en: "Incoming call" },
  about: { ru: "Каждый звонок из журнала звонков.", en: "Every call of the calls journal." },
  words: ["звонок", "звонит", "позвонил", "лид", "call", "lead"],
  options: [only({ ru: "Какие звонки", en: "Which calls" }), MOMENT],
  output: callFields,
  sample: callSample,
  poll: {
    everyMinutes: 5,
    // A call enters the journal when it has ended, so the window reaches back over the longest call.
    overlapMinutes: 180,
    migrates: true,
    items: (ctx, options, since) =>
      daily(
        ctx,
        since,
        async (from, to) => {
          const zone = zoneOf(ctx.auth);
          const calls = await callsOfDays(ctx, from, to);
          return calls
            .map((record) => callFromJournal(record, zone))
            .filter((item) => item.callId !== null && isWanted(item, options));
        },
        "callDate",
      ),
  },
  hook: {
    scope: "bundle",
    acceptsGet: true,
    steps: steps({ ru: "события «Начало звонка» и «Завершение звонка»", en: "events “call start” and “call end”" }),
    deliveries(request, options) {
      const form = formOf(request);
      const kind = textOf(form.leadtype) ?? "call";
      if (kind !== "call") return [];
      const hasEnded = (textOf(form.callphase) ?? "calldisconnected") !== "callconnected";
      if (!hasEnded && options.moment !== "start") return [];
      const item = callFromHook(form, HOOK_ZONE);
      return item.callId !== null && isWanted(item, options) ? [item] : [];
    },
  },
  record: (item) => String(item.callId),
  change: (item) =>
    JSON.stringify([item.callId, item.duration, item.successful, item.target, item.tags, item.manager, item.comment]),
  at: momentIn("callDate"),
};

const request: Trigger = {
  key: "request",
  name: { ru: "Заявка", en: "Request" },
  about: { ru: "Новая заявка с формы сайта или виджета.", en: "A new request from a site form or widget." },
  words: ["новая заявка", "форма", "сайт", "лид", "form", "lead"],
  options: [only({ ru: "Какие заявки", en: "Which requests" })],
  output: requestFields,
  sample: requestSample,
  poll: {
    everyMinutes: 5,
    overlapMinutes: 60,
    migrates: true,
    items: (ctx, options, since) =>
      daily(
        ctx,
        since,
        async (from, to) => {
          const zone = zoneOf(ctx.auth);
          const requests = await requestsOfDays(ctx, from, to);
          return requests
            .map((record) => requestFromJournal(record, zone))
            .filter((item) => item.requestId !== null && isWanted(item, options));
        },
        "requestDate",
      ),
  },
  hook: {
    scope: "bundle",
    acceptsGet: true,
    steps: steps({ ru: "событие «Регистрация заявки»", en: "event “request registered”" }),
    deliveries(hook, options) {
      const form = formOf(hook);
      if ((textOf(form.leadtype) ?? "request") !== "request") return [];
      const item = requestFromHook(form, HOOK_ZONE);
      return item.requestId !== null && isWanted(item, options) ? [item] : [];
    },
  },
  record: (item) => String(item.requestId),
  change: (item) =>
    JSON.stringify([item.requestId, item.requestStatus, item.target, item.tags, item.manager, item.comment]),
  at: momentIn("requestDate"),
};

export const triggers: readonly Trigger[] = [call, request];
