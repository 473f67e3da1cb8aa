/** The sandboxes alone on a port of this machine: for connector authors, tests and real clients of the services. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { makeSandboxes } from "./index.ts";
import type { Sandboxes, Store } from "./types.ts";

/** Listens on loopback; port 0 takes a free one. `/sandbox/<key>/…` are the services, `/api/sandboxes` what a person presses. */
export async function serveSandboxes(deps: {
  store: Store;
  port?: number;
  now?: () => Date;
}): Promise<{ url: string; hosts: readonly string[]; sandboxes: Sandboxes; stop(): Promise<void> }> {
  let url = "";
  const sandboxes = makeSandboxes({
    store: deps.store,
    origin: () => url,
    changed: () => {},
    ...(deps.now ? { now: deps.now } : {}),
  });
  const server = createServer((req, res) => {
    answer(sandboxes, req, res).catch((error: unknown) => reply(res, 500, { error: String(error) }));
  });
  await new Promise<void>((done, fail) => {
    server.once("error", fail);
    server.listen(deps.port ?? 0, "127.0.0.1", done);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const doors = await sandboxes.open();
  return {
    url,
    /** What a guard must let pass. */
    hosts: [new URL(url).host, ...doors],
    sandboxes,
    async stop() {
      await sandboxes.close();
      await new Promise<void>((done) => {
        server.close(() => done());
        server.closeAllConnections();
      });
    },
  };
}

async function answer(sandboxes: Sandboxes, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const path = req.url ?? "/";
  const service = path.match(/^\/sandbox\/([\w-]+)(.*)$/);
  if (service) return sandboxes.handle(service[1] ?? "", req, res, service[2] || "/");
  if (path === "/api/sandboxes" && req.method === "GET") return reply(res, 200, sandboxes.list());
  const action = path.match(/^\/api\/sandboxes\/([\w-]+)\/(?:buttons\/([\w-]+)|(switches|reset))$/);
  if (!action || req.method !== "POST") return reply(res, 404, { error: "not found" });
  const [, key = "", button, other] = action;
  try {
    const body = JSON.parse((await readText(req)) || "{}") as {
      fields?: Record<string, string>;
      key?: string;
      value?: string;
    };
    if (button) return reply(res, 200, await sandboxes.press(key, button, body.fields ?? {}));
    if (other === "reset") sandboxes.reset(key);
    else sandboxes.setSwitch(key, String(body.key), String(body.value));
    reply(res, 200, {});
  } catch (error) {
    reply(res, 400, { error: error instanceof Error ? error.message : String(error) });
  }
}

async function readText(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function reply(res: ServerResponse, status: number, value: unknown): void {
  res.writeHead(status, { "content-type": "application/json; charset=utf-8" }).end(JSON.stringify(value));
}
