/** What a person sees of Nethouse in the playground: the block where the address is pasted, and a visitor's form. */
import type { ButtonField, SandboxButton, SandboxSwitch } from "../types.ts";
import { EVENTS } from "./bodies.ts";

export const SWITCHES: readonly Omit<SandboxSwitch, "value">[] = [
  {
    key: "layout",
    label: { ru: "Устройство тела", en: "Layout of the body" },
    choices: [
      { value: "nested", label: { ru: "data.order, data.ticket", en: "data.order, data.ticket" } },
      { value: "flat", label: { ru: "всё прямо в data", en: "all right in data" } },
    ],
  },
  {
    key: "content",
    label: { ru: "Вид тела", en: "Kind of body" },
    choices: [
      { value: "json", label: { ru: "JSON", en: "JSON" } },
      { value: "form", label: { ru: "форма", en: "form" } },
      { value: "formJson", label: { ru: "форма с JSON в data", en: "form with JSON in data" } },
    ],
  },
  {
    key: "times",
    label: { ru: "Время", en: "Times" },
    choices: [
      { value: "seconds", label: { ru: "в секундах", en: "in seconds" } },
      { value: "milliseconds", label: { ru: "в миллисекундах", en: "in milliseconds" } },
    ],
  },
];

export function buttons(url: string, order: string): SandboxButton[] {
  const ofOrder: ButtonField = { key: "order", label: { ru: "ID заказа", en: "Order ID" }, value: order };
  const buyer: readonly ButtonField[] = [
    ofOrder,
    { key: "name", label: { ru: "Имя", en: "Name" }, value: "Мария Соколова" },
    { key: "email", label: { ru: "Почта", en: "E-mail" }, value: "maria@example.test" },
    { key: "phone", label: { ru: "Телефон", en: "Phone" }, value: "+7 900 123-45-67" },
    { key: "answer", label: { ru: "Ответ анкеты", en: "Answer in the form" }, value: "Из рассылки" },
  ];
  return [
    {
      key: "connect",
      label: { ru: "Albato → Подключить", en: "Albato → Connect" },
      fields: [{ key: "url", label: { ru: "Ссылка на вебхук", en: "Webhook link" }, value: url }],
    },
    {
      key: "events",
      label: { ru: "Какие события передавать", en: "Which events to send" },
      fields: [{ key: "events", label: { ru: "События", en: "Events" }, value: EVENTS.join(", ") }],
    },
    {
      key: "power",
      label: { ru: "Тумблер интеграции", en: "The integration's switch" },
      fields: [
        {
          key: "on",
          label: { ru: "Положение", en: "Position" },
          value: "on",
          choices: [
            { value: "on", label: { ru: "включена", en: "on" } },
            { value: "off", label: { ru: "выключена", en: "off" } },
          ],
        },
      ],
    },
    {
      key: "plus",
      label: { ru: "Форма: «+» у билета", en: "Form: “+” at a ticket" },
      fields: [{ key: "price", label: { ru: "Цена", en: "Price" }, value: "1500" }],
    },
    { key: "option", label: { ru: "Форма: добавить опцию", en: "Form: add an option" }, fields: [ofOrder] },
    { key: "checkout", label: { ru: "Форма: перейти к оплате", en: "Form: go to payment" }, fields: buyer },
    { key: "pay", label: { ru: "Форма: оплатить", en: "Form: pay" }, fields: buyer },
    { key: "cancel", label: { ru: "Отменить билет", en: "Cancel a ticket" }, fields: [ofOrder] },
    { key: "again", label: { ru: "Повторить отправку", en: "Send the last one again" }, fields: [] },
  ];
}
