/** The way to PostgreSQL: drizzle over postgres.js. */
import type { Sql } from "postgres";
import type { Db } from "../engine/parts.ts";
import { drizzle, postgres } from "./postgres.ts";
import * as schema from "./schema.ts";

export interface Client {
  readonly db: Db;
  /** For LISTEN and for tests; queries of the product go through drizzle. */
  readonly sql: Sql;
  end(): Promise<void>;
}

/**
 * Connections of one process. The worker keeps at most 64 runs in flight, each of which holds a connection only for
 * single statements and short transactions, so 12 are enough; pg-boss brings up to 4 of its own. The embedded server
 * allows 60: an app, a few commands beside it and spare ones.
 */
export const POOL = { app: 12, command: 3 } as const;

/** Integers that a double can't hold stay decimal text, as in the connectors' JSON. */
function readJson(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown, context?: { source?: string }) =>
    typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? "")
      ? context?.source
      : value,
  );
}

/** postgres.js knows no `?host=/directory`, the form that libpq and pg understand for a unix socket. */
export function socketDirectory(url: string): string | undefined {
  return new URL(url).searchParams.get("host") ?? undefined;
}

/** Opens a pool on a `postgres://` URL; connects lazily. */
export function makeClient(options: { url: string; max: number; name?: string }): Client {
  const directory = socketDirectory(options.url);
  const url = new URL(options.url);
  url.searchParams.delete("host");
  const sql = postgres(url.href, {
    ...(directory ? { host: directory, port: Number(url.port || 5432) } : {}),
    max: options.max,
    connect_timeout: 10,
    // An idle pool shrinks: backends cost memory.
    idle_timeout: 120,
    // The driver's own waits grow to 20 s: after an outage webhooks would be refused that much longer.
    backoff: (failures: number) => Math.min(0.05 * 2 ** failures, 1),
    onnotice: () => {},
    connection: { application_name: options.name ?? "svyazka", TimeZone: "UTC" },
    types: { json: { to: 114, from: [114, 3802], serialize: JSON.stringify, parse: readJson } },
  });
  return { db: drizzle(sql, { schema }), sql, end: () => sql.end({ timeout: 5 }) };
}
