/** Слова на картинках: схема связки и неделя. Без эмодзи, в шрифте их нет. */
import { counted } from "../words.ts";

export const pictures = {
  start: "Начало",
  noTrigger: "Начало ещё не выбрано",
  noSteps: "Шагов пока нет",
  filter: (n: number) => `Фильтр: ${counted("ru", n, ["условие", "условия", "условий"])}`,
  yes: "Да",
  no: "Нет",
  onError: "При ошибке",
  goesOn: "дальше",
  ends: "конец",
  toStep: (n: number, title: string) => `шаг ${n}${title === "" ? "" : `, ${title}`}`,
  off: "Выключен",
  endsHere: "Здесь запуск заканчивается",
  failed: (when: string) => `Последний сбой: ${when}`,
  notAsked: "Опрос не получается",
  lastRuns: "Последние запуски",
  page: (n: number, of: number) => `${n} из ${of}`,
  caption: (number: number) => `Связка ${number} на картинке`,
  again: "Картинка не получилась. Попробуйте ещё раз чуть позже.",
  week: {
    title: "Неделя",
    succeeded: "прошло",
    failed: "с ошибкой",
    bundles: "По связкам",
    more: (n: number) => `и ещё ${counted("ru", n, ["связка", "связки", "связок"])}`,
  },
};
