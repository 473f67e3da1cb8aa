/** The services on this machine: one HTTP face for all sandboxes, with the faults that every service can have. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { makeAmocrm } from "./amocrm/index.ts";
import { makeBitrix24 } from "./bitrix24/index.ts";
import { makeCalltouch } from "./calltouch/index.ts";
import { makeEmail } from "./email/index.ts";
import { makeFacebook } from "./facebook/index.ts";
import { makeGoogleSheets } from "./google-sheets/index.ts";
import { type Call, html, type Reply, type Sandbox, type SandboxDeps } from "./kit.ts";
import { makeMertago } from "./mertago/index.ts";
import { makeMoysklad } from "./moysklad/index.ts";
import { makeNethouse } from "./nethouse/index.ts";
import { makeReceiver } from "./receiver.ts";
import { makeRemonline } from "./remonline/index.ts";
import { makeRetailcrm } from "./retailcrm/index.ts";
import type { Sandboxes, SandboxSwitch, SandboxView, Store } from "./types.ts";
import { makeVk } from "./vk/index.ts";

const MAKERS = [
  makeCalltouch,
  makeAmocrm,
  makeBitrix24,
  makeRetailcrm,
  makeMoysklad,
  makeMertago,
  makeNethouse,
  makeRemonline,
  makeVk,
  makeFacebook,
  makeGoogleSheets,
  makeEmail,
  makeReceiver,
];
const MAX_BODY = 4 * 1024 * 1024;
const SLOW_MS = 3_000;

/** `value:1` holds for one call, `value` until it is switched back. */
const HEALTH = [
  { value: "ok", label: { ru: "работает", en: "works" } },
  { value: "expired", label: { ru: "ключ отозван", en: "key revoked" } },
  { value: "outage", label: { ru: "не отвечает (503)", en: "outage (503)" } },
  { value: "rateLimit", label: { ru: "слишком много запросов", en: "rate limit" } },
  { value: "rateLimit:1", label: { ru: "один раз «слишком много»", en: "rate limit once" } },
  { value: "html", label: { ru: "отвечает страницей HTML", en: "answers HTML" } },
  { value: "cut:1", label: { ru: "оборвать один запрос до обработки", en: "cut one request before handling" } },
  { value: "lost:1", label: { ru: "потерять один ответ после обработки", en: "lose one answer after handling" } },
  { value: "slow", label: { ru: "отвечает медленно", en: "slow" } },
] as const;

export function makeSandboxes(deps: {
  store: Store;
  /** `http://127.0.0.1:8080` once it is known. */
  origin: () => string;
  changed: (key: string) => void;
  now?: () => Date;
  /** Other services than the usual ones: a test brings its own. */
  makers?: readonly ((deps: SandboxDeps) => Sandbox)[];
}): Sandboxes {
  const switches = deps.store.collection<{ value: string }>("sandbox.switches");
  const now = deps.now ?? (() => new Date());
  const recent = new Map<string, number[]>();

  const switchValue = (key: string, name: string, fallback: string) =>
    switches.get(`${key}.${name}`)?.value ?? fallback;
  const sandboxes = new Map<string, Sandbox>(
    (deps.makers ?? MAKERS).map((make) => {
      const own: SandboxDeps = {
        store: deps.store,
        now,
        origin: deps.origin,
        choice: (name) =>
          switchValue(sandbox.key, name, sandbox.switches.find((s) => s.key === name)?.choices[0]?.value ?? ""),
        send: postHook,
      };
      const sandbox: Sandbox = make(own);
      return [sandbox.key, sandbox];
    }),
  );
  const find = (key: string): Sandbox => {
    const sandbox = sandboxes.get(key);
    if (!sandbox) throw new Error(`no sandbox called ${key}`);
    return sandbox;
  };

  /** The fault of this one call; counted ones go back to "ok" when used up. */
  function takeHealth(key: string): string {
    const [value = "ok", times] = switchValue(key, "health", "ok").split(":");
    if (times === undefined) return value;
    const left = Number(times) - 1;
    switches.put(`${key}.health`, { value: left > 0 ? `${value}:${left}` : "ok" });
    return value;
  }

  function isTooFast(sandbox: Sandbox): boolean {
    const at = now().getTime();
    const times = (recent.get(sandbox.key) ?? []).filter((t) => at - t < 1_000);
    const tooFast = times.length >= sandbox.perSecond;
    if (!tooFast) times.push(at);
    recent.set(sandbox.key, times);
    return tooFast;
  }

  function answer(sandbox: Sandbox, call: Call, health: string): Reply | Promise<Reply> {
    if (health === "outage") return html(503, "Service Unavailable");
    if (health === "html") return html(200, "Вход в личный кабинет");
    if (sandbox.isPage?.(call.path)) return sandbox.handle(call);
    if (health === "rateLimit" || isTooFast(sandbox)) return sandbox.tooMany();
    if (health === "expired") return sandbox.expired();
    return sandbox.handle(call);
  }

  const viewOf = (s: Sandbox): SandboxView => ({
    key: s.key,
    name: s.name,
    perSecond: s.perSecond,
    base: `${deps.origin()}/sandbox/${s.key}${s.portal ? `/${s.portal.name}` : ""}`,
    endpoint: `${deps.origin()}/sandbox/${s.key}${s.portal ? "/{account}" : ""}`,
    credentials: s.credentials,
    ...(s.app ? { app: s.app } : {}),
    tables: s.tables(),
    buttons: s.buttons(),
    switches: [
      {
        key: "health",
        label: { ru: "Состояние", en: "Health" },
        value: switchValue(s.key, "health", "ok"),
        choices: HEALTH,
      },
      ...s.switches.map((w): SandboxSwitch => ({ ...w, value: switchValue(s.key, w.key, w.choices[0]?.value ?? "") })),
    ],
  });

  return {
    async handle(key, req, res, address) {
      const sandbox = sandboxes.get(key);
      if (!sandbox) return send(res, html(404, "Not Found"));
      const body = await readBody(req);
      if (body === null) return send(res, html(413, "Request Entity Too Large"));
      const url = new URL(address, "http://sandbox");
      const health = takeHealth(key);
      if (health === "cut") return void req.socket.destroy();
      if (health === "slow") await new Promise((done) => setTimeout(done, SLOW_MS));
      const headers = Object.fromEntries(Object.entries(req.headers).map(([name, value]) => [name, String(value)]));
      const { path, isKnown } = portalPath(sandbox, decodeURI(url.pathname).replace(/^\/+|\/+$/g, ""));
      if (!isKnown) return send(res, sandbox.portal?.unknown() ?? html(404, "Not Found"));
      const reply = await answer(
        sandbox,
        {
          method: req.method ?? "GET",
          path,
          query: url.searchParams,
          headers,
          body,
        },
        health,
      );
      if (req.method !== "GET") deps.changed(key);
      if (health === "lost") return void req.socket.destroy();
      send(res, reply);
    },

    list: () => [...sandboxes.values()].map(viewOf),
    one: (key) => viewOf(find(key)),

    async press(key, button, fields) {
      const sandbox = find(key);
      const known = sandbox.buttons().find((b) => b.key === button);
      if (!known) throw new Error(`${key} has no button called ${button}`);
      const filled = Object.fromEntries(known.fields.map((field) => [field.key, fields[field.key] ?? field.value]));
      const result = await sandbox.press(button, filled);
      deps.changed(key);
      return result;
    },

    setSwitch(key, name, value) {
      const sandbox = find(key);
      const choices = name === "health" ? HEALTH : sandbox.switches.find((s) => s.key === name)?.choices;
      if (!choices) throw new Error(`${key} has no switch called ${name}`);
      const isKnown = choices.some((c) => c.value === value || c.value.split(":")[0] === value.split(":")[0]);
      if (!isKnown) throw new Error(`${name} of ${key} can't be ${value}: ${choices.map((c) => c.value).join(", ")}`);
      switches.put(`${key}.${name}`, { value });
      deps.changed(key);
    },

    reset(key) {
      const sandbox = find(key);
      sandbox.clear();
      for (const name of ["health", ...sandbox.switches.map((s) => s.key)]) switches.remove(`${key}.${name}`);
      deps.changed(key);
    },

    has: (key) => sandboxes.has(key),
    open: (only) =>
      Promise.all(
        [...sandboxes.values()].flatMap(({ key, door }) => (door && (only ?? key) === key ? [door.open()] : [])),
      ),
    async close() {
      await Promise.all([...sandboxes.values()].map(({ door }) => door?.close()));
    },
  };
}

/** The path below the account's own part of the address. */
function portalPath(sandbox: Sandbox, path: string): { path: string; isKnown: boolean } {
  if (!sandbox.portal) return { path, isKnown: true };
  const [name, ...rest] = path.split("/");
  return { path: rest.join("/"), isKnown: name === sandbox.portal.name };
}

async function readBody(req: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req) {
    size += (chunk as Buffer).length;
    if (size <= MAX_BODY) chunks.push(chunk as Buffer);
  }
  return size > MAX_BODY ? null : Buffer.concat(chunks).toString("utf8");
}

function send(res: ServerResponse, reply: Reply): void {
  res.writeHead(reply.status, { ...reply.headers }).end(reply.bytes ?? reply.body);
}

const postHook: SandboxDeps["send"] = async (url, body, headers = {}) => {
  const form = body.kind === "form" && typeof body.value === "object";
  const text =
    form && typeof body.value === "object"
      ? new URLSearchParams(Object.entries(body.value).map(([k, v]): [string, string] => [k, String(v)])).toString()
      : typeof body.value === "string"
        ? body.value
        : JSON.stringify(body.value);
  const type = form ? "application/x-www-form-urlencoded" : body.kind === "json" ? "application/json" : "text/plain";
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": `${type}; charset=utf-8`, ...headers },
    body: text,
    signal: AbortSignal.timeout(10_000),
  }).catch((error: unknown) => {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new Error(
      `Записано, но адрес вебхука не отвечает (${cause}). Recorded, but the webhook's address doesn't answer.`,
    );
  });
  await answer.arrayBuffer();
  return answer.status;
};

export type { Sandboxes, SandboxView } from "./types.ts";
