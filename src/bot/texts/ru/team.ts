import { FormattedString, fmt } from "@grammyjs/parse-mode";
import { counted } from "../words.ts";

const b = FormattedString.b;
const PEOPLE = ["человек", "человека", "человек"] as const;
const DAYS = ["день", "дня", "дней"] as const;

/** People, alerts of one's own, and what belongs to the whole workspace. */
export const team = {
  viewerOnly: "Вы здесь наблюдатель: смотреть можно, менять нельзя. Попросите владельца дать вам права редактора.",
  ownersOnly: "Это может только владелец.",
  role: { owner: "владелец", editor: "редактор", viewer: "наблюдатель" },
  mark: { owner: "👑", editor: "✏️", viewer: "👀" },
  may: {
    owner: "Владелец может всё: приглашать людей, выгружать и удалять данные.",
    editor: "Редактор собирает связки, подключает сервисы, повторяет сбои.",
    viewer: "Наблюдатель смотрит связки и историю, ничего не меняя.",
  },

  // ---- alerts
  notices: "🔔 Уведомления",
  noticesTitle: b("Уведомления"),
  noticesAbout: {
    now: "О сбое пишу сразу, одно сообщение на причину.",
    hourly: "Сбои собираю и присылаю раз в час.",
    daily: "Сбои собираю и присылаю утром.",
    off: "О сбоях не пишу. Вопросы, которых ждёт связка, присылаю всё равно.",
  },
  mode: { now: "Сразу", hourly: "Раз в час", daily: "Раз в день", off: "Никогда" },
  quietNone: "🌙 Тихие часы: нет",
  quietOn: (from: string, to: string) => `🌙 Тихие часы: ${from}–${to}`,
  quietAsk: fmt`${b("Когда не беспокоить?")}\n\nЧто случится в это время, придёт сразу после. Выберите или напишите, например 22:30–8:00.`,
  quietOff: "Без тихих часов",
  quietNot: "Напишите начало и конец, например 22:00–08:00.",
  whereHere: "📍 Куда: в этот чат",
  whereGroup: (title: string) => `📍 Куда: ${title}`,
  whereTitle: fmt`${b("Куда присылать уведомления?")}\n\nВ группе их увидят все, кто в ней есть, а кнопки сработают только у своих. Личное, например вопросы лично вам, всегда приходит сюда.`,
  whereMine: "В этот чат",
  whereGone: (title: string) => `⚠️ ${title}: меня там нет`,
  addGroup: "➕ Добавить в группу",
  summaryDaily: (on: boolean) => `${on ? "☑️" : "⬜️"} Итоги дня`,
  summaryWeekly: (on: boolean) => `${on ? "☑️" : "⬜️"} Итоги недели`,

  // ---- people
  people: (count: number) => `👥 Люди: ${counted("ru", count, PEOPLE)}`,
  peopleTitle: b("Люди"),
  peopleAbout: "Все, кто здесь есть, видят одни и те же связки, подключения и историю.",
  me: (name: string) => `${name} (вы)`,
  line: (name: string, role: string) => `${name} · ${role}`,
  invite: "➕ Пригласить",
  inviteWho: b("Кем будет новый человек?"),
  invited: (role: string, until: string) =>
    fmt`${b("Приглашение готово")}\n\nПерешлите ссылку тому, кого зовёте (роль: ${role}). Она действует один раз и до ${until}.`,
  orCode: "Если ссылка не открывается, можно прислать боту код:",
  copyLink: "📋 Скопировать ссылку",
  shareLink: "📨 Отправить в Telegram",
  shareText: "Приглашаю вас в Связку",
  changed: (role: string) => `Теперь роль: ${role}`,
  makeRole: { owner: "👑 Сделать владельцем", editor: "✏️ Сделать редактором", viewer: "👀 Сделать наблюдателем" },
  remove: "🚪 Убрать отсюда",
  removeAsk: (name: string) => fmt`Убрать ${b(name)}? Доступ пропадёт сразу; всё собранное этим человеком останется.`,
  removeYes: "Да, убрать",
  removed: (name: string) => `${name} больше не имеет доступа`,
  leave: "🚪 Выйти",
  leaveAsk: (workspace: string) => fmt`Выйти из ${b(workspace)}? Вернуться можно будет только по новому приглашению.`,
  leaveYes: "Да, выйти",
  left: (workspace: string) => fmt`Вы вышли из ${b(workspace)}.`,
  no: "Нет",

  // ---- workspaces
  spaces: (name: string) => `🗂 Пространство: ${name}`,
  spacesTitle: fmt`${b("Ваши пространства")}\n\nВ каждом свои связки, подключения и люди. Сейчас вы в отмеченном.`,
  switched: (name: string) => `Теперь вы здесь: ${name}`,
  spaceGone: "Этого пространства больше нет",

  // ---- invitations
  inviteFor: (by: string, workspace: string, role: string) =>
    by === workspace
      ? fmt`👋 ${b(by)} приглашает вас работать вместе.\n\n${role}`
      : fmt`👋 ${b(by)} приглашает вас в ${b(workspace)}.\n\n${role}`,
  join: "Присоединиться",
  notNow: "Не сейчас",
  joined: (workspace: string) => fmt`✅ Вы в ${b(workspace)}.`,
  declined: "Хорошо. Ссылка ещё действует: её можно открыть позже.",
  linkDead: "Эта ссылка больше не действует: её уже использовали, или вышел срок. Попросите новую.",

  // ---- data
  data: "🗄 Данные",
  dataTitle: b("Данные"),
  dataAbout: (days: number) =>
    `Законченные запуски хранятся ${counted("ru", days, DAYS)}, потом удаляются. Связки и подключения хранятся, пока вы их не удалите.`,
  keep: (days: number) => `🗓 Хранить запуски: ${counted("ru", days, DAYS)}`,
  keepAsk: fmt`${b("Сколько дней хранить запуски?")}\n\nВыберите или напишите число от 1 до 365.`,
  keepDays: (days: number) => counted("ru", days, DAYS),
  keepNot: "Напишите число дней от 1 до 365.",
  exportAll: "📤 Выгрузить всё",
  exporting: "⏳ Собираю файл…",
  exported: "Всё, что здесь есть, построчно в JSON; сжато gzip. Ключей подключений внутри нет.",
  exportedPart: (part: number, of: string) => `Часть ${part}. ${of}`,
  wipe: "🗑 Удалить всё",
  wipeAsk: (name: string) =>
    fmt`${b("Удалить всё навсегда?")}\n\nСвязки остановятся, подключения с ключами, история и доступ всех людей исчезнут. Вернуть будет нельзя.\n\nЧтобы подтвердить, напишите название: ${FormattedString.code(name)}`,
  wiped: new FormattedString("Всё удалено. Начать заново можно командой /start."),
};
