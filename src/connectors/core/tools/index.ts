/** Tools for texts, numbers, dates and lists: what templates can do, for people who tap. */
import { defineConnector } from "../../kit/define.ts";
import { dates } from "./dates.ts";
import { lists } from "./lists.ts";
import { numbers } from "./numbers.ts";
import { texts } from "./texts.ts";

export const tools = defineConnector({
  key: "tools",
  name: { ru: "Текст, числа и даты", en: "Text, numbers and dates" },
  about: {
    ru: "ФИО, телефон, поиск и замена, арифметика, даты, списки.",
    en: "Names, phones, find and replace, arithmetic, dates, lists.",
  },
  words: ["инструменты", "преобразовать", "форматировать", "tools", "format", "convert", "text", "date", "number"],
  core: true,
  auth: { kind: "none" },
  triggers: [],
  actions: [...texts, ...numbers, ...dates, ...lists],
});
