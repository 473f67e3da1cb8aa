import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, it } from "node:test";
import { openStore } from "../../store.ts";
import { serveSandboxes } from "../serve.ts";

let served: Awaited<ReturnType<typeof serveSandboxes>>;
let server: Server;
let url = "";
const heard: { type: string; body: string }[] = [];
before(async () => {
  served = await serveSandboxes({ store: openStore(":memory:") });
  server = createServer(async (req, res) => {
    let body = "";
    for await (const chunk of req) body += chunk;
    heard.push({ type: req.headers["content-type"] ?? "", body });
    res.end("ok");
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
after(async () => {
  server.close();
  server.closeAllConnections();
  await served.stop();
});
beforeEach(async () => {
  served.sandboxes.reset("nethouse");
  heard.length = 0;
  await press("connect", { url });
  await press("events", {});
  await press("power", { on: "on" });
});
const press = (button: string, fields: Record<string, string> = {}) =>
  served.sandboxes.press("nethouse", button, fields);
const actions = () => heard.map(({ body }) => JSON.parse(body).data.action);

it("sends the six events as a visitor goes through the form", async () => {
  await press("plus");
  await press("option");
  await press("checkout");
  await press("pay");
  await press("cancel");
  assert.deepEqual(actions(), [
    "order_create",
    "order_ticket_create",
    "order_ticket_update",
    "order_update",
    "order_complete",
    "order_ticket_cancel",
  ]);
  const [created] = heard;
  assert.equal(JSON.parse(created?.body ?? "").data.order.buyer_name, "", "nobody has typed a name yet");
});

it("sends what was chosen, where it is on", async () => {
  await press("events", { events: "order_complete" });
  await press("plus");
  await press("pay");
  assert.deepEqual(actions(), ["order_complete"]);
  await press("power", { on: "off" });
  await press("plus");
  assert.equal(heard.length, 1);
  await assert.rejects(async () => press("events", { events: "order_paid" }), /no event called order_paid/);
});

it("has both layouts and three encodings", async () => {
  served.sandboxes.setSwitch("nethouse", "layout", "flat");
  served.sandboxes.setSwitch("nethouse", "content", "form");
  await press("plus");
  const flat = new URLSearchParams(heard[1]?.body);
  assert.equal(flat.get("data[action]"), "order_ticket_create");
  assert.match(flat.get("data[order_id]") ?? "", /^70\d\d$/);
  assert.equal(flat.get("data[price][amount]"), "1500");
  served.sandboxes.setSwitch("nethouse", "content", "formJson");
  await press("pay");
  const wrapped = JSON.parse(new URLSearchParams(heard[2]?.body).get("data") ?? "");
  assert.deepEqual([wrapped.action, wrapped.buyer_email], ["order_complete", "maria@example.test"]);
  await press("again");
  assert.equal(heard[3]?.body, heard[2]?.body);
});
