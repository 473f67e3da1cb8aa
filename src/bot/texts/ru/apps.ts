import { FormattedString, fmt } from "@grammyjs/parse-mode";

const b = FormattedString.b;

/** Settings of the installation's owner: apps at services. */
export const apps = {
  open: "🔐 Приложения сервисов",
  title: fmt`${b("Приложения сервисов")}\n\nЧтобы входить в сервис через браузер, у него регистрируют приложение. Это делает владелец бота один раз, для всех.`,
  has: (service: string) => `✅ ${service}`,
  lacks: (service: string) => `➕ ${service}`,
  one: (service: string) => b(service),
  none: "Приложения пока нет.",
  set: (id: string) => fmt`ID приложения: ${FormattedString.code(id)}\nСекрет сохранён, показать его нельзя.`,
  fixed: (id: string) => fmt`ID приложения: ${FormattedString.code(id)}\nЗадано на сервере, меняется там же.`,
  steps: "Как зарегистрировать:",
  redirect: (url: string) => fmt`Адрес возврата (Redirect URI): ${FormattedString.code(url)}`,
  unreachable: "Боту ещё не задан PUBLIC_URL: без внешнего адреса вход через браузер не заработает.",
  copy: "📋 Адрес возврата",
  enter: "✏️ Вписать ID и секрет",
  change: "✏️ Заменить",
  remove: "🗑 Убрать",
  askId: (service: string) => fmt`${b(service)}\n\nПришлите ID приложения (client_id).`,
  askSecret: (service: string) =>
    fmt`${b(service)}\n\nТеперь секрет приложения (client_secret). Сообщение с ним я сразу удалю.`,
  saved: "Приложение сохранено",
  removed: "Приложение убрано",
};
