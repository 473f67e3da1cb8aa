import { FormattedString, fmt } from "@grammyjs/parse-mode";
import { team } from "./team.ts";

const b = FormattedString.b;

export const settings = {
  team,
  title: b("Настройки"),
  language: (name: string) => `🌐 Язык: ${name}`,
  languageName: "русский",
  country: (name: string) => `🏳 Страна: ${name}`,
  timeZone: (name: string, now: string) => `🕓 Время: ${name}, сейчас ${now}`,
  alerts: {
    now: "🔔 Сообщать о сбоях: сразу",
    hourly: "🔔 Сообщать о сбоях: раз в час",
    daily: "🔔 Сообщать о сбоях: раз в день",
    off: "🔕 Сообщать о сбоях: нет",
  },
  about:
    "Страна нужна, чтобы понимать номера телефонов без кода: 8 900 … — это Россия. По вашему времени показываю даты и отправляю их в сервисы.",
  alertsOff:
    "Уведомления выключены: о сбоях не напишу. Посмотреть, всё ли в порядке, можно в любой момент командой /status.",
  alertsOn: "Уведомления включены",
  saved: "Сохранено",

  chooseCountry: fmt`${b("Какая у вас страна?")}\n\nВыберите или напишите название.`,
  noCountry: (typed: string) => `Не нашёл страну «${typed}». Напишите её полностью, например: Казахстан.`,
  chooseZone: fmt`${b("Какое у вас время?")}\n\nВыберите город или напишите свой. Можно и просто прислать, сколько у вас сейчас времени, например 14:35.`,
  noZone: (typed: string) => `Не нашёл «${typed}». Напишите крупный город рядом или время на часах, например 14:35.`,
  severalZones: "Подходит несколько вариантов, выберите свой:",
};

export const CITIES: Readonly<Record<string, string>> = {
  "Europe/Kaliningrad": "Калининград",
  "Europe/Moscow": "Москва",
  "Europe/Samara": "Самара",
  "Asia/Yekaterinburg": "Екатеринбург",
  "Asia/Omsk": "Омск",
  "Asia/Novosibirsk": "Новосибирск",
  "Asia/Krasnoyarsk": "Красноярск",
  "Asia/Irkutsk": "Иркутск",
  "Asia/Yakutsk": "Якутск",
  "Asia/Vladivostok": "Владивосток",
  "Asia/Magadan": "Магадан",
  "Asia/Kamchatka": "Камчатка",
  "Europe/Minsk": "Минск",
  "Asia/Almaty": "Алматы",
  "Asia/Tashkent": "Ташкент",
  "Asia/Bishkek": "Бишкек",
  "Asia/Tbilisi": "Тбилиси",
  "Asia/Yerevan": "Ереван",
  "Asia/Baku": "Баку",
  "Europe/Istanbul": "Стамбул",
  "Asia/Dubai": "Дубай",
  "Europe/Berlin": "Берлин",
  "Europe/London": "Лондон",
  "America/New_York": "Нью-Йорк",
  UTC: "UTC",
};
