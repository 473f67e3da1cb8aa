import { FormattedString, fmt } from "@grammyjs/parse-mode";
import { guest } from "./guest.ts";

const b = FormattedString.b;

export const connections = {
  guest,
  title: b("Подключения"),
  empty: "Пока ничего не подключено. Подключение — это ваш аккаунт в сервисе: CRM, телефония, магазин.",
  legend: "✅ работает · ⚠️ не работает · ✏️ не закончено",
  add: "➕ Подключить сервис",
  mark: { alive: "✅", broken: "⚠️", draft: "✏️" },

  mendOrAdd: (service: string) =>
    fmt`${b(service)}\n\nОдин аккаунт уже есть, но он не работает. Исправить его или подключить ещё один?`,
  mendOne: (name: string) => `🔑 Исправить: ${name}`,
  addNew: "➕ Подключить новый аккаунт",

  choose: fmt`${b("Какой сервис подключаем?")}\n\nВыберите из списка или напишите название.`,
  found: (text: string) => fmt`Нашлось по слову ${b(text)}. Другое название можно написать прямо сюда.`,
  foundNothing: (text: string) =>
    fmt`Сервиса ${b(text)} пока нет. Проверьте, нет ли опечатки, или выберите из списка. В связке есть шаг «HTTP-запрос»: через него можно обратиться почти к любому сервису.`,

  intro: (service: string) => b(`Подключаем ${service}`),
  whereToFind: b("Где взять нужные значения:"),
  question: (label: string, number: number, of: number) =>
    of === 1 ? fmt`👉 Пришлите: ${b(label)}` : fmt`👉 ${number} из ${of}. Пришлите: ${b(label)}`,
  secretNote: "🔒 Сообщение с этим значением я сразу удалю, а само значение храню зашифрованным.",
  later: "Продолжу позже",

  howToEnter: "Войдите в браузере: пароль и ключи сюда присылать не придётся.",
  enter: (service: string) => `🌐 Войти через ${service}`,
  enterAgain: "🔗 Подключить заново",
  byValues: "Ввести ключ",
  consent:
    "Откройте ссылку, выберите аккаунт и разрешите доступ. Когда закончите, я продолжу здесь сам.\n\nСсылка действует 15 минут и только один раз.",
  newLink: "🔄 Новая ссылка",
  withoutBrowser: "Подключить можно и без этого:",
  askOwner: "Попросите того, кто запустил этого бота, задать эти настройки.",
  forOwner: "Как настроить (для владельца бота):",

  checking: (service: string) => `⏳ Проверяю: связываюсь с сервисом ${service}…`,
  alive: (service: string, account: string) => fmt`✅ Подключено: ${b(service)}\nАккаунт: ${account}`,
  checkFailed: (service: string) => b(`Не получилось подключиться: ${service}`),
  own: "Ответ сервиса:",
  fix: (label: string) => `✏️ Исправить: ${label}`,
  sendAgain: (label: string) => fmt`👉 Пришлите заново: ${b(label)}`,
  tryAgain: "🔄 Проверить ещё раз",
  toBundle: "➕ Собрать связку",

  card: (service: string, name: string) => (name === service ? b(name) : fmt`${b(name)}\n${service}`),
  state: { alive: "✅ Работает", broken: "⚠️ Не работает", draft: "✏️ Не закончено: заполнены не все значения" },
  account: (account: string) => `Аккаунт: ${account}`,
  checkedAt: (when: string) => `Проверено: ${when}`,
  usedBy: (bundles: readonly string[]) => `Используется: ${bundles.join(", ")}`,
  usedByNone: "Пока не используется ни в одной связке.",
  value: (label: string, value: string) => `${label}: ${value}`,
  hidden: "•••",

  goOn: "Продолжить подключение",
  check: "🔄 Проверить",
  rename: "✏️ Переименовать",
  replace: "🔑 Изменить данные",
  replaceTitle: (name: string) => fmt`${b(name)}\n\nЧто изменить? После ответа я сразу проверю подключение.`,
  refresh: "📋 Обновить списки",
  remove: "🗑 Удалить",

  newName: (name: string) => fmt`Сейчас подключение называется ${b(name)}. Как назвать его теперь?`,
  refreshing: "⏳ Читаю списки…",
  lists: (name: string) => b(`Списки обновлены: ${name}`),
  list: (label: string, count: number) => `${label}: ${count}`,
  listFailed: (label: string, why: string) => `⚠️ ${label}: ${why}`,
  noLists: "У этого сервиса нет списков, обновлять нечего.",

  removeAsk: (name: string) => fmt`Удалить подключение ${b(name)}? Сохранённый ключ будет стёрт.`,
  removePauses: (bundles: readonly string[]) =>
    `Им ${bundles.length === 1 ? "пользуется связка" : "пользуются связки"} ${bundles.join(", ")}: ${bundles.length === 1 ? "она остановится" : "они остановятся"}, пока вы не выберете другое подключение.`,
  removeYes: "Да, удалить",
  removeNo: "Не удалять",
  removed: (name: string) => `Подключение «${name}» удалено.`,
};
