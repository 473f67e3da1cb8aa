/** Triggers of amoCRM: webhooks that are set up by API, and polls behind them. */
import type { Context, Field, Hook, JsonObject, Text, Trigger } from "../kit/define.ts";
import { isAmong, momentIn, objectOf, textOf } from "../kit/read.ts";
import { customOutput } from "./custom.ts";
import { ownHook, sent } from "./hook.ts";
import { leadMoved } from "./moves.ts";
import { nameOutput, nameSample, withNames } from "./names.ts";
import { exceptUsers, isByOthers, onlyPipelines, withCreated } from "./options.ts";
import {
  companyOutput,
  companySample,
  contactOutput,
  contactSample,
  leadOutput,
  leadSample,
  taskOutput,
  taskSample,
} from "./outputs.ts";
import { itemPages } from "./poll.ts";
import { read } from "./records.ts";
import { type Entity, outputOf } from "./shapes.ts";

/** The hook says which record; the record itself is asked for, so that hook and poll bring the same. */
function hook(
  kind: Entity,
  events: (options: JsonObject) => readonly string[],
  isWanted: (item: JsonObject, options: JsonObject) => boolean,
): Hook {
  return {
    ...ownHook(events),
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
      if (!item || !isWanted(item, objectOf(delivery.options))) return null;
      const [named] = await withNames(ctx, kind, [item]);
      return named ?? null;
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
    (kind !== "leads" || isAmong(item.pipelineId, options.pipelines)) && isByOthers(item.updatedBy, options);
  const isChange = (item: JsonObject, options: JsonObject) =>
    isKept(item, options) && (options.withCreated === true || item.updatedAt !== item.createdAt);
  return [
    {
      ...created,
      options: [...pipelineOptions(kind), exceptUsers],
      output: [...output, ...nameOutput(kind)],
      ...outputOfAccount(kind),
      sample: { ...sample, ...nameSample(kind) },
      poll: {
        migrates: true,
        items: (ctx, options, since) => itemPages(ctx, kind, "created_at", since, (item) => isKept(item, options)),
      },
      hook: hook(kind, () => [`add_${one}`], isKept),
      record: (item) => String(item.id),
      change: (item) => String(item.id),
      at: momentIn("createdAt"),
    },
    {
      ...changed,
      options: [...pipelineOptions(kind), withCreated, exceptUsers],
      output: [...output, ...nameOutput(kind)],
      ...outputOfAccount(kind),
      sample: { ...sample, ...nameSample(kind) },
      repeats: "every",
      poll: {
        migrates: true,
        isAscending: true,
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
      at: momentIn("updatedAt"),
    },
  ];
}

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
