/** What the account calls the pipelines, stages and users of a record: triggers give their names beside the IDs. */
import type { Context, Field, JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { textOf } from "../kit/read.ts";
import { all, embedded } from "./api.ts";
import type { Entity } from "./shapes.ts";

type Names = ReadonlyMap<string | null, string | null>;
interface Known {
  readonly pipelines: Names;
  readonly stages: Names;
  readonly users: Names;
}

/** Some accounts show their users to administrators only; a record without names is one all the same. */
async function readable(work: Promise<JsonObject[]>): Promise<JsonObject[]> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ConnectorError && ["forbidden", "not_found", "data"].includes(error.errorClass)) return [];
    throw error;
  }
}
const namesOf = (records: readonly JsonObject[]): Names =>
  new Map(records.map(({ id = null, name = null }) => [textOf(id), textOf(name)]));

/** Asked once for whatever is read with one context: the page of a poll, a batch of webhooks. */
const asked = new WeakMap<Context, Map<"pipelines" | "users", Promise<JsonObject[]>>>();
function once(ctx: Context, what: "pipelines" | "users"): Promise<JsonObject[]> {
  const own = asked.get(ctx) ?? new Map<"pipelines" | "users", Promise<JsonObject[]>>();
  asked.set(ctx, own);
  const before = own.get(what);
  if (before) return before;
  const work = readable(all(ctx, what === "users" ? "users" : "leads/pipelines", what));
  own.set(what, work);
  // Who asks after a failure asks anew.
  work.catch(() => own.delete(what));
  return work;
}

async function known(ctx: Context, kind: Entity): Promise<Known> {
  const [users, pipelines] = await Promise.all([
    once(ctx, "users"),
    kind === "leads" ? once(ctx, "pipelines") : Promise.resolve([]),
  ]);
  const stages = pipelines.flatMap((pipeline) =>
    // "Won" and "lost" have the same numbers everywhere, and names of each pipeline's own.
    embedded(pipeline, "statuses").flatMap((stage) => [
      { ...stage, id: `${textOf(pipeline.id)}/${textOf(stage.id)}` },
      stage,
    ]),
  );
  return { users: namesOf(users), pipelines: namesOf(pipelines), stages: namesOf(stages.toReversed()) };
}

const stageOf = ({ stages }: Known, pipeline: JsonObject[string] | undefined, stage: JsonObject[string] | undefined) =>
  stages.get(`${textOf(pipeline)}/${textOf(stage)}`) ?? stages.get(textOf(stage)) ?? null;

export async function withNames(ctx: Context, kind: Entity, items: readonly JsonObject[]): Promise<JsonObject[]> {
  if (items.length === 0) return [];
  const names = await known(ctx, kind);
  return items.map((item) => ({
    ...item,
    responsibleName: names.users.get(textOf(item.responsibleUserId)) ?? null,
    ...(kind === "leads"
      ? {
          pipelineName: names.pipelines.get(textOf(item.pipelineId)) ?? null,
          statusName: stageOf(names, item.pipelineId, item.statusId),
        }
      : {}),
    ...("oldStatusId" in item
      ? {
          oldPipelineName: names.pipelines.get(textOf(item.oldPipelineId)) ?? null,
          oldStatusName: stageOf(names, item.oldPipelineId, item.oldStatusId),
        }
      : {}),
  }));
}

const text = (key: string, ru: string, en: string): Field => ({ key, label: { ru, en }, kind: "text" });
export const nameOutput = (kind: Entity): readonly Field[] => [
  ...(kind === "leads" ? [text("pipelineName", "Воронка", "Pipeline"), text("statusName", "Этап", "Stage")] : []),
  text("responsibleName", "Ответственный", "Responsible user"),
];
export const nameSample = (kind: Entity): JsonObject => ({
  ...(kind === "leads" ? { pipelineName: "Воронка", statusName: "Первичный контакт" } : {}),
  responsibleName: "Анна Менеджер",
});
export const moveNames: readonly Field[] = [
  text("oldStatusName", "Прежний этап", "Stage before"),
  text("oldPipelineName", "Прежняя воронка", "Pipeline before"),
];
