/** The playground's own HTTP API, which the page, stories and tests use. Refusals are `{error}` with a sentence. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Sandboxes } from "./sandboxes/types.ts";
import type { Fault } from "./telegram/faults.ts";
import { pictureSize } from "./telegram/files.ts";
import type { Telegram } from "./telegram/index.ts";
import { parseMultipart } from "./telegram/multipart.ts";
import { isObject, readBody } from "./telegram/params.ts";
import { placeOf } from "./telegram/state.ts";
import { bad, Refusal } from "./telegram/types.ts";
import type { Views } from "./view.ts";
import type { Watch } from "./watch.ts";

const MAX_JSON = 4 * 1024 * 1024;
const MAX_WAIT_MS = 25_000;

interface Ask {
  request: IncomingMessage;
  response: ServerResponse;
  query: URLSearchParams;
  args: string[];
}
type Route = readonly [method: string, path: RegExp, run: (ask: Ask) => unknown];

/** A route that has answered by itself (a file, a stream) returns this. */
const ANSWERED = Symbol("answered");

export type Api = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void>;

export function makeApi(deps: { telegram: Telegram; sandboxes: Sandboxes; views: Views; watch: Watch }): Api {
  const { telegram, sandboxes, views, watch } = deps;
  const { state, people, faults, limits } = telegram;
  const mainBot = () => state.bots.all()[0]?.id ?? 0;

  async function body(request: IncomingMessage): Promise<Record<string, unknown>> {
    const text = (await readBody(request, MAX_JSON)).toString();
    try {
      const value: unknown = text === "" ? {} : JSON.parse(text);
      if (isObject(value)) return value;
    } catch {
      // Said below.
    }
    throw bad("the body must be a JSON object");
  }
  const chatOf = (value: unknown) =>
    value === undefined || value === null || value === "" ? mainBot() : Number(value);
  const text = (value: unknown) => (typeof value === "string" ? value : "");

  const routes: Route[] = [
    [
      "GET",
      /^\/api\/state$/,
      () => ({
        people: state.people.all().map(views.person),
        bots: state.bots.all().map(({ id, name, username, token }) => ({ id, name, username, token })),
        groups: state.groups.all(),
        sandboxes: sandboxes.list().map(({ key, name }) => ({ key, name })),
        strict: limits.strict,
      }),
    ],
    [
      "GET",
      /^\/api\/events$/,
      ({ response }) => {
        watch.listen(response);
        return ANSWERED;
      },
    ],
    [
      "POST",
      /^\/api\/people$/,
      async ({ request }) => {
        const { name, language, first } = await body(request);
        // A page that opens on an empty playground makes its person; two pages at once make one.
        const known = first === true ? state.people.all()[0] : undefined;
        if (known) return { id: known.id };
        if (text(name).trim() === "" || text(name).length > 64) throw bad("a name has 1 to 64 characters");
        const code = /^[a-z]{2}$/.test(text(language)) ? text(language) : "en";
        const { id } = state.addPerson(text(name), code);
        watch.tell({ type: "people" });
        return { id };
      },
    ],
    [
      "POST",
      /^\/api\/people\/(\d+)\/block$/,
      async ({ request, args: [id] }) => {
        const { blocked, bot } = await body(request);
        people.block(Number(id), chatOf(bot), blocked !== false);
        return {};
      },
    ],
    [
      "GET",
      /^\/api\/chats\/(\d+)$/,
      async ({ query, response, args: [id] }) => {
        const chat = chatOf(query.get("chat"));
        const place = placeOf(chat, chat < 0 ? chat : Number(id));
        const known = query.get("revision");
        if (known !== null) {
          const gone = new AbortController();
          response.once("close", () => gone.abort());
          await watch.changed(place, known, Math.min(Number(query.get("wait")) || 0, MAX_WAIT_MS), gone.signal);
          if (gone.signal.aborted) return ANSWERED;
        }
        const limit = Math.min(Number(query.get("limit")) || 200, 5000);
        return { revision: watch.revision(place), ...views.chat(Number(id), chat, limit) };
      },
    ],
    [
      "POST",
      /^\/api\/chats\/(\d+)\/text$/,
      async ({ request, args: [id] }) => {
        const given = await body(request);
        const reply = typeof given.reply === "number" ? given.reply : undefined;
        const said = people.say(Number(id), chatOf(given.chat), text(given.text), reply);
        return { messages: said.map(({ message_id }) => message_id) };
      },
    ],
    [
      "POST",
      /^\/api\/chats\/(\d+)\/press$/,
      async ({ request, args: [id] }) => {
        const { chat, message, data } = await body(request);
        return { id: people.press(Number(id), chatOf(chat), Number(message), text(data)) };
      },
    ],
    [
      "POST",
      /^\/api\/chats\/(\d+)\/file$/,
      async ({ request, args: [id] }) => {
        const parts = parseMultipart(request.headers["content-type"] ?? "", await readBody(request));
        const file = parts?.files.get("file");
        if (!parts || !file) throw bad("send the file as multipart/form-data in the field file");
        const as = parts.fields.get("as") === "photo" && pictureSize(file.bytes) ? "photo" : "document";
        const caption = parts.fields.get("caption") ?? "";
        const sent = people.sendFile(Number(id), chatOf(parts.fields.get("chat")), file, as, caption);
        return { message: sent.message_id };
      },
    ],
    [
      "POST",
      /^\/api\/chats\/(\d+)\/read$/,
      async ({ request, args: [id] }) => {
        views.read(Number(id), chatOf((await body(request)).chat));
        return {};
      },
    ],
    [
      "GET",
      /^\/api\/files\/([\w-]+)$/,
      ({ response, query, args: [id = ""] }) => {
        const file = telegram.files.get(id);
        if (!file) throw new Refusal(404, "there is no such file");
        const bytes = telegram.files.bytes(file);
        // Only what is a picture by its bytes is shown; everything else is saved, never rendered.
        const picture = query.has("download") ? undefined : pictureType(bytes);
        const name = encodeURIComponent(file.name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
        response
          .writeHead(200, {
            "content-type": picture ?? "application/octet-stream",
            "content-length": bytes.length,
            "content-disposition": `${picture ? "inline" : "attachment"}; filename*=UTF-8''${name}`,
            "content-security-policy": "default-src 'none'; sandbox",
            "cache-control": "private, max-age=86400",
          })
          .end(bytes);
        return ANSWERED;
      },
    ],
    [
      "POST",
      /^\/api\/groups$/,
      async ({ request }) => {
        const given = await body(request);
        const members = Array.isArray(given.people) ? given.people.map(Number) : [];
        const bots = Array.isArray(given.bots) ? given.bots.map(Number) : [mainBot()];
        const group = people.makeGroup(text(given.title) || "Group", members, bots);
        watch.tell({ type: "people" });
        return { id: group.id };
      },
    ],
    [
      "POST",
      /^\/api\/groups\/(-\d+)\/bots$/,
      async ({ request, args: [id] }) => {
        const given = await body(request);
        people.setMember(Number(id), chatOf(given.bot), given.member !== false);
        return {};
      },
    ],
    [
      "POST",
      /^\/api\/groups\/(-\d+)\/migrate$/,
      ({ args: [id] }) => {
        const group = people.migrate(Number(id));
        watch.tell({ type: "people" });
        return { id: group.id };
      },
    ],
    [
      "POST",
      /^\/api\/faults$/,
      async ({ request }) => {
        const given = await body(request);
        if (given.clear === true) faults.clear();
        if (typeof given.strict === "boolean") limits.strict = given.strict;
        if (given.kind !== undefined) faults.add(readFault(given));
        return { strict: limits.strict };
      },
    ],
    ["GET", /^\/api\/calls$/, () => faults.calls()],
    [
      "POST",
      /^\/api\/clock$/,
      async ({ request }) => {
        const { advance } = await body(request);
        if (typeof advance !== "number" || advance < 0) throw bad("advance is a number of milliseconds");
        telegram.advance(advance);
        return {};
      },
    ],
    ["GET", /^\/api\/sandboxes$/, () => sandboxes.list()],
    [
      "POST",
      /^\/api\/sandboxes\/([\w-]+)\/buttons\/([\w-]+)$/,
      async ({ request, args: [key = "", button = ""] }) => {
        const given = await body(request);
        const fields = isObject(given.fields) ? given.fields : {};
        const texts = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]));
        return (await plainly(() => sandboxes.press(key, button, texts))) ?? {};
      },
    ],
    [
      "POST",
      /^\/api\/sandboxes\/([\w-]+)\/switches$/,
      async ({ request, args: [key = ""] }) => {
        const given = await body(request);
        await plainly(() => sandboxes.setSwitch(key, text(given.key), text(given.value)));
        return {};
      },
    ],
    [
      "POST",
      /^\/api\/sandboxes\/([\w-]+)\/reset$/,
      async ({ args: [key = ""] }) => {
        await plainly(() => sandboxes.reset(key));
        return {};
      },
    ],
  ];

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

/** Sandboxes throw plain errors with readable words; here they are refusals. */
async function plainly<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Refusal(400, error instanceof Error ? error.message : String(error));
  }
}

function readFault(given: Record<string, unknown>): Fault {
  const number = (value: unknown, fallback: number) => (typeof value === "number" && value >= 0 ? value : fallback);
  const common = {
    ...(typeof given.method === "string" ? { method: given.method } : {}),
    ...(typeof given.bot === "number" ? { bot: given.bot } : {}),
    times: number(given.times, 1),
  };
  const { kind } = given;
  if (kind === "drop" || kind === "cut") return { ...common, kind };
  if (kind === "delay") return { ...common, kind, ms: number(given.ms, 1000) };
  if (kind === "flood") return { ...common, kind, retryAfter: number(given.retryAfter, 1) };
  if (kind === "error") {
    const description = typeof given.description === "string" ? { description: given.description } : {};
    return { ...common, kind, code: number(given.code, 500), ...description };
  }
  throw bad("kind is one of drop, cut, delay, flood, error");
}

function pictureType(bytes: Buffer): string | undefined {
  if (!pictureSize(bytes)) return undefined;
  return { 137: "image/png", 71: "image/gif", 255: "image/jpeg" }[bytes[0] ?? 0];
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
