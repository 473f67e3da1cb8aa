/** A server of the test on loopback that a sandbox can call: hears requests as the web part would hand them on. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { HookAnswer, HookRequest } from "../../src/connectors/kit/define.ts";
import { readBody } from "../../src/web/body.ts";
import { parseForm } from "../../src/web/form.ts";

export interface Ear {
  readonly url: string;
  readonly heard: HookRequest[];
  stop(): Promise<void>;
}

export async function openEar(answer: (request: HookRequest) => Promise<HookAnswer> | HookAnswer): Promise<Ear> {
  const heard: HookRequest[] = [];
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    const request: HookRequest = {
      method: req.method ?? "GET",
      headers: Object.fromEntries(Object.entries(req.headers).map(([name, value]) => [name, String(value)])),
      query: parseForm(new URL(req.url ?? "/", "http://ear").search.slice(1)),
      receivedAt: new Date(),
      ...(await readBody(Buffer.concat(chunks), req.headers["content-type"] ?? "", "")),
    };
    heard.push(request);
    const { status, headers, body } = await Promise.resolve(answer(request)).catch(() => ({
      status: 500,
      headers: {},
      body: "",
    }));
    res.writeHead(status, { ...headers }).end(body);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/test`,
    heard,
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
