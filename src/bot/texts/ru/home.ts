import { FormattedString, fmt } from "@grammyjs/parse-mode";
import { counted, number } from "../words.ts";

const b = FormattedString.b;
const RECORDS = ["запись", "записи", "записей"] as const;
const signs = (count: number) => counted("ru", count, ["знак", "знака", "знаков"]);
const records = (count: number) => counted("ru", count, RECORDS);

export const home = {
  toHome: "🏠 Главная",
  description:
    "Связка соединяет сервисы между собой: звонок или заявка сами становятся клиентом и заказом в CRM, смена статуса уходит обратно в аналитику.\n\nСоберём связку прямо здесь, кнопками, на ваших настоящих данных. Нажмите кнопку внизу.",
  shortDescription: "Соединяет сервисы: звонки и заявки сами попадают в CRM. Настраивается кнопками в этом чате.",
  back: "‹ Назад",
  staleButton: "Эта кнопка устарела, вот свежий экран",
  /** Sent first where what follows takes a moment; it stays true if nothing follows. */
  taken: "👌 Принято.",
  onlyText: "Здесь нужен ответ текстом: картинку, стикер или файл прочитать не получится.",
  /** `length` where it is known: of a text that came in several messages it isn't. */
  tooLong: (longest: number, length?: number) =>
    `Слишком длинно: помещается ${signs(longest)}${length === undefined ? ", а пришло намного больше" : `, а пришло ${number("ru", length)}`}. Пришлите короче.`,
  deleteYourself:
    "Telegram не дал мне удалить ваше сообщение с ключом. Пожалуйста, удалите его сами: так его никто не увидит.",
  secretRemoved:
    "🔒 Похоже, это ключ: я удалил сообщение, чтобы его никто не увидел. Сейчас я ничего не спрашивал; заменить ключ можно в подключении: /connections",
  noSuchCommand: "Такой команды нет. Все команды — в меню слева от поля ввода.",
  broken: "Что-то сломалось на моей стороне, и последнее действие не получилось. Попробуйте ещё раз: /start",
  notUnderstood: "Не понял: сейчас я ни о чём не спрашиваю. Нажмите кнопку на экране выше или начните с главной.",

  door: {
    connection: "🔑 Открыть подключение",
    bundle: "Открыть связку",
    step: "Открыть шаг",
    trigger: "Открыть триггер",
    run: "Открыть запуск",
  },

  group: (bot: string) =>
    `Я работаю в личном чате: там удобнее, и ключи никто не увидит. Откройте @${bot} и нажмите «Запустить».`,
  groupButton: "Открыть личный чат",

  stranger: fmt`${b("Это личный бот")}\n\nИм пользуется один человек или команда. Если он ваш, пришлите код владельца: он напечатан там, где бот запущен.`,
  wrongCode:
    "Код не подошёл: в нём опечатка, или его уже использовали. Новый код покажет команда npm run owner -- reset.",

  groupCommands: [
    { command: "start", description: "Присылать сюда уведомления" },
    { command: "status", description: "Всё ли в порядке" },
    { command: "stop", description: "Больше не присылать" },
  ],
  commands: [
    { command: "start", description: "Главный экран" },
    { command: "new", description: "Новая связка" },
    { command: "bundles", description: "Мои связки" },
    { command: "run", description: "Запустить связку сейчас" },
    { command: "pause", description: "Поставить связку на паузу" },
    { command: "resume", description: "Снять связку с паузы" },
    { command: "connections", description: "Подключённые сервисы" },
    { command: "connect", description: "Подключить сервис" },
    { command: "templates", description: "Готовые связки" },
    { command: "history", description: "Что и когда выполнялось" },
    { command: "status", description: "Всё ли в порядке" },
    { command: "settings", description: "Язык, время, уведомления" },
    { command: "help", description: "Как всё устроено" },
    { command: "cancel", description: "Прервать то, что делаем" },
  ],

  welcome: (name: string) =>
    fmt`${b(`Здравствуйте${name === "" ? "" : `, ${name}`}!`)}

Я передаю данные между вашими сервисами сам: например, позвонил клиент — и в CRM уже есть заказ.

Такое правило называется ${b("связка")}: что случилось → что сделать. Соберём первую? Это минут пять.`,
  title: b("Главная"),
  today: (succeeded: number, failed: number, waiting: number) => {
    const parts = [`✅ ${records(succeeded)}`];
    if (failed > 0) parts.push(`❌ не получилось: ${records(failed)}`);
    if (waiting > 0) parts.push(`⏳ ждут: ${waiting}`);
    return `Сегодня: ${parts.join(" · ")}`;
  },
  quietToday: "Сегодня запусков ещё не было.",
  bundlesOn: (active: number, paused: number, drafts: number) => {
    const parts = [`Работает связок: ${active}`];
    if (paused > 0) parts.push(`на паузе: ${paused}`);
    if (drafts > 0) parts.push(`черновиков: ${drafts}`);
    return parts.join(", ");
  },
  newBundle: "➕ Новая связка",
  bundles: "Связки",
  connections: "Подключения",
  history: "История",
  settings: "Настройки",
  status: "Всё ли в порядке",
  helpButton: "Как это работает",

  statusTitle: b("Всё ли в порядке"),
  allWell: "Всё работает, делать ничего не нужно.",
  unknown: (count: number) =>
    `❓ ${counted("ru", count, ["запуск ждёт", "запуска ждут", "запусков ждут"])} вашего ответа: неизвестно, сделал ли сервис то, о чём его просили.`,
  answerUnknown: (count: number) => `❓ Ответить (${count})`,
  openIncidents: b("Сбои"),
  silent: b("Давно молчат"),
  incidentLine: (where: string, sentence: string, count: number) =>
    `❌ ${where}: ${/[.!?…]$/.test(sentence) ? sentence : `${sentence}.`}${count > 0 ? ` Не получилось: ${records(count)}.` : ""}`,
  ailingTitle: b("Не отвечают"),
  ailingLine: (who: string, since: string, waiting: number) =>
    `⏳ ${who} — с ${since}.${waiting > 0 ? ` Ждут: ${records(waiting)}, пробую снова сам.` : " Пробую снова сам."}`,
  ailingButton: (who: string) => `🔁 Повторить сейчас: ${who}`,
  stopped: (number: number, name: string, why: string) => `⏸ #${number} ${name} на паузе: ${why}`,
  stoppedBy: {
    person: "её остановили вручную.",
    incident: "слишком много записей не получилось.",
    connection: "подключение, которым она пользуется, удалено. Выберите другое.",
    limit: "достигнут предел.",
  },
  swapButton: (number: number) => `🔌 Выбрать другое подключение: #${number}`,
  holding: (number: number, name: string, count: number) =>
    `🔑 #${number} ${name} ждёт подключения. Накопилось: ${counted("ru", count, ["событие", "события", "событий"])}, они не потеряются.`,
  undeliveredTitle: b("Не дошли"),
  undeliveredLine: (where: string, count: number, sentence: string) => `⚠️ ${where}: ${records(count)}. ${sentence}`,
  undelivered: (count: number) => `⚠️ Не дошли: ${records(count)}. Их можно повторить.`,
  repeatButton: (count: number, where: string) => `🔁 Повторить (${count}): ${where}`,
  undeliveredButton: (count: number) => `⚠️ Не дошли (${count})`,

  goOn: "▶️ Продолжить",
  nothingToCancel: "Сейчас ничего не начато, отменять нечего.",
  cancelled: "Остановились. Всё, что вы уже ввели, сохранено: можно продолжить в любой момент.",
  cancelledConnection: "Остановились. Подключение сохранено незаконченным: введённые значения на месте.",

  help: fmt`${b("Как это работает")}

${b("Подключение")} — ваш аккаунт в сервисе: я спрошу ключ и сразу проверю его. Сообщение с ключом удаляю, сам ключ храню зашифрованным.

${b("Связка")} — правило из шагов. Первый шаг ждёт события (звонок, заказ, заявка), остальные что-то делают: находят клиента, создают заказ, меняют статус.

${b("Запуск")} — одно событие, которое прошло по связке. В истории видно каждый шаг: что отправили и что ответили.

Если что-то не получилось, я напишу сюда и предложу, что исправить. Данные не теряются: сбой можно повторить кнопкой.

/new — собрать связку
/connections — подключения
/history — история
/status — всё ли в порядке
/cancel — остановиться на любом вопросе`,
};
