/** Слова о часах работы и о переносе прошлого. */
import { ruForm } from "../plural.ts";
import { number } from "../words.ts";

const records = (n: number) => `${number("ru", n)} ${ruForm(n, "запись", "записи", "записей")}`;

export const hours = {
  button: "🕘 Часы",
  title: "🕘 Когда связка работает",
  always: "всё время",
  now: (how: string, zone: string) => `Сейчас: ${how} (${zone})`,
  next: "Ближайшие разы:",
  never: "⚠️ При таких часах связка не сработает ни разу.",
  hint: "Выберите кнопкой или напишите словами: «по будням с 9 до 18», «каждый день в 9:30», «1 и 15 числа в 10:00», «каждые 20 минут с 8 до 22». Подойдёт и выражение cron.",
  notUnderstood: (text: string) =>
    `Не понял «${text}». Напишите, например, «по будням с 9 до 18», «по понедельникам в 10:00» или «0 9 * * 1-5».`,
  alwaysButton: "Всё время",
  presets: { work: "Пн–пт 9–18", day: "Каждый день 9–21", hourly: "Каждый час", nine: "Каждый день в 9:00" },
  weekdays: ["Пн", "Вт", "Ср", "Чт", "Пт", "Сб", "Вс"],
  onlyHere: "Часы работы есть у опроса и расписания. Эта связка ждёт сообщений от сервиса и принимает их сразу.",
  words: {
    days: ["пн", "вт", "ср", "чт", "пт", "сб", "вс"],
    workdays: "по будням",
    weekends: "по выходным",
    daily: "каждый день",
    monthDays: (days: string) => `${days} числа`,
    between: (from: string, to: string) => `с ${from} до ${to}`,
    at: (times: string) => `в ${times}`,
    and: " и ",
    everyMinutes: (n: number) => (n === 1 ? "каждую минуту" : `каждые ${n} ${ruForm(n, "минуту", "минуты", "минут")}`),
    everyHours: (n: number) => (n === 1 ? "каждый час" : `каждые ${n} ${ruForm(n, "час", "часа", "часов")}`),
    cron: (text: string) => `cron ${text}`,
  },
};

export const migration = {
  button: "📦 Перенос прошлого",
  title: "📦 Перенос прошлого",
  about:
    "Записи, которые уже есть в сервисе, пройдут через связку одна за другой. Новые события идут первыми и не ждут.",
  notStarted: "Сначала запустите связку: прошлое идёт через опубликованную версию.",
  choose: "За какое время? Выберите или напишите период: «01.10.2026 – 31.10.2026».",
  everything: "Всё, что есть",
  last: (days: number) =>
    days === 1 ? "За сутки" : days === 7 ? "За неделю" : days === 30 ? "За месяц" : `За ${days} дней`,
  badPeriod: (text: string) => `Не понял период «${text}». Напишите, например, «01.10.2026 – 31.10.2026».`,
  future: "Этот период ещё не наступил. Новые события связка возьмёт сама.",
  ask: (what: string) =>
    `Отправить прошлое (${what})? Все шаги выполнятся по-настоящему. Остановить можно в любой момент.`,
  yes: "▶️ Да, начать",
  period: (from: string, to: string) => `с ${from} по ${to}`,
  till: (to: string) => `с самого начала по ${to}`,
  state: {
    running: "▶️ Идёт",
    finishing: "▶️ Всё прочитано, заканчиваются последние запуски",
    paused: "⏸ На паузе",
    done: "✅ Закончен",
    held: "⏸ Ждёт: связка на паузе",
  },
  progress: (share: number) =>
    `${"▓".repeat(Math.round(share * 10))}${"░".repeat(10 - Math.round(share * 10))} ${Math.floor(share * 100)} %`,
  counts: (c: { read: number; sent: number; filtered: number; repeated: number; waiting: number; failed: number }) =>
    [
      `Прочитано: ${records(c.read)}`,
      `отправлено ${number("ru", c.sent)}`,
      ...(c.filtered ? [`🔎 отсеяно ${number("ru", c.filtered)}`] : []),
      ...(c.repeated ? [`♻️ уже были ${number("ru", c.repeated)}`] : []),
      ...(c.waiting ? [`⏳ в пути ${number("ru", c.waiting)}`] : []),
      ...(c.failed ? [`❌ не получилось ${number("ru", c.failed)}`] : []),
    ].join(" · "),
  readTo: (time: string) => `Дошёл до записей от ${time}`,
  failed: "Сервис не отвечает на вопрос о прошлом:",
  retryAt: (time: string) => `Попробую снова: ${time}`,
  pause: "⏸ Пауза",
  resume: "▶️ Продолжить",
  again: "🔁 Другой период",
  reset: "🧹 Сбросить",
  resetAsk:
    "Сбросить перенос? Связка забудет, что отправила, и те же записи смогут уйти ещё раз. Начатое закончится само.",
  resetYes: "🧹 Да, сбросить",
  wasReset: "Перенос сброшен.",
  card: (how: string) => `📦 Перенос прошлого: ${how}`,
};
