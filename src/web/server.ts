/** HTTP in: webhooks, updates from Telegram, health and metrics. */
import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from "fastify";
import { parseJson } from "../connectors/kit/json.ts";
import type { Engine, HookAnswer, HookRequest, Text } from "../engine/index.ts";
import type { Log } from "../log.ts";
import { MAX_BODY, readBody, tooLarge, Unreadable } from "./body.ts";
import { addConsent } from "./consent.ts";
import { parseForm } from "./form.ts";
import { makeLoad } from "./load.ts";
import { isSecret } from "./secret.ts";
import { makeStrangers } from "./strangers.ts";

/** A request must be here whole in this time: who sends a byte a second only wants to hold the line. */
const RECEIVE_MS = 15_000;
/** Balancers ask every few seconds. */
const READY_MS = 3_000;
const IDLE_MS = 65_000;
/** For so long an answer of /readyz holds: anybody may ask, and each answer costs the database something. */
const READY_HOLDS_MS = 1_000;
/** So many bytes of a body that is too large are listened to before it is refused. */
const HEARD_OUT = 16 * 1_048_576;
/** Fastify's name for it. */
const BODY_TOO_LARGE = "FST_ERR_CTP_BODY_TOO_LARGE";

export interface WebDeps {
  readonly engine: Pick<Engine, "hooks" | "isReady" | "metrics"> & Partial<Pick<Engine, "consent">>;
  readonly log: Log;
  /** Opens /metrics to others than this machine. */
  readonly metricsToken?: string | undefined;
  /** Updates by webhook; absent while they are polled. `receive` resolves when the update is stored. */
  readonly telegram?: { readonly secret: string; receive(update: unknown): Promise<void> } | undefined;
  /** More that must answer for /readyz: Telegram. */
  readonly isReady?: (() => Promise<boolean>) | undefined;
  readonly receiveMs?: number;
}

export interface Web {
  /** Answers with the address that it listens at; port 0 takes a free one. */
  listen(at: { host: string; port: number }): Promise<string>;
  /** Lets requests that were taken end. */
  stop(): Promise<void>;
}

declare module "fastify" {
  interface FastifyRequest {
    /** Content type as sent; fastify itself is told that everything is bytes. */
    sentType: string;
  }
}

export function makeWeb(deps: WebDeps): Web {
  const { log, receiveMs = RECEIVE_MS } = deps;
  const app = fastify({
    logger: false,
    bodyLimit: MAX_BODY,
    requestTimeout: receiveMs,
    keepAliveTimeout: IDLE_MS,
    http: { headersTimeout: receiveMs, connectionsCheckingInterval: Math.min(1_000, receiveMs) },
    // A reverse proxy on this machine names the sender; nobody else is believed.
    trustProxy: "loopback",
    forceCloseConnections: "idle",
    routerOptions: { maxParamLength: 256 },
    clientErrorHandler(error, socket) {
      const status = error.code === "ERR_HTTP_REQUEST_TIMEOUT" ? "408 Request Timeout" : "400 Bad Request";
      if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
    },
  });
  app.decorateRequest("sentType", "");
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.addHook("onRequest", async (request, reply) => {
    // Senders write odd content types; the body is read by ours in any case.
    request.sentType = request.headers["content-type"] ?? "";
    request.headers["content-type"] = "application/octet-stream";
    reply.headers({
      "x-content-type-options": "nosniff",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
    });
  });
  app.setNotFoundHandler((request, reply) => say(request, reply, 404, NOTHING_HERE));
  app.setErrorHandler(async (error: Error & { code?: string; statusCode?: number }, request, reply) => {
    if (error instanceof Unreadable) return say(request, reply, error.status, error.sentence);
    if (error.code === BODY_TOO_LARGE) {
      const { status, sentence } = tooLarge();
      await hearOut(request.raw);
      return say(request, reply, status, sentence);
    }
    if (error.statusCode !== undefined && error.statusCode < 500) return say(request, reply, error.statusCode, BAD);
    log.error({ err: { name: error.name, code: error.code, stack: error.stack?.split("\n").slice(1) } }, "http");
    return say(request, reply, 500, BROKEN);
  });

  addHooks(app, deps);
  addHealth(app, deps);
  addTelegram(app, deps);
  if (deps.engine.consent) addConsent(app, deps.engine.consent);

  return {
    listen: ({ host, port }) => app.listen({ host, port }),
    stop: () => app.close(),
  };
}

/** Whoever hangs up on a sender in the middle of its body takes the answer away from it, too. */
function hearOut(request: IncomingMessage): Promise<void> {
  let left = HEARD_OUT;
  return new Promise((done) => {
    request.on("data", (chunk: Buffer) => {
      left -= chunk.length;
      if (left < 0) done();
    });
    for (const end of ["end", "close", "error"]) request.once(end, () => done());
    if (request.readableEnded || request.destroyed) done();
  });
}

function addHooks(app: FastifyInstance, { engine }: WebDeps): void {
  const strangers = makeStrangers();
  const load = makeLoad();

  const route = (name: "token" | "connector", receive: (key: string, request: HookRequest) => Promise<HookAnswer>) => ({
    method: ["GET", "POST", "PUT", "PATCH", "DELETE"] as ("GET" | "POST" | "PUT" | "PATCH" | "DELETE")[],
    onRequest: async (request: FastifyRequest, reply: FastifyReply) => {
      const seconds = strangers.wait(request.ip, keyOf(request, name));
      if (seconds > 0) return say(request, reply.header("retry-after", String(seconds)), 429, TOO_MANY);
      // Who doesn't say how much it sends may send all that is allowed.
      const length = request.headers["content-length"];
      const isChunked = request.headers["transfer-encoding"] !== undefined;
      const leave = load.enter(isChunked ? MAX_BODY : Math.min(MAX_BODY, Number(length ?? 0)));
      if (!leave) return say(request, reply.headers({ "retry-after": "1", connection: "close" }), 503, BUSY);
      reply.raw.once("close", leave);
    },
    errorHandler: async (error: Error & { code?: string }, request: FastifyRequest) => {
      const why =
        error instanceof Unreadable ? error.sentence : error.code === BODY_TOO_LARGE ? tooLarge().sentence : null;
      if (why && name === "token") {
        const key = keyOf(request, name);
        // Whoever guesses addresses learns no more and is stopped no later than by what can be read.
        if (!(await engine.hooks.refused(key, why))) strangers.note(request.ip, key, 404);
      }
      throw error;
    },
    handler: async (request: FastifyRequest, reply: FastifyReply) => {
      const key = keyOf(request, name);
      const answer = await receive(key, await hookRequest(request));
      strangers.note(request.ip, key, answer.status);
      return reply
        .code(answer.status)
        .headers(answer.headers ?? {})
        .send(answer.body ?? "");
    },
  });
  app.route({ url: "/hooks/:token", ...route("token", (key, request) => engine.hooks.receive(key, request)) });
  app.route({
    url: "/hooks/app/:connector",
    ...route("connector", (key, request) => engine.hooks.receiveApp(key, request)),
  });
}

const keyOf = (request: FastifyRequest, name: string): string =>
  (request.params as Record<string, string | undefined>)[name] ?? "";

async function hookRequest(request: FastifyRequest): Promise<HookRequest> {
  const { method, url, headers } = request;
  const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const at = url.indexOf("?");
  const sent = { ...headers, "content-type": request.sentType };
  const plain = Object.entries(sent).flatMap(([name, value]): [string, string][] =>
    value === undefined || value === "" ? [] : [[name, Array.isArray(value) ? value.join(", ") : value]],
  );
  return {
    method,
    headers: Object.fromEntries(plain),
    query: at === -1 ? {} : parseForm(url.slice(at + 1)),
    ...(await readBody(bytes, request.sentType, headers["content-encoding"] ?? "")),
  };
}

function addHealth(app: FastifyInstance, { engine, log, metricsToken, isReady }: WebDeps): void {
  app.get("/healthz", async (_request, reply) => reply.type(PLAIN).send("ok\n"));

  let known = { fit: Promise.resolve(false), until: Number.NEGATIVE_INFINITY };
  function fit(): Promise<boolean> {
    if (performance.now() < known.until) return known.fit;
    const checks = [engine.isReady(), isReady?.() ?? true];
    const answers = Promise.all(checks.map((check) => Promise.resolve(check).catch(() => false)));
    // A database behind a dead wire answers nothing at all, and whoever asks here has to know.
    const late = sleep(READY_MS, [false], { ref: false });
    const all = Promise.race([answers, late]);
    known = { fit: all.then((each) => each.every(Boolean)), until: performance.now() + READY_HOLDS_MS };
    return known.fit;
  }
  app.get("/readyz", async (_request, reply) => {
    const isFit = await fit();
    return reply
      .code(isFit ? 200 : 503)
      .type(PLAIN)
      .send(isFit ? "ready\n" : "not ready\n");
  });

  app.get("/metrics", async (request, reply) => {
    const given = /^Bearer (.+)$/i.exec(request.headers.authorization ?? "")?.[1];
    const isAllowed = isLoopback(request.ip) || (metricsToken !== undefined && isSecret(given, metricsToken));
    // To strangers it looks like any other path.
    if (!isAllowed) return say(request, reply, 404, NOTHING_HERE);
    try {
      return reply.type("text/plain; version=0.0.4; charset=utf-8").send(await engine.metrics());
    } catch (error) {
      log.warn({ err: { name: error instanceof Error ? error.name : "?" } }, "metrics");
      return reply.code(503).type(PLAIN).send("not ready\n");
    }
  });
}

function addTelegram(app: FastifyInstance, { telegram }: WebDeps): void {
  if (!telegram) return;
  const strangers = makeStrangers();
  app.post("/telegram/:secret", async (request, reply) => {
    const seconds = strangers.wait(request.ip, TELEGRAM);
    if (seconds > 0) return say(request, reply.header("retry-after", String(seconds)), 429, TOO_MANY);
    const header = request.headers["x-telegram-bot-api-secret-token"];
    const isTelegram = isSecret(keyOf(request, "secret"), telegram.secret) && isSecret(String(header), telegram.secret);
    strangers.note(request.ip, TELEGRAM, isTelegram ? 200 : 404);
    if (!isTelegram) return say(request, reply, 404, NOTHING_HERE);
    let update: unknown;
    try {
      update = parseJson(Buffer.isBuffer(request.body) ? request.body.toString("utf8") : "");
    } catch {
      return say(request, reply, 400, BAD);
    }
    await telegram.receive(update);
    return reply.type(PLAIN).send("ok");
  });
}

/** All who forge updates from one place guess together; Telegram itself, once it was let in, isn't held up by them. */
const TELEGRAM = "telegram";
const PLAIN = "text/plain; charset=utf-8";

function isLoopback(ip: string): boolean {
  return ip === "::1" || /^(?:::ffff:)?127\./.test(ip);
}

/** One plain sentence in the sender's language, nothing about ourselves. */
function say(request: FastifyRequest, reply: FastifyReply, status: number, text: Text): FastifyReply {
  const locale = /^\s*ru\b/i.test(request.headers["accept-language"] ?? "") ? "ru" : "en";
  return reply.code(status).type(PLAIN).send(`${text[locale]}\n`);
}

const NOTHING_HERE: Text = { ru: "Здесь ничего нет.", en: "There is nothing here." };
const BAD: Text = { ru: "Запрос составлен неверно.", en: "The request is malformed." };
const BROKEN: Text = {
  ru: "На сервере произошла ошибка. Повторите запрос позже.",
  en: "The server made a mistake. Try again later.",
};
const BUSY: Text = {
  ru: "Сейчас слишком много запросов. Повторите через секунду.",
  en: "Too much at once. Try again in a second.",
};
const TOO_MANY: Text = { ru: "Слишком много запросов. Повторите позже.", en: "Too many requests. Try again later." };
