import { FormattedString, fmt } from "@grammyjs/parse-mode";

const b = FormattedString.b;

/** Connection by link: what the one who asks sees, and the one who is asked. */
export const guest = {
  share: "👤 Подключит другой человек",
  shared: (service: string, until: string) =>
    fmt`${b(`Ссылка для подключения ${service}`)}\n\nПерешлите её тому, у кого есть доступ. Бот спросит у него только данные этого подключения, сразу проверит их и сообщит вам. Ваших связок и остального он не увидит.\n\nСсылка для одного человека, действует до ${until}.`,
  open: (until: string) => `🔗 Ссылка для другого человека действует до ${until}.`,
  taken: (name: string, until: string) => `🔗 По ссылке подключает ${name}, до ${until}.`,
  revoke: "✖️ Отозвать ссылку",
  revoked: "Ссылка больше не действует",

  hello: (by: string, service: string) =>
    fmt`👋 ${b(by)} просит вас подключить ${b(service)}.\n\nСпрошу только то, что для этого нужно. Ключи храню зашифрованными и никому не показываю, сообщения с ними сразу удаляю.`,
  begin: "Начать",
  signedIn: "✅ Доступ дан, проверить",
  decline: "Не буду подключать",
  declined: "Хорошо, ничего не подключаю. Если передумаете, попросите новую ссылку.",
  thanks: (service: string, account: string) =>
    fmt`✅ ${b("Готово, спасибо!")}\n\n${service} подключён, аккаунт: ${account}. Больше ничего делать не нужно.`,
  over: "Ссылка больше не действует. Если подключить ещё нужно, попросите новую.",
  onlyThis: "Сейчас я помогаю вам только с этим подключением.",
};
