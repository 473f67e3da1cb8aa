/** The service's limit: units in a window, and the answer to who used them up. */
import type { Reply, SandboxDeps } from "../kit.ts";
import { refuse } from "./refusals.ts";

const UNITS = 45;
const WINDOW_MS = 3_000;
/** What a request costs, and since when. */
const WEIGHTS = [
  ["2026-05-12", 2],
  ["2026-09-01", 3],
  ["2026-12-01", 4],
] as const;

export const tooMany: Reply = {
  ...refuse(429, 1049, "Превышено ограничение на количество запросов в единицу времени"),
  headers: {
    "content-type": "application/json; charset=utf-8",
    "x-ratelimit-remaining": "0",
    "x-lognex-retry-timeinterval": String(WINDOW_MS),
    "x-lognex-reset": "1000",
    "x-lognex-retry-after": "1000",
  },
};

export function makeUnits({ now }: Pick<SandboxDeps, "now">) {
  let starts: number[] = [];
  /** What is left of 45 units in 3 s; a request's weight grows by the published dates. Null: nothing is. */
  function take(): number | null {
    const at = now().getTime();
    const weight = WEIGHTS.findLast(([from]) => at >= Date.parse(from))?.[1] ?? 1;
    const most = Math.floor(UNITS / weight);
    starts = starts.filter((start) => at - start < WINDOW_MS);
    if (starts.length >= most) return null;
    starts.push(at);
    return most - starts.length;
  }

  return {
    take,
    clear: () => {
      starts = [];
    },
  };
}
