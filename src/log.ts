/** The log: pino with redaction by key and by value. */
import { type Logger, pino } from "pino";

export type Log = Pick<Logger, "debug" | "info" | "warn" | "error" | "child">;

const HIDDEN = ["token", "password", "secret", "authorization", "apiKey", "api_key", "cookie"];

export function makeLog(level: string): Log {
  return pino({ level, redact: { paths: HIDDEN.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: "•••" } });
}
