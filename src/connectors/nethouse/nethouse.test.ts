import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { serveSandboxes } from "../../../playground/sandboxes/serve.ts";
import { openStore } from "../../../playground/store.ts";
import { type Ear, openEar } from "../../../test/support/ear.ts";
import type { HookRequest, JsonObject } from "../kit/define.ts";
import { nethouse } from "./index.ts";

const trigger = (key: string) => {
  const found = nethouse.triggers.find((one) => one.key === key);
  assert.ok(found?.hook, key);
  return { ...found, hook: found.hook };
};
const KEYS = ["orderCreate", "ticketCreate", "ticketUpdate", "orderUpdate", "orderComplete", "ticketCancel"];

let served: Awaited<ReturnType<typeof serveSandboxes>>;
let ear: Ear;
before(async () => {
  served = await serveSandboxes({ store: openStore(":memory:") });
  ear = await openEar(() => ({ status: 200, body: "ok" }));
});
after(async () => {
  await ear.stop();
  await served.stop();
});
const press = (button: string, fields: Record<string, string> = {}) =>
  served.sandboxes.press("nethouse", button, fields);

/** A visitor goes through the form; what came, in order. */
async function visit(switches: Readonly<Record<string, string>>): Promise<readonly HookRequest[]> {
  served.sandboxes.reset("nethouse");
  for (const [key, value] of Object.entries(switches)) served.sandboxes.setSwitch("nethouse", key, value);
  ear.heard.length = 0;
  await press("connect", { url: ear.url });
  await press("events");
  await press("power", { on: "on" });
  for (const button of ["plus", "option", "checkout", "pay", "cancel"]) await press(button);
  return [...ear.heard];
}
const taken = (key: string, requests: readonly HookRequest[], options: JsonObject = {}) =>
  requests.flatMap((request) => trigger(key).hook.deliveries(request, options));

for (const layout of ["nested", "flat"])
  for (const content of ["json", "form", "formJson"]) {
    describe(`Nethouse's ${layout} bodies as ${content}`, () => {
      let requests: readonly HookRequest[];
      before(async () => {
        requests = await visit({ layout, content, times: content === "json" ? "seconds" : "milliseconds" });
      });

      it("reach the one trigger that they are for", () => {
        assert.equal(requests.length, 6);
        assert.deepEqual(
          requests.map((request) => KEYS.filter((key) => taken(key, [request]).length === 1)),
          KEYS.map((key) => [key]),
        );
        assert.equal(taken("any", requests).length, 6);
        const only = taken("any", requests, { only: ["order_complete", "order_ticket_cancel"] });
        assert.deepEqual(
          only.map(({ action }) => action),
          ["order_complete", "order_ticket_cancel"],
        );
      });

      it("give buyer, total and moments of a complete order", () => {
        const [item] = taken("orderComplete", requests);
        assert.ok(item);
        assert.match(String(item.orderId), /^70\d\d$/);
        assert.deepEqual(
          [item.buyerName, item.email, item.total, item.currency, item.isCompleted],
          ["Мария Соколова", "maria@example.test", 1500, "RUB", true],
        );
        // A flat order holds no ticket, and with it no phone.
        assert.equal(item.phone, layout === "nested" ? "+7 900 123-45-67" : null);
        const age = Date.now() - Date.parse(String(item.completedAt));
        assert.ok(age > -2_000 && age < 60_000, String(item.completedAt));
      });

      it("give the person of a ticket, and none before the form was filled in", () => {
        const [created] = taken("ticketCreate", requests);
        assert.deepEqual([created?.phone, created?.email, created?.participant], [null, null, null]);
        const [cancelled] = taken("ticketCancel", requests);
        assert.deepEqual(
          [cancelled?.phone, cancelled?.firstName, cancelled?.ticketPrice, cancelled?.isCanceled],
          ["+7 900 123-45-67", "Мария", 1500, true],
        );
        assert.equal(cancelled?.orderId, taken("orderComplete", requests)[0]?.orderId);
        assert.equal(cancelled?.ticketId, created?.ticketId);
      });

      it("leave the whole body to be picked from", () => {
        const [item] = taken("ticketCancel", requests);
        const data = (item?.body as { data?: { action?: string } } | undefined)?.data;
        assert.equal(data?.action, "order_ticket_cancel");
      });
    });
  }

it("knows a repeated delivery from a change, also in the same second", async () => {
  const requests = await visit({});
  await press("again");
  const again = ear.heard.at(-1);
  assert.ok(again);
  const cancel = trigger("ticketCancel");
  const changes = taken("ticketCancel", [...requests, again]).map(cancel.change);
  assert.equal(changes.length, 2);
  assert.equal(new Set(changes).size, 1);
  await press("plus");
  for (const answer of ["раз", "два", "два"]) await press("checkout", { answer });
  const updates = taken("orderUpdate", ear.heard.slice(-3)).map(trigger("orderUpdate").change);
  assert.equal(updates[0] === updates[1], false);
});

it("takes what it doesn't know only for any event", () => {
  const request = (body: JsonObject): HookRequest => {
    return { method: "POST", headers: {}, query: {}, body, raw: JSON.stringify(body), receivedAt: new Date() };
  };
  for (const body of [{ data: { action: "order_refund", id: 5 } }, { hello: "world" }, {}]) {
    for (const key of KEYS) assert.deepEqual(taken(key, [request(body)]), [], key);
    const [item] = taken("any", [request(body)]);
    assert.deepEqual(item?.body, body);
    assert.ok(item && trigger("any").record(item) !== "");
  }
  const [named] = taken("orderComplete", [request({ action: "order_complete", id: 7, buyer_email: "a@example.test" })]);
  assert.deepEqual([named?.orderId, named?.email], ["7", "a@example.test"]);
});
