import assert from "node:assert/strict";
import { after, beforeEach, describe, it } from "node:test";
import { openService, type Service } from "../../../test/support/service.ts";
import type { JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { placeOf } from "./api.ts";
import { mertago } from "./index.ts";
import { filledBody, filledPath, recordsIn, valueAt } from "./template.ts";

const [createContact] = mertago.actions;
assert.ok(createContact?.lookup && createContact.duplicates);
const { duplicates, lookup } = createContact;
const failsAs = (errorClass: string, field?: string) => (error: unknown) => {
  assert.ok(error instanceof ConnectorError, String(error));
  assert.equal(error.errorClass, errorClass, error.sentence.en);
  if (field !== undefined) assert.equal(error.details.field, field);
  return true;
};

describe("what a person describes of Mertago", () => {
  it("is an https address", () => {
    assert.deepEqual(placeOf(" https://a.example.test/api/v1/ "), { host: "a.example.test", prefix: "/api/v1" });
    assert.deepEqual(placeOf("a.example.test"), { host: "a.example.test", prefix: "" });
    for (const typed of ["", "http://a.example.test", "https://u:p@a.example.test", "localhost", "a b.test"])
      assert.throws(() => placeOf(typed), failsAs("access", "baseUrl"), typed);
  });

  it("is a path that no value breaks out of", () => {
    assert.equal(
      filledPath("companies/{companyId}/x", { companyId: "7/../1?a#b" }, "p"),
      "/companies/7%2F..%2F1%3Fa%23b/x",
    );
    assert.throws(() => filledPath("/a/{nope}", {}, "createPath"), failsAs("access", "createPath"));
  });

  it("is a body that stays JSON whatever is put in, without what is empty", () => {
    const template = '{"c":{"id":"{{companyId}}","tags":["{{email}}","x"]},"who":"г-н {{ name }}","vip":true}';
    assert.deepEqual(filledBody(template, { companyId: 'a"b', name: "\\", email: null }), {
      c: { id: 'a"b', tags: ["x"] },
      who: "г-н \\",
      vip: true,
    });
    for (const bad of ["{", "[]", '{"a":"{{password}}"}'])
      assert.throws(() => filledBody(bad, {}), failsAs("access", "body"), bad);
  });

  it("is a place in an answer", () => {
    assert.equal(valueAt({ data: { items: [{ id: 7 }] } }, "data.items.0.id"), 7);
    assert.equal(valueAt({ data: null }, "data.id"), null);
    assert.equal(valueAt({}, "constructor"), null);
    const one = { id: 1 };
    for (const answer of [[one], { items: [one] }, { data: { items: [one] } }, one])
      assert.deepEqual(recordsIn(answer), [one]);
  });
});

describe("Mertago against its made-up sandbox", () => {
  let service: Service | undefined;
  let auth: Record<string, string> = {};
  beforeEach(async () => {
    await service?.stop();
    service = await openService("mertago");
    auth = { ...service.ctx.auth };
  });
  after(() => service?.stop());
  const opened = (): Service => {
    assert.ok(service);
    return service;
  };
  const make = (input: JsonObject, more: Record<string, string> = {}) =>
    createContact.run(opened().with({ ...auth, ...more }), { companyId: "7001", ...input }, { key: "k" });

  it("says whether the access was checked", async () => {
    assert.deepEqual(await mertago.check?.(opened().ctx), { account: "mertago.example.test" });
    const unchecked = opened().with({ ...auth, secret: "wrong", checkPath: "" });
    assert.deepEqual(await mertago.check?.(unchecked), { account: "mertago.example.test · доступ не проверен" });
    await mertago.check?.(opened().with({ ...auth, checkMethod: "POST" }));
    assert.match(JSON.stringify(opened().exchange()), /"method":"POST"[^}]*\/me/);
    const wrong = opened().with({ ...auth, secret: "wrong-token" });
    await assert.rejects(async () => mertago.check?.(wrong), failsAs("access"));
  });

  it("lets itself be known in every way", async () => {
    const { secret = "" } = auth;
    const ways: Record<string, string>[] = [
      { authMode: "header", name: "X-Token" },
      { authMode: "basic", name: "admin" },
      { way: "oauth", accessToken: secret, secret: "" },
    ];
    for (const way of ways) assert.ok(await mertago.check?.(opened().with({ ...auth, ...way })));
    assert.doesNotMatch(JSON.stringify(opened().exchange()), new RegExp(secret));
    assert.doesNotMatch(
      JSON.stringify(opened().exchange()),
      new RegExp(Buffer.from(`admin:${secret}`).toString("base64").slice(0, 20)),
    );
  });

  it("makes a contact of a company, with a body of its own where one is given", async () => {
    const output = await make({ firstName: "Анна", lastName: "Петрова", phone: "+79000000001", extra: { inn: "77" } });
    assert.equal(output.id, "501");
    const [row] = opened().rows("contacts");
    assert.deepEqual(
      [row?.company_id, row?.name, row?.phone, row?.inn],
      ["7001", "Анна Петрова", "+79000000001", "77"],
    );
    await make({ firstName: "Олег", position: "Закупщик" }, { body: '{"name":"{{firstName}}","post":"{{position}}"}' });
    assert.equal(opened().rows("contacts")[0]?.post, "Закупщик");
  });

  it("takes a 2xx for done, and the id from where it is said to be", async () => {
    opened().set("answer", "nested");
    assert.equal((await make({ firstName: "A" }, { idPath: "data.contact.id" })).id, "501");
    opened().set("answer", "empty");
    assert.equal((await make({ firstName: "B" })).id, null);
  });

  it("finds by phone and e-mail what it is shown to, and looks again", async () => {
    const findPath = "/contacts?{key}={value}";
    const ctx = opened().with({ ...auth, findPath });
    const made = await make({ firstName: "Анна", phone: "+79000000001", email: "Anna@example.test" });
    await make({ firstName: "Олег", phone: "+79110000001" });
    for (const answer of ["flat", "nested"]) {
      opened().set("answer", answer);
      const ids = async (key: string, value: string) =>
        (await duplicates.find(ctx, key, value, {})).map(({ id }) => id);
      assert.deepEqual(await ids("phone", "+79000000001"), [made.id]);
      assert.deepEqual(await ids("email", "anna@example.test"), [made.id]);
      assert.deepEqual(await ids("phone", "+79220000001"), []);
    }
    await assert.rejects(async () => duplicates.find(opened().ctx, "phone", "+79000000001", {}), failsAs("data"));
  });

  it("tells after a lost answer only what a search can tell", async () => {
    const input = { companyId: "7001", firstName: "Анна", phone: "+79000000001" };
    const ctx = opened().with({ ...auth, findPath: "/contacts?{key}={value}" });
    assert.equal(await lookup(ctx, input, { key: "k" }), "absent");
    opened().set("health", "lost:1");
    await assert.rejects(make(input), failsAs("unknown"));
    const found = await lookup(ctx, input, { key: "k" });
    assert.ok(found && typeof found === "object");
    assert.equal(found.id, "501");
    assert.equal(await lookup(opened().ctx, input, { key: "k" }), null);
  });

  it("goes by the status of what is refused", async () => {
    await assert.rejects(make({}), failsAs("data"));
    await assert.rejects(make({ companyId: "9", firstName: "A" }), failsAs("not_found"));
    opened().set("same", "conflict");
    await make({ firstName: "A", phone: "+79000000001" });
    const again = { firstName: "A", phone: "+79000000001" };
    await assert.rejects(make(again), failsAs("data"));
    assert.equal(
      (await make(again, { findPath: "/contacts?{key}={value}" })).id,
      "501",
      "a refused double is what was wanted",
    );
    opened().set("health", "rateLimit:1");
    await assert.rejects(make({ firstName: "A" }), (error) => {
      assert.ok(error instanceof ConnectorError);
      assert.equal(error.details.retryAfterMs, 2_000);
      return failsAs("temporary")(error);
    });
    opened().set("health", "outage");
    await assert.rejects(make({ firstName: "A" }), failsAs("unknown"));
  });
});
