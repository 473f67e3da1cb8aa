/** Rows of Google Sheets: what happened is written down, and what is written down becomes a record. */
import type { Text } from "../engine/index.ts";
import { ALWAYS_NEW, does, from, single } from "./steps.ts";
import type { TemplateSet } from "./template.ts";

const words = ["гугл", "таблица", "таблицы", "строка", "лист", "google", "sheets", "row", "table"];
/** Columns are the account's own: those with a name that tells what belongs there are filled by it. */
const HEADERS: Text = {
  ru: "Первая строка листа – заголовки (Дата, Имя, Телефон, Сумма …): по ним бот и раскладывает. Проверьте, что куда.",
  en: "The sheet's first row holds headers (Date, Name, Phone, Amount …): the bot goes by them. See what goes where.",
};

export const retailcrmSheets: TemplateSet = single({
  key: "retailcrm-sheets",
  name: { ru: "retailCRM → Google Таблицы: заказы строками", en: "retailCRM → Google Sheets: orders as rows" },
  about: {
    ru: "Каждый новый заказ retailCRM дописывается строкой в таблицу.",
    en: "Every new order of retailCRM is added to the sheet as a row.",
  },
  needs: ["retailcrm", "google-sheets"],
  words: [...words, "заказ", "учёт", "order"],
  look: [HEADERS],
  trigger: from("retailcrm.newOrder"),
  steps: [does("row", "google-sheets.appendRow", {}, ALWAYS_NEW)],
});

export const vkSheets: TemplateSet = single({
  key: "vk-sheets",
  name: { ru: "ВКонтакте → Google Таблицы: заявки строками", en: "VK → Google Sheets: requests as rows" },
  about: {
    ru: "Заявки с форм ВКонтакте собираются в таблице, одна строка – одна заявка.",
    en: "Requests of VK forms are gathered in a sheet, a row each.",
  },
  needs: ["vk", "google-sheets"],
  words: [...words, "вк", "лид", "форма", "lead", "form"],
  look: [HEADERS],
  trigger: from("vk.leadForm"),
  steps: [does("row", "google-sheets.appendRow", {}, ALWAYS_NEW)],
});

export const nethouseSheets: TemplateSet = single({
  key: "nethouse-sheets",
  name: {
    ru: "Nethouse.События → Google Таблицы: список гостей",
    en: "Nethouse.Events → Google Sheets: list of guests",
  },
  about: {
    ru: "Купленный билет дописывается в список: имя, телефон, почта, место.",
    en: "A ticket that was bought is added to the list: name, phone, e-mail, seat.",
  },
  needs: ["google-sheets"],
  words: [...words, "нетхаус", "билет", "гости", "событие", "ticket", "guest", "event"],
  look: [HEADERS],
  trigger: from("nethouse.orderComplete"),
  steps: [does("row", "google-sheets.appendRow", {}, ALWAYS_NEW)],
});

export const amocrmSheets: TemplateSet = single({
  key: "amocrm-sheets",
  name: { ru: "amoCRM → Google Таблицы: движение сделок", en: "amoCRM → Google Sheets: how deals move" },
  about: {
    ru: "Сделка перешла на другой этап – в таблице появляется строка: сделка, бюджет, этап, ответственный.",
    en: "A deal moves to another stage, and the sheet gets a row: deal, budget, stage, who is responsible.",
  },
  needs: ["amocrm", "google-sheets"],
  words: [...words, "амо", "сделка", "этап", "воронка", "deal", "lead", "stage"],
  look: [HEADERS],
  trigger: from("amocrm.leadMoved"),
  steps: [does("row", "google-sheets.appendRow", {}, ALWAYS_NEW)],
});

export const sheetsAmocrm: TemplateSet = single({
  key: "sheets-amocrm",
  name: {
    ru: "Google Таблицы → amoCRM: строка становится контактом",
    en: "Google Sheets → amoCRM: a row becomes a contact",
  },
  about: {
    ru: "Новая строка (или ответ Google Формы) создаёт контакт в amoCRM, если такого телефона и почты там ещё нет.",
    en: "A new row (or a Google Form's answer) makes a contact in amoCRM, unless its phone or e-mail is known there.",
  },
  needs: ["google-sheets", "amocrm"],
  words: [...words, "амо", "контакт", "гугл форма", "google forms", "contact"],
  look: [HEADERS],
  trigger: from("google-sheets.newRow"),
  // The columns that hold name, phone and e-mail are the sheet's own: proposed by their headers.
  steps: [does("contact", "amocrm.createContact", { companyId: null, tags: null })],
});

export const formSheetsEmail: TemplateSet = single({
  key: "form-sheets-email",
  name: { ru: "Форма сайта → таблица и письмо с номером", en: "A site's form → a sheet and a letter with a number" },
  about: {
    ru: "Заявка с сайта получает номер, записывается в таблицу, а клиенту уходит письмо, что она принята.",
    en: "A request of your site gets a number and a row in the sheet, and the customer a letter that it was taken.",
  },
  needs: ["google-sheets", "email"],
  words: [
    ...words,
    "сайт",
    "форма",
    "вебхук",
    "письмо",
    "почта",
    "счётчик",
    "webhook",
    "site",
    "form",
    "email",
    "counter",
  ],
  look: [
    HEADERS,
    {
      ru: "Поля формы здесь зовутся name и email. У вас иначе – поменяйте, когда придёт первая заявка.",
      en: "The form's fields are called name and email here. Change that when the first request has come, if yours differ.",
    },
  ],
  trigger: from("webhook.incoming"),
  steps: [
    does("number", "storage.addToCounter", {
      counter: { ru: "Заявки", en: "Requests" },
      restart: "never",
      amount: "1",
    }),
    does("row", "google-sheets.appendRow", {}, ALWAYS_NEW),
    does("letter", "email.sendEmail", {
      to: "{{ trigger.body.email }}",
      subject: { ru: "Заявка № {{ number.value }} принята", en: "Request {{ number.value }} was taken" },
      text: {
        ru: "Здравствуйте, {{ trigger.body.name }}!\n\nВаша заявка принята под номером {{ number.value }}. Мы свяжемся с вами.",
        en: "Hello {{ trigger.body.name }},\n\nyour request was taken under number {{ number.value }}. We will get in touch.",
      },
    }),
  ],
});

export const sheetsRetailcrm: TemplateSet = single({
  key: "sheets-retailcrm",
  name: { ru: "Google Таблицы → retailCRM: клиенты из таблицы", en: "Google Sheets → retailCRM: customers of a sheet" },
  about: {
    ru: "Новая строка таблицы создаёт клиента retailCRM, если его телефона и почты там ещё нет.",
    en: "A new row makes a customer of retailCRM, unless the phone or e-mail is known there.",
  },
  needs: ["google-sheets", "retailcrm"],
  words: [...words, "ретейл", "клиент", "база", "customer"],
  look: [HEADERS],
  trigger: from("google-sheets.newRow"),
  steps: [does("customer", "retailcrm.createCustomer", { externalId: null })],
});
