/** Every word of the page, in both languages. */

const ru = {
  title: "Связка",
  about: "Telegram на этом компьютере: всё, что здесь происходит, остаётся здесь",
  you: "Вы пишете как",
  firstName: "Анна Белова",
  add: "Добавить человека",
  name: "Имя",
  language: "Язык Telegram",
  cancel: "Отмена",
  save: "Добавить",
  chats: "Чаты",
  chat: "Чат",
  services: "Сервисы",
  servicesHint: "Учебные копии: здесь можно всё",
  bot: "бот",
  group: "группа",
  typing: "печатает…",
  sending: "отправляет файл…",
  start: "НАЧАТЬ",
  restart: "РАЗБЛОКИРОВАТЬ",
  block: "Заблокировать бота",
  makeGroup: "Создать группу с ботом",
  groupTitle: "Название группы",
  groupHint: "В ней будут все люди этой страницы. Бот слышит в группе команды и ответы ему.",
  firstGroup: "Отдел продаж",
  migrate: "Сделать супергруппой",
  shared: "Ссылка скопирована: откройте чат другого человека и отправьте её там",
  removeBot: "Убрать бота из группы",
  returnBot: "Вернуть бота в группу",
  can: "Что умеет этот бот?",
  empty: "Здесь пока нет сообщений",
  emptyHint: "Нажмите «Начать», чтобы познакомиться с ботом",
  write: "Сообщение",
  send: "Отправить",
  reply: "Ответить",
  noReply: "Не отвечать",
  attach: "Прикрепить файл",
  commands: "Команды",
  more: "Ещё",
  back: "Назад",
  toBottom: "К последним сообщениям",
  today: "Сегодня",
  yesterday: "Вчера",
  copied: "Скопировано",
  copy: "Скопировать",
  download: "Скачать",
  caption: "Подпись",
  sendFile: "Отправить файл",
  asPhoto: "Как фото",
  ok: "Понятно",
  open: "Открыть",
  openLink: (address) => `Открыть ссылку ${address}?`,
  credentials: "Доступ",
  address: "API этой копии",
  happens: "Что происходит",
  weather: "Поведение",
  details: "Тонкости API",
  records: "Записи",
  noRecords: "Пока пусто",
  doIt: "Выполнить",
  done: "Готово",
  reset: "Очистить и начать заново",
  resetAsk: (name) => `Удалить все записи «${name}» и вернуть поведение по умолчанию?`,
  record: "Запись",
  expand: "Развернуть",
  collapse: "Свернуть",
  photo: "Фото",
  joined: (name) => `${name} теперь в группе`,
  left: (name) => `${name} больше не в группе`,
  created: "Группа создана",
  migrated: "Группа стала супергруппой",
  telegram: "Telegram",
  messageBot: "Токен второго бота",
  chatId: "Мой chat id",
  telegramHint:
    "Второй бот нужен для действия «Сообщение в Telegram». Откройте его чат слева и нажмите «Начать»: незнакомым боты не пишут.",
  offline: "Нет связи с программой. Как только она вернётся, всё появится само.",
  newMessages: (n) => `Непрочитанных: ${n}`,
};

const en = {
  title: "Svyazka",
  about: "A Telegram on this computer: whatever happens here stays here",
  you: "You write as",
  firstName: "Anna Bell",
  add: "Add a person",
  name: "Name",
  language: "Telegram language",
  cancel: "Cancel",
  save: "Add",
  chats: "Chats",
  chat: "Chat",
  services: "Services",
  servicesHint: "Practice copies: anything goes",
  bot: "bot",
  group: "group",
  typing: "typing…",
  sending: "sending a file…",
  start: "START",
  restart: "UNBLOCK",
  block: "Block the bot",
  makeGroup: "Make a group with the bot",
  groupTitle: "Group title",
  groupHint: "Everybody on this page will be in it. In a group the bot hears commands and replies to it.",
  firstGroup: "Sales team",
  migrate: "Make it a supergroup",
  shared: "The link is copied: open another person's chat and send it there",
  removeBot: "Remove the bot from the group",
  returnBot: "Bring the bot back",
  can: "What can this bot do?",
  empty: "No messages here yet",
  emptyHint: "Press START to meet the bot",
  write: "Message",
  send: "Send",
  reply: "Reply",
  noReply: "Don’t reply",
  attach: "Attach a file",
  commands: "Commands",
  more: "More",
  back: "Back",
  toBottom: "To the newest messages",
  today: "Today",
  yesterday: "Yesterday",
  copied: "Copied",
  copy: "Copy",
  download: "Download",
  caption: "Caption",
  sendFile: "Send the file",
  asPhoto: "As a photo",
  ok: "OK",
  open: "Open",
  openLink: (address) => `Open the link ${address}?`,
  credentials: "Access",
  address: "API of this copy",
  happens: "What happens",
  weather: "Behaviour",
  details: "Fine points of the API",
  records: "Records",
  noRecords: "Nothing yet",
  doIt: "Do it",
  done: "Done",
  reset: "Clear and start over",
  resetAsk: (name) => `Delete all records of ${name} and bring back its usual behaviour?`,
  record: "Record",
  expand: "Expand",
  collapse: "Collapse",
  photo: "Photo",
  joined: (name) => `${name} joined the group`,
  left: (name) => `${name} left the group`,
  created: "Group created",
  migrated: "The group became a supergroup",
  telegram: "Telegram",
  messageBot: "Second bot’s token",
  chatId: "My chat id",
  telegramHint:
    "The second bot is for the action Telegram message. Open its chat on the left and press START: bots don’t write to strangers.",
  offline: "The program does not answer. As soon as it is back, everything appears by itself.",
  newMessages: (n) => `Unread: ${n}`,
};

const ALL = { ru, en };
const known = localStorage.getItem("language");
export let language = ALL[known] ? known : navigator.language.startsWith("ru") ? "ru" : "en";
export let t = ALL[language];

export function setLanguage(next) {
  language = next;
  t = ALL[next];
  localStorage.setItem("language", next);
}

/** A text of a sandbox in the page's language. */
export const pick = (text) => (typeof text === "string" ? text : (text?.[language] ?? text?.en ?? ""));

export const clock = (seconds) =>
  new Date(seconds * 1000).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

export const dayKey = (seconds) => new Date(seconds * 1000).toDateString();

export function day(seconds) {
  const date = new Date(seconds * 1000);
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(date).setHours(0, 0, 0, 0)) / 86_400_000);
  if (days === 0) return t.today;
  if (days === 1) return t.yesterday;
  return date.toLocaleDateString(language, { day: "numeric", month: "long" });
}

export function size(bytes) {
  const [unit, power] = bytes < 1 << 10 ? ["byte", 0] : bytes < 1 << 20 ? ["kilobyte", 10] : ["megabyte", 20];
  const style = { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 1 };
  return (bytes / 2 ** power).toLocaleString(language, style);
}
