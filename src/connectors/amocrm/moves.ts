/**
 * Leads that went to another stage. The list of leads can't tell a move from any other change, amoCRM's event log can:
 * it is the poll, and a webhook takes the time of its move from there, so that both know one move by one key.
 */
import type { Context, Field, JsonObject, PollPage, PollSince, Trigger } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { isAmong, momentIn, objectOf, objectsOf, textOf } from "../kit/read.ts";
import { embedded, get, hasNext, PAGE } from "./api.ts";
import { customOutput } from "./custom.ts";
import { ownHook, sent } from "./hook.ts";
import { moveNames, nameOutput, nameSample, withNames } from "./names.ts";
import { exceptUsers, isByOthers, onlyPipelines } from "./options.ts";
import { leadOutput, leadSample, moveOutput } from "./outputs.ts";
import { isFilterOn, read, WITH } from "./records.ts";
import { moment, outputOf } from "./shapes.ts";

const TYPE = "lead_status_changed";
/** The log's own limit. */
const LOG_PAGE = 100;
const DAY_S = 86_400;
const LONGEST_S = 180 * DAY_S;
/** A webhook's second and the log's may differ a little; moves to and fro between the same stages lie further apart. */
const NEAR_MS = 60_000;
/** By then the log knows of a move, if it ever will. */
const LATE_MS = 120_000;

const secondsOf = (at: number) => Math.floor(at / 1_000);

/** One entry of the log, as our webhook's deliveries are. */
function moveOf(event: JsonObject): JsonObject {
  const stage = (values: JsonObject[string] | undefined) => objectOf(objectsOf(values)[0]?.lead_status);
  const before = stage(event.value_before);
  const after = stage(event.value_after);
  return {
    id: textOf(event.entity_id),
    statusId: textOf(after.id),
    pipelineId: textOf(after.pipeline_id),
    oldStatusId: textOf(before.id),
    oldPipelineId: textOf(before.pipeline_id),
    movedAt: moment(event.created_at),
    by: textOf(event.created_by),
  };
}

/** The log of a time, oldest first. Its order isn't documented, so it is put into one. Null: more than `most` pages. */
async function logOf(
  ctx: Context,
  from: number,
  to: number,
  filter: JsonObject = {},
  most = Number.POSITIVE_INFINITY,
): Promise<JsonObject[] | null> {
  const found: JsonObject[] = [];
  for (let page = 1; ; page++) {
    const body = await get(ctx, "events", {
      filter: { ...filter, type: [TYPE], created_at: { from, to } },
      limit: LOG_PAGE,
      page,
    });
    const events = embedded(body, "events");
    found.push(...events.filter(({ type }) => type === TYPE).map(moveOf));
    if (events.length === 0 || !hasNext(body)) break;
    if (page >= most) return null;
  }
  const at = ({ movedAt }: JsonObject) => Date.parse(textOf(movedAt) ?? "");
  return found.filter(({ id }) => id !== null).toSorted((one, other) => at(one) - at(other));
}

const isWanted = (move: JsonObject, options: JsonObject) =>
  isAmong(move.statusId, options.statuses) &&
  isAmong(move.pipelineId, options.pipelines) &&
  isByOthers(move.by, options);

/** The lead as it is, at the stages of this move: it may have moved on since. */
function itemOf(ctx: Context, record: JsonObject, move: JsonObject): JsonObject {
  const lead = outputOf(ctx, "leads", record);
  return {
    ...lead,
    statusId: move.statusId ?? lead.statusId ?? null,
    pipelineId: move.pipelineId ?? lead.pipelineId ?? null,
    oldStatusId: move.oldStatusId ?? null,
    oldPipelineId: move.oldPipelineId ?? lead.pipelineId ?? null,
    movedAt: move.movedAt ?? lead.updatedAt ?? null,
  };
}

/** The leads of these moves: in one question where the account has the filter, else one by one. */
async function leadsOf(ctx: Context, ids: readonly string[], isListed: boolean): Promise<Map<string, JsonObject>> {
  const leads: JsonObject[] = [];
  if (isListed && ids.length > 1) {
    const body = await get(ctx, "leads", { filter: { id: [...ids] }, with: WITH.leads, limit: PAGE });
    leads.push(...embedded(body, "leads"));
  } else {
    for (const id of ids) leads.push(...[await read(ctx, "leads", id)].filter((lead) => lead !== null));
  }
  return new Map(leads.map((lead) => [textOf(lead.id) ?? "", lead]));
}

async function* moves(ctx: Context, options: JsonObject, since: PollSince): AsyncIterable<PollPage> {
  const end = secondsOf(since.until.getTime());
  let isListed: boolean | null = null;
  // Piece by piece: a long past comes oldest first though the log of a window may not. Years without moves are big pieces.
  let span = DAY_S;
  for (let from = secondsOf(since.at.getTime()); from <= end; ) {
    const to = Math.min(from + span - 1, end);
    const log = await logOf(ctx, from, to, {}, span > DAY_S ? 1 : undefined);
    if (log === null) {
      span = Math.max(DAY_S, Math.floor(span / 4));
      continue;
    }
    from = to + 1;
    if (log.length === 0) span = Math.min(span * 4, LONGEST_S);
    const wanted = log.filter((move) => isWanted(move, options));
    for (let start = 0; start < wanted.length; start += LOG_PAGE) {
      isListed ??= await isFilterOn(ctx);
      const some = wanted.slice(start, start + LOG_PAGE);
      const leads = await leadsOf(ctx, [...new Set(some.map(({ id }) => textOf(id) ?? ""))], isListed);
      // A lead that is gone by now is no news.
      const items = some.flatMap((move) => {
        const lead = leads.get(textOf(move.id) ?? "");
        return lead ? [itemOf(ctx, lead, move)] : [];
      });
      yield { items: await withNames(ctx, "leads", items) };
    }
  }
}

/** The same move in the log, whose time is its key; the delivery itself where the log doesn't know of it. */
async function logged(ctx: Context, delivery: JsonObject): Promise<JsonObject> {
  const at = Date.parse(textOf(delivery.movedAt) ?? "");
  if (Number.isNaN(at)) return delivery;
  const from = secondsOf(at - NEAR_MS);
  const near = await logOf(ctx, from, secondsOf(at + NEAR_MS), { entity: ["lead"], entity_id: [delivery.id ?? null] });
  const distance = (move: JsonObject) => Math.abs(Date.parse(textOf(move.movedAt) ?? "") - at);
  const same = (move: JsonObject, key: string) => delivery[key] === null || move[key] === delivery[key];
  const [known] = (near ?? [])
    .filter((move) => move.id === delivery.id && same(move, "statusId") && same(move, "oldStatusId"))
    .toSorted((one, other) => distance(one) - distance(other));
  if (known) return { ...delivery, ...known };
  if (ctx.now().getTime() - at > LATE_MS) return delivery;
  throw new ConnectorError(
    "temporary",
    {
      ru: "В журнале событий amoCRM этой смены этапа ещё нет.",
      en: "amoCRM's event log doesn't know of this move yet.",
    },
    { code: "log" },
  );
}

const statuses: Field = {
  key: "statuses",
  label: { ru: "Только на этапы", en: "Only to stages" },
  kind: "reference",
  list: { name: "statuses" },
  many: true,
  common: true,
};

export const leadMoved: Trigger = {
  key: "leadMoved",
  name: { ru: "Смена этапа сделки", en: "Lead moved" },
  about: {
    ru: "Сделку перевели на другой этап или в другую воронку.",
    en: "A lead went to another stage or pipeline.",
  },
  words: ["этап", "статус сделки", "воронка", "stage", "status", "moved"],
  options: [onlyPipelines, statuses, exceptUsers],
  output: [...leadOutput, ...nameOutput("leads"), ...moveOutput, ...moveNames],
  outputOf: (ctx) => customOutput(ctx, "leads"),
  sample: {
    ...leadSample,
    ...nameSample("leads"),
    statusId: "40002",
    statusName: "Переговоры",
    oldStatusId: "40001",
    oldPipelineId: "3001",
    oldStatusName: "Первичный контакт",
    oldPipelineName: "Воронка",
    movedAt: "2026-01-10T09:05:00.000Z",
  },
  repeats: "every",
  poll: { migrates: true, isAscending: true, items: moves },
  hook: {
    ...ownHook(() => ["status_lead"]),
    steps: [
      {
        ru: "Если тариф amoCRM не даёт ставить вебхуки по API: «amoМаркет → ⋯ → WebHooks», добавьте адрес и отметьте «Смена статуса сделки». Без вебхука связка узнаёт о сменах опросом.",
        en: "Where the amoCRM plan doesn't let the API do it: “amoMarket → ⋯ → WebHooks”, add the address and tick the change of a lead's stage. Without a webhook the bundle learns of moves by asking.",
      },
    ],
    deliveries: (request, options) =>
      sent(request, "leads", "status").flatMap((one) => {
        const move = {
          id: textOf(one.id),
          statusId: textOf(one.status_id),
          pipelineId: textOf(one.pipeline_id),
          oldStatusId: textOf(one.old_status_id),
          oldPipelineId: textOf(one.old_pipeline_id),
          movedAt: moment(one.updated_at) ?? moment(one.last_modified) ?? request.receivedAt?.toISOString() ?? null,
          by: textOf(one.modified_user_id),
        };
        return move.id !== null && isWanted(move, options) ? [move] : [];
      }),
    async enrich(ctx, delivery) {
      const record = await read(ctx, "leads", textOf(delivery.id) ?? "");
      if (!record) return null;
      const [named] = await withNames(ctx, "leads", [itemOf(ctx, record, await logged(ctx, delivery))]);
      return named ?? null;
    },
  },
  record: (item) => String(item.id),
  change: (item) => `${item.id}:${item.oldStatusId}:${item.statusId}:${item.movedAt}`,
  at: momentIn("movedAt"),
};
