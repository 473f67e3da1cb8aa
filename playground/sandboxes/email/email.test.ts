import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createTransport } from "nodemailer";
import { openStore } from "../../store.ts";
import { serveSandboxes } from "../serve.ts";

describe("mail server of the playground", () => {
  it("keeps its port and its letters over a restart, and a reset empties it", async () => {
    const store = openStore(":memory:");
    const start = async () => {
      const served = await serveSandboxes({ store });
      const view = () => served.sandboxes.list().find(({ key }) => key === "email");
      const value = (key: string) => view()?.credentials.find((one) => one.key === key)?.value ?? "";
      return { served, value, letters: () => view()?.tables[0]?.rows ?? [] };
    };
    const first = await start();
    const port = first.value("port");
    assert.ok(first.served.hosts.includes(`127.0.0.1:${port}`));
    const transport = createTransport({
      host: "127.0.0.1",
      port: Number(port),
      auth: { user: first.value("user"), pass: first.value("password") },
    });
    await transport.sendMail({ from: first.value("from"), to: "a@example.test", subject: "Привет", text: "Текст" });
    await assert.rejects(transport.sendMail({ from: "b@example.test", to: "a@example.test" }), /553/);
    transport.close();
    await first.served.stop();

    const second = await start();
    assert.equal(second.value("port"), port);
    assert.equal(second.letters()[0]?.subject, "Привет");
    second.served.sandboxes.reset("email");
    assert.deepEqual(second.letters(), []);
    await second.served.stop();
  });
});
