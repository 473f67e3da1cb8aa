/** Reference lists of the account. */
import type { Context, JsonObject, List, ListItem, Text } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { numberOf, objectOf, objectsOf, textOf } from "../kit/read.ts";
import { all, embedded, get } from "./api.ts";

const itemOf = (record: JsonObject, note?: string | null): ListItem => {
  const value = textOf(record.id) ?? "";
  return { value, label: textOf(record.name) ?? value, ...(note ? { note } : {}) };
};

/** Only administrators may see the users, and external apps never: everything else works without them. */
const users: List = {
  label: { ru: "Сотрудники", en: "Users" },
  async load(ctx) {
    const found = await all(ctx, "users", "users").catch((error: unknown) => {
      if (error instanceof ConnectorError && error.errorClass === "forbidden") return [];
      throw error;
    });
    const active = found.filter((user) => objectOf(user.rights).is_active !== false);
    return { items: active.map((user) => itemOf(user, textOf(user.email))) };
  },
};

async function pipelinesOf(ctx: Context): Promise<JsonObject[]> {
  const found = await all(ctx, "leads/pipelines", "pipelines");
  return found
    .filter((pipeline) => pipeline.is_archive !== true)
    .sort((a, b) => (numberOf(a.sort) ?? 0) - (numberOf(b.sort) ?? 0));
}

/** "Won" and "lost" have the same numbers in every pipeline. */
const EVERYWHERE: ReadonlySet<string> = new Set(["142", "143"]);

/** The pipeline that a stage belongs to: amoCRM takes a stage of another one only together with it. Null: any, or unknown. */
export async function pipelineOfStage(ctx: Context, stage: string): Promise<string | null> {
  if (EVERYWHERE.has(stage)) return null;
  const found = (await pipelinesOf(ctx)).find((pipeline) =>
    embedded(pipeline, "statuses").some((one) => textOf(one.id) === stage),
  );
  return textOf(found?.id);
}

const pipelines: List = {
  label: { ru: "Воронки", en: "Pipelines" },
  load: async (ctx) => ({ items: (await pipelinesOf(ctx)).map((pipeline) => itemOf(pipeline)) }),
};

/** Stages; "won" and "lost" have the same numbers in every pipeline. */
const statuses: List = {
  label: { ru: "Этапы воронок", en: "Stages" },
  async load(ctx, depends) {
    const wanted = depends.pipelineId ?? "";
    const items = new Map<string, ListItem>();
    for (const pipeline of await pipelinesOf(ctx)) {
      if (wanted !== "" && textOf(pipeline.id) !== wanted) continue;
      const stages = embedded(pipeline, "statuses").sort((a, b) => (numberOf(a.sort) ?? 0) - (numberOf(b.sort) ?? 0));
      for (const stage of stages) {
        const item = itemOf(stage, textOf(pipeline.name));
        // A lead can't be moved into the box of incoming requests.
        if (numberOf(stage.type) !== 1 && !items.has(item.value)) items.set(item.value, item);
      }
    }
    return { items: [...items.values()] };
  },
};

const taskTypes: List = {
  label: { ru: "Типы задач", en: "Task types" },
  async load(ctx) {
    const account = await get(ctx, "account", { with: "task_types" });
    return { items: objectsOf(objectOf(account._embedded).task_types).map((type) => itemOf(type)) };
  },
};

const simple = (label: Text, path: string, name: string): List => ({
  label,
  load: async (ctx) => ({ items: (await all(ctx, path, name)).map((one) => itemOf(one)) }),
});

export const lists: Readonly<Record<string, List>> = {
  users,
  pipelines,
  statuses,
  taskTypes,
  lossReasons: simple({ ru: "Причины отказа", en: "Loss reasons" }, "leads/loss_reasons", "loss_reasons"),
};
