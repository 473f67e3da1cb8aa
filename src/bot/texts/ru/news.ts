import { FormattedString, fmt } from "@grammyjs/parse-mode";
import { counted } from "../words.ts";

const b = FormattedString.b;
const RUNS = ["запись прошла", "записи прошли", "записей прошло"] as const;
const FAILED = ["не прошла", "не прошли", "не прошло"] as const;
const RECORDS = ["запись", "записи", "записей"] as const;

/** What comes by itself and is no failure. */
export const news = {
  summary: { hour: b("За последний час"), day: b("Итоги дня"), week: b("Итоги недели") },
  span: (from: string, to: string) => `${from} — ${to}`,
  counts: (succeeded: number, failed: number) =>
    `✅ ${counted("ru", succeeded, RUNS)}${failed === 0 ? "" : ` · ❌ ${counted("ru", failed, FAILED)}`}`,
  ofBundle: (bundle: string, succeeded: number, failed: number) =>
    `${bundle}: ✅ ${succeeded}${failed === 0 ? "" : ` · ❌ ${failed}`}`,
  asks: (count: number) => `❓ Ждут вашего ответа: ${counted("ru", count, RECORDS)}`,
  waits: (count: number) => `⏳ Ждут своего часа: ${counted("ru", count, RECORDS)}`,
  more: (count: number) => `…и ещё связок: ${count}`,
  open: "Ещё не решено:",
  silent: (bundle: string, since: string) =>
    fmt`🔕 ${b(bundle)}: с ${since} ничего не приходит\n\nОбычно к этому времени события уже бывают. Проверьте, есть ли они в сервисе и не отключили ли там отправку.`,
  expiring: (connection: string, until: string) =>
    fmt`⏳ Доступ подключения ${b(connection)} кончится ${until}\n\nСам я продлить его не могу. Войдите заново или замените ключ, тогда ничего не остановится.`,
  groupGone: (title: string) =>
    fmt`Не могу писать в группу ${b(title)}: меня оттуда убрали или запретили писать. Пока присылаю уведомления сюда.`,
  moved: fmt`🔗 ${b("Адрес этой установки изменился")}\n\nТам, где бот подписывается сам, всё уже переделано. Адреса, которые вы вставляли в сервисы вручную, больше не работают: вставьте новые.`,
  movedSure: "Без нового адреса ничего не придёт:",
  movedMaybe: "Эти пока опрашивают сервис. Если вставляли адрес и для них:",
  copyOf: (bundle: number) => `📋 Адрес №${bundle}`,
  joined: {
    owner: (name: string) => fmt`👋 ${b(name)} теперь здесь: владелец.`,
    editor: (name: string) => fmt`👋 ${b(name)} теперь здесь: редактор.`,
    viewer: (name: string) => fmt`👋 ${b(name)} теперь здесь: наблюдатель.`,
  },
  migrated: (bundle: string) => fmt`📦 Миграция закончена: ${b(bundle)}`,
  migratedSent: (count: number) => `Через связку прошло: ${counted("ru", count, RECORDS)}`,
  migratedFiltered: (count: number) => `Не подошло под фильтр: ${counted("ru", count, RECORDS)}`,
  migratedRepeated: (count: number) => `Уже были отправлены раньше: ${counted("ru", count, RECORDS)}`,
  migratedFailed: (count: number) => `❌ Из них с ошибкой: ${counted("ru", count, RECORDS)}`,
  linkDone: (name: string, connection: string) =>
    fmt`🔑 ${b(name)}: подключение ${b(connection)} готово, оно работает.`,
};
