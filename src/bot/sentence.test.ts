/** Sentences as people say them, over the real catalogue. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { connectors } from "../connectors/index.ts";
import { fromFile } from "../engine/bundle/transfer.ts";
import type { BundleFile } from "../engine/index.ts";
import { to } from "./callback.ts";
import { understand } from "./sentence.ts";
import { impersonal, toTemplate } from "./share.ts";
import { short } from "./short.ts";
import { codeOf, fileOf, skeletonIn, skeletonOf } from "./skeleton.ts";

/** `service.trigger → service.action, …`; `-` where nothing is said. */
const SAID: readonly (readonly [sentence: string, wanted: string])[] = [
  [
    "звонок из Calltouch — создать клиента и заказ в retailCRM",
    "calltouch.call → retailcrm.createCustomer, retailcrm.createOrder",
  ],
  [
    "Когда приходит звонок в колтач, создать контакт и сделку в амо",
    "calltouch.call → amocrm.createContact, amocrm.createLead",
  ],
  ["заявка из ВК - добавить лид в Битрикс24", "vk.leadForm → bitrix24.createLead"],
  ["заявки из VK в amoCRM", "vk.leadForm → amocrm.createLead"],
  ["лид с фейсбука → клиент и заказ в РемонтОнлайн", "facebook.lead → remonline.createClient, remonline.createOrder"],
  ["При новом заказе в retailCRM отправить сообщение в телеграм", "retailcrm.newOrder → telegram.sendMessage"],
  ["новый заказ в МойСклад: записать строку в гугл таблицу", "moysklad.newOrder → google-sheets.appendRow"],
  [
    "Если изменился статус заказа в retailCRM, обновить сделку в Calltouch",
    "retailcrm.orderStatus → calltouch.updateDeal",
  ],
  ["создать заказ в МойСклад, когда приходит заявка из Calltouch", "calltouch.request → moysklad.createOrder"],
  ["Новый клиент в ремонлайн, отправить письмо", "remonline.newClient → email.sendEmail"],
  [
    "новая строка в таблице — создать контакт в амосрм и написать в телеграм",
    "google-sheets.newRow → amocrm.createContact, telegram.sendMessage",
  ],
  ["каждый день отправлять сообщение в телеграм", "schedule.tick → telegram.sendMessage"],
  ["вебхук → сделка в битрикс", "webhook.incoming → bitrix24.createDeal"],
  ["при смене этапа сделки в амо уведомить в тг", "amocrm.leadMoved → telegram.sendMessage"],
  ["Контакт из Битрикс24 создать в Mertago", "bitrix24.contact → mertago.createContact"],
  ["билет отменён в нетхаус — сообщить в телеграм", "nethouse.ticketCancel → telegram.sendMessage"],
  ["заказ завершён в Nethouse, добавить строку в Google Таблицы", "nethouse.orderComplete → google-sheets.appendRow"],
  ["после новой сделки в amoCRM поставить задачу в битрикс", "amocrm.newLead → bitrix24.todo"],
  ["новая сделка в Calltouch", "calltouch.deal → -"],
  ["отправить письмо", "- → email.sendEmail"],
  ["изменился клиент в retailcrm → обновить контакт в amocrm", "retailcrm.customerChanged → amocrm.updateContact"],
  [
    "заявка Calltouch – найти клиента и создать заказ в retailCRM",
    "calltouch.request → retailcrm.findCustomer, retailcrm.createOrder",
  ],
  ["оплата заказа в retailCRM → обновить заказ в Мой склад", "retailcrm.orderPayment → moysklad.updateOrder"],
  [
    "incoming call in Calltouch - create a customer and an order in retailCRM",
    "calltouch.call → retailcrm.createCustomer, retailcrm.createOrder",
  ],
  ["When a lead comes from Facebook, create a client in RemOnline", "facebook.lead → remonline.createClient"],
  ["leads from Facebook to Bitrix24", "facebook.lead → bitrix24.createLead"],
  ["new order in retailCRM -> send a message to Telegram", "retailcrm.newOrder → telegram.sendMessage"],
  ["Create a contact in amoCRM when a new row appears in Google Sheets", "google-sheets.newRow → amocrm.createContact"],
  ["if the order status changes in RemOnline then notify in telegram", "remonline.orderStatus → telegram.sendMessage"],
  [
    "VK lead form → deal in amoCRM and a row in Google Sheets",
    "vk.leadForm → amocrm.createLead, google-sheets.appendRow",
  ],
  ["every hour: HTTP-запрос", "schedule.tick → http.request"],
  ["new company in amoCRM, create a company in Bitrix24", "amocrm.newCompany → bitrix24.createCompany"],
  ["new customer in retailCRM: add a counterparty to MoySklad", "retailcrm.newCustomer → moysklad.createCounterparty"],
  ["when a deal changes in Bitrix24 update the lead in amoCRM", "bitrix24.deal → amocrm.updateLead"],
  [
    "order created in Nethouse.Events, create an order in retailCRM and send an e-mail",
    "nethouse.orderCreate → retailcrm.createOrder, email.sendEmail",
  ],
];

test("sentences in both languages are matched to triggers and actions", () => {
  const wrong = SAID.flatMap(([sentence, wanted]) => {
    const { trigger, actions } = understand(sentence, connectors);
    const got = `${trigger ? `${trigger.connector}.${trigger.trigger}` : "-"} → ${
      actions.map(({ connector, action }) => `${connector}.${action}`).join(", ") || "-"
    }`;
    return got === wanted ? [] : [`${sentence}\n   got    ${got}\n   wanted ${wanted}`];
  });
  assert.deepEqual(wrong, [], wrong.join("\n"));
});

test("words that are no bundle make none up", () => {
  for (const words of [
    "",
    "привет",
    "как дела?",
    "Calltouch",
    "12345",
    "🙂",
    "the quick brown fox jumps over the lazy dog",
  ]) {
    const { actions } = understand(words, connectors);
    assert.deepEqual(actions, [], words);
  }
});

test("a skeleton travels in a button and in a link, and becomes a file that the engine reads", () => {
  const understood = understand("звонок из Calltouch — создать клиента и заказ в retailCRM", connectors);
  assert.ok(understood.trigger);
  const skeleton = { trigger: understood.trigger, actions: understood.actions };
  const code = codeOf(skeleton);
  assert.ok(code);
  assert.deepEqual(skeletonOf(code, connectors), skeleton);
  assert.ok(to("mk", "zzzzzz", code.padEnd(50, "0")).length <= 64);
  for (const bad of [undefined, "", "zzzzz", "abc", `${code}zzzzz`, "a".repeat(60)])
    assert.equal(skeletonOf(bad, connectors), null);
  const file = fileOf(skeleton, "Звонки", connectors);
  const find = (key: string) => connectors.find((one) => one.key === key);
  assert.deepEqual(
    fromFile(file, find).bundle.steps.map(({ id }) => id),
    ["st2", "st3"],
  );
  assert.deepEqual(skeletonIn(file), skeleton);
  // Every trigger and action of the catalogue has a code of its own.
  const hashes = connectors.flatMap(({ key, triggers, actions }) =>
    [...triggers, ...actions].map((one) => short(`${key} ${one.key}`)),
  );
  const twice = hashes.filter((hash, i) => hashes.indexOf(hash) !== i);
  assert.ok(twice.length <= connectors.length * 3, "only what a trigger and an action of one service share");
});

test("what is shared carries no person, no account and no secret", () => {
  const find = (key: string) => connectors.find((one) => one.key === key);
  const file: BundleFile = {
    svyazka: 1,
    name: "Заявки Анны anna@shop.ru",
    bundle: {
      format: 1,
      trigger: {
        connector: "calltouch",
        trigger: "call",
        connection: "calltouch",
        options: {},
        filter: [[{ left: "{{ trigger.callerNumber }}", operator: "notEquals", right: "+7 900 123-45-67" }]],
      },
      steps: [
        {
          id: "st2",
          kind: "action",
          connector: "retailcrm",
          action: "createCustomer",
          connection: "retailcrm",
          input: {
            site: "my-shop-42",
            firstName: "{{ trigger.callerNumber }} от anna@shop.ru, +7 (900) 123-45-67",
            custom_secret_of_account: "x",
          },
          unsure: ["site"],
        },
        {
          id: "st3",
          kind: "approval",
          question: "Звоним {{ trigger.callerNumber }} с 8 800 555-35-35?",
          who: "M".repeat(22),
          deadline: { amount: 1, unit: "days" },
          otherwise: "no",
          onNo: "end",
        },
        {
          id: "st4",
          kind: "action",
          connector: "http",
          action: "request",
          connection: null,
          input: { url: "https://api.shop.ru/x?key=sk_live_abcdef0123456789", method: "POST" },
        },
      ],
    },
  };
  const template = toTemplate(file, find);
  const text = JSON.stringify(template);
  for (const personal of [
    "anna@shop.ru",
    "123-45-67",
    "my-shop-42",
    "MMMM",
    "sk_live",
    "555-35-35",
    "custom_secret",
    "api.shop.ru",
  ])
    assert.ok(!text.includes(personal), `${personal} in ${text}`);
  assert.ok(text.includes("{{ trigger.callerNumber }}"));
  assert.equal(fromFile(template, find).bundle.steps.length, 3);
  assert.equal(
    impersonal('{{ k7f.phone1234567890 | default: "79001234567" }}'),
    '{{ k7f.phone1234567890 | default: "" }}',
  );
});
