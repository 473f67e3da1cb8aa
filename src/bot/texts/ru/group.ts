import { FormattedString, fmt } from "@grammyjs/parse-mode";

const b = FormattedString.b;

/** What is said in groups: nothing secret, and buttons for members only. */
export const group = {
  offer: (title: string) =>
    fmt`${b("Присылать уведомления сюда?")}\n\nО сбоях и итогах буду писать в «${title}». Читать их смогут все в группе, а кнопки сработают только у вашей команды.`,
  yes: "🔔 Да, мои уведомления — сюда",
  no: "Не нужно",
  bound: (who: string) => `🔔 Уведомления приходят сюда: ${who}.`,
  boundNow: (who: string) => `🔔 Теперь уведомления приходят сюда: ${who}. Настроить: /settings в личном чате.`,
  stop: "🔕 Больше не присылать",
  stopped: "🔕 Больше сюда не пишу. Вернуть: /start",
  fine: "Хорошо. Если понадобится: /start",
  members: "Эта кнопка только для команды, которая работает с этим ботом.",
  strangers: (bot: string) => `Я пишу сюда только для тех, кто уже работает со мной. Начните в личном чате: @${bot}`,
  inPrivate: "Открываю личный чат",
  done: "Готово",
  paused: "⏸ Связка на паузе",
  resumed: "▶️ Связка снова работает",
  held: "Накопились события: выберите в личном чате, что с ними делать",
};
