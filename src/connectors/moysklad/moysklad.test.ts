import assert from "node:assert/strict";
import { after, beforeEach, describe, it } from "node:test";
import { openService, type Service } from "../../../test/support/service.ts";
import type { JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { objectOf } from "../kit/read.ts";
import { isToken } from "./api.ts";
import { moysklad } from "./index.ts";
import { syncIdOf } from "./shapes.ts";

const NOW = Date.parse("2026-01-10T09:00:00Z");
const action = (key: string) => {
  const found = moysklad.actions.find((one) => one.key === key);
  assert.ok(found);
  return found;
};
const trigger = (key: string) => {
  const found = moysklad.triggers.find((one) => one.key === key);
  assert.ok(found);
  return found;
};
const failsAs = (errorClass: string, field?: string) => (error: unknown) => {
  assert.ok(error instanceof ConnectorError, String(error));
  assert.equal(error.errorClass, errorClass, error.sentence.en);
  if (field !== undefined) assert.equal(error.details.field, field);
  return true;
};

let service: Service | undefined;
const open = async (more: Parameters<typeof openService>[1] = { now: NOW }): Promise<Service> => {
  await service?.stop();
  service = await openService("moysklad", more);
  return service;
};
after(() => service?.stop());

const first = async (ms: Service, list: string) =>
  (await moysklad.lists?.[list]?.load(ms.ctx, {}, undefined))?.items[0]?.value ?? "";
async function newOrder(ms: Service, more: JsonObject = {}): Promise<JsonObject> {
  const agent = await ms.run("createCounterparty", { name: "Анна" });
  return ms.run("createOrder", { organization: await first(ms, "organizations"), agent: agent.id ?? null, ...more });
}

describe("МойСклад's connection", () => {
  it("names the user, by password and by token, and tells what is wrong", async () => {
    const ms = await open();
    const { login = "", password = "", token = "" } = ms.ctx.auth;
    const account = { account: "admin@svyazka-demo (Петрова Ольга)" };
    assert.deepEqual(await moysklad.check?.(ms.with({ login, password })), account);
    assert.deepEqual(await moysklad.check?.(ms.with({ login: "token", password: token })), account);
    const check = async (auth: Record<string, string>) => moysklad.check?.(ms.with(auth));
    await assert.rejects(check({ login, password: "wrong-password" }), failsAs("access"));
    await assert.rejects(check({ login: "admin", password }), failsAs("access", "login"));
    await assert.rejects(check({ login, password: token, signIn: "password" }), failsAs("access"));
    ms.set("rights", "noApi");
    await assert.rejects(check({ login, password }), failsAs("access"));
    assert.doesNotMatch(
      JSON.stringify(ms.exchange()),
      new RegExp(`${password}|${token}|${btoa(`${login}:${password}`)}`),
    );
  });

  it("tells a token from a password", () => {
    const token = "5d9b0c1e7a3f48c2b6e0d4a19f7c83e25b6a0d17";
    assert.equal(isToken({ password: token }), true);
    assert.equal(isToken({ password: "qwerty12" }), false);
    assert.equal(isToken({ password: token, signIn: "password" }), false);
    assert.equal(isToken({ password: "another-kind", signIn: "token" }), true);
  });

  it("reads every list", async () => {
    const ms = await open();
    for (const [name, list] of Object.entries(moysklad.lists ?? {})) {
      const { items } = await list.load(ms.ctx, {}, undefined);
      assert.ok(items.length > 0, name);
      assert.ok(
        items.every(({ value, label }) => /^[0-9a-f-]{36}$/.test(value) && label !== ""),
        name,
      );
    }
  });
});

describe("МойСклад's records", () => {
  let ms: Service;
  beforeEach(async () => {
    ms = await open();
  });

  it("custom fields are offered by name and travel in both directions", async () => {
    for (const [name, type] of [
      ["utm_source", "string"],
      ["Заметки", "text"],
      ["Этаж", "long"],
      ["Скидка", "double"],
      ["Срочно", "boolean"],
      ["Перезвонить", "time"],
      ["Страница", "link"],
      ["Кто", "customentity"],
      ["Договор", "file"],
    ] as const) {
      await ms.press("attribute", { name, type, entity: "customerorder" });
    }
    const fields = (await action("createOrder").fieldsOf?.(ms.ctx, {})) ?? [];
    assert.deepEqual(
      fields.map(({ label, kind }) => [label.ru, kind]),
      [
        ["utm_source", "text"],
        ["Заметки", "longText"],
        ["Этаж", "integer"],
        ["Скидка", "decimal"],
        ["Срочно", "boolean"],
        ["Перезвонить", "dateTime"],
        ["Страница", "text"],
        ["Кто", "choice"],
      ],
    );
    const values = ["yandex", "две\nстроки", 7, 2.5, false, "2026-01-11T07:30:00.000Z", "https://a.test/?b=c"];
    const wholesale = fields[7]?.choices?.[1]?.value ?? "";
    const input = Object.fromEntries(fields.map(({ key }, at) => [key, values[at] ?? wholesale]));
    const order = await newOrder(ms, input);
    const output = (await trigger("newOrder").outputOf?.(ms.ctx, {})) ?? [];
    assert.equal(output.length, 9);
    const read = output.map(({ key }) => objectOf(order.attributes)[key.replace("attributes.", "")]);
    assert.deepEqual(read, [...values, "Опт", undefined]);
    // What was read is what would be written again, so that the rules of duplicates compare like with like.
    const [found] = (await action("createOrder").duplicates?.find(ms.ctx, "name", order.name ?? null, {})) ?? [];
    for (const [key, value] of Object.entries(input)) assert.deepEqual(found?.fields[key], value, key);
  });

  it("sums are roubles, times are moments, links are names", async () => {
    const made = (await ms.press("order", { total: "2300.50" })) as { id: string };
    await ms.press("pay", { order: made.id, sum: "1000.25" });
    const order = await ms.run("findOrder", { id: made.id });
    assert.deepEqual(
      [order.found, order.sum, order.payedSum, order.isPaid, order.state, order.organization, order.agentName],
      [true, 2300.5, 1000.25, false, "Новый", "ООО «Велосипеды»", "Ирина"],
    );
    assert.equal(order.moment, "2026-01-10T09:00:00.000Z");
    const priced = await newOrder(ms, {
      positions: [{ product: "7a310007-f5d1-11ef-0a80-000000000001", quantity: 2, price: 99.9 }],
    });
    assert.equal(priced.sum, 199.8);
  });

  it("a counterparty without a name is called by its phone or e-mail", async () => {
    assert.equal((await ms.run("createCounterparty", { phone: "+79161234567" })).name, "+79161234567");
    assert.equal((await ms.run("createCounterparty", { email: "a@example.test" })).name, "a@example.test");
  });

  it("finds a counterparty by phone however it is written, by e-mail whatever its case, and by external code", async () => {
    const { duplicates } = action("createCounterparty");
    const find = async (key: string, value: string) =>
      ((await duplicates?.find(ms.ctx, key, value, {})) ?? []).map(({ id }) => id);
    for (const mode of ["exact", "digits"]) {
      ms.set("phoneFilter", mode);
      for (const [at, phone] of [
        "+79001112233",
        "79002223344",
        "8 (900) 333-44-55",
        "+7 (900) 444-55-66",
        "900 555-66-77",
      ].entries()) {
        const made = await ms.run("createCounterparty", { name: `${mode} ${at}`, phone });
        const asked = `+7${phone.replace(/\D/g, "").slice(-10)}`;
        assert.ok((await find("phone", asked)).includes(String(made.id)), `${mode}: ${phone}`);
      }
      assert.deepEqual(await find("phone", "+79998887766"), []);
    }
    await ms.run("createCounterparty", { name: "Заказ с номера 9005557788", phone: "+79001110000" });
    assert.deepEqual(await find("phone", "+79005557788"), [], "digits in a name are no phone");
    const made = await ms.run("createCounterparty", { name: "Анна", email: "Anna@Example.test", externalCode: "ct;1" });
    assert.deepEqual(await find("email", "anna@example.test"), [made.id]);
    assert.deepEqual(await find("email", "nna@example.test"), []);
    assert.deepEqual(await find("externalCode", "ct;1"), [made.id]);
  });

  it("updates what was found and leaves the rest alone", async () => {
    const made = await ms.run("createCounterparty", { name: "Анна", phone: "+79001112233", tags: ["опт", "сайт"] });
    const { duplicates } = action("createCounterparty");
    const [found] = (await duplicates?.find(ms.ctx, "phone", "+79001112233", {})) ?? [];
    assert.ok(found && duplicates?.update);
    assert.deepEqual([found.fields.name, found.fields.tags], ["Анна", ["опт", "сайт"]]);
    const updated = await duplicates.update(ms.ctx, found, { email: "a@example.test" }, {});
    assert.deepEqual(
      [updated.id, updated.name, updated.email, updated.tags],
      [made.id, "Анна", "a@example.test", "опт, сайт"],
    );
  });

  it("updates an order by id or external code, and says when there is none", async () => {
    const order = await newOrder(ms, { externalCode: "ct-1" });
    const states = (await moysklad.lists?.states?.load(ms.ctx, {}, undefined))?.items ?? [];
    const state = states.find(({ label }) => label === "Собран")?.value ?? "";
    assert.equal((await ms.run("updateOrder", { externalCode: "ct-1", state })).state, "Собран");
    assert.equal((await ms.run("updateOrder", { id: order.id ?? null, description: "Позвонить" })).state, "Собран");
    await assert.rejects(ms.run("updateOrder", { externalCode: "no", state }), failsAs("not_found", "externalCode"));
    await assert.rejects(ms.run("updateOrder", { id: "12", state }), failsAs("not_found", "id"));
    await assert.rejects(ms.run("updateOrder", { state }), failsAs("data", "id"));
    assert.deepEqual(await ms.run("findOrder", { externalCode: "no" }), { found: false });
    // The browser's address, with the other id in it, is understood too.
    const found = await ms.run("findOrder", { id: order.url ?? null });
    assert.deepEqual([found.id, found.agentName], [order.id, "Анна"]);
    assert.notEqual(String(order.url).includes(String(order.id)), true);
  });

  it("names the field that was refused", async () => {
    await assert.rejects(newOrder(ms, { agent: "7a310000-f5d1-11ef-0a80-00000000ffff" }), failsAs("not_found"));
    const agent = await ms.run("createCounterparty", { name: "Анна" });
    await assert.rejects(ms.run("createOrder", { agent: agent.id ?? null }), failsAs("data", "organization"));
    await assert.rejects(newOrder(ms, { moment: "вчера" }), failsAs("data", "moment"));
    await assert.rejects(newOrder(ms, { state: await first(ms, "counterpartyStates") }), failsAs("data", "state"));
    ms.set("rights", "noOrders");
    await assert.rejects(newOrder(ms), failsAs("forbidden"));
  });

  it("a create whose answer was lost is made once", async () => {
    const once = { key: "run.step" };
    ms.set("health", "lost:1");
    const made = await action("createCounterparty").run(ms.ctx, { name: "Анна" }, once);
    const again = await action("createCounterparty").run(ms.ctx, { name: "Анна" }, once);
    assert.equal(again.id, made.id);
    assert.equal(ms.rows("counterparties").length, 1);
    assert.match(syncIdOf(once, "counterparty"), /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.notEqual(syncIdOf(once, "counterparty"), syncIdOf(once, "customerorder"));
  });

  it("tells a limit, an outage and a page of HTML from a refusal, also when it creates", async () => {
    ms.set("health", "rateLimit:1");
    await assert.rejects(ms.run("createCounterparty", { name: "А" }), (error) => {
      assert.ok(failsAs("temporary")(error));
      return (error as ConnectorError).details.retryAfterMs === 1_000;
    });
    ms.set("health", "outage");
    await assert.rejects(ms.run("createCounterparty", { name: "А" }), failsAs("temporary"));
    ms.set("health", "html");
    await assert.rejects(ms.poll("newOrder"), failsAs("temporary"));
    ms.set("health", "expired");
    await assert.rejects(ms.poll("newOrder"), failsAs("access"));
  });
});

describe("МойСклад's searches and groups", () => {
  it("look at every record with a common value, not at the first hundred", async () => {
    const ms = await open();
    for (let i = 0; i < 120; i++) await ms.run("createCounterparty", { name: "Иван", code: `c${i}` });
    const found = await action("createCounterparty").duplicates?.find(ms.ctx, "name", "Иван", {});
    assert.equal(new Set(found?.map(({ id }) => id)).size, 120);
  });

  it("an update joins groups with those that are there, and a duplicate's rule decides for itself", async () => {
    const ms = await open();
    const made = await ms.run("createCounterparty", { name: "Анна", tags: ["опт", "вк"] });
    const joined = await ms.run("updateCounterparty", { id: made.id ?? null, tags: ["ВК", "сайт"] });
    assert.equal(joined.tags, "опт, вк, сайт");
    const { duplicates } = action("createCounterparty");
    const [found] = (await duplicates?.find(ms.ctx, "name", "Анна", {})) ?? [];
    assert.ok(found);
    const replaced = await duplicates?.update?.(ms.ctx, found, { tags: ["опт"] }, {});
    assert.equal(replaced?.tags, "опт");
  });
});
