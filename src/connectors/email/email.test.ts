import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { after, before, describe, it } from "node:test";
import fc from "fast-check";
import { SMTPServer } from "smtp-server";
import { openService, type Service } from "../../../test/support/service.ts";
import type { Context, JsonObject } from "../kit/define.ts";
import { ConnectorError, type ErrorClass } from "../kit/errors.ts";
import { makeDial } from "../kit/tcp.ts";
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
    const server = createServer((socket) => socket.destroy());
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    const ctx = contextOf(inner(port, "none"), [`127.0.0.1:${port}`]);
    assert.equal((await failure(send(LETTER, ctx))).errorClass, "temporary");
    await new Promise((done) => server.close(done));
    assert.equal((await failure(send(LETTER, ctx))).errorClass, "temporary");
  });
});
