/** The log: pino with redaction by key and by value. */
import { type DestinationStream, type Logger, pino, stdSerializers } from "pino";

export type Log = Pick<Logger, "debug" | "info" | "warn" | "error" | "child">;

const HIDDEN = ["token", "password", "secret", "authorization", "apiKey", "api_key", "cookie", "botToken"];

/** What looks like a secret, wherever it stands: in a message, an address, somebody's error. */
const VALUES: readonly [RegExp, string][] = [
  [/(?<!\d)\d{6,}:[\w-]{20,}/g, "•••"],
  [/\b(Bearer|Basic|Token) [\w.~+/=-]{6,}/gi, "$1 •••"],
  [/\b((?:access_|refresh_|api_?)?(?:token|key|secret|password|passwd|sign))=[^&\s"'\\]+/gi, "$1=•••"],
  [/(\/(?:hooks|telegram|oauth)\/)(?!app\/)[\w-]{12,}/g, "$1•••"],
  [/(\w+:\/\/[^\s:/@"]*:)[^\s@/"]+@/g, "$1•••@"],
];

export function hideSecrets(text: string): string {
  return VALUES.reduce((hidden, [pattern, instead]) => hidden.replace(pattern, instead), text);
}

/** One JSON object a line; to stdout where no destination is given. */
export function makeLog(level: string, destination?: DestinationStream): Log {
  const options = {
    level,
    redact: { paths: HIDDEN.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: "•••" },
    serializers: { err: describeError, error: describeError },
    hooks: { streamWrite: hideSecrets },
  };
  return destination ? pino(options, destination) : pino(options);
}

interface DatabaseError extends Error {
  readonly code?: string;
  readonly table_name?: string;
  readonly constraint_name?: string;
  readonly query?: string;
}

/** Errors of the database without what was sent to it: Drizzle's message holds every parameter, Postgres' detail rows. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const cause = error.cause as DatabaseError | undefined;
  const isDrizzle = error.name === "DrizzleQueryError" || (error as DatabaseError).query !== undefined;
  const database = isDrizzle && cause instanceof Error ? cause : (error as DatabaseError);
  if (!isDrizzle && database.name !== "PostgresError") return stdSerializers.err(error);
  // Classes 22 and 23 (data, constraints) quote values.
  const quotesValues = /^2[23]/.test(database.code ?? "");
  return {
    type: "DatabaseError",
    code: database.code,
    message: quotesValues ? undefined : database.message,
    table: database.table_name,
    constraint: database.constraint_name,
    stack: error.stack
      ?.split("\n")
      .filter((line) => /^\s+at /.test(line))
      .join("\n"),
  };
}
