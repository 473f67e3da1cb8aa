/** `batch`: up to fifty commands, later ones may use what earlier ones gave. */
import { nested, object } from "../kit.ts";
import type { Answer, Params } from "./methods.ts";
import { Refusal } from "./refusals.ts";

const MOST = 50;

/** `$result[page][49][ID]` out of what the commands before gave; nothing where there is no such value. */
function taken(value: unknown, results: Readonly<Record<string, unknown>>): unknown {
  if (Array.isArray(value)) return value.map((one) => taken(one, results));
  const map = object(value);
  if (map) return Object.fromEntries(Object.entries(map).map(([key, one]) => [key, taken(one, results)]));
  const path = typeof value === "string" ? /^\$result((?:\[[^[\]]+\])+)$/.exec(value)?.[1] : undefined;
  if (path === undefined) return value;
  let at: unknown = results;
  for (const [, part = ""] of path.matchAll(/\[([^[\]]+)\]/g)) {
    at = typeof at === "object" && at !== null ? (at as Record<string, unknown>)[part] : undefined;
  }
  return at === undefined ? "" : at;
}

const orList = (map: Record<string, unknown>) => (Object.keys(map).length === 0 ? [] : map);

export function batched(params: Params, run: (method: string, params: Params) => Answer): Answer {
  const commands = Object.entries((params.cmd as Record<string, unknown> | undefined) ?? {});
  if (commands.length > MOST) throw new Refusal(400, "ERROR_BATCH_LENGTH_EXCEEDED", "Max batch length exceeded");
  const result: Record<string, unknown> = {};
  const errors: Record<string, unknown> = {};
  const totals: Record<string, unknown> = {};
  const nexts: Record<string, unknown> = {};
  const times: Record<string, unknown> = {};
  for (const [key, command] of commands) {
    const [method = "", query = ""] = String(command).split(/\?(.*)/s);
    try {
      if (method === "batch")
        throw new Refusal(405, "ERROR_BATCH_METHOD_NOT_ALLOWED", "Method is not allowed for batch usage");
      const own = taken(nested(new URLSearchParams(query)), result) as Params;
      const answer = run(method, own);
      result[key] = answer.result;
      if (answer.total !== undefined) totals[key] = answer.total;
      if (answer.next !== undefined) nexts[key] = answer.next;
      times[key] = { duration: 0.01 };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      errors[key] = { error: error.code, error_description: error.words };
      if (String(params.halt) === "1") break;
    }
  }
  return {
    result: {
      result: orList(result),
      result_error: orList(errors),
      result_total: orList(totals),
      result_next: orList(nexts),
      result_time: orList(times),
    },
  };
}
