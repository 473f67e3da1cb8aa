/** A fresh sandbox for one case of the contract suite: counts what reaches it, plays faults at a chosen request. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { makeSandboxes } from "../../playground/sandboxes/index.ts";
import type { Sandbox, SandboxDeps } from "../../playground/sandboxes/kit.ts";
import { openStore } from "../../playground/store.ts";
import { endpointName } from "../../src/connectors/kit/base.ts";
import type { Connector, Context, HookAnswer, HookRequest } from "../../src/connectors/kit/define.ts";
import { makeHttp } from "../../src/connectors/kit/http.ts";
import { makeMask, maskExchange, secretsOf } from "../../src/connectors/kit/mask.ts";
import { fieldsOf } from "../../src/connectors/kit/oauth.ts";
import type { Exchange } from "../../src/connectors/kit/recording.ts";
import type { Contract, Fault, Hit, Stand } from "./contract.ts";
import { requestOf } from "./contractear.ts";
import { longOut, shortIds, shortIn } from "./contractids.ts";
import { overhear } from "./contractlog.ts";

/** Late in the evening of UTC: elsewhere it is another day already. */
const START = Date.parse("2026-03-31T21:30:00.000Z");
/** As long as the engine's own addresses, which are secret. */
const HOOK = "/hooks/contract-of-this-stand-7c1d";

export interface Subject {
  readonly connector: Connector;
  readonly contract: Contract;
  /** Its sandbox, where it isn't one of the usual ones. */
  readonly makers?: readonly ((deps: SandboxDeps) => Sandbox)[];
}

export async function openStand({ connector, contract, makers }: Subject): Promise<Stand> {
  let at = START;
  const now = () => new Date(at);
  const key = contract.sandbox ?? connector.key;
  let origin = "";
  const store = openStore(":memory:");
  const given = makers ?? contract.makers;
  const sandboxes = makeSandboxes({
    store,
    origin: () => origin,
    changed: () => {},
    now,
    ...(given ? { makers: given } : {}),
  });
  const { answers } = contract;
  const view = () => (sandboxes.has(key) ? sandboxes.one(key) : null);
  const rows = (table: string) => view()?.tables.find(({ name }) => name === table)?.rows ?? [];

  const hits: Hit[] = [];
  const left: unknown[] = [];
  const exchanges: Exchange[] = [];
  const lengthened = new Set<string>();
  let isLengthening = false;
  let echo: { status: number; type: "json" | "html" } | null = null;
  let fault: { at: number; kind: Fault } | null = null;
  let count = () => 0;
  let hear: ((request: HookRequest) => Promise<HookAnswer>) | null = null;
  const printed = overhear();

  function heal(): void {
    sandboxes.setSwitch(key, answers ? "answer" : "health", "ok");
    fault = null;
  }

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    if (hear && req.url?.startsWith(HOOK)) {
      const { status, headers, body } = await hear(await requestOf(req, now()));
      return void res.writeHead(status, headers ?? {}).end(body ?? "ok");
    }
    const path = (req.url ?? "").replace(/^\/sandbox\/[\w-]+/, "");
    if (echo) return void (await repeat(req, res, echo));
    const isDue = fault?.at === hits.length + 1;
    if (fault && isDue) {
      const { kind } = fault;
      sandboxes.setSwitch(key, "health", kind === "lost" || kind === "cut" ? `${kind}:1` : kind);
    }
    const hit = { method: req.method ?? "GET", path: path.split("?")[0] ?? "", records: 0 };
    hits.push(hit);
    if (isLengthening) await sandboxes.handle(key, shortIn(req), longOut(res, lengthened), shortIds(path) || "/");
    else await sandboxes.handle(key, req, res, path || "/");
    hit.records = count();
    // A revoked key stays so: a connector may ask for another and try once more.
    if (isDue && fault?.kind !== "expired") heal();
  }

  const server = createServer((req, res) => {
    answer(req, res).catch((error: unknown) => res.writeHead(500).end(String(error)));
  });
  await new Promise<void>((done, fail) => {
    server.once("error", fail);
    server.listen(0, "127.0.0.1", done);
  });
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const doors = await sandboxes.open(key);
  const shown = view();
  const credentials = Object.fromEntries(shown?.credentials.map((one) => [one.key, one.value]) ?? []);
  const auth = contract.auth?.(credentials) ?? credentials;
  const pending = new Set<Promise<void>>();
  const http = makeHttp({
    allowedHosts: [new URL(origin).host, ...doors],
    endpoints: { [endpointName(connector.key)]: shown?.endpoint ?? "" },
    clock: { now },
    limiter: {
      take: async (_lane, limits) => {
        left.push(limits);
        return () => {};
      },
    },
  });
  const mask = makeMask(secretsOf(connector.auth, auth).secrets);
  const send = http(connector, auth, (exchange) => exchanges.push(exchange));
  const ctx: Context = {
    auth,
    http(call) {
      // A second passes with every call, so that no case waits for a rate limit.
      at += 1_000;
      const sent = send(call);
      const ended = sent.then(
        () => {},
        () => {},
      );
      pending.add(ended);
      void ended.then(() => pending.delete(ended));
      return sent;
    },
    locale: "ru",
    timeZone: "Europe/Moscow",
    country: "RU",
    now,
    tcp: { ...http.dial, record: (exchange) => void exchanges.push(maskExchange(exchange, mask)) },
  };
  let calls = 0;
  const secret = fieldsOf(connector.auth).flatMap((field) => (field.secret ? [auth[field.key] ?? ""] : []));
  return {
    connector,
    contract,
    ctx,
    base: shown?.base ?? "",
    app: shown?.app ?? null,
    ear: `${origin}${HOOK}`,
    perSecond: shown?.perSecond ?? 0,
    secrets: [...secret, ...(contract.secrets ?? [])].filter((one) => one.length > 3),
    hits,
    left,
    now,
    move: (ms) => {
      at += ms;
    },
    press: (button, fields = {}) => sandboxes.press(key, button, fields),
    set: (name, value) => sandboxes.setSwitch(key, name, value),
    rows,
    async run(name, input) {
      const action = connector.actions.find((one) => one.key === name);
      if (!action) throw new Error(`${connector.key} has no action ${name}`);
      return action.run(ctx, input, { key: `once-${++calls}` });
    },
    counting(counted) {
      count = counted;
    },
    listen(heard) {
      hear = heard;
    },
    failAt(number, kind) {
      const answer = answers?.[kind];
      if (answer !== undefined) return sandboxes.setSwitch(key, "answer", answer);
      fault = { at: hits.length + number, kind };
    },
    async settled() {
      await Promise.all(pending);
    },
    heal,
    echo: (as) => {
      if (answers?.echo !== undefined) sandboxes.setSwitch(key, "answer", as ? answers.echo : "ok");
      else echo = as;
    },
    lengthenIds() {
      isLengthening = true;
      return lengthened;
    },
    history: () => JSON.stringify(exchanges),
    logged: (errors) => printed.logged(errors),
    async stop() {
      printed.stop();
      await http.close();
      await sandboxes.close();
      await new Promise<void>((done) => {
        server.close(() => done());
        server.closeAllConnections();
      });
      store.close();
    },
  };
}

/** Answers with everything that was sent, in the places where services put their words. */
async function repeat(req: IncomingMessage, res: ServerResponse, as: { status: number; type: "json" | "html" }) {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  const said = `${req.method} ${req.url} ${JSON.stringify(req.headers)} ${Buffer.concat(chunks).toString("utf8")}`;
  const words = { message: said, error: said, code: said, field: said, title: said, detail: said, description: said };
  const body =
    as.type === "html"
      ? `<html><title>${said}</title><body>${said}</body></html>`
      : JSON.stringify({
          ...words,
          success: false,
          errorMsg: said,
          error_description: said,
          error_msg: said,
          errors: [words],
          "validation-errors": [{ errors: [words] }],
        });
  res.writeHead(as.status, { "content-type": as.type === "html" ? "text/html" : "application/json" }).end(body);
}
