/** A request of a service as a connector's hook gets it: read as the app's own web server reads it. */
import type { IncomingMessage } from "node:http";
import type { HookRequest } from "../../src/connectors/kit/define.ts";
import { readBody } from "../../src/web/body.ts";
import { parseForm } from "../../src/web/form.ts";

export async function requestOf(req: IncomingMessage, receivedAt: Date): Promise<HookRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  const headers = Object.fromEntries(Object.entries(req.headers).map(([name, value]) => [name, String(value)]));
  const type = headers["content-type"] ?? "";
  const read = await readBody(Buffer.concat(chunks), type, headers["content-encoding"] ?? "");
  const query = parseForm((req.url ?? "").split("?")[1] ?? "");
  return { method: req.method ?? "GET", headers, query, ...read, receivedAt };
}
