/** Whether a failed statement says that the database is away or full, rather than that the statement is wrong. */

/** PostgreSQL's classes: connection, resources, operator's intervention, read-only; and what the driver and the network say. */
const AWAY =
  /^(?:08|53|55000|57P|58|25006|CONNECT|ECONN|EPIPE|ENOENT|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)/;

/** Looks through the wrappers of drizzle; never reads messages, which hold parameters. */
export function isOutage(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if ("code" in at && typeof at.code === "string" && AWAY.test(at.code)) return true;
  }
  return false;
}

/** What may be logged of a database error: codes and names, no parameters. */
export function loggable(error: unknown): { name: string; code?: string; stack?: string } {
  let at = error;
  for (let depth = 0; at instanceof Error && at.cause instanceof Error && depth < 5; depth++) at = at.cause;
  if (!(at instanceof Error)) return { name: typeof at };
  const code = "code" in at && typeof at.code === "string" ? at.code : undefined;
  // A statement's message may quote a value ("invalid input syntax for type json: …"), so it stays out.
  const stack = at.stack?.split("\n").slice(1, 8).join("\n");
  return { name: at.name, ...(code ? { code } : {}), ...(stack ? { stack } : {}) };
}
