import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { makeLog } from "./log.ts";

function logged(write: (log: ReturnType<typeof makeLog>) => void): string {
  let text = "";
  const log = makeLog("debug", {
    write: (line: string) => {
      text += line;
    },
  });
  write(log);
  return text;
}

describe("log", () => {
  it("hides secrets by key and by value", () => {
    const text = logged((log) => {
      log.info({ auth: { password: "hunter2" }, token: "hunter2", request: { headers: { authorization: "hunter2" } } });
      log.info("GET https://api.telegram.org/bot123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1/getMe");
      log.warn({ url: "https://x.example/?apiKey=hunter2&id=5" }, "sent Bearer hunter2hunter2");
      log.error({ err: new Error("postgres://app:hunter2@db/x, /hooks/hunter2hunter2hunter2") });
    });
    assert.ok(!/hunter2|AAHdq/.test(text), text);
    assert.match(text, /id=5/);
    for (const line of text.trim().split("\n")) JSON.parse(line);
  });
  it("tells of a failed query without what was sent", () => {
    const cause = Object.assign(new Error('duplicate key: "hunter2"'), {
      name: "PostgresError",
      code: "23505",
      table_name: "members",
      detail: "Key (name)=(hunter2) exists",
    });
    const error = Object.assign(new Error("Failed query: insert … params: hunter2", { cause }), {
      name: "DrizzleQueryError",
      query: "insert …",
      params: ["hunter2"],
    });
    const text = logged((log) => log.error({ err: error }, "failed"));
    assert.ok(!text.includes("hunter2"), text);
    assert.match(text, /23505.*members/);
    assert.match(text, /log\.test/, "the stack stays");
  });
});
