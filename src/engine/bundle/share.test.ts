/** What is shared tells nothing of anybody, wherever it was typed, and what was only words stays. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "../../../test/support/property.ts";
import { connectors } from "../../connectors/index.ts";
import type { Bundle, Step } from "./model.ts";
import { clean } from "./personal.ts";
import { toShared } from "./share.ts";
import { fromFile } from "./transfer.ts";

const find = (key: string) => connectors.find((one) => one.key === key);
const REFERENCE = "{{ trigger.body.phone | default: 'нет' }}";
const letters = fc.array(fc.constantFrom(..."abcdefghijkmnpqrstuvwxyz"), { minLength: 4, maxLength: 9 });
const word = letters.map((all) => all.join(""));
const digits = (count: number) =>
  fc.array(fc.constantFrom(..."0123456789"), { minLength: count, maxLength: count }).map((all) => all.join(""));

/** Something of somebody, as it is typed, and the part of it that must be nowhere. */
const phone = fc
  .tuple(
    digits(3),
    digits(3),
    digits(2),
    digits(2),
    fc.constantFrom("+7 (A) B-C-D", "8ABCD", "+7 A B C D", "8-A-B-C-D"),
  )
  .map(([a, b, c, d, form]) => {
    const typed = form.replace("A", a).replace("B", b).replace("C", c).replace("D", d);
    return { typed, secret: typed };
  });
const plant = fc.oneof(
  phone,
  fc.tuple(word, word).map(([name, host]) => ({ typed: `${name}@${host}.ru`, secret: `${name}@${host}` })),
  word.map((name) => ({ typed: `@x_${name}q`, secret: `x_${name}q` })),
  fc.tuple(word, word).map(([host, path]) => ({ typed: `https://${host}.ru/hook/${path}9`, secret: `${path}9` })),
  fc.tuple(word, word).map(([host, path]) => ({ typed: `qq${host}.amocrm.ru/${path}`, secret: `qq${host}` })),
  digits(8).map((id) => ({ typed: `cf_${id}`, secret: id })),
  word.map((one) => ({ typed: `пароль: 7${one}!`, secret: `7${one}!` })),
  word.map((one) => ({ typed: `Authorization: Bearer 7${one}`, secret: `7${one}` })),
  fc.tuple(word, digits(4)).map(([one, two]) => ({
    typed: `sk_${one}Zq${one}${two}${one}`,
    secret: `${one}Zq${one}`,
  })),
  fc.constantFrom("Смирнова", "Кузнецов").map((last) => ({ typed: `${last} Инна Олеговна`, secret: last })),
);
const harmless = fc.constantFrom("Новая заявка", REFERENCE, "сумма 500 руб.", "2026", "order", "срочно!");
/** A text with a plant somewhere in it, in the open or in a formula. */
const text = fc
  .tuple(harmless, plant, harmless, fc.constantFrom("open", "formula", "alone"))
  .map(([before, { typed, secret }, after, how]) => ({
    secret,
    text:
      how === "alone"
        ? typed
        : how === "open"
          ? `${before} ${typed} ${after}`
          : `${before} {{ trigger.body.x | append: "${typed}" }} ${after}`,
  }));

const action = (id: string, connector: string, key: string, input: Record<string, never> | object): Step => ({
  id,
  kind: "action",
  connector,
  action: key,
  connection: "my-account",
  input: { ...input },
});
/** Half a host is no host. */
const short = (typed: string, most: number): string => (typed.length > most ? "имя" : typed);
/** A bundle with a text of somebody's in every place that takes one. */
function typedEverywhere(at: (place: number) => string): Bundle {
  return {
    format: 1,
    trigger: {
      connector: "webhook",
      trigger: "incoming",
      connection: null,
      options: { prefix: at(0), verify: "header", header: at(18), secret: at(19) },
      filter: [[{ left: at(1), operator: "oneOf", right: [at(2), at(17)] }]],
      hours: { kind: "window", from: "09:00", to: "18:00", timeZone: "Asia/Omsk" },
    },
    steps: [
      { ...action("aaa", "telegram", "sendMessage", { chat: at(3), text: at(4) }), name: short(at(5), 120) },
      action("bbb", "retailcrm", "createOrder", {
        items: [{ name: at(6), [at(16)]: 1 }],
        firstName: at(7),
        site: "main",
      }),
      action("ccc", "amocrm", "createLead", { name: at(8), custom_551122: "x", price: 79990001122 }),
      {
        id: "ddd",
        kind: "approval",
        question: at(9),
        who: "me",
        deadline: { amount: 1, unit: "days" },
        otherwise: "no",
        onNo: "end",
      },
      {
        id: "eee",
        kind: "set",
        keep: "run",
        values: [{ name: short(at(10), 60), how: "set", key: at(11), value: at(12) }],
      },
      { id: "fff", kind: "loop", list: at(13) },
      { id: "ggg", kind: "stopIf", when: [[{ left: REFERENCE, operator: "equals", right: at(14) }]] },
      { id: "hhh", kind: "delay", how: { kind: "until", moment: at(15) } },
    ],
  };
}

test("nothing of anybody is left, wherever it was typed, and the file can be taken", () => {
  fc.assert(
    fc.property(fc.array(text, { minLength: 21, maxLength: 21 }), (texts) => {
      const body = typedEverywhere((place) => texts[place]?.text ?? "");
      const shared = toShared({ name: texts[20]?.text ?? "", body, locale: "ru" }, find);
      const told = JSON.stringify(shared);
      for (const { secret } of texts) assert.ok(!told.includes(secret), secret);
      for (const alien of ["my-account", "551122", "79990001122", "Asia/Omsk", '"main"', '"me"'])
        assert.ok(!told.includes(alien), alien);
      const read = fromFile(JSON.parse(JSON.stringify(shared.file)), find);
      assert.equal(read.bundle.steps.length, body.steps.length);
      // Shared once more it is the same: nothing of somebody's comes to light.
      const again = toShared({ name: read.name, body: shared.file.bundle, locale: "ru" }, find);
      assert.deepEqual(again.file.bundle, shared.file.bundle);
    }),
    { numRuns: 150 },
  );
});

test("words and references stay; what was typed is shown before it is sent, and can be taken out", () => {
  const steps: Step[] = [
    {
      ...action("aaa", "telegram", "sendMessage", {
        chat: "-1001234567890",
        text: "Заказ {{ trigger.body.number }} на {{ trigger.body.sum }}. Звонить: 8 800 555-35-35",
        format: "plain",
      }),
      name: "Сказать Маше",
    },
    action("bbb", "retailcrm", "createCustomer", {
      phone: "{{ trigger.body.phone }}",
      firstName: "Мария",
      site: "shop",
      managerId: "{{ trigger.body.manager }}",
    }),
  ];
  const body: Bundle = {
    format: 1,
    trigger: { connector: "webhook", trigger: "incoming", connection: null, options: {} },
    steps,
  };
  const shared = toShared({ name: "Заказы", body, locale: "ru" }, find);
  const inputs = shared.file.bundle.steps.map((step) => step.kind === "action" && step.input);
  assert.deepEqual(inputs, [
    { text: "Заказ {{ trigger.body.number }} на {{ trigger.body.sum }}. Звонить: …", format: "plain" },
    { phone: "{{ trigger.body.phone }}", managerId: "{{ trigger.body.manager }}" },
  ]);
  assert.deepEqual(
    shared.out.map(({ where, why }) => [where.ru.split(" · ").at(-1), why]),
    [
      ["Чат", "personal"],
      ["Текст", "personal"],
      ["Имя", "personal"],
      ["Магазин", "listed"],
    ],
  );
  assert.deepEqual(
    shared.kept.map(({ key, words }) => [key, words]),
    [
      ["name", "Заказы"],
      ["aaa:name", "Сказать Маше"],
      ["aaa.text", "Заказ на . Звонить: …"],
    ],
  );
  const less = toShared({ name: "Заказы", body, locale: "ru" }, find, ["aaa:name", "name"]);
  assert.doesNotMatch(JSON.stringify(less), /Маше/);
  assert.match(less.file.name, /: Пришёл запрос → Telegram, retailCRM$/);
});

test("plain words, prices, dates by formula and field names are nobody's", () => {
  for (const one of [
    "Здравствуйте, {{ trigger.firstName }}! Заказ {{ trigger.number }} готов.",
    "{{ trigger.createdAt | date: '%d.%m.%Y %H:%M' }}",
    "Сумма: {{ trigger.sum | times: 1.2 }} руб., скидка 1500",
    "{{ trigger.client.phones[0].phoneNumber }}",
    '{% if trigger.status == "complete" %}PAID{% else %}PENDING{% endif %}',
    "С 9:00 до 18:00, без выходных",
    '{"phone": "{{ trigger.phone }}", "name": "{{ trigger.name }}"}',
  ])
    assert.deepEqual(clean(one), { text: one, isChanged: false });
});
