/** Слова о правке большой связки: переходы, перестановка, отмена, публикация, версии. */
import { ruForm } from "../plural.ts";

const changes = (n: number) => `${n} ${ruForm(n, "отличие", "отличия", "отличий")}`;

export const editing = {
  jumpHint: "Нажмите номер, чтобы изменить шаг, или напишите номер либо слово из названия.",
  noStep: (n: number, last: number) => `Шага ${n} нет: последний – ${last}.`,
  moreSteps: (n: number) => `…и ещё ${n} ${ruForm(n, "шаг", "шага", "шагов")}`,
  previous: (n: number) => `‹ Шаг ${n}`,
  next: (n: number) => `Шаг ${n} ›`,
  undo: "↩️ Отменить правку",
  undone: "↩️ Последняя правка отменена.",
  removed: (n: number, title: string) =>
    `🗑 Шаг ${n} «${title}» удалён. Поля, что брали из него данные, теперь без них.`,
  bringBack: "↩️ Вернуть шаг",
  insertBefore: "⬆️ Вставить перед",
  insertAfter: "⬇️ Вставить после",
  moveTo: "↕️ На другое место",
  moveAsk: (n: number, last: number) => `Шаг ${n}: на какое место поставить? Напишите номер от 2 до ${last}.`,
  badPlace: (text: string, last: number) => `«${text}» не подходит: нужен номер от 2 до ${last}.`,
  tryAlone: "🧪 Попробовать этот шаг",
  trying: "⏳ Пробую один шаг. Ничего не записываю…",
  tried: (n: number, title: string) => `🧪 Шаг ${n} · ${title}`,
  notReached: "На этом примере запуск до шага не доходит: раньше его останавливают условия, конец или ошибка.",
  isOff: "Шаг выключен, поэтому он пропускается.",
  publishTitle: "✏️ Что изменится, если опубликовать",
  noChanges: "Отличий от действующей версии нет.",
  andMore: (n: number) => `…и ещё ${changes(n)}`,
  publishYes: "✅ Опубликовать",
  versions: "🕰 Версии",
  versionsTitle: "🕰 Опубликованные версии",
  versionsNone: "Связка ещё не публиковалась: версий нет.",
  versionLine: (n: number, when: string, by: string | null, isLive: boolean) =>
    `${isLive ? "🟢" : "▫️"} ${n} · ${when}${by === null ? "" : ` · ${by}`}`,
  versionChanges: (n: number) => (n === 0 ? "" : ` · ${changes(n)}`),
  versionSame: (n: number) => ` · как ${n}`,
  versionTitle: (n: number) => `🕰 Версия ${n}`,
  versionIsLive: "Она действует сейчас.",
  versionDiffers: "Чем она отличается от действующей. Если вернуть её, изменится:",
  versionAlike: "Она такая же, как действующая.",
  versionBack: (n: number) => `↩️ Вернуть версию ${n}`,
  versionKept: "Неопубликованные правки останутся рядом.",
  versionIsBack: (n: number) => `↩️ Снова действует версия ${n}. Правки, если они были, сохранены.`,
};
