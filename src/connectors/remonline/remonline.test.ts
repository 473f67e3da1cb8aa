import assert from "node:assert/strict";
import { after, beforeEach, describe, it } from "node:test";
import { openService, type Service } from "../../../test/support/service.ts";
import type { Context, JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { remonline } from "./index.ts";

const NOW = Date.parse("2026-10-01T09:00:00Z");
const KEY = "69bd0c1e7f4a4d2f9a3c5e8b7d6f1a2b";
const VERSIONS = ["1", "1key", "2"] as const;

const action = (key: string) => {
  const found = remonline.actions.find((one) => one.key === key);
  assert.ok(found, key);
  return found;
};
const trigger = (key: string) => {
  const found = remonline.triggers.find((one) => one.key === key);
  assert.ok(found, key);
  return found;
};
const failsAs = (errorClass: string, field?: string, words?: RegExp) => (error: unknown) => {
  assert.ok(error instanceof ConnectorError, String(error));
  assert.equal(error.errorClass, errorClass, error.sentence.en);
  if (field !== undefined) assert.equal(error.details.field, field);
  if (words !== undefined) assert.match(error.sentence.ru, words);
  return true;
};

let service: Service | undefined;
const open = async (): Promise<Service> => {
  await service?.stop();
  service = await openService("remonline", { now: NOW });
  return service;
};
after(() => service?.stop());

const ORDER = { branchId: "101", orderTypeId: "301", malfunction: "Разбит экран" };
async function makeClient(ctx: Context, input: JsonObject = {}): Promise<JsonObject> {
  const whole = { firstName: "Анна", lastName: "Петрова", phone: "+79990001122", ...input };
  return action("createClient").run(ctx, whole, { key: "k" });
}
for (const version of VERSIONS) {
  describe(`RemOnline, API version ${version}`, () => {
    let ro: Service;
    let ctx: Context;
    beforeEach(async () => {
      ro = await open();
      ctx = ro.with({ apiKey: KEY, version });
    });

    it("names the account and refuses a wrong key", async () => {
      const name = version === "2" ? "Сервис «Пример»" : "Мастерская на Садовой +1";
      assert.deepEqual(await remonline.check?.(ctx), { account: name });
      const wrong = ro.with({ apiKey: "wrong-key-1", version });
      await assert.rejects(async () => remonline.check?.(wrong), failsAs("access"));
    });

    it("reads the lists of the drop-downs without those who have left", async () => {
      const load = async (name: string) => (await remonline.lists?.[name]?.load(ctx, {}, undefined))?.items ?? [];
      assert.deepEqual((await load("statuses")).map(({ value, label, note }) => [value, label, note])[1], [
        "12",
        "В работе",
        "На исполнении",
      ]);
      assert.deepEqual(
        (await load("employees")).map(({ label }) => label),
        ["Ольга Иванова", "Пётр Смирнов"],
      );
      for (const name of ["branches", "orderTypes", "campaigns"]) assert.ok((await load(name)).length > 1, name);
    });

    it("creates a client and an order with a status", async () => {
      const client = await makeClient(ctx, { email: "anna@example.test", notes: "из лида", adCampaignId: "3" });
      assert.equal(client.name, "Анна Петрова");
      assert.equal(client.adCampaign, "Сайт");
      assert.deepEqual(client.phones, ["79990001122"]);
      const order = await action("createOrder").run(
        ctx,
        { ...ORDER, clientId: String(client.id), statusId: "12", managerId: "3", estimatedCost: 4500.5 },
        { key: "k" },
      );
      assert.deepEqual(
        [order.number, order.status, order.orderType, order.branchId, order.clientPhone, order.managerId],
        ["A1", "В работе", "Платный", "101", "79990001122", "3"],
      );
      assert.equal(order.estimatedCost, 4500.5);
      assert.match(String(order.createdAt), /^2026-10-01T09:00:\d\d\.000Z$/);
    });

    it("finds duplicates by phone however it is written, by e-mail whole, and orders by their client", async () => {
      for (const mode of ["digits", "exact"]) {
        ro.set("phoneSearch", mode);
        const tail = mode === "digits" ? "01" : "02";
        const email = `${mode}@example.test`;
        const made = await makeClient(ctx, { phone: `+799900022${tail}`, email });
        const { duplicates } = action("createClient");
        const find = async (key: string, value: string) =>
          ((await duplicates?.find(ctx, key, value, {})) ?? []).map(({ id }) => id);
        assert.deepEqual(await find("phone", `+799900022${tail}`), [made.id]);
        assert.deepEqual(await find("phone", "+79998887766"), []);
        assert.deepEqual(await find("email", email.toUpperCase()), [made.id]);
        assert.deepEqual(await find("email", "nobody@example.test"), []);
        const order = await action("createOrder").run(ctx, { ...ORDER, clientId: String(made.id) }, { key: "k" });
        const orders = await action("createOrder").duplicates?.find(ctx, "clientId", String(made.id), {});
        assert.deepEqual(
          orders?.map(({ id }) => id),
          [order.id],
        );
      }
    });

    it("updates a found client and keeps its other phones and names", async () => {
      const made = await makeClient(ctx);
      const { duplicates } = action("createClient");
      const [found] = (await duplicates?.find(ctx, "phone", "+79990001122", {})) ?? [];
      assert.ok(found && duplicates?.update);
      const output = await duplicates.update(ctx, found, { phone: "+79990003344", email: "new@example.test" }, {});
      assert.deepEqual(output.phones, ["79990003344", "79990001122"]);
      assert.deepEqual([output.id, output.name, output.email], [made.id, "Анна Петрова", "new@example.test"]);
      const again = await action("updateClient").run(
        ctx,
        { clientId: String(made.id), phone: "89990001122" },
        { key: "k" },
      );
      assert.deepEqual(again.phones, ["79990003344", "79990001122"]);
      await assert.rejects(
        action("updateClient").run(ctx, { clientId: "999", notes: "x" }, { key: "k" }),
        failsAs("not_found", "clientId"),
      );
    });

    it("explains every error code of article 004 in words", async () => {
      const client = await makeClient(ctx);
      const create = () => action("createOrder").run(ctx, { ...ORDER, clientId: String(client.id) }, { key: "k" });
      ro.set("orders", "400");
      await assert.rejects(create, failsAs("data", "malfunction", /некорректные данные.*слишком длинное/));
      ro.set("orders", "404");
      await assert.rejects(create, failsAs("not_found", undefined, /запрашиваемый ресурс не найден/));
      ro.set("orders", "405");
      await assert.rejects(create, failsAs("forbidden", undefined, /нет права доступа к ресурсу/));
      ro.set("orders", "500");
      await assert.rejects(create, failsAs("unknown", undefined, /Программная ошибка на сервере.*неизвестно/));
      assert.equal(ro.rows("orders").length, 0);
    });

    it("names the field that an account of its own rules demands", async () => {
      const client = await makeClient(ctx);
      ro.set("required", "model");
      await assert.rejects(
        action("createOrder").run(ctx, { ...ORDER, clientId: String(client.id) }, { key: "k" }),
        failsAs("data", "kindofGood"),
      );
      ro.set("required", "usual");
      await assert.rejects(
        action("createOrder").run(ctx, { ...ORDER, clientId: "999" }, { key: "k" }),
        failsAs("data", "clientId"),
      );
    });

    it("says that the order is there when only its status was refused, and fails nothing that could be repeated", async () => {
      const client = await makeClient(ctx);
      const input = { ...ORDER, clientId: String(client.id), statusId: "12" };
      const at = ctx.now();
      ro.set("statusRight", "no");
      const made = await action("createOrder").run(ctx, input, { key: "k" });
      assert.match(String(made.statusProblem), /Заказ создан \(ID 9001\).*нет права/);
      assert.equal(made.id, "9001");
      assert.notEqual(made.statusId, "12");
      const refused = await action("createOrder").lookup?.(ctx, input, { key: "k", at });
      assert.match(String((refused as JsonObject).statusProblem), /нет права/);
      ro.set("statusRight", "yes");
      const whole = await action("createOrder").lookup?.(ctx, input, { key: "k", at });
      assert.deepEqual([(whole as JsonObject).status, (whole as JsonObject).statusProblem], ["В работе", null]);
      assert.equal(ro.rows("orders").length, 1);
    });

    it("knows after a lost answer whether it was done", async () => {
      const client = await makeClient(ctx);
      for (const [key, input, table] of [
        ["createOrder", { ...ORDER, clientId: String(client.id), statusId: "12" }, "orders"],
        ["createClient", { firstName: "Борис", phone: "+79995556677" }, "clients"],
      ] as const) {
        const before = ro.rows(table).length;
        const at = ctx.now();
        ro.set("health", "cut:1");
        await assert.rejects(action(key).run(ctx, input, { key: "k" }), failsAs("unknown"));
        assert.equal(await action(key).lookup?.(ctx, input, { key: "k", at }), "absent");
        ro.set("health", "lost:1");
        await assert.rejects(action(key).run(ctx, input, { key: "k" }), failsAs("unknown"));
        const found = await action(key).lookup?.(ctx, input, { key: "k", at });
        assert.ok(found && typeof found === "object", key);
        assert.equal(ro.rows(table).length, before + 1);
        const later = new Date(ctx.now().getTime() + 3_600_000);
        assert.equal(await action(key).lookup?.(ctx, input, { key: "k", at: later }), "absent");
      }
    });

    it("changes the status, comments, and finds by number", async () => {
      const client = await makeClient(ctx);
      const { id } = await action("createOrder").run(ctx, { ...ORDER, clientId: String(client.id) }, { key: "k" });
      const order = await action("setStatus").run(ctx, { id: String(id), statusId: "14" }, { key: "k" });
      assert.equal(order.status, "Готов");
      await action("addComment").run(ctx, { id: String(id), text: "Звонили", isPrivate: true }, { key: "k" });
      assert.deepEqual(ro.rows("orders")[0]?.comments, ["Звонили"]);
      const found = await action("findOrder").run(ctx, { number: "A1" }, { key: "k" });
      assert.deepEqual([found.found, found.id], [true, id]);
      assert.deepEqual(await action("findOrder").run(ctx, { number: "A9" }, { key: "k" }), { found: false });
      const person = await action("findClient").run(ctx, { phone: "89990001122" }, { key: "k" });
      assert.deepEqual([person.found, person.id], [true, client.id]);
      assert.deepEqual(await action("findClient").run(ctx, { clientId: "999" }, { key: "k" }), { found: false });
      const edit = action("updateOrder").run(
        ctx,
        { id: String(id), managerNotes: "Срочно", statusId: "12" },
        { key: "k" },
      );
      if (version === "2") assert.equal((await edit).managerNotes, "Срочно");
      else await assert.rejects(edit, failsAs("data", undefined, /только статус/));
      await assert.rejects(
        action("updateOrder").run(ctx, { id: "999", statusId: "12" }, { key: "k" }),
        failsAs("not_found", "id"),
      );
    });
  });
}

describe("RemOnline's older ways", () => {
  let ro: Service;
  beforeEach(async () => {
    ro = await open();
  });

  it("asks for a new token once when the old one died, whichever way that is told", async () => {
    await remonline.check?.(ro.ctx);
    for (const way of ["403", "401"]) {
      ro.set("deadToken", way);
      await ro.press("tokens", {});
      assert.equal((await makeClient(ro.ctx, { phone: `+7999000${way}1` })).name, "Анна Петрова");
    }
    ro.set("health", "expired");
    await assert.rejects(makeClient(ro.ctx), failsAs("access", "apiKey"));
  });

  it("keeps the token out of the history", async () => {
    await makeClient(ro.ctx);
    const history = JSON.stringify(ro.exchange());
    assert.ok(!history.includes(KEY));
    assert.ok(!/token=[0-9a-f]{40}|"[0-9a-f]{40}"/.test(history), history.slice(0, 500));
  });

  it("reads an answer to a create that is a list", async () => {
    ro.set("created", "array");
    assert.equal((await makeClient(ro.ctx)).id, "501");
  });

  it("offers custom fields, writes them in the account's form and reads them in one", async () => {
    const fields = (await action("createOrder").fieldsOf?.(ro.ctx, { orderTypeId: "302" })) ?? [];
    assert.deepEqual(
      fields.map(({ key, label }) => [key, label.ru]),
      [
        ["custom_800", "Пароль устройства"],
        ["custom_801", "Номер гарантийного талона"],
      ],
    );
    assert.equal((await action("createOrder").fieldsOf?.(ro.ctx, { orderTypeId: "301" }))?.length, 1);
    const first = await makeClient(ro.ctx, { custom_700: "друзья" });
    assert.deepEqual(first.customFields, { f700: "друзья" });
    ro.set("customKeys", "bare");
    const second = await makeClient(ro.ctx, { phone: "+79990009988", custom_700: "сайт" });
    assert.deepEqual(second.customFields, { f700: "сайт" });
    const output = (await trigger("newClient").outputOf?.(ro.ctx, {})) ?? [];
    assert.equal(output[0]?.key, "customFields.f700");
  });

  it("says that a device can't be part of an order of v2", async () => {
    const ctx = ro.with({ apiKey: KEY, version: "2" });
    const client = await makeClient(ctx);
    await assert.rejects(
      action("createOrder").run(ctx, { ...ORDER, clientId: String(client.id), model: "X1" }, { key: "k" }),
      failsAs("data", "model"),
    );
  });

  it("keeps a company apart from people in v2", async () => {
    const ctx = ro.with({ apiKey: KEY, version: "2" });
    const company = await makeClient(ctx, { firstName: "ООО Ромашка", lastName: "", juridical: true });
    assert.deepEqual([company.name, company.juridical], ["ООО Ромашка", true]);
    const output = await action("updateClient").run(ctx, { clientId: String(company.id), notes: "опт" }, { key: "k" });
    assert.deepEqual([output.name, output.notes], ["ООО Ромашка", "опт"]);
  });

  it("takes faults for what they are", async () => {
    ro.set("health", "rateLimit");
    await assert.rejects(makeClient(ro.ctx), failsAs("temporary"));
    ro.set("health", "ok");
    await remonline.check?.(ro.ctx);
    ro.set("health", "outage");
    await assert.rejects(makeClient(ro.ctx), failsAs("unknown"));
    await assert.rejects(ro.poll("newOrder"), failsAs("temporary"));
    ro.set("health", "html");
    await assert.rejects(ro.poll("newOrder"), failsAs("temporary"));
  });
});
