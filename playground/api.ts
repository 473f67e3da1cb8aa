/** The playground's own HTTP API, which the page, stories and tests use. Refusals are `{error}` with a sentence. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { chatRoutes } from "./routes/chats.ts";
import { ANSWERED, type RouteDeps } from "./routes/route.ts";
import { sandboxRoutes } from "./routes/sandboxes.ts";
import { telegramRoutes } from "./routes/telegram.ts";
import { Refusal } from "./telegram/types.ts";

export type Api = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void>;

export function makeApi(deps: RouteDeps): Api {
  const routes = [...telegramRoutes(deps), ...chatRoutes(deps), ...sandboxRoutes(deps)];

  return async (request, response, url) => {
    try {
      for (const [method, path, run] of routes) {
        const match = request.method === method ? path.exec(url.pathname) : null;
        if (!match) continue;
        const result = await run({ request, response, query: url.searchParams, args: match.slice(1) });
        if (result !== ANSWERED) sendJson(response, 200, result);
        return;
      }
      throw new Refusal(404, `nothing answers ${request.method} ${url.pathname}`);
    } catch (error) {
      if (!(error instanceof Refusal)) console.error("playground: the API failed", error);
      const known = error instanceof Refusal ? error : new Refusal(500, "the playground failed; its output says why");
      sendJson(response, known.code, { error: known.message });
    }
  };
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  if (response.destroyed || response.headersSent) return;
  const text = JSON.stringify(value);
  response
    .writeHead(status, {
      "content-type": "application/json; charset=utf-8",
      "content-length": Buffer.byteLength(text),
      "cache-control": "no-store",
    })
    .end(text);
}
