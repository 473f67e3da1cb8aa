import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import type { Api, Connector, HttpCall } from "./define.ts";
import { ConnectorError, type ErrorClass } from "./errors.ts";
import { type HttpDeps, makeHttp } from "./http.ts";
import { makeLimiter } from "./limits.ts";
import { type Exchange, makeRecording } from "./recording.ts";
import { errorByStatus, retryAfter } from "./status.ts";

const text = (name: string) => ({ ru: name, en: name });
const SECRET = "top-secret-key";

function connector(api: Partial<Api> = {}): Connector {
  return {
    key: "test-service",
    name: text("Service"),
    about: text("a service"),
    auth: {
      kind: "fields",
      steps: [],
      fields: [
        { key: "key", label: text("Key"), kind: "text", secret: true },
        { key: "host", label: text("Host"), kind: "text", initial: "nobody.invalid" },
      ],
    },
    api: {
      base: "https://{host}",
      authorize: (auth) => ({ headers: { Authorization: `Bearer ${auth.key}` } }),
      error: (answer, call) => errorByStatus(answer, call, "Service", answer.text.slice(0, 100)),
      ...api,
    },
    triggers: [],
    actions: [],
  };
}

type Handle = (req: IncomingMessage, res: ServerResponse, body: string) => void;
let handle: Handle = (_, res) => res.end("{}");
const server = createServer((req, res) => {
  let body = "";
  req.on("data", (chunk) => {
    body += chunk;
  });
  req.on("end", () => handle(req, res, body));
});
let port = 0;
const opened: { close(): Promise<void> }[] = [];

function open(more: Partial<HttpDeps> = {}, api: Partial<Api> = {}) {
  const http = makeHttp({
    allowedHosts: [],
    endpoints: { TEST_SERVICE: `http://127.0.0.1:${port}/base` },
    clock: { now: () => new Date() },
    limiter: makeLimiter(),
    ...more,
  });
  opened.push(http);
  const said: Exchange[] = [];
  const call = http(connector(api), { key: SECRET }, (exchange) => said.push(exchange));
  return { call, said };
}

async function failure(call: Promise<unknown>): Promise<ConnectorError> {
  const error = await call.then(
    () => null,
    (caught: unknown) => caught,
  );
  assert.ok(error instanceof ConnectorError, String(error));
  return error;
}

before(async () => {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  port = (server.address() as AddressInfo).port;
});
after(async () => {
  await Promise.all(opened.map((http) => http.close()));
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

describe("a connector's way out", () => {
  it("joins address, query and credentials, and keeps what was said without secrets", async () => {
    const { call, said } = open();
    let seen: { url: string | undefined; auth: string | undefined; body: string } | null = null;
    handle = (req, res, body) => {
      seen = { url: req.url, auth: req.headers.authorization, body };
      res.setHeader("content-type", "application/json").end(`{"id": 4611686018427100001, "echo": "${SECRET}"}`);
    };
    const answer = await call({
      method: "POST",
      path: "/orders",
      query: { filter: { ids: [1, 2] }, no: null },
      json: { a: "b" },
    });
    assert.deepEqual(seen, {
      url: "/base/orders?filter%5Bids%5D%5B%5D=1&filter%5Bids%5D%5B%5D=2",
      auth: `Bearer ${SECRET}`,
      body: '{"a":"b"}',
    });
    assert.deepEqual(answer.json(), { id: "4611686018427100001", echo: SECRET });
    assert.ok(!JSON.stringify(said).includes(SECRET));
    assert.equal(said.length, 1);
  });

  it("sends forms the way PHP reads them", async () => {
    const { call } = open();
    let body = "";
    handle = (_, res, sent) => {
      body = sent;
      res.end("{}");
    };
    await call({ method: "POST", path: "/f", form: { a: [1, { b: "ю" }], c: { d: true }, e: undefined } });
    assert.equal(decodeURIComponent(body), "a[]=1&a[1][b]=ю&c[d]=true");
  });

  it("gives each failure the class that decides its repeat", async () => {
    const { call } = open();
    const cases: [status: number, unsafe: ErrorClass, safe: ErrorClass][] = [
      [400, "data", "data"],
      [401, "access", "access"],
      [403, "forbidden", "forbidden"],
      [404, "not_found", "not_found"],
      [429, "temporary", "temporary"],
      [500, "unknown", "temporary"],
      [503, "unknown", "temporary"],
    ];
    for (const [status, unsafe, safe] of cases) {
      handle = (_, res) => res.writeHead(status).end("no");
      assert.equal((await failure(call({ method: "POST", path: "/" }))).errorClass, unsafe, `POST ${status}`);
      assert.equal((await failure(call({ path: "/" }))).errorClass, safe, `GET ${status}`);
    }
  });

  it("knows a call that went out and was lost from one that never went out", async () => {
    const { call } = open();
    let requests = 0;
    handle = (req) => {
      requests++;
      req.socket.destroy();
    };
    assert.equal((await failure(call({ method: "POST", path: "/" }))).errorClass, "unknown");
    assert.equal(requests, 1, "a write is never repeated");
    assert.equal((await failure(call({ path: "/" }))).errorClass, "temporary");
    assert.equal(requests, 3, "a read is, once");
    const refused = open({ endpoints: { TEST_SERVICE: "http://127.0.0.1:1" } });
    assert.equal((await failure(refused.call({ method: "POST", path: "/" }))).errorClass, "temporary");
    const nowhere = open({
      endpoints: {},
      resolve: (_, __, done) => done(Object.assign(new Error("no"), { code: "ENOTFOUND" }), []),
    });
    const error = await failure(nowhere.call({ method: "POST", path: "/" }));
    assert.equal(error.errorClass, "temporary");
    assert.equal(error.details.code, "dns");
  });

  it("stops waiting, and stops reading", async () => {
    const { call } = open();
    handle = () => {};
    const quick: HttpCall = { path: "/", timeoutMs: 50 };
    assert.equal((await failure(call(quick))).errorClass, "temporary");
    assert.equal((await failure(call({ ...quick, method: "POST" }))).errorClass, "unknown");
    handle = (_, res) => {
      for (let part = 0; part < 20; part++) res.write("x".repeat(1_000));
      res.end();
    };
    assert.equal((await failure(call({ path: "/", maxBytes: 5_000 }))).details.code, "tooLarge");
    handle = (_, res) => res.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("x".repeat(100_000)));
    assert.equal((await failure(call({ path: "/", maxBytes: 5_000 }))).details.code, "tooLarge");
  });

  it("reads compressed answers and old alphabets, and says so of a web page", async () => {
    const { call } = open();
    handle = (_, res) => res.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync('{"a":1}'));
    assert.deepEqual((await call({ path: "/" })).json(), { a: 1 });
    handle = (_, res) =>
      res.writeHead(200, { "content-type": "text/plain; charset=windows-1251" }).end(Buffer.from([0xc0, 0xe1]));
    assert.equal((await call({ path: "/" })).text, "Аб");
    handle = (_, res) => res.end("<html><body>Вход</body></html>");
    const page = await call({ path: "/" });
    assert.throws(
      () => page.json(),
      (error: unknown) =>
        error instanceof ConnectorError && error.errorClass === "temporary" && error.details.own === "Вход",
    );
    const written = await call({ method: "POST", path: "/" });
    assert.throws(
      () => written.json(),
      (error: unknown) => error instanceof ConnectorError && error.errorClass === "unknown",
    );
  });

  it("follows a read to the same host and never carries the key elsewhere", async () => {
    const { call } = open();
    handle = (req, res) => {
      if (req.url === "/base/a") res.writeHead(302, { location: "/base/b" }).end();
      else if (req.url === "/base/away") res.writeHead(302, { location: "https://elsewhere.example/" }).end();
      else if (req.url === "/base/loop") res.writeHead(302, { location: "/base/loop" }).end();
      else res.end("{}");
    };
    assert.equal((await call({ path: "/a" })).status, 200);
    assert.equal((await failure(call({ path: "/away" }))).details.code, "302");
    assert.equal((await failure(call({ method: "POST", path: "/a" }))).details.code, "302");
    assert.equal((await failure(call({ path: "/loop" }))).details.code, "302");
  });

  it("stays out of inner networks, also when it is led there", async () => {
    const { call } = open(
      { endpoints: {} },
      { base: "http://127.0.0.1:{port}", names: () => ({ port: String(port) }) },
    );
    assert.equal((await failure(call({ path: "/" }))).details.code, "guard");
    const named = open(
      { endpoints: {}, resolve: (_, __, done) => done(null, [{ address: "127.0.0.1", family: 4 }]) },
      { base: "http://inner.example" },
    );
    assert.equal((await failure(named.call({ path: "/" }))).details.code, "guard");
    const allowed = open({ endpoints: {}, allowedHosts: [`127.0.0.1:${port}`] }, { base: `http://127.0.0.1:${port}` });
    handle = (req, res) =>
      req.url === "/go" ? res.writeHead(302, { location: "http://127.0.0.1:1/" }).end() : res.end("{}");
    assert.equal((await allowed.call({ path: "/" })).status, 200);
    assert.equal((await failure(allowed.call({ path: "/go" }))).details.code, "302");
  });

  it("refuses a host that a person typed with a path or a trick in it", async () => {
    const http = makeHttp({
      allowedHosts: [],
      endpoints: {},
      clock: { now: () => new Date() },
      limiter: makeLimiter(),
    });
    opened.push(http);
    for (const host of ["evil.example/?x=", "a@b", "a b"]) {
      const call = http(connector(), { key: SECRET, host }, () => {});
      assert.equal((await failure(call({ path: "/" }))).details.field, "host", host);
    }
  });

  it("says that a key can't be right before it is sent", async () => {
    const http = makeHttp({
      allowedHosts: [],
      endpoints: { TEST_SERVICE: `http://127.0.0.1:${port}` },
      clock: { now: () => new Date() },
      limiter: makeLimiter(),
    });
    opened.push(http);
    const error = await failure(http(connector(), { key: "ключ-с-буквами" }, () => {})({ path: "/" }));
    assert.equal(error.errorClass, "access");
  });

  it("counts the limits of connections that share a lane together, and of others apart", async () => {
    handle = (_, res) => res.end("{}");
    const http = makeHttp({
      allowedHosts: [],
      endpoints: { TEST_SERVICE: `http://127.0.0.1:${port}` },
      clock: { now: () => new Date() },
      limiter: makeLimiter({ now: () => 0, longestWaitMs: 0 }),
    });
    opened.push(http);
    const limits = { perSecond: 2 };
    const lane = ({ host = "" }: Readonly<Record<string, string>>) => {
      if (host !== "") return host;
      throw new ConnectorError("access", text("no portal"));
    };
    const call = (api: Partial<Api>, key: string, host = "") =>
      http(connector({ limits, ...api }), { key, ...(host ? { host } : {}) }, () => {})({ path: "/" });
    for (const key of ["one", "two"]) await call({ lane }, key, "demo");
    assert.equal(
      (await failure(call({ lane }, "three", "demo"))).details.code,
      "turn",
      "the portal's limit is used up",
    );
    await call({ lane }, "one", "other");
    for (let turn = 0; turn < 2; turn++) await call({ lane }, "one");
    assert.equal((await failure(call({ lane }, "one"))).details.code, "turn", "without a portal it stands for itself");
    await call({ lane }, "two");
    for (const key of ["one", "one", "two", "two"]) await call({}, key, "demo");
    assert.equal((await failure(call({}, "two", "demo"))).details.code, "turn");
  });

  it("reads Retry-After in both forms", () => {
    const answer = (value: string) => ({ status: 429, headers: { "retry-after": value }, text: "", json: () => null });
    const now = new Date("2026-01-10T09:00:00Z");
    assert.equal(retryAfter(answer("7"), now), 7_000);
    assert.equal(retryAfter(answer("Sat, 10 Jan 2026 09:01:00 GMT"), now), 60_000);
    assert.equal(retryAfter(answer("soon"), now), undefined);
  });
});

describe("recording", () => {
  it("is cut at 64 KiB and says so", () => {
    const recording = makeRecording();
    const long = {
      at: "",
      ms: 1,
      request: { method: "GET", url: "u", headers: {}, body: "" },
      answer: { status: 200, headers: {}, body: "x".repeat(1_000_000) },
    };
    for (let turn = 0; turn < 50; turn++) recording.record(long);
    const kept = JSON.stringify(recording.exchange());
    assert.ok(kept.length < 70 * 1024, String(kept.length));
    assert.match(kept, /… \[1000000\]/);
    assert.match(kept, /"dropped":\d+/);
  });
});
