/** The mapping proposal against article 003: every field as there, except what only a person can know. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { connectors } from "../src/connectors/index.ts";
import type { Action, Field, ListItem, Text } from "../src/connectors/kit/define.ts";
import { type Proposal, type ProposalAsk, propose } from "../src/engine/bundle/propose.ts";
import { sourceOf } from "../src/engine/bundle/sources.ts";

const title: Text = { ru: "", en: "" };
const item = (value: string, label: string): ListItem => ({ value, label });
const lists = {
  sites: [item("shop-1", "Мой магазин")],
  statuses: [item("prepayed", "Предоплачен"), item("new", "Новый"), item("complete", "Выполнен")],
  orderTypes: [item("eshop-individual", "Физическое лицо"), item("eshop-legal", "Юридическое лицо")],
  users: [item("3", "Ольга"), item("4", "Пётр")],
};
/** As the article has them made in retailCRM. */
const custom: readonly Field[] = [
  "utm_source",
  "utm_medium",
  "utm_campaign",
  "utm_content",
  "utm_term",
  "Google Client ID",
].map((name) => ({ key: `custom.${name}`, label: { ru: name, en: name }, kind: "text", custom: true }));

function find(connector: string, key: string) {
  const found = connectors.find((one) => one.key === connector);
  const trigger = found?.triggers.find((one) => one.key === key);
  const action = found?.actions.find((one) => one.key === key);
  return { trigger, action };
}
type Given = ProposalAsk["sources"][number];
function trigger(connector: string, key: string): Given {
  const { trigger: found } = find(connector, key);
  assert.ok(found, `${connector} has no trigger ${key}`);
  return { connector, ...sourceOf({ ref: "trigger", number: 1, title, declared: found.output, sample: found.sample }) };
}
function action(connector: string, key: string): Action {
  const { action: found } = find(connector, key);
  assert.ok(found, `${connector} has no action ${key}`);
  return found;
}
function step(ref: string, number: number, connector: string, key: string): Given {
  const { output, sample } = action(connector, key);
  return { connector, idsOnly: true, ...sourceOf({ ref, number, title, declared: output, sample }) };
}
function proposal(connector: string, key: string, sources: readonly Given[], more: readonly Field[] = []): Proposal {
  const found = action(connector, key);
  return propose({ connector, fields: [...found.fields, ...more], sources, lists, action: found });
}
function includes(actual: Proposal, expected: Record<string, string>): void {
  for (const [field, value] of Object.entries(expected)) assert.equal(actual.values[field], value, field);
}

test("article 003 §1: a call becomes a deal, a customer and an order", () => {
  const call = trigger("calltouch", "call");
  const deal = proposal("calltouch", "dealByCall", [call]);
  includes(deal, {
    callId: "{{ trigger.callId }}",
    revenue: "0",
    status: "PENDING",
    orderDate: "{{ trigger.callDate }}",
  });
  const dealStep = step("s1", 2, "calltouch", "dealByCall");
  const customer = proposal("retailcrm", "createCustomer", [call, dealStep]);
  includes(customer, { site: "shop-1", externalId: "{{ trigger.callId }}", phone: "{{ trigger.callerNumber }}" });
  assert.deepEqual(
    Object.keys(customer.values).toSorted(),
    ["externalId", "phone", "site"],
    "other fields are left alone",
  );
  assert.deepEqual(customer.duplicates, { mode: "keep", match: "any", keys: ["phone"], rules: {} });
  const order = proposal(
    "retailcrm",
    "createOrder",
    [call, dealStep, step("s2", 3, "retailcrm", "createCustomer")],
    custom,
  );
  includes(order, {
    site: "shop-1",
    customerId: "{{ s2.id }}",
    externalId: "{{ s1.orderNumber }}",
    status: "new",
    orderType: "eshop-individual",
    phone: "{{ trigger.callerNumber }}",
    source: "{{ trigger.source }}",
    medium: "{{ trigger.medium }}",
    "custom.utm_source": "{{ trigger.utmSource }}",
    "custom.utm_medium": "{{ trigger.utmMedium }}",
    "custom.utm_campaign": "{{ trigger.utmCampaign }}",
    "custom.utm_content": "{{ trigger.utmContent }}",
    "custom.utm_term": "{{ trigger.utmTerm }}",
    "custom.Google Client ID": "{{ trigger.googleClientId }}",
  });
  assert.equal(order.duplicates?.mode ?? "create", "create");
  for (const field of ["createdAt", "number", "customerExternalId", "firstName"])
    assert.equal(order.values[field], undefined, field);
  assert.deepEqual([deal.unsure, customer.unsure, order.unsure], [[], [], []]);
});

test("article 003 §2: a request becomes a deal, a customer and an order", () => {
  const request = trigger("calltouch", "request");
  const deal = proposal("calltouch", "dealByRequest", [request]);
  includes(deal, {
    requestId: "{{ trigger.requestId }}",
    revenue: "0",
    status: "PENDING",
    orderDate: "{{ trigger.requestDate }}",
  });
  const dealStep = step("s1", 2, "calltouch", "dealByRequest");
  const customer = proposal("retailcrm", "createCustomer", [request, dealStep]);
  includes(customer, {
    site: "shop-1",
    externalId: "{{ trigger.requestId }}",
    phone: "{{ trigger.phone }}",
    email: "{{ trigger.email }}",
  });
  assert.deepEqual(customer.duplicates, { mode: "keep", match: "any", keys: ["phone", "email"], rules: {} });
  const order = proposal(
    "retailcrm",
    "createOrder",
    [request, dealStep, step("s2", 3, "retailcrm", "createCustomer")],
    custom,
  );
  includes(order, {
    customerId: "{{ s2.id }}",
    externalId: "{{ s1.orderNumber }}",
    phone: "{{ trigger.phone }}",
    source: "{{ trigger.source }}",
    medium: "{{ trigger.medium }}",
    "custom.Google Client ID": "{{ trigger.googleClientId }}",
  });
});

test("article 003 §3: an order's change updates the deal", () => {
  const change = trigger("retailcrm", "orderStatus");
  const deal = proposal("calltouch", "updateDeal", [change]);
  includes(deal, {
    orderNumber: "{{ trigger.externalId }}",
    revenue: "{{ trigger.totalSumm }}",
    status: "{{ trigger.status }}",
    statusDate: "{{ trigger.statusUpdatedAt }}",
  });
});

test("a webhook's own names are understood", () => {
  const sample = {
    body: {
      name: "Анна",
      Phone: "8 (999) 000-00-01",
      "e-mail": "anna@example.com",
      utm_source: "vk",
      Комментарий: "срочно",
    },
  };
  const hook: Given = { connector: "webhook", ...sourceOf({ ref: "trigger", number: 1, title, declared: [], sample }) };
  const customer = proposal("retailcrm", "createCustomer", [hook]);
  includes(customer, {
    phone: "{{ trigger.body.Phone }}",
    email: '{{ trigger.body["e-mail"] }}',
    firstName: "{{ trigger.body.name }}",
  });
  assert.deepEqual(customer.duplicates?.keys, ["phone", "email"]);
  const order = proposal("retailcrm", "createOrder", [hook, step("s2", 3, "retailcrm", "createCustomer")], custom);
  includes(order, {
    customerId: "{{ s2.id }}",
    customerComment: '{{ trigger.body["Комментарий"] }}',
    "custom.utm_source": "{{ trigger.body.utm_source }}",
  });
});
