import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { after, before, beforeEach, test } from "node:test";
import type { Connector } from "./define.ts";
import { ConnectorError } from "./errors.ts";
import { makeHttp } from "./http.ts";
import { makeLimiter } from "./limits.ts";
import { errorByStatus } from "./status.ts";

const text = (name: string) => ({ ru: name, en: name });
const service: Connector = {
  key: "proxied",
  name: text("Service"),
  about: text("a service"),
  auth: { kind: "fields", steps: [], fields: [{ key: "host", label: text("Host"), kind: "text" }] },
  api: { base: "http://{host}", error: (answer, call) => errorByStatus(answer, call, "Service", "") },
  triggers: [],
  actions: [],
};
const listen = async (server: Server): Promise<number> => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
};

/** What the proxy was asked to connect to. */
const asked: string[] = [];
const sockets = new Set<Socket>();
const target = createServer((req, res) => res.end(JSON.stringify({ host: req.headers.host })));
const proxy = createServer();
let targetPort = 0;
let http: ReturnType<typeof makeHttp>;
before(async () => {
  targetPort = await listen(target);
  proxy.on("connect", (req, client: Socket) => {
    asked.push(req.url ?? "");
    const there = connect(targetPort, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 OK\r\n\r\n");
      there.pipe(client).pipe(there);
    });
    for (const socket of [client, there]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
    }
  });
  const names: Record<string, string> = { "service.example": "93.184.216.34", "inner.example": "10.0.0.7" };
  http = makeHttp({
    allowedHosts: [`127.0.0.1:${targetPort}`],
    endpoints: {},
    clock: { now: () => new Date() },
    limiter: makeLimiter(),
    proxy: `http://127.0.0.1:${await listen(proxy)}`,
    resolve: (host, _, done) => {
      const address = names[host];
      if (address) done(null, [{ address, family: 4 }]);
      else done(Object.assign(new Error("not found"), { code: "ENOTFOUND" }), []);
    },
  });
});
beforeEach(() => asked.splice(0));
after(async () => {
  await http.close();
  for (const socket of sockets) socket.destroy();
  for (const server of [target, proxy]) {
    server.closeAllConnections();
    server.close();
  }
});
const call = (host: string) => http(service, { host }, () => {})({ path: "/" });

test("a service is reached through the proxy, by its name", async () => {
  assert.deepEqual((await call("service.example")).json(), { host: "service.example" });
  assert.deepEqual(asked, ["service.example:80"]);
});

test("an allowed host is reached directly", async () => {
  assert.equal((await call(`127.0.0.1:${targetPort}`)).status, 200);
  assert.deepEqual(asked, []);
});

test("the guard still judges what a name leads to, and the proxy isn't even asked", async () => {
  const isGuard = (error: unknown) => error instanceof ConnectorError && error.details.code === "guard";
  for (const host of ["inner.example", "10.0.0.7", "127.0.0.1:1", "localhost"])
    await assert.rejects(call(host), isGuard);
  await assert.rejects(call("nowhere.example"), (error) => error instanceof ConnectorError);
  assert.deepEqual(asked, []);
});
