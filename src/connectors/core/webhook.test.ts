import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { describe, it } from "node:test";
import type { HookRequest, Json, JsonObject } from "../kit/define.ts";
import { webhook } from "./webhook.ts";

describe("incoming webhook", () => {
  const trigger = webhook.triggers[0];
  assert.ok(trigger?.hook?.verify);
  const { hook } = trigger;
  const request = (more: Partial<HookRequest> = {}): HookRequest => ({
    method: "POST",
    headers: {},
    query: {},
    body: { a: 1 },
    raw: '{"a":1}',
    ...more,
  });
  const verify = (options: JsonObject, headers: Record<string, string>) =>
    hook.verify?.(request({ headers }), options, {}, { secret: "", app: null });

  it("lets in whom the person chose", () => {
    assert.equal(verify({}, {}), true);
    const header = { verify: "header", header: "X-Secret", secret: "open sesame" };
    assert.equal(verify(header, { "x-secret": "open sesame" }), true);
    assert.equal(verify(header, { "x-secret": "open" }), false);
    assert.equal(verify(header, {}), false);
    assert.equal(
      verify({ verify: "header", header: "X-Secret" }, { "x-secret": "" }),
      false,
      "half filled lets nobody in",
    );
    const sign = (encoding: "hex" | "base64") => createHmac("sha256", "k").update('{"a":1}').digest(encoding);
    const hex = { verify: "hmacHex", header: "X-Sign", secret: "k", prefix: "sha256=" };
    assert.equal(verify(hex, { "x-sign": `sha256=${sign("hex").toUpperCase()}` }), true);
    assert.equal(verify(hex, { "x-sign": `sha256=${sign("hex").slice(0, -1)}0` }), sign("hex").endsWith("0"));
    assert.equal(verify({ ...hex, verify: "hmacBase64" }, { "x-sign": `sha256=${sign("base64")}` }), true);
  });

  it("tells repeats by a header or a field, and otherwise takes each request for a new one", () => {
    const id = (options: JsonObject, more: Partial<HookRequest> = {}) => hook.deliveries(request(more), options)[0]?.id;
    assert.equal(id({ keyFrom: "header", keyName: "X-Request-Id" }, { headers: { "x-request-id": "7" } }), "7");
    assert.equal(
      id({ keyFrom: "path", keyName: "order.items.0.id" }, { body: { order: { items: [{ id: 5 }] } } }),
      "5",
    );
    assert.notEqual(id({}), id({}));
    assert.notEqual(id({ keyFrom: "path", keyName: "no.such" }), id({ keyFrom: "path", keyName: "no.such" }));
  });

  it("keeps credentials out of the item and can take a list apart", () => {
    const [item] = hook.deliveries(
      request({ headers: { authorization: "x", cookie: "y", "x-secret": "z", "x-kind": "k" } }),
      { header: "X-Secret" },
    );
    assert.deepEqual(item?.headers, { "x-kind": "k" });
    const body: Json = [{ id: 1 }, { id: 2 }];
    assert.equal(hook.deliveries(request({ body }), {}).length, 1);
    assert.deepEqual(
      hook.deliveries(request({ body }), { split: true, keyFrom: "path", keyName: "id" }).map(({ id }) => id),
      ["1", "2"],
    );
  });

  it("hands on the body as it came, where it is text and not too long", () => {
    const raw = '{"b": 4611686018427387905, "a": 1.10}';
    const rawOf = (more: Partial<HookRequest>, options: JsonObject = {}) =>
      hook.deliveries(request({ raw, ...more }), options)[0]?.raw;
    assert.equal(rawOf({}), raw);
    assert.equal(rawOf({ raw: "" }), undefined);
    assert.equal(rawOf({ raw: "я".repeat(200_000) }), undefined);
    assert.equal(rawOf({ raw: "\ufffd" }), undefined, "another charset, or no text at all");
    assert.equal(rawOf({ headers: { "content-type": "multipart/form-data; boundary=x" } }), undefined);
    assert.equal(rawOf({ body: [{ a: 1 }] }, { split: true }), undefined);
  });

  it("takes an empty GET for a look and an empty POST for a delivery that says nothing", () => {
    const empty = { body: {}, raw: "" };
    assert.deepEqual(hook.deliveries(request({ method: "GET", ...empty }), {}), []);
    const bare = (more: Partial<HookRequest>) => hook.deliveries(request(more), {}).map((item) => hook.isBare?.(item));
    assert.deepEqual(bare({ method: "GET", ...empty, query: { id: "1" } }), [false]);
    assert.deepEqual(bare(empty), [true]);
    assert.deepEqual(bare({}), [false]);
  });
});
