import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createServer as createSocketServer } from "node:net";
import { after, before, describe, it } from "node:test";
import { SMTPServer } from "smtp-server";
import fc from "../../../test/support/property.ts";
import { openService, type Service } from "../../../test/support/service.ts";
import type { Context, JsonObject } from "../kit/define.ts";
import { ConnectorError, type ErrorClass } from "../kit/errors.ts";
import { makeHttp } from "../kit/http.ts";
import type { Exchange } from "../kit/recording.ts";
import { makeDial } from "../kit/tcp.ts";
import { nameOf } from "./attachments.ts";
import { email } from "./index.ts";
import { letterOf } from "./letter.ts";

const LETTER = {
  to: "Анна Петрова <anna@example.test>, boss@example.test",
  subject: "Заявка № 17",
  text: "Здравствуйте!",
};
let service: Service;
before(async () => {
  service = await openService("email");
});
after(() => service.stop());

async function failure(call: Promise<unknown>): Promise<ConnectorError> {
  const error = await call.then(
    () => null,
    (caught: unknown) => caught,
  );
  assert.ok(error instanceof ConnectorError, String(error));
  return error;
}
const send = (input: JsonObject, ctx: Context = service.ctx, key = "run.step") => {
  const [action] = email.actions;
  assert.ok(action);
  return action.run(ctx, input, { key });
};

describe("e-mail", () => {
  it("checks the mailbox without sending anything", async () => {
    assert.deepEqual(await email.check?.(service.ctx), { account: "shop@example.test" });
    assert.equal(service.rows("messages").length, 0);
  });

  it("sends a letter to several people, hidden ones stay hidden", async () => {
    const output = await send({ ...LETTER, bcc: "hidden@example.test", replyTo: "reply@example.test" });
    const [row] = service.rows("messages");
    assert.equal(row?.from, "Магазин <shop@example.test>");
    assert.equal(row?.to, "Анна Петрова <anna@example.test>, boss@example.test");
    assert.equal(row?.subject, LETTER.subject);
    assert.equal(row?.text, LETTER.text);
    assert.equal(row?.replyTo, "reply@example.test");
    assert.equal(row?.messageId, output.messageId);
    assert.deepEqual(row?.envelope, ["anna@example.test", "boss@example.test", "hidden@example.test"]);
    assert.equal((output.accepted as string[]).length, 3);
    assert.match(String(output.response), /^250 /);
  });

  it("sends HTML with a plain text beside it", async () => {
    await send({ to: "a@example.test", text: "<p>Заказ <b>17</b></p><p>5 &lt; 6</p>", format: "html" });
    const [row] = service.rows("messages");
    assert.equal(row?.html, "<p>Заказ <b>17</b></p><p>5 &lt; 6</p>");
    assert.equal(row?.text, "Заказ 17\n5 < 6");
  });

  it("attaches files by their links, byte for byte, and asks for nothing of the mail server when a link is bad", async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const files = createServer((req, res) => {
      const [, name = ""] = (req.url ?? "").split("/");
      if (name === "price.bin") res.writeHead(200, { "content-type": "application/octet-stream" }).end(bytes);
      else if (name === "named")
        res
          .writeHead(200, { "content-disposition": "attachment; filename*=UTF-8''%D1%81%D1%87%D1%91%D1%82.pdf" })
          .end("pdf");
      else if (name === "page") res.writeHead(200, { "content-type": "text/html" }).end("<p>Войдите</p>");
      else if (name === "huge") res.writeHead(200, { "content-length": String(16 * 1024 * 1024) }).end();
      else res.writeHead(Number(name) || 404).end();
    });
    await new Promise<void>((done) => files.listen(0, "127.0.0.1", done));
    const { port } = files.address() as AddressInfo;
    const base = `http://127.0.0.1:${port}`;
    const own = makeHttp({
      allowedHosts: [`127.0.0.1:${port}`],
      endpoints: {},
      clock: { now: () => new Date() },
      limiter: { take: async () => () => {} },
    });
    const kept: Exchange[] = [];
    const ctx = { ...service.ctx, http: own(email, service.ctx.auth, (one) => kept.push(one)) };
    try {
      const output = await send({ ...LETTER, attachments: [`${base}/price.bin`, `${base}/named`] }, ctx);
      assert.deepEqual(output.attached, ["price.bin", "счёт.pdf"]);
      assert.equal(service.rows("messages")[0]?.files, "price.bin 256, счёт.pdf 3");
      assert.equal(kept[0]?.answer?.body, "[256 B]");
      const before = service.rows("messages").length;
      const cases: [string, ErrorClass, RegExp][] = [
        [`${base}/page`, "data", /веб-страница, а не файл/],
        [`${base}/403`, "data", /без входа/],
        [`${base}/404`, "not_found", /./],
        [`${base}/503`, "temporary", /./],
        [`${base}/huge`, "data", /больше/],
        ["http://10.0.0.1/x", "data", /./],
        ["счёт.pdf", "data", /не похоже на ссылку/],
      ];
      for (const [link, errorClass, words] of cases) {
        const error = await failure(send({ ...LETTER, attachments: [link] }, ctx));
        assert.deepEqual([error.errorClass, error.details.field], [errorClass, "attachments"], link);
        assert.match(error.sentence.ru, words);
      }
      assert.equal(service.rows("messages").length, before);
    } finally {
      await own.close();
      files.closeAllConnections();
      await new Promise((done) => files.close(done));
    }
  });

  it("a file's name is only a name", () => {
    const at = new URL("https://shop.test/a/%D0%BF%D1%80%D0%B0%D0%B9%D1%81.xlsx");
    assert.equal(nameOf(at, ""), "прайс.xlsx");
    assert.equal(nameOf(at, 'attachment; filename="..\\..\\x.pdf"'), ".. .. x.pdf");
    assert.equal(nameOf(new URL("https://shop.test/"), ""), "file");
    assert.equal(nameOf(at, "attachment; filename*=UTF-8''a%0D%0ABcc:%20x.pdf"), "a Bcc  x.pdf");
  });

  it("goes on when one of several recipients is refused, and says who", async () => {
    const output = await send({ ...LETTER, to: "anna@example.test, nobody@example.test" });
    assert.deepEqual(output.accepted, ["anna@example.test"]);
    assert.deepEqual(output.rejected, ["nobody@example.test"]);
  });

  it("names refusals by their class and by the field that must change", async () => {
    const cases: [string, ErrorClass, string | undefined, string][] = [
      ["expired", "access", "password", "535"],
      ["later", "temporary", undefined, "451"],
      ["unknown", "data", "to", "550"],
      ["spam", "data", "text", "554"],
    ];
    for (const [answer, errorClass, field, code] of cases) {
      service.set("answer", answer);
      const error = await failure(send(LETTER));
      assert.deepEqual([error.errorClass, error.details.field, error.details.code], [errorClass, field, code], answer);
      assert.ok(error.details.own, answer);
    }
    service.set("answer", "ok");
    const foreign = service.with({ ...service.ctx.auth, from: "other@example.test" });
    const error = await failure(send(LETTER, foreign));
    assert.deepEqual([error.errorClass, error.details.field], ["access", "from"]);
  });

  it("doesn't know what became of a letter whose answer was lost, and repeats it under the same Message-ID", async () => {
    const before = service.rows("messages").length;
    service.set("answer", "lost");
    assert.equal((await failure(send(LETTER, service.ctx, "run9.mail"))).errorClass, "unknown");
    service.set("answer", "ok");
    await send(LETTER, service.ctx, "run9.mail");
    const [second, first] = service.rows("messages");
    assert.equal(service.rows("messages").length, before + 2);
    assert.equal(first?.messageId, second?.messageId);
    const other = await send(LETTER, service.ctx, "run10.mail");
    assert.notEqual(other.messageId, second?.messageId);
  });

  it("keeps the conversation for the history, without the password", () => {
    const kept = JSON.stringify(service.exchange());
    assert.match(kept, /smtp:\/\/127\.0\.0\.1/);
    assert.match(kept, /queued as/);
    assert.ok(!kept.includes("mail-sandbox-password"));
  });
});

describe("what may not get into a letter", () => {
  const auth = { from: "shop@example.test", fromName: "Магазин" };
  it("a line break in a header is refused, whatever stands around it", () => {
    const header = fc.constantFrom("to", "cc", "bcc", "replyTo", "subject", "fromName");
    const breaks = fc.constantFrom("\r\n", "\n", "\r", "\u2028", "\u0000");
    fc.assert(
      fc.property(header, breaks, fc.string(), (field, end, tail) => {
        const value = `a@example.test${end}Bcc: ${tail}x`;
        assert.throws(
          () => letterOf({ auth }, { ...LETTER, [field]: value }, "once"),
          (error) => error instanceof ConnectorError && error.details.field === field,
        );
      }),
    );
  });
  it("addresses are read, not believed", () => {
    const bad = ["anna", "anna@", "<script>@x", "a@example", "a@b@example.test", "x,y"];
    for (const to of bad) assert.throws(() => letterOf({ auth }, { ...LETTER, to }, "once"), ConnectorError, to);
    const good = letterOf({ auth }, { ...LETTER, to: "a@example.test; Пётр <b@пример.рф>" }, "once");
    assert.deepEqual(
      good.to.map(({ address }) => address),
      ["a@example.test", "b@пример.рф"],
    );
  });
  it("more people than a person writes to are refused", () => {
    const to = Array.from({ length: 51 }, (_, i) => `a${i}@example.test`).join(",");
    assert.throws(() => letterOf({ auth }, { ...LETTER, to }, "once"), ConnectorError);
  });
});

describe("the way to a mail server", () => {
  const contextOf = (auth: Record<string, string>, allowedHosts: string[]): Context => ({
    ...service.ctx,
    auth,
    tcp: { ...makeDial({ allowedHosts }), record: () => {} },
  });
  const inner = (port: number, security: string) => ({ ...service.ctx.auth, port: String(port), security });

  it("inner networks are closed, however they are written", async () => {
    for (const host of ["127.0.0.1", "localhost", "0x7f.1", "2130706433", "[::1]", "10.0.0.5", "::ffff:127.0.0.1"]) {
      const error = await failure(send(LETTER, contextOf({ ...service.ctx.auth, host, security: "tls" }, [])));
      assert.notEqual(error.errorClass, "temporary", host);
    }
    const resolve = (
      _: string,
      __: unknown,
      done: (error: null, found: { address: string; family: number }[]) => void,
    ) => done(null, [{ address: "127.0.0.1", family: 4 }]);
    const dial = makeDial({ allowedHosts: [], resolve });
    assert.equal((await failure(dial.connect("mail.example.test", 465))).details.code, "guard");
  });

  it("without encryption only where the administrator allowed it", async () => {
    const error = await failure(send(LETTER, contextOf({ ...service.ctx.auth, host: "smtp.example.test" }, [])));
    assert.deepEqual([error.errorClass, error.details.field], ["access", "security"]);
  });

  it("a certificate that nobody vouches for is refused, also after STARTTLS", async () => {
    for (const secure of [true, false]) {
      const server = new SMTPServer({ secure, logger: false, closeTimeout: 50 });
      server.on("error", () => {});
      await once(server.listen(0, "127.0.0.1"), "listening");
      const { port } = server.server.address() as AddressInfo;
      const ctx = contextOf(inner(port, secure ? "tls" : "starttls"), [`127.0.0.1:${port}`]);
      const error = await failure(send(LETTER, ctx));
      assert.deepEqual([error.errorClass, error.details.field], ["access", "host"], String(secure));
      await new Promise<void>((done) => server.close(() => done()));
    }
  });

  it("a server that hides STARTTLS gets no password, and the wrong kind of encryption is named", async () => {
    const server = new SMTPServer({
      hideSTARTTLS: true,
      disabledCommands: ["STARTTLS"],
      logger: false,
      closeTimeout: 50,
    });
    server.on("error", () => {});
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.server.address() as AddressInfo;
    for (const security of ["starttls", "tls"]) {
      const error = await failure(send(LETTER, contextOf(inner(port, security), [`127.0.0.1:${port}`])));
      assert.deepEqual([error.errorClass, error.details.field], ["access", "security"], security);
    }
    await new Promise<void>((done) => server.close(() => done()));
  });

  it("a server that hangs up at once, and one that isn't there, are tried again later", async () => {
    const server = createSocketServer((socket) => socket.destroy());
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    const ctx = contextOf(inner(port, "none"), [`127.0.0.1:${port}`]);
    assert.equal((await failure(send(LETTER, ctx))).errorClass, "temporary");
    await new Promise((done) => server.close(done));
    assert.equal((await failure(send(LETTER, ctx))).errorClass, "temporary");
  });
});
