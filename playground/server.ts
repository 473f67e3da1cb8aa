/** One port for everything: the page, its API, the Bot API, the services' sandboxes, and the app behind them. */
import { readFile } from "node:fs/promises";
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { extname, join } from "node:path";
import type { Api } from "./api.ts";
import type { Sandboxes } from "./sandboxes/types.ts";
import type { BotApi } from "./telegram/server.ts";

const PAGE = join(import.meta.dirname, "page");
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};
/** Third-party words are shown on the page: nothing but its own files may run, and nobody may frame it. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Passed on to the app. */
const APP = /^\/(?:hooks|oauth|telegram)\/|^\/(?:healthz|readyz|metrics)$/;

export function makeServer(deps: {
  api: Api;
  botApi: BotApi;
  sandboxes: Sandboxes;
  /** Where the app listens; undefined until it does. */
  app: () => string | undefined;
}): Server {
  const { api, botApi, sandboxes, app } = deps;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader("x-content-type-options", "nosniff");
    if (!isLocal(request.headers.host)) return refuse(response, 403, "This playground answers on this machine only.");
    const url = new URL(request.url ?? "/", "http://playground");
    if (url.pathname.startsWith("/api/")) {
      if (!isOwnPage(request)) return refuse(response, 403, "Other sites may not use this playground.");
      return api(request, response, url);
    }
    const sandbox = /^\/sandbox\/([\w-]+)(\/.*)?$/.exec(url.pathname);
    if (sandbox?.[1]) return sandboxes.handle(sandbox[1], request, response, `${sandbox[2] ?? "/"}${url.search}`);
    if (APP.test(url.pathname)) return passOn(request, response, app());
    if (await botApi.handle(request, response, url)) return;
    return servePage(request, response, url.pathname);
  }

  return createServer((request, response) => {
    serve(request, response).catch((error) => {
      console.error("playground: a request failed", error);
      if (!response.headersSent) refuse(response, 500, "Internal Server Error");
      else response.destroy();
    });
  });
}

/** A page of another site can make its name point here, but the browser still sends that name (DNS rebinding). */
function isLocal(host: string | undefined): boolean {
  return /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/i.test(host ?? "");
}

/** A browser names the page that asks; programs name none. */
function isOwnPage({ headers }: IncomingMessage): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none") return false;
  return headers.origin === undefined || headers.origin === `http://${headers.host}`;
}

function refuse(response: ServerResponse, status: number, words: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(words);
}

async function servePage(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
  const name = path === "/" ? "index.html" : path.slice(1);
  const type = TYPES[extname(name)];
  if (!type || !/^[\w-]+\.\w+$/.test(name) || !["GET", "HEAD"].includes(request.method ?? "")) {
    return refuse(response, 404, "Not Found");
  }
  const bytes = await readFile(join(PAGE, name)).catch(() => undefined);
  if (!bytes) return refuse(response, 404, "Not Found");
  response
    .writeHead(200, {
      "content-type": type,
      "content-security-policy": POLICY,
      "referrer-policy": "no-referrer",
      "cache-control": "no-cache",
    })
    .end(request.method === "HEAD" ? undefined : bytes);
}

function passOn(request: IncomingMessage, response: ServerResponse, app: string | undefined): void {
  if (!app) {
    refuse(response, 503, "The app is not up yet.");
    return;
  }
  let isAnswered = false;
  const onward = httpRequest(
    new URL(request.url ?? "/", app),
    { method: request.method, headers: { ...request.headers, "x-forwarded-host": request.headers.host ?? "" } },
    (answer) => {
      isAnswered = true;
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.once("error", () => response.destroy());
      answer.pipe(response);
    },
  );
  // An app that refuses a body half-way hangs up while it is still being sent: its answer is what counts.
  onward.on("error", () => {
    if (!isAnswered && !response.headersSent) refuse(response, 502, "The app does not answer.");
  });
  response.once("close", () => {
    onward.destroy();
    // What is left of the body must be read, or the sender's next request waits behind it in the same connection.
    request.unpipe(onward).resume();
  });
  request.pipe(onward);
}
