/** Triggers of amoCRM: webhooks that are set up by API, and polls behind them. */
import type { Context, Field, Hook, HookRequest, JsonObject, Text, Trigger } from "../kit/define.ts";
import { listOf, objectOf, objectsOf, textOf } from "../kit/read.ts";
import { embedded, get, send } from "./api.ts";
import { customOutput } from "./custom.ts";
import {
  companyOutput,
  companySample,
  contactOutput,
  contactSample,
  leadOutput,
  leadSample,
  moveOutput,
  taskOutput,
  taskSample,
} from "./fields.ts";
import { itemPages } from "./poll.ts";
import { read } from "./records.ts";
import { type Entity, moment, outputOf } from "./shapes.ts";

const exceptUsers: Field = {
  key: "exceptUsers",
  label: { ru: "Кроме изменений сотрудников", en: "Except changes by" },
  kind: "reference",
  list: { name: "users" },
  many: true,
  hint: {
    ru: "Выберите того, от чьего имени работает подключение, если связка меняет эти же записи: иначе она ответит сама себе.",
    en: "Choose the user in whose name the connection works where the bundle changes the same records: or it answers itself.",
  },
};
const withCreated: Field = {
  key: "withCreated",
  label: { ru: "И новые записи", en: "New records too" },
  kind: "boolean",
};
const onlyPipelines: Field = {
  key: "pipelines",
  label: { ru: "Только из воронок", en: "Only of pipelines" },
  kind: "reference",
  list: { name: "pipelines" },
  many: true,
};

const chosen = (value: JsonObject[string] | undefined): readonly string[] =>
  (Array.isArray(value) ? value : [value ?? null]).map((one) => textOf(one)).filter((one) => one !== null);
const isAmong = (value: JsonObject[string] | undefined, wanted: readonly string[]) =>
  wanted.length === 0 || wanted.includes(textOf(value) ?? "");

const at = (field: string) => (item: JsonObject) => {
  const text = textOf(item[field]);
  return text === null ? null : new Date(text);
};

/** Companies come under `contacts` and are told by their type; tasks under `task` or `tasks`. */
function sent(request: HookRequest, kind: Entity, action: string): JsonObject[] {
  const body = objectOf(request.body);
  const roots = {
    contacts: ["contacts"],
    companies: ["companies", "contacts"],
    leads: ["leads"],
    tasks: ["task", "tasks"],
  };
  return roots[kind].flatMap((root) =>
    objectsOf(objectOf(body[root])[action])
      .concat(
        listOf(objectOf(body[root])[action]).flatMap((one) => (textOf(one) === null ? [] : [{ id: textOf(one) }])),
      )
      .filter((one) => root !== "contacts" || (textOf(one.type) === "company") === (kind === "companies")),
  );
}

/** amoCRM switches an address off that answered badly for a time, and says so in the list of webhooks. */
async function isAlive(ctx: Context, state: JsonObject): Promise<boolean> {
  const body = await get(ctx, "webhooks", { filter: { destination: state.destination ?? null } });
  return embedded(body, "webhooks").some((hook) => hook.destination === state.destination && hook.disabled !== true);
}

/** The hook says which record; the record itself is asked for, so that hook and poll bring the same. */
function hook(
  kind: Entity,
  events: (options: JsonObject) => readonly string[],
  isWanted: (item: JsonObject, options: JsonObject) => boolean,
): Hook {
  return {
    scope: "bundle",
    wants: events,
    async subscribe(ctx, url, options) {
      await send(ctx, "POST", "webhooks", { destination: url, settings: events(options), sort: 10 }, true);
      return { destination: url };
    },
    isAlive,
    async unsubscribe(ctx, state) {
      await send(ctx, "DELETE", "webhooks", { destination: state.destination ?? null }, true);
    },
    deliveries: (request, options) =>
      events(options).flatMap((event) =>
        sent(request, kind, event.split("_")[0] ?? "").flatMap((one) => {
          const id = textOf(one.id);
          return id === null ? [] : [{ id, options }];
        }),
      ),
    async enrich(ctx, delivery) {
      const record = await read(ctx, kind, textOf(delivery.id) ?? "");
      const item = record ? outputOf(ctx, kind, record) : null;
      return item && isWanted(item, objectOf(delivery.options)) ? item : null;
    },
  };
}

interface About {
  readonly kind: Entity;
  /** As amoCRM's webhooks call it. */
  readonly one: string;
  readonly output: readonly Field[];
  readonly sample: JsonObject;
  readonly created: { key: string; name: Text; words: readonly string[] };
  readonly changed: { key: string; name: Text; words: readonly string[] };
}

const outputOfAccount = (kind: Entity) =>
  kind === "tasks" ? {} : { outputOf: (ctx: Context) => customOutput(ctx, kind) };
const pipelineOptions = (kind: Entity): readonly Field[] => (kind === "leads" ? [onlyPipelines] : []);

function pair({ kind, one, output, sample, created, changed }: About): readonly Trigger[] {
  const isKept = (item: JsonObject, options: JsonObject) =>
    (kind !== "leads" || isAmong(item.pipelineId, chosen(options.pipelines))) &&
    (chosen(options.exceptUsers).length === 0 || !isAmong(item.updatedBy, chosen(options.exceptUsers)));
  const isChange = (item: JsonObject, options: JsonObject) =>
    isKept(item, options) && (options.withCreated === true || item.updatedAt !== item.createdAt);
  return [
    {
      ...created,
      options: [...pipelineOptions(kind), exceptUsers],
      output,
      ...outputOfAccount(kind),
      sample,
      poll: {
        migrates: true,
        items: (ctx, options, since) => itemPages(ctx, kind, "created_at", since, (item) => isKept(item, options)),
      },
      hook: hook(kind, () => [`add_${one}`], isKept),
      record: (item) => String(item.id),
      change: (item) => String(item.id),
      at: at("createdAt"),
    },
    {
      ...changed,
      options: [...pipelineOptions(kind), withCreated, exceptUsers],
      output,
      ...outputOfAccount(kind),
      sample,
      repeats: "every",
      poll: {
        migrates: true,
        items: (ctx, options, since) => itemPages(ctx, kind, "updated_at", since, (item) => isChange(item, options)),
      },
      hook: hook(
        kind,
        (options) => [`update_${one}`, ...(options.withCreated === true ? [`add_${one}`] : [])],
        // What a hook calls an update is one, even within the second of the creation.
        isKept,
      ),
      record: (item) => String(item.id),
      change: (item) => `${item.id}:${item.updatedAt}`,
      at: at("updatedAt"),
    },
  ];
}

/** A poll can't tell a move from any other change, so this one lives from webhooks alone. */
const leadMoved: Trigger = {
  key: "leadMoved",
  name: { ru: "Смена этапа сделки", en: "Lead moved" },
  about: {
    ru: "Сделку перевели на другой этап или в другую воронку. Работает по вебхуку amoCRM, он ставится сам.",
    en: "A lead went to another stage or pipeline. Works by amoCRM's webhook, which is set up by itself.",
  },
  words: ["этап", "статус сделки", "воронка", "stage", "status", "moved"],
  options: [
    onlyPipelines,
    {
      key: "statuses",
      label: { ru: "Только на этапы", en: "Only to stages" },
      kind: "reference",
      list: { name: "statuses" },
      many: true,
    },
    exceptUsers,
  ],
  output: [...leadOutput, ...moveOutput],
  outputOf: (ctx) => customOutput(ctx, "leads"),
  sample: {
    ...leadSample,
    statusId: "40002",
    oldStatusId: "40001",
    oldPipelineId: "3001",
    movedAt: "2026-01-10T09:05:00.000Z",
  },
  repeats: "every",
  hook: {
    scope: "bundle",
    steps: [
      {
        ru: "Если тариф amoCRM не даёт ставить вебхуки по API: «amoМаркет → ⋯ → WebHooks», добавьте адрес и отметьте «Смена статуса сделки».",
        en: "Where the amoCRM plan doesn't let the API do it: “amoMarket → ⋯ → WebHooks”, add the address and tick the change of a lead's stage.",
      },
    ],
    wants: () => ["status_lead"],
    async subscribe(ctx, url) {
      await send(ctx, "POST", "webhooks", { destination: url, settings: ["status_lead"], sort: 10 }, true);
      return { destination: url };
    },
    isAlive,
    async unsubscribe(ctx, state) {
      await send(ctx, "DELETE", "webhooks", { destination: state.destination ?? null }, true);
    },
    deliveries: (request, options) =>
      sent(request, "leads", "status").flatMap((one) => {
        const id = textOf(one.id);
        if (id === null) return [];
        const movedAt = moment(one.updated_at ?? one.last_modified);
        const by = textOf(one.modified_user_id);
        const item = { id, statusId: textOf(one.status_id), pipelineId: textOf(one.pipeline_id), movedAt };
        const isKept =
          isAmong(item.statusId, chosen(options.statuses)) &&
          isAmong(item.pipelineId, chosen(options.pipelines)) &&
          (chosen(options.exceptUsers).length === 0 || !isAmong(by, chosen(options.exceptUsers)));
        const old = { oldStatusId: textOf(one.old_status_id), oldPipelineId: textOf(one.old_pipeline_id) };
        return isKept ? [{ ...item, ...old }] : [];
      }),
    async enrich(ctx, delivery) {
      const record = await read(ctx, "leads", textOf(delivery.id) ?? "");
      if (!record) return null;
      const lead = outputOf(ctx, "leads", record);
      // The lead may have moved on since; this event is about this move.
      return {
        ...lead,
        statusId: delivery.statusId ?? lead.statusId ?? null,
        pipelineId: delivery.pipelineId ?? lead.pipelineId ?? null,
        oldStatusId: delivery.oldStatusId ?? null,
        oldPipelineId: delivery.oldPipelineId ?? lead.pipelineId ?? null,
        movedAt: delivery.movedAt ?? lead.updatedAt ?? null,
      };
    },
  },
  record: (item) => String(item.id),
  change: (item) => `${item.id}:${item.oldStatusId}:${item.statusId}:${item.movedAt}`,
  at: at("movedAt"),
};

const said = (key: string, ru: string, en: string, ...words: readonly string[]) => ({ key, name: { ru, en }, words });

export const triggers: readonly Trigger[] = [
  ...pair({
    kind: "contacts",
    one: "contact",
    output: contactOutput,
    sample: contactSample,
    created: said("newContact", "Новый контакт", "New contact", "контакт создан", "клиент", "contact created"),
    changed: said("contactChanged", "Изменение контакта", "Contact changed", "контакт изменён", "contact updated"),
  }),
  ...pair({
    kind: "leads",
    one: "lead",
    output: leadOutput,
    sample: leadSample,
    created: said("newLead", "Новая сделка", "New lead", "сделка создана", "заявка", "lead created", "deal"),
    changed: said("leadChanged", "Изменение сделки", "Lead changed", "сделка изменена", "lead updated", "deal"),
  }),
  leadMoved,
  ...pair({
    kind: "companies",
    one: "company",
    output: companyOutput,
    sample: companySample,
    created: said("newCompany", "Новая компания", "New company", "компания создана", "company created"),
    changed: said("companyChanged", "Изменение компании", "Company changed", "компания изменена", "company updated"),
  }),
  ...pair({
    kind: "tasks",
    one: "task",
    output: taskOutput,
    sample: taskSample,
    created: said("newTask", "Новая задача", "New task", "задача создана", "task created"),
    changed: said("taskChanged", "Изменение задачи", "Task changed", "задача выполнена", "task done", "task updated"),
  }),
];
