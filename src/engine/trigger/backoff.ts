/** When a failed question to a service is asked again. */
import { ConnectorError } from "../../connectors/kit/errors.ts";

const MINUTE_MS = 60_000;
/** After 1, 5, 15 minutes, 1, 3, 6 hours, then every 6 hours. */
const WAITS = [1, 5, 15, 60, 180, 360].map((minutes) => minutes * MINUTE_MS);
export const MOST_RETRIES = WAITS.length;

/** Milliseconds after the given number of failures in a row (from 1); a service's Retry-After is the least, a day the most. */
export function waitAfter(failures: number, error: unknown): number {
  const own = WAITS[Math.min(failures, WAITS.length) - 1] ?? MINUTE_MS;
  const asked = error instanceof ConnectorError ? (error.details.retryAfterMs ?? 0) : 0;
  return Math.max(own, Math.min(asked, 1_440 * MINUTE_MS));
}

/** Only our own limit: the service wasn't asked at all, so nothing failed. Milliseconds to wait, or null. */
export function turnWait(error: unknown): number | null {
  if (!(error instanceof ConnectorError) || error.details.code !== "turn") return null;
  return error.details.retryAfterMs ?? 1_000;
}

export const isTemporary = (error: unknown): boolean =>
  error instanceof ConnectorError && (error.errorClass === "temporary" || error.errorClass === "unknown");
