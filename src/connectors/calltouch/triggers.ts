/** "Incoming call" and "request": read from the journals, and at once where the person sets up a webhook. */
import type { Field, JsonObject, Text, Trigger } from "../kit/define.ts";
import { momentIn, textOf } from "../kit/read.ts";
import { callsOfDays, requestsOfDays, zoneOf } from "./api.ts";
import { dealTriggers } from "./dealtriggers.ts";
import { callFields, callSample, requestFields, requestSample } from "./fields.ts";
import { callFromHook, callFromJournal, requestFromHook, requestFromJournal } from "./items.ts";
import { daily, formOf, stepsOf } from "./journal.ts";

/** Webhooks carry a unix time; only where one doesn't is its local time read, and then as Moscow's. */
const HOOK_ZONE = "Europe/Moscow";

const LEADS: Text = { ru: "Лиды", en: "Leads" };

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
    isAscending: true,
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
    steps: stepsOf(LEADS, {
      ru: "события «Начало звонка» и «Завершение звонка»",
      en: "events “call start” and “call end”",
    }),
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
    isAscending: true,
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
    steps: stepsOf(LEADS, { ru: "событие «Регистрация заявки»", en: "event “request registered”" }),
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

export const triggers: readonly Trigger[] = [call, request, ...dealTriggers];
