import { defineConnector } from "../kit/define.ts";
import { actions } from "./actions.ts";
import { api, readStructure } from "./api.ts";
import { readColumns, sheetOf } from "./grid.ts";
import { triggers } from "./triggers.ts";

export const googleSheets = defineConnector({
  key: "google-sheets",
  name: { ru: "Google Таблицы", en: "Google Sheets" },
  about: {
    ru: "Строки: добавить, найти, изменить; новые и изменённые.",
    en: "Rows: add, find, change; new and changed.",
  },
  words: ["гугл", "таблица", "таблицы", "эксель", "google", "sheets", "spreadsheet", "excel"],
  auth: {
    kind: "fields",
    steps: [
      {
        ru: "console.cloud.google.com → создайте проект → «API и сервисы» → «Библиотека» → Google Sheets API → «Включить».",
        en: "console.cloud.google.com → create a project → “APIs & Services” → “Library” → Google Sheets API → “Enable”.",
      },
      {
        ru: "«IAM и администрирование» → «Сервисные аккаунты» → «Создать». Откройте аккаунт → «Ключи» → «Добавить ключ» → JSON: скачается файл.",
        en: "“IAM & Admin” → “Service accounts” → “Create”. Open the account → “Keys” → “Add key” → JSON: a file is downloaded.",
      },
      {
        ru: "Откройте таблицу → «Настройки доступа» → добавьте почту аккаунта (…iam.gserviceaccount.com) с правом «Редактор».",
        en: "Open the spreadsheet → “Share” → add the account's e-mail (…iam.gserviceaccount.com) as an “Editor”.",
      },
    ],
    fields: [
      {
        key: "spreadsheet",
        label: { ru: "Ссылка на таблицу", en: "Spreadsheet's link" },
        kind: "text",
        required: true,
      },
      {
        key: "key",
        label: { ru: "Ключ сервисного аккаунта (JSON)", en: "Service account key (JSON)" },
        kind: "longText",
        required: true,
        secret: true,
        hint: {
          ru: "Весь текст скачанного файла, от { до }.",
          en: "The whole text of the downloaded file, from { to }.",
        },
      },
    ],
  },
  api,
  async check(ctx) {
    return { account: (await readStructure(ctx)).title };
  },
  lists: {
    sheets: {
      label: { ru: "Листы", en: "Sheets" },
      async load(ctx) {
        const { sheets } = await readStructure(ctx);
        const hidden = ctx.locale === "ru" ? "скрыт" : "hidden";
        return {
          items: sheets.map(({ title, isHidden }) => ({
            value: title,
            label: title,
            ...(isHidden ? { note: hidden } : {}),
          })),
        };
      },
    },
    columns: {
      label: { ru: "Столбцы", en: "Columns" },
      async load(ctx, depends) {
        const columns = await readColumns(ctx, (await sheetOf(ctx, depends.sheet)).title);
        return { items: columns.map(({ letter, label }) => ({ value: letter, label, note: letter })) };
      },
    },
  },
  triggers,
  actions,
});
