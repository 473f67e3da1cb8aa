import { FormattedString, fmt } from "@grammyjs/parse-mode";
import { counted, number } from "../words.ts";
import { group } from "./group.ts";

const b = FormattedString.b;
const TIMES = ["раз", "раза", "раз"] as const;
const RECORDS = ["запись", "записи", "записей"] as const;
const records = (count: number) => counted("ru", count, RECORDS);

export const alerts = {
  group,
  failed: (bundle: string) => fmt`❌ ${b(bundle)}`,
  connectionFailed: (connection: string) => fmt`🔑 Подключение ${b(connection)} перестало работать`,
  solved: (title: string, when: string) => fmt`✅ ${b(title)}\nСнова работает с ${when}.`,
  atStep: (number: number, title: string) => `Шаг ${number}. ${title}`,
  own: "Ответ сервиса:",
  once: (when: string) => `Случилось ${when}.`,
  records: (count: number) => `Не получилось: ${records(count)}.`,
  span: (first: string, last: string, count: number | null) =>
    `${count === null ? "Первый раз" : `Уже ${counted("ru", count, TIMES)}: первый`} — ${first}, последний — ${last}.`,
  resumed: (count: number) =>
    `Из-за ключа ${count === 1 ? "не дошла" : "не дошли"}: ${records(count)}. Отправляю ${count === 1 ? "её" : "их"} сам, с того шага, где ${count === 1 ? "она остановилась" : "они остановились"}.`,
  leftOver: (count: number) =>
    `⚠️ ${records(count)} так и не ${count === 1 ? "дошла" : "дошли"}. ${count === 1 ? "Она сохранена" : "Они сохранены"}: нажмите «Повторить».`,
  dismiss: (count: number) => `✖️ Не повторять (${count})`,
  dismissed: (count: number) => `Больше не напоминаю: ${records(count)}`,
  held: "Пока подключение не заработает, новые события ждут и не потеряются.",
  advice: {
    temporary: "Обычно это проходит само: я пробую ещё раз по расписанию.",
    access: "Замените ключ в подключении: записи, которые не дошли, я потом отправлю сам.",
    forbidden: "Выдайте это право в сервисе, потом нажмите «Повторить».",
    data: "Исправьте поле в шаге, потом нажмите «Повторить».",
    not_found: "Проверьте, есть ли эта запись в сервисе, потом нажмите «Повторить».",
    unknown: "Загляните в сервис: сделано ли то, что нужно.",
    defect: "Это ошибка на моей стороне, данные целы. Попробуйте «Повторить».",
  },
  mendField: (field: string) => `Исправьте в шаге поле «${field}», потом нажмите «Повторить».`,

  retry: "🔁 Повторить",
  retryAll: (count: number) => `🔁 Повторить все ${count}`,
  details: "Подробнее",
  pause: "⏸ Пауза",
  openStep: "✏️ Открыть шаг",
  openConnection: "🔑 Открыть подключение",
  retryNow: (count: number) => `🔁 Повторить сейчас (${count})`,
  retried: (count: number) => `Повторяю: ${records(count)}`,
  nothingToRetry: "Повторять уже нечего",

  incidentTitle: b("Сбой"),
  runButton: "Последний запуск",
  failedRuns: "Все неудачные запуски",

  unknown: (bundle: string, about: string) =>
    fmt`❓ ${b(bundle)}\n\nНеизвестно, чем кончился запуск${about === "" ? "" : ` «${about}»`}: запрос ушёл в сервис, а ответ не пришёл. Загляните туда и скажите, сделано ли это.`,
  approval: (bundle: string, about: string, question: string, until: string) =>
    fmt`🙋 ${b(bundle)}${about === "" ? "" : ` · ${about}`}\n\n${question}\n\nЖду ответа до ${until}.`,
  answered: (bundle: string, about: string, question: string) =>
    fmt`🙋 ${b(bundle)}${about === "" ? "" : ` · ${about}`}\n\n${question}`,
  said: { yes: "✅ Ответ «да»", no: "✖️ Ответ «нет»" },
  saidBy: (name: string) => `Ответил(а): ${name}.`,
  saidByDeadline: "Никто не ответил вовремя, поэтому связка решила сама.",
  yes: "✅ Да",
  no: "✖️ Нет",
  alreadySaid: { yes: "Ответ уже есть: «да»", no: "Ответ уже есть: «нет»" },
  accepted: { yes: "Принято: да, идём дальше", no: "Принято: нет" },
  settled: { happened: "✅ Отмечено: сделано.", repeat: "🔁 Отмечено: не сделано, повторяю." },
  firstSuccess: (bundle: string, about: string) =>
    fmt`🎉 Первая настоящая запись прошла!\n\n${b(bundle)}${about === "" ? "" : `: ${about}`}. Дальше всё будет происходить само.`,
  seeRun: "Посмотреть запуск",
  paused: (bundle: string, why: string) =>
    fmt`⏸ Связка ${b(bundle)} на паузе\n\n${why}\n\nНовые события ждут и не потеряются.`,
  resume: "▶️ Снять с паузы",
  openBundle: "Открыть связку",
  failing: (bundle: string, why: string) => fmt`⚠️ У связки ${b(bundle)} один сбой за другим\n\n${why}`,
  sample: (bundle: string) =>
    fmt`📥 ${b(bundle)}: пришло первое событие. Теперь видно, какие в нём поля, можно собирать дальше.`,
  goOn: "Продолжить",
  heldMany: (bundle: string, count: number, limit: number) =>
    fmt`⏸ Связка ${b(bundle)} на паузе, а событий накопилось уже ${number("ru", count)} из ${number("ru", limit)}.\n\nСнимите её с паузы: больше ${number("ru", limit)} не поместится, и сервис начнёт получать отказы.`,
};
