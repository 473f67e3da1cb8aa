/** Looks for planted secrets in every dress in which they might turn up. */
import { createServer, type Server } from "node:http";
import type { FreshDatabase } from "./database.ts";

/** The secret as it is, encoded for an address, in base64 (padded or not) and in hex. */
function dresses(secret: string): string[] {
  const base64 = Buffer.from(secret).toString("base64").replace(/=+$/, "");
  return [secret, encodeURIComponent(secret), base64.slice(0, -1), Buffer.from(secret).toString("hex")];
}

/** Names of the canaries that stand in the text. */
export function canariesIn(text: string, canaries: Readonly<Record<string, string>>): string[] {
  return Object.entries(canaries).flatMap(([name, secret]) =>
    dresses(secret).some((dress) => text.includes(dress)) ? [name] : [],
  );
}

/** Every row of every table, the queue's and the migrations' too, as text: `table: row`. */
export async function dumpOf({ sql }: FreshDatabase): Promise<string[]> {
  const tables = await sql<{ schema: string; name: string }[]>`
    select table_schema as schema, table_name as name from information_schema.tables
    where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`;
  const rows = tables.map(async ({ schema, name }) => {
    const found = await sql.unsafe<{ row: string }[]>(`select t::text as row from "${schema}"."${name}" t`);
    return found.map(({ row }) => `${name}: ${row}`);
  });
  return (await Promise.all(rows)).flat();
}

/** Quotes whatever it is sent, as services do that are out of order. */
export function echoServer(): Server {
  return createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const said = { error: { message: `bad request ${request.url}`, headers: request.headers, body } };
    response.writeHead(400, { "content-type": "application/json", "x-echo": request.headers.authorization ?? "" });
    response.end(JSON.stringify(said));
  });
}

/** A webhook that wants a secret, and a request with a key to a service on this machine. */
export const secretBundle = (port: number, hookSecret: string, stepKey: string) => ({
  format: 1,
  trigger: {
    connector: "webhook",
    trigger: "incoming",
    connection: null,
    options: { verify: "header", header: "x-key", secret: hookSecret },
  },
  steps: [
    {
      id: "aaa",
      kind: "action",
      connector: "http",
      action: "request",
      connection: null,
      input: {
        method: "POST",
        url: `http://127.0.0.1:${port}/in`,
        bodyKind: "json",
        body: '{"name": "{{ trigger.body.name }}"}',
        auth: "bearer",
        authValue: stepKey,
      },
    },
  ],
});
