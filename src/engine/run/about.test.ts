import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { connectors } from "../../connectors/index.ts";
import type { JsonObject } from "../../connectors/kit/define.ts";
import { aboutOf } from "./about.ts";

const find = (key: string) => connectors.find((one) => one.key === key);
const about = (event: JsonObject | null, connector = "webhook") =>
  aboutOf(event, { connector, trigger: find(connector)?.triggers[0]?.key ?? null, record: "r-1" }, find);
const request = (body: unknown, query: JsonObject = {}): JsonObject => ({
  id: "6f1c1a52-3f0e-4c57-9f5a-0d7f5b8f3c11",
  method: "POST",
  body: body as JsonObject,
  query,
  headers: { "user-agent": "x", phone: "1" },
});

describe("the few words that tell a run", () => {
  it("of an incoming webhook come from its body: phone and name before numbers, however deep", () => {
    assert.equal(about(request({ id: 7, name: "Анна", phone: "+79990000001" })), "+7 999 000-00-01, Анна");
    assert.equal(about(request({ order: { customer: { fullName: "Пётр", email: "p@x.ru" } } })), "Пётр, p@x.ru");
    assert.equal(about(request({ lead: [{ Телефон: "89990000001" }] })), about(request({ phone: "89990000001" })));
    assert.equal(about(request({ orderNumber: "15", sum: 3 }, {})), "15");
    assert.equal(about(request(null, { tel: "79990000001", name: "Ян" })), "+7 999 000-00-01, Ян");
  });

  it("are the request's own ones only where its body tells nothing", () => {
    assert.equal(about(request({ sum: 3 })), "sum: 3");
    assert.equal(about(request({})), "6f1c1a52-3f0e-4c57-9f5a-0d7f5b8f3c11");
    assert.equal(about(request("text")), "6f1c1a52-3f0e-4c57-9f5a-0d7f5b8f3c11");
    assert.equal(about(null), "r-1");
  });

  it("of declared fields come by their meaning", () => {
    const call = find("calltouch")?.triggers[0]?.sample ?? {};
    assert.match(about(call, "calltouch"), /^\+7 /);
  });
});
