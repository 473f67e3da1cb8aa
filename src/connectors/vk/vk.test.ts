import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type Ear, openEar } from "../../../test/support/ear.ts";
import { openService, type Service } from "../../../test/support/service.ts";
import type { HookAnswer, HookRequest, JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { vk } from "./index.ts";
import { leadFields } from "./leads.ts";

const [trigger] = vk.triggers;
const hook = trigger?.hook;
const TRUST = { secret: "secret-of-this-address", app: null };
const failsAs = (errorClass: string, field?: string) => (error: unknown) => {
  assert.ok(error instanceof ConnectorError, String(error));
  assert.equal(error.errorClass, errorClass, error.sentence.en);
  if (field !== undefined) assert.equal(error.details.field, field);
  return true;
};

describe("VK against its sandbox", () => {
  let service: Service;
  let ear: Ear;
  let items: JsonObject[] = [];
  /** What the engine does with a request to a connection's address. */
  const receive = async (request: HookRequest): Promise<HookAnswer> => {
    const handshake = await hook?.confirm?.(service.ctx, request, TRUST);
    if (handshake) return handshake;
    if (!hook?.verify?.(request, {}, service.ctx.auth, TRUST)) return { status: 401 };
    items.push(...hook.deliveries(request, {}));
    return { status: 200, body: "ok" };
  };
  const subscribe = () => hook?.subscribe?.(service.ctx, ear.url, {}, TRUST) as Promise<JsonObject>;
  before(async () => {
    service = await openService("vk");
    ear = await openEar(receive);
  });
  after(async () => {
    await ear.stop();
    await service.stop();
  });

  it("names the community; a key without its right, a wrong key and a wrong token are told apart", async () => {
    for (const shape of ["object", "array"]) {
      service.set("groups", shape);
      assert.deepEqual(await vk.check?.(service.ctx), { account: "Мастерская на Садовой (219000111)" });
    }
    const { communityKey = "" } = service.ctx.auth;
    assert.ok(await vk.check?.(service.with({ communityKey })));
    await assert.rejects(
      async () => vk.check?.(service.with({ communityKey: "x" })),
      failsAs("access", "communityKey"),
    );
    const wrongToken = service.with({ communityKey, userToken: "y" });
    await assert.rejects(async () => vk.check?.(wrongToken), failsAs("access", "userToken"));
    service.set("rights", "noManage");
    await assert.rejects(async () => vk.check?.(service.ctx), failsAs("forbidden", "communityKey"));
    service.set("rights", "manage");
    service.set("userToken", "noGroups");
    await assert.rejects(async () => vk.check?.(service.ctx), failsAs("forbidden", "userToken"));
    service.set("userToken", "groups");
    assert.ok(!JSON.stringify(service.exchange()).includes("vk1.a.sandbox"), "no key is kept");
  });

  it("subscribes whichever way VK confirms, once, and hears requests with their answers", async () => {
    for (const way of ["atOnce", "noSecret", "later"]) {
      service.set("confirmation", way);
      const state = await subscribe();
      assert.deepEqual(await subscribe(), state, "again changes nothing");
      assert.equal(service.rows("servers").length, 1);
      assert.equal(service.rows("servers")[0]?.status, "ok");
      items = [];
      const pressed = (await service.press("lead", {})) as { id: number; sent: string[] };
      assert.deepEqual(pressed.sent, ["ok"]);
      assert.equal(items.length, 1);
      await hook?.unsubscribe?.(service.ctx, state);
      await hook?.unsubscribe?.(service.ctx, state);
      assert.equal(service.rows("servers").length, 0);
    }
    service.set("confirmation", "atOnce");
    const [item] = items;
    for (const { key } of leadFields) assert.ok(item && key in item, key);
    assert.equal(item?.phone, "+7 (900) 123-45-67");
    assert.equal(item?.firstName, "Анна");
    assert.deepEqual(item?.answers, { custom_0: "Утро", custom_1: "Телефон, Часы" });
    assert.match(String(item?.answersText), /Удобное время\?: Утро\nЧто сломалось\?: Телефон, Часы/);
    assert.equal(item?.adId, null);
  });

  it("sees that VK can't reach the server any more, and that the event was switched off", async () => {
    const state = await subscribe();
    assert.equal(await hook?.isAlive?.(service.ctx, state), true);
    assert.equal((await vk.check?.(service.ctx))?.notes, undefined);
    await service.press("serverDown", {});
    assert.equal(await hook?.isAlive?.(service.ctx, state), false);
    assert.match((await vk.check?.(service.ctx))?.notes?.[0]?.ru ?? "", /не достаёт до сервера/);
    assert.deepEqual(await subscribe(), state, "the same server is connected anew");
    assert.equal(await hook?.isAlive?.(service.ctx, state), true);
    await service.press("eventOff", {});
    assert.equal(await hook?.isAlive?.(service.ctx, state), false);
    await subscribe();
    await hook?.unsubscribe?.(service.ctx, state);
    assert.equal(await hook?.isAlive?.(service.ctx, state), false);
  });

  it("reads several answers however an event holds them, and no advertisement as none", async () => {
    const state = await subscribe();
    service.set("event", "2020");
    for (const shape of ["joined", "array", "objects"]) {
      service.set("multi", shape);
      items = [];
      await service.press("lead", { ad: shape === "array" ? "333" : "" });
      assert.equal((items[0]?.answers as JsonObject | undefined)?.custom_1, "Телефон, Часы", shape);
      assert.equal(items[0]?.adId, shape === "array" ? "333" : null);
    }
    service.set("event", "now");
    service.set("multi", "joined");
    await hook?.unsubscribe?.(service.ctx, state);
  });

  it("lets nobody in without the secret, and another community neither", async () => {
    const event = { type: "lead_forms_new", group_id: 219000111, object: { lead_id: 1, form_id: 1, answers: [] } };
    const post = async (body: JsonObject) =>
      (await fetch(ear.url, { method: "POST", headers: { "content-type": "text/plain" }, body: JSON.stringify(body) }))
        .status;
    assert.equal(await post(event), 401);
    assert.equal(await post({ ...event, secret: "wrong" }), 401);
    assert.equal(await post({ type: "confirmation", group_id: 1 }), 401);
  });

  it("gives the confirmation code to nobody without the secret once the address is confirmed", async () => {
    const ask = async (more: JsonObject) => {
      const body = { type: "confirmation", group_id: 219000111, ...more };
      return hook?.confirm?.(service.ctx, { method: "POST", headers: {}, query: {}, raw: "", body }, TRUST);
    };
    assert.equal((await ask({}))?.status, 200, "VK asks while the address is new");
    for (const way of ["atOnce", "noSecret", "later"]) {
      service.set("confirmation", way);
      const state = await subscribe();
      assert.equal(await ask({}), null, way);
      assert.equal(await ask({ secret: "wrong" }), null, way);
      assert.equal((await ask({ secret: TRUST.secret }))?.status, 200, way);
      await hook?.unsubscribe?.(service.ctx, state);
    }
    service.set("confirmation", "atOnce");
  });

  it("says why an address can't be confirmed, and when there are too many", async () => {
    const dead = await openEar(() => ({ status: 500 }));
    await assert.rejects(async () => hook?.subscribe?.(service.ctx, dead.url, {}, TRUST), failsAs("data"));
    for (let more = 0; more < 9; more++) {
      const url = `${dead.url}/${more}`;
      await assert.rejects(async () => hook?.subscribe?.(service.ctx, url, {}, TRUST), failsAs("data"));
    }
    await assert.rejects(
      subscribe,
      (error: unknown) => failsAs("data")(error) && /десять/.test(String((error as ConnectorError).sentence.ru)),
    );
    await dead.stop();
  });

  it("polls what it hears, under the same name, through pages in either order", async () => {
    await service.press("lead", { form: "2", custom_0: "Сколько стоит?" });
    for (let more = 0; more < 250; more++) await service.press("lead", { first_name: `N${more}` });
    for (const order of ["newest", "oldest"]) {
      service.set("order", order);
      const { items: read } = await service.poll("leadForm", {});
      const rows = service.rows("leads");
      assert.equal(new Set(read.map((item) => trigger?.record(item))).size, rows.length, order);
      const { items: ofForm } = await service.poll("leadForm", { form: "2" });
      assert.deepEqual(
        ofForm.map(({ answers }) => answers),
        [{ custom_0: "Сколько стоит?" }],
      );
      assert.equal(ofForm[0]?.answersText, "Имя: Анна\nНомер телефона: +7 (900) 123-45-67\nВаш вопрос: Сколько стоит?");
    }
    const [newest] = (await service.poll("leadForm", { form: "1" })).items.slice(-1);
    assert.equal(trigger?.record(newest ?? {}), `1/${1000 + service.rows("leads").length}`);
  });

  it("offers forms and their questions with a token, and neither without", async () => {
    const forms = await vk.lists?.forms?.load(service.ctx, {}, undefined);
    assert.deepEqual(forms?.items, [
      { value: "1", label: "Заявка на ремонт" },
      { value: "2", label: "Вопрос мастеру" },
    ]);
    const questions = await trigger?.outputOf?.(service.ctx, { form: "1" });
    assert.deepEqual(
      questions?.map(({ key, label }) => [key, label.ru]),
      [
        ["answers.custom_0", "Удобное время?"],
        ["answers.custom_1", "Что сломалось?"],
      ],
    );
    const alone = service.with({ communityKey: service.ctx.auth.communityKey ?? "" });
    assert.deepEqual(await vk.lists?.forms?.load(alone, {}, undefined), { items: [] });
    assert.deepEqual(await trigger?.outputOf?.(alone, {}), []);
  });

  it("tells waiting from failing", async () => {
    for (const [health, errorClass] of [
      ["rateLimit:1", "temporary"],
      ["outage", "temporary"],
      ["expired", "access"],
    ] as const) {
      service.set("health", health);
      await assert.rejects(async () => vk.check?.(service.ctx), failsAs(errorClass));
      service.set("health", "ok");
    }
  });
});
