/** When failures make a bundle pause itself, and when it says so first. */
import type { Text } from "../../connectors/kit/fields.ts";

export const STREAK = 10;
const WARNED = 8;
/** Of more than so many runs in seven days, so many percent. */
const ENOUGH = 20;
const PERCENT = 95;
export const WATCHED_MS = 7 * 24 * 3_600_000;
/** Runs looked at: enough for a share, few enough for every failure. */
export const LOOKED_AT = 200;

export type Verdict = { readonly do: "nothing" } | { readonly do: "warn" | "pause"; readonly why: Text };

/** `failed`: outcomes of the last seven days, the newest first. */
export function judgeStreak(failed: readonly boolean[]): Verdict {
  const firstGood = failed.indexOf(false);
  const streak = firstGood < 0 ? failed.length : firstGood;
  if (streak >= STREAK) {
    return {
      do: "pause",
      why: {
        ru: `${streak} запусков подряд закончились ошибкой, поэтому связка поставлена на паузу. Исправьте причину и включите её снова.`,
        en: `${streak} runs in a row failed, so the bundle was paused. Mend the cause and start it again.`,
      },
    };
  }
  const bad = failed.filter(Boolean).length;
  if (failed.length > ENOUGH && bad * 100 >= failed.length * PERCENT) {
    return {
      do: "pause",
      why: {
        ru: `За неделю ошибкой закончились ${bad} запусков из ${failed.length}, поэтому связка поставлена на паузу. Исправьте причину и включите её снова.`,
        en: `${bad} of ${failed.length} runs failed within a week, so the bundle was paused. Mend the cause and start it again.`,
      },
    };
  }
  if (streak === WARNED) {
    return {
      do: "warn",
      why: {
        ru: `${WARNED} запусков подряд закончились ошибкой. После ${STREAK} связка встанет на паузу.`,
        en: `${WARNED} runs in a row failed. After ${STREAK} the bundle will be paused.`,
      },
    };
  }
  return { do: "nothing" };
}
