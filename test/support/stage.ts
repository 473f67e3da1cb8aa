/**
 * The part of the engine that runs bundles, on a real database, against a small service on a real HTTP server: for
 * tests of runs and incidents. The service and its connector are made up, strict and easy to break.
 */
import { randomBytes } from "node:crypto";
import { once as onceEvent } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { request } from "undici";
import type { Action, Connector, Found, Http, JsonObject } from "../../src/connectors/kit/define.ts";
import { ConnectorError } from "../../src/connectors/kit/errors.ts";
import type { Client } from "../../src/db/client.ts";
import { bundles, members, versions, workspaces } from "../../src/db/schema.ts";
import type { Bundle, Step } from "../../src/engine/bundle/model.ts";
import { makeVault } from "../../src/engine/connection/vault.ts";
import type { Alert, Scope } from "../../src/engine/engine.ts";
import { newId } from "../../src/engine/id.ts";
import { makeIncidents } from "../../src/engine/incident/incidents.ts";
import { makeOnce } from "../../src/engine/once.ts";
import type { NewRun, Opener, Shared } from "../../src/engine/parts.ts";
import { makeQueue } from "../../src/engine/queue.ts";
import { makeAdmission } from "../../src/engine/run/admission.ts";
import { makeRevival } from "../../src/engine/run/revival.ts";
import { makeRuns } from "../../src/engine/run/runs.ts";
import { makeWorker } from "../../src/engine/run/worker.ts";
import { makeLog } from "../../src/log.ts";

const said = (text: string) => ({ ru: text, en: text });

// ---------------------------------------------------------------- the service

export interface Deal extends JsonObject {
  id: string;
  title: string;
}
type Fault = (req: IncomingMessage, res: ServerResponse, work: () => void) => void | Promise<void>;

export interface Service {
  readonly url: string;
  readonly deals: Deal[];
  /** Every request, as `POST /deals`. */
  readonly calls: string[];
  /** What happens instead; `work` does the request's effect without answering. Null: all is well. */
  fault: Fault | null;
  close(): Promise<void>;
}

export async function startService(): Promise<Service> {
  const deals: Deal[] = [];
  const calls: string[] = [];
  const server = createServer(async (req, res) => {
    let text = "";
    for await (const chunk of req) text += chunk;
    const url = new URL(req.url ?? "/", "http://service");
    calls.push(`${req.method} ${url.pathname}`);
    let answer: unknown = {};
    const work = () => {
      const body = text === "" ? {} : JSON.parse(text);
      if (req.method === "POST" && url.pathname === "/deals") {
        const deal = { ...body, id: String(deals.length + 1) };
        deals.push(deal);
        answer = deal;
      } else if (req.method === "POST") {
        const deal = deals.find(({ id }) => `/deals/${id}` === url.pathname);
        if (deal) Object.assign(deal, body);
        answer = deal ?? {};
      } else {
        const [[key, value] = ["", ""]] = [...url.searchParams];
        answer = deals.filter((deal) => String(deal[key] ?? "") === value);
      }
    };
    if (service.fault) {
      await service.fault(req, res, work);
      if (res.writableEnded || res.destroyed) return;
      if (res.statusCode !== 200) return void res.end(JSON.stringify({ error: `said ${res.statusCode}` }));
    } else work();
    res.end(JSON.stringify(answer));
  });
  server.listen(0, "127.0.0.1");
  await onceEvent(server, "listening");
  const service: Service = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    deals,
    calls,
    fault: null,
    async close() {
      server.closeAllConnections();
      server.close();
      await onceEvent(server, "close");
    },
  };
  return service;
}

// ---------------------------------------------------------------- its connector

const fields = [
  { key: "title", label: said("Title"), kind: "text", required: true },
  { key: "phone", label: said("Phone"), kind: "phone" },
  { key: "email", label: said("E-mail"), kind: "email" },
  { key: "comment", label: said("Comment"), kind: "longText" },
  { key: "code", label: said("Code"), kind: "text" },
] as const;

async function findDeals(http: Http, key: string, value: unknown): Promise<Found[]> {
  const answer = await http({ path: "/deals", query: { [key]: value } });
  return (answer.json() as Deal[]).map((deal) => ({ id: deal.id, output: deal, fields: deal, createdAt: deal.id }));
}

const create: Omit<Action, "key" | "name"> = {
  kind: "create",
  safe: false,
  fields,
  output: [{ key: "id", label: said("Id"), kind: "text" }],
  sample: { id: "1" },
  run: async ({ http }, input) => (await http({ method: "POST", path: "/deals", json: input })).json() as JsonObject,
  duplicates: {
    keys: ["phone", "email", "code"],
    find: ({ http }, key, value) => findDeals(http, key, value),
    update: async ({ http }, found, changes) =>
      (await http({ method: "POST", path: `/deals/${found.id}`, json: changes })).json() as JsonObject,
  },
};

export const crm: Connector = {
  key: "crm",
  name: said("CRM"),
  about: said("A small CRM"),
  auth: { kind: "none" },
  triggers: [
    {
      key: "call",
      name: said("Call"),
      options: [],
      output: [{ key: "phone", label: said("Phone"), kind: "phone", meaning: "phone" }],
      sample: { phone: "+79990000000" },
      record: (item) => String(item.id),
      change: (item) => String(item.id),
      at: () => null,
    },
  ],
  actions: [
    { ...create, key: "create", name: said("New deal") },
    {
      ...create,
      key: "createTraced",
      name: said("New deal with a key"),
      run: async ({ http }, input, once) =>
        (await http({ method: "POST", path: "/deals", json: { ...input, key: once.key } })).json() as JsonObject,
      lookup: async ({ http }, _input, once) => (await findDeals(http, "key", once.key))[0]?.output ?? "absent",
    },
    {
      key: "find",
      name: said("Find a deal"),
      kind: "find",
      safe: true,
      fields: [{ key: "code", label: said("Code"), kind: "text" }],
      output: [{ key: "id", label: said("Id"), kind: "text" }],
      sample: { id: "1" },
      run: async ({ http }, input) => (await findDeals(http, "code", input.code))[0]?.output ?? {},
    },
    {
      key: "ping",
      name: said("Ping"),
      kind: "other",
      safe: true,
      fields: [{ key: "text", label: said("Text"), kind: "text" }],
      output: [],
      sample: {},
      run: async ({ http }, input) => ({ said: input.text ?? null, got: (await http({ path: "/ping" })).json() }),
    },
  ],
};

/** Opens the made-up connector; classes of errors are those of the kit's HTTP client. */
export function makeTestOpener(
  url: string,
  broken: string[] = [],
  before: (path: string) => void | Promise<void> = () => {},
): Opener {
  const http: Http = async (call) => {
    const method = call.method ?? "GET";
    const query = new URLSearchParams(
      Object.entries(call.query ?? {}).map(([key, value]): [string, string] => [key, String(value)]),
    ).toString();
    await before(`${method} ${call.path}`);
    const answer = await request(`${url}${call.path}${query === "" ? "" : `?${query}`}`, {
      method,
      ...(call.json === undefined ? {} : { body: JSON.stringify(call.json) }),
    }).catch((error: { code?: string }) => {
      const notSent = error.code === "ECONNREFUSED";
      const lost = method === "GET" || notSent ? "temporary" : "unknown";
      throw new ConnectorError(lost, said("The service doesn't answer."), { cause: error });
    });
    const text = await answer.body.text();
    const { statusCode } = answer;
    if (statusCode >= 400)
      throw new ConnectorError(classOf(statusCode, method), said("Refused."), refusal(answer, text));
    return { status: statusCode, headers: {}, text, json: () => JSON.parse(text) };
  };
  return {
    open: async () => ({
      ctx: { auth: {}, http, locale: "en", timeZone: "UTC", country: "RU", now: () => new Date() },
      exchange: () => null,
      mask: (value) => value,
    }),
    async setBroken(connection) {
      broken.push(connection);
    },
  };
}

function classOf(status: number, method: string): ConnectorError["errorClass"] {
  if (status === 401) return "access";
  if (status === 403) return "forbidden";
  if (status === 404) return "not_found";
  if (status === 429) return "temporary";
  if (status >= 500) return method === "GET" ? "temporary" : "unknown";
  return "data";
}

function refusal(answer: { statusCode: number; headers: Record<string, unknown> }, own: string) {
  const after = Number(answer.headers["retry-after"] ?? 0) * 1_000;
  return { own, code: String(answer.statusCode), ...(after > 0 ? { retryAfterMs: after } : {}) };
}

// ---------------------------------------------------------------- the engine's part

export interface StageOptions {
  readonly client: Pick<Client, "db">;
  readonly url: string;
  readonly service: string;
  readonly clock: { now(): Date };
  readonly before?: (path: string) => void | Promise<void>;
  readonly logLevel?: string;
}

export function makeStage({ client, url, service, clock, before, logLevel }: StageOptions) {
  const { db } = client;
  const log = makeLog(logLevel ?? "silent");
  const process = `test-${randomBytes(4).toString("hex")}`;
  const queue = makeQueue({ url, process, log });
  const broken: string[] = [];
  const alerts: { workspace: string; alert: Alert; dedupe: string | undefined }[] = [];
  const opener = makeTestOpener(service, broken, before);
  const shared: Pick<Shared, "db" | "clock" | "log" | "vault" | "queue" | "connectors" | "process"> = {
    db,
    // One key for every process of a test.
    vault: makeVault({ key: Buffer.alloc(32, 9) }),
    clock,
    log,
    queue,
    connectors: [crm],
    process,
  };
  const once = makeOnce(shared);
  const incidents = makeIncidents({
    ...shared,
    once,
    notify: async (_tx, workspace, alert, dedupe) => {
      alerts.push({ workspace, alert, dedupe });
    },
    disarm: async () => {},
    connection: async () => null,
  });
  const revival = makeRevival(shared);
  const admission = makeAdmission(shared);
  const worker = makeWorker({
    ...shared,
    opener,
    incidents,
    notify: async (_tx, workspace, alert, dedupe) => {
      await before?.(`notify ${alert.kind}`);
      alerts.push({ workspace, alert, dedupe });
    },
  });
  const runs = makeRuns({ ...shared, once, admission, incidents });

  async function admit(given: readonly NewRun[]): Promise<readonly string[]> {
    const admitted = await db.transaction((tx) => admission.admit(tx, given));
    queue.wake("run");
    return admitted.map(({ id }) => id);
  }

  return { ...shared, alerts, broken, opener, incidents, admission, revival, worker, runs, admit };
}
export type Stage = ReturnType<typeof makeStage>;

/** A workspace with one active bundle of these steps. */
export async function addBundle(
  db: Client["db"],
  steps: readonly Step[],
  more: Partial<Bundle> = {},
): Promise<{ scope: Scope; workspace: string; bundle: string; version: number }> {
  const [workspace, member, bundle] = [newId(), newId(), newId()];
  const body: Bundle = {
    format: 1,
    trigger: { connector: "crm", trigger: "call", connection: null, options: {} },
    steps: [...steps],
    ...more,
  };
  await db.insert(workspaces).values({ id: workspace, name: "Test", country: "RU", timeZone: "UTC" });
  await db.insert(members).values({
    id: member,
    workspace,
    telegramId: Number(BigInt(`0x${randomBytes(6).toString("hex")}`)),
    name: "Tester",
    locale: "en",
    role: "owner",
  });
  await db.insert(bundles).values({ id: bundle, workspace, number: 1, name: "Bundle", state: "active", version: 1 });
  await db.insert(versions).values({ bundle, version: 1, body });
  return { scope: { workspace, member }, workspace, bundle, version: 1 };
}

/** An action of the made-up CRM. */
export function act(
  id: string,
  action: string,
  input: Record<string, string>,
  more: Partial<Extract<Step, { kind: "action" }>> = {},
): Step {
  return { id, kind: "action", connector: "crm", action, connection: null, input, ...more };
}

/** Waits for a condition; fails with what was seen last. */
export async function until<T>(look: () => Promise<T> | T, holds: (seen: T) => boolean, seconds = 20): Promise<T> {
  const end = Date.now() + seconds * 1_000;
  while (true) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (Date.now() > end) throw new Error(`waited ${seconds} s in vain; last seen: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
