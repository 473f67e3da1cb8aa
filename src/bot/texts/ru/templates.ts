/** Слова о готовых связках. */
import { ruForm } from "../plural.ts";

export const templates = {
  button: "📦 Шаблоны",
  fromTemplate: "📦 Из шаблона",
  head: "📦 Шаблоны: готовые связки с заполненными полями. Выберите, что нужно, – подключим сервисы и проверим на примере.",
  legend: "🟢 – всё, что для неё нужно, уже подключено.",
  needs: (services: string) => `Нужны: ${services}`,
  needed: (service: string, isConnected: boolean) => `${isConnected ? "✅" : "🔌"} ${service}`,
  connectsNow: "Чего нет, спрошу сразу, когда вы возьмёте шаблон.",
  take: "✅ Взять",
  takeAll: (n: number) => `✅ Взять все ${n}`,
  takeOnly: (n: number) => `Только ${n}`,
  back: "‹ К шаблонам",
  making: (at: number, n: number) =>
    n === 1 ? "⏳ Собираю связку по вашим данным…" : `⏳ Собираю связку ${at} из ${n}…`,
  made: (n: number) =>
    `📦 Готово: ${n} ${ruForm(n, "черновик", "черновика", "черновиков")}. Проверьте каждую на примере и запустите.`,
  draft: (number: number, name: string) => `📦 ${number} · ${name}`,
  open: "Осталось заполнить:",
  guessed: "Подставлено по вашему аккаунту, проверьте:",
  guess: (step: number, field: string, value: string) => `❓ Шаг ${step} · ${field}: ${value}`,
  notChosen: "не выбрано",
  look: "Обратите внимание:",
  allSet: "Всё заполнено. Проверьте на примере – ничего записано не будет.",
  openStep: (step: number) => `❓ Шаг ${step}`,
  address: "📋 Адрес для сервиса",
  rest: "‹ Остальные из набора",
};
