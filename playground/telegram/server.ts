/** The Bot API over HTTP: token, method, parameters, faults, then one JSON answer. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import type { Fault, Faults } from "./faults.ts";
import type { Files } from "./files.ts";
import { tooMany } from "./limits.ts";
import type { Methods } from "./methods/method.ts";
import { makeParams, type Params, readBody, readParams } from "./params.ts";
import type { State } from "./state.ts";
import { Refusal } from "./types.ts";

export interface BotApi {
  /** Takes `/bot<token>/<method>` and `/file/bot<token>/<path>`; false for any other path. */
  handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<boolean>;
  /** A call that came as the answer to a webhook delivery. */
  answerCall(bot: number, call: Record<string, unknown>): void;
}

interface Answer {
  status: number;
  body: unknown;
  retryAfter?: number;
}

const ok = (result: unknown): Answer => ({ status: 200, body: { ok: true, result } });

function refusal(error: unknown): Answer {
  if (!(error instanceof Refusal)) {
    console.error("playground: a Bot API method failed", error);
    return refusal(new Refusal(500, "Internal Server Error"));
  }
  const { code, message: description, parameters } = error;
  const body = { ok: false, error_code: code, description, ...(parameters ? { parameters } : {}) };
  const retryAfter = parameters?.retry_after;
  return { status: code, body, ...(retryAfter === undefined ? {} : { retryAfter }) };
}

export function makeBotApi(deps: {
  state: State;
  files: Files;
  faults: Faults;
  methods: Methods;
  clock: () => number;
}): BotApi {
  const { state, files, faults, clock } = deps;
  const methods = new Map(Object.entries(deps.methods).map(([name, method]) => [name.toLowerCase(), { name, method }]));

  async function run(token: string, name: string, params: Params, gone: AbortSignal): Promise<Answer> {
    const bot = state.botByToken(token);
    if (!bot) return refusal(new Refusal(401, "Unauthorized"));
    const found = methods.get(name.toLowerCase());
    const answer = await (async () => {
      if (!found) return refusal(new Refusal(404, "Not Found: method not found"));
      try {
        return ok(await found.method({ bot, params, gone }));
      } catch (error) {
        return refusal(error);
      }
    })();
    note(bot.id, found?.name ?? name, params, answer);
    return answer;
  }

  function note(bot: number, method: string, params: Params, { status, body }: Answer): void {
    const description = (body as { description?: string }).description;
    const call = { at: clock(), bot, method, params: params.shown(), ok: status === 200, code: status };
    faults.note(description === undefined ? call : { ...call, description });
  }

  /** What a fault does instead of the call or before it; undefined when the call goes on. */
  async function suffer(fault: Fault | undefined): Promise<Answer | "drop" | undefined> {
    switch (fault?.kind) {
      case undefined:
      case "cut":
        return undefined;
      case "drop":
        return "drop";
      case "delay":
        await pause(fault.ms);
        return undefined;
      case "error":
        return refusal(new Refusal(fault.code ?? 500, fault.description ?? "Internal Server Error"));
      case "flood":
        return refusal(tooMany(fault.retryAfter));
    }
  }

  async function serveMethod(
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
    [token, name]: [string, string],
  ) {
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    let params: Params;
    try {
      const body = await readBody(request);
      params = readParams(url.searchParams, request.headers["content-type"] ?? "", body);
    } catch (error) {
      return send(response, refusal(error));
    }
    const bot = state.botByToken(token);
    const fault = bot && faults.meet(bot.id, name.toLowerCase());
    const suffered = await suffer(fault);
    if (bot && suffered && suffered !== "drop") note(bot.id, name, params, suffered);
    if (suffered === "drop") return void request.socket.destroy();
    const answer = suffered ?? (await run(token, name, params, gone.signal));
    if (fault?.kind === "cut") return void request.socket.destroy();
    send(response, answer);
  }

  function serveFile(response: ServerResponse, token: string, path: string): void {
    const file = state.botByToken(token) ? files.byPath(path) : undefined;
    if (!file) {
      send(response, refusal(new Refusal(404, "Not Found")));
      return;
    }
    const bytes = files.bytes(file);
    response.writeHead(200, { "content-type": "application/octet-stream", "content-length": bytes.length }).end(bytes);
  }

  return {
    async handle(request, response, url) {
      const [, file, token, rest] = /^\/(file\/)?bot([^/]*)\/(.+)$/.exec(url.pathname) ?? [];
      if (token === undefined || rest === undefined) return false;
      const decoded = decodeURIComponent(token);
      if (!/^\d+:[\w-]+$/.test(decoded)) send(response, refusal(new Refusal(404, "Not Found")));
      else if (file) serveFile(response, decoded, decodeURIComponent(rest));
      else await serveMethod(request, response, url, [decoded, rest.replace(/\/$/, "")]);
      return true;
    },
    answerCall(id, { method, ...values }) {
      const bot = state.bots.get(id);
      if (!bot || typeof method !== "string") return;
      const params = makeParams(new Map(Object.entries(values)), new Map());
      void run(bot.token, method, params, new AbortController().signal);
    },
  };
}

function send(response: ServerResponse, { status, body, retryAfter }: Answer): void {
  if (response.destroyed) return;
  const text = JSON.stringify(body);
  response
    .writeHead(status, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(text),
      ...(retryAfter === undefined ? {} : { "retry-after": String(retryAfter) }),
    })
    .end(text);
}
