import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import fc from "../../../test/support/property.ts";
import type { Connector, Context, JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { makeHttp } from "../kit/http.ts";
import { makeRecording } from "../kit/recording.ts";
import { http } from "./http.ts";
import { cronOf, schedule } from "./schedule.ts";
import { splitText } from "./split.ts";
import { telegram } from "./telegram.ts";

const TOKEN = "123456789:AAabcdefghijklmnopqrstuvwxyz0123456";
type Handle = (req: IncomingMessage, res: ServerResponse, body: string) => void;
let handle: Handle = (_, res) => res.end("{}");
const server = createServer((req, res) => {
  let body = "";
  req.on("data", (chunk) => {
    body += chunk;
  });
  req.on("end", () => handle(req, res, body));
});
let origin = "";
let way: ReturnType<typeof makeHttp> | null = null;

before(async () => {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  origin = `http://127.0.0.1:${port}`;
  way = makeHttp({
    allowedHosts: [`127.0.0.1:${port}`],
    endpoints: { TELEGRAM: origin },
    clock: { now: () => new Date() },
    limiter: { take: async () => () => {} },
  });
});
after(async () => {
  await way?.close();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

function contextOf(connector: Connector, auth: Record<string, string> = {}) {
  assert.ok(way);
  const recording = makeRecording();
  const ctx: Context = {
    auth,
    http: way(connector, auth, recording.record),
    locale: "en",
    timeZone: "Europe/Moscow",
    country: "RU",
    now: () => new Date("2026-01-10T09:00:00Z"),
  };
  return { ctx, exchange: () => JSON.stringify(recording.exchange()) };
}
async function failure(call: Promise<unknown> | undefined): Promise<ConnectorError> {
  const error = await call?.then(
    () => null,
    (caught: unknown) => caught,
  );
  assert.ok(error instanceof ConnectorError, String(error));
  return error;
}
const json = (res: ServerResponse, status: number, value: unknown) =>
  res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));

describe("HTTP request", () => {
  const run = (input: JsonObject, key = "once-1") => {
    const { ctx, exchange } = contextOf(http);
    return { result: http.actions[0]?.run(ctx, input, { key }), exchange };
  };

  it("sends what was chosen and hands on the answer", async () => {
    let seen: unknown;
    handle = (req, res, body) => {
      seen = {
        method: req.method,
        url: req.url,
        auth: req.headers.authorization,
        custom: req.headers["x-a"],
        key: req.headers["idempotency-key"],
        body,
      };
      json(res, 201, { id: 46 });
    };
    const { result, exchange } = run({
      method: "POST",
      url: `${origin}/x?y=1`,
      query: "z=2\nq=а б",
      headers: "X-A: b: c",
      auth: "basic",
      authName: "me",
      authValue: "pass word",
      bodyKind: "json",
      body: '{"phone": 79001234567890123456}',
      idempotencyHeader: "Idempotency-Key",
    });
    const output = await result;
    assert.deepEqual(seen, {
      method: "POST",
      url: "/x?y=1&z=2&q=%D0%B0+%D0%B1",
      auth: `Basic ${Buffer.from("me:pass word").toString("base64")}`,
      custom: "b: c",
      key: "once-1",
      body: '{"phone": 79001234567890123456}',
    });
    assert.equal(output?.status, 201);
    assert.ok(!exchange().includes(Buffer.from("me:pass word").toString("base64")));
    for (const auth of ["header", "query"]) {
      const other = run({ method: "GET", url: origin, auth, authName: "X-Foo", authValue: "quite-secret" });
      await other.result;
      assert.ok(other.exchange().includes("•••"), auth);
      assert.ok(!other.exchange().includes("quite-secret"), auth);
    }
  });

  it("takes a status from 400 up for an error unless told otherwise", async () => {
    handle = (_, res) => json(res, 422, { message: "phone is wrong" });
    const input = { method: "POST", url: origin, bodyKind: "none" };
    const error = await failure(run(input).result);
    assert.equal(error.errorClass, "data");
    assert.match(error.details.own ?? "", /phone is wrong/);
    assert.equal((await run({ ...input, errorWhen: "never" }).result)?.status, 422);
    handle = (_, res) => json(res, 200, { ok: false });
    assert.equal((await failure(run({ ...input, mustContain: '"ok":true' }).result)).errorClass, "data");
  });

  it("takes only chosen statuses for good ones, and says so before anything is sent when they are none", async () => {
    let calls = 0;
    const answer = (status: number) => {
      handle = (_, res) => {
        calls++;
        json(res, status, {});
      };
    };
    const input = { method: "POST", url: origin, bodyKind: "none", errorWhen: "chosen", statuses: "200-202, 404" };
    for (const status of [200, 202, 404]) {
      answer(status);
      assert.equal((await run(input).result)?.status, status);
    }
    answer(203);
    assert.equal((await failure(run(input).result)).errorClass, "data");
    answer(429);
    assert.equal((await failure(run(input).result)).errorClass, "temporary");
    calls = 0;
    assert.equal((await failure(run({ ...input, statuses: "ok" }).result)).details.field, "statuses");
    assert.equal(calls, 0);
  });

  it("writes every kind of body as its readers know it", async () => {
    let seen = { type: "", body: "" };
    handle = (req, res, body) => {
      seen = { type: String(req.headers["content-type"]), body };
      json(res, 200, {});
    };
    const send = async (bodyKind: string, body: string, headers = "") => {
      await run({ method: "POST", url: origin, bodyKind, body, headers }).result;
      return seen;
    };
    const xml = await send("xml", "<a>1</a>");
    assert.deepEqual(xml, { type: "application/xml; charset=utf-8", body: "<a>1</a>" });
    assert.equal((await send("xml", "<a/>", "content-type: text/xml")).type, "text/xml");
    assert.equal((await send("text", "hi")).type, "text/plain; charset=utf-8");
    assert.deepEqual(await send("form", "a=1\nb: я"), {
      type: "application/x-www-form-urlencoded; charset=utf-8",
      body: "a=1&b=%D1%8F",
    });
    const lines = JSON.stringify({ 'имя "1"': "----svyazka\r\nx", tags: ["a", "b"], none: null });
    const multipart = await send("multipart", lines, "Content-Type: multipart/form-data");
    const form = await new Response(multipart.body, { headers: { "content-type": multipart.type } }).formData();
    assert.deepEqual(
      [...form],
      [
        ['имя "1"', "----svyazka\r\nx"],
        ["tags", "a"],
        ["tags", "b"],
        ["none", ""],
      ],
    );
  });

  it("asks a person about a lost write, and repeats one that may be repeated", async () => {
    handle = (req) => req.socket.destroy();
    assert.equal((await failure(run({ method: "POST", url: origin, bodyKind: "none" }).result)).errorClass, "unknown");
    assert.equal(
      (await failure(run({ method: "POST", url: origin, bodyKind: "none", repeatable: true }).result)).errorClass,
      "temporary",
    );
  });

  it("says what is wrong with what a person wrote", async () => {
    const fields: [JsonObject, string][] = [
      [{ url: "example.com" }, "url"],
      [{ url: "ftp://example.com" }, "url"],
      [{ url: "https:example.com" }, "url"],
      [{ url: "https://{host}/" }, "url"],
      [{ url: "https://a:b@example.com" }, "url"],
      [{ url: origin, method: "JUMP" }, "method"],
      [{ url: origin, headers: "no value" }, "headers"],
      [{ url: origin, headers: "Имя: x" }, "headers"],
      [{ url: origin, auth: "header", authName: "X-A", authValue: "a\r\nb" }, "headers"],
      [{ url: origin, method: "POST", bodyKind: "json", body: "{a" }, "body"],
    ];
    for (const [input, field] of fields) {
      const error = await failure(run(input).result);
      assert.equal(error.errorClass, "data");
      assert.equal(error.details.field, field, JSON.stringify(input));
    }
    assert.equal(
      (await failure(run({ method: "GET", url: "http://169.254.169.254/latest" }).result)).details.code,
      "guard",
    );
  });
});

describe("Telegram message", () => {
  const send = (input: JsonObject) => {
    const { ctx, exchange } = contextOf(telegram, { token: TOKEN });
    return { result: telegram.actions[0]?.run(ctx, input, { key: "k" }), exchange };
  };
  const refuse =
    (status: number, description: string, parameters?: unknown): Handle =>
    (_, res) =>
      json(res, status, { ok: false, error_code: status, description, ...(parameters ? { parameters } : {}) });

  it("checks the token and keeps it out of the history", async () => {
    handle = (req, res) => json(res, 200, { ok: true, result: { username: "shop_bot", asked: req.url } });
    const { ctx, exchange } = contextOf(telegram, { token: TOKEN });
    assert.deepEqual(await telegram.check?.(ctx), { account: "@shop_bot" });
    assert.ok(!exchange().includes("AAabcdef"));
    assert.equal((await failure(telegram.check?.(contextOf(telegram, { token: "x" }).ctx))).details.field, "token");
    handle = refuse(401, "Unauthorized");
    assert.equal((await failure(telegram.check?.(ctx))).errorClass, "access");
  });

  it("sends text, buttons and manners", async () => {
    let sent: unknown;
    handle = (_, res, body) => {
      sent = JSON.parse(body);
      json(res, 200, { ok: true, result: { message_id: 17, date: 1768035600, chat: { id: -100123 } } });
    };
    const input = {
      chat: "t.me/shop_news",
      text: "a<b",
      silent: true,
      noPreview: true,
      topic: 5,
      button1Text: "Открыть",
      button1Url: "https://a.test",
    };
    assert.deepEqual(await send(input).result, {
      messageId: "17",
      chatId: "-100123",
      date: "2026-01-10T09:00:00.000Z",
    });
    assert.deepEqual(sent, {
      chat_id: "@shop_news",
      text: "a<b",
      message_thread_id: 5,
      disable_notification: true,
      link_preview_options: { is_disabled: true },
      reply_markup: { inline_keyboard: [[{ text: "Открыть", url: "https://a.test" }]] },
    });
  });

  it("explains refusals", async () => {
    const cases: [Handle, string][] = [
      [refuse(400, "Bad Request: chat not found"), "not_found"],
      [refuse(403, "Forbidden: bot was blocked by the user"), "forbidden"],
      [refuse(400, "Bad Request: message text is empty"), "data"],
      [refuse(500, "Internal Server Error"), "unknown"],
    ];
    for (const [refusal, errorClass] of cases) {
      handle = refusal;
      assert.equal((await failure(send({ chat: "1", text: "x" }).result)).errorClass, errorClass);
    }
    handle = refuse(429, "Too Many Requests: retry after 7", { retry_after: 7 });
    const error = await failure(send({ chat: "1", text: "x" }).result);
    assert.equal(error.errorClass, "temporary");
    assert.equal(error.details.retryAfterMs, 7_000);
  });

  it("follows a group to its new number, and sends broken markup as plain text", async () => {
    const bodies: JsonObject[] = [];
    handle = (req, res, body) => {
      const message = JSON.parse(body);
      bodies.push(message);
      if (message.chat_id === -5)
        return refuse(400, "Bad Request: group chat was upgraded to a supergroup chat", { migrate_to_chat_id: -1005 })(
          req,
          res,
          body,
        );
      if (message.parse_mode) return refuse(400, "Bad Request: can't parse entities: unclosed tag")(req, res, body);
      json(res, 200, { ok: true, result: { message_id: 1, date: 1, chat: { id: message.chat_id } } });
    };
    assert.equal((await send({ chat: "-5", text: "x" }).result)?.chatId, "-1005");
    assert.equal((await send({ chat: "7", text: "<b>x", format: "html" }).result)?.chatId, "7");
    assert.equal(bodies.at(-1)?.parse_mode, undefined);
  });

  it("sends a long text in parts and says when it went out in part", async () => {
    const texts: string[] = [];
    handle = (req, res, body) => {
      const message = JSON.parse(body);
      texts.push(message.text);
      if (texts.length === 3) return refuse(429, "Too Many Requests", { retry_after: 1 })(req, res, body);
      json(res, 200, { ok: true, result: { message_id: 1, date: 1, chat: { id: 1 } } });
    };
    await send({ chat: "1", text: "слово ".repeat(1_000) }).result;
    assert.equal(texts.length, 2);
    assert.equal(
      (await failure(send({ chat: "1", text: "слово ".repeat(1_300) }).result)).errorClass,
      "temporary",
      "nothing was sent yet",
    );
    texts.length = 1;
    assert.equal((await failure(send({ chat: "1", text: "слово ".repeat(1_300) }).result)).errorClass, "unknown");
  });
});

describe("splitting a text", () => {
  it("loses no word, breaks no character and keeps under the limit", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 }), { maxLength: 200 }),
        (words) => {
          const text = words
            .map((word) => word.replace(/\s/g, ""))
            .join(" ")
            .trim();
          const parts = splitText(text, 100);
          assert.ok(parts.every((part) => part.length <= 100));
          assert.equal(parts.join("").replace(/\s/g, ""), text.replace(/\s/g, ""));
          for (const part of parts) assert.ok(part.isWellFormed());
        },
      ),
    );
  });
  it("prefers paragraphs", () => {
    assert.deepEqual(splitText(`${"a".repeat(60)}\n\n${"b".repeat(60)}`, 100), ["a".repeat(60), "b".repeat(60)]);
  });
});

describe("schedule", () => {
  it("makes cron of what a person chose", () => {
    assert.equal(cronOf({ mode: "minutes", minutes: "15" }), "*/15 * * * *");
    assert.equal(cronOf({ mode: "minutes", minutes: "120" }), "0 */2 * * *");
    assert.equal(cronOf({ mode: "daily", time: "9:30" }), "30 9 * * *");
    assert.equal(cronOf({ mode: "weekly", time: "18:05", weekdays: ["1", "5"] }), "5 18 * * 1,5");
    assert.equal(cronOf({ mode: "monthly", time: "00:00", day: 31 }), "0 0 L * *");
    assert.equal(cronOf({ mode: "cron", cron: "0 9 * * 1-5" }), "0 9 * * 1-5");
    assert.throws(
      () => cronOf({ mode: "daily", time: "25:00" }),
      (error: unknown) => error instanceof ConnectorError && error.details.field === "time",
    );
    assert.equal(schedule.triggers[0]?.cron?.({}), "0 9 * * *");
  });
});
