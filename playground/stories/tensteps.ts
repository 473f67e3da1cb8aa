/**
 * The ten steps of article 001 in the article's own order: first the actions and breaks one after the other, as it lists
 * them; then, step by step, the routers between them and the settings of each.
 */
import { consent } from "./consent.ts";
import { addAction } from "./hands.ts";
import type { Stage } from "./stage.ts";
import { fill, rule, type Source, tick } from "./webhook-amocrm.ts";

export async function buildTenSteps(stage: Stage, source: Source): Promise<void> {
  const { person } = stage;
  const { name, phone, email } = source.fields;
  await source.build(stage);
  // Step 2 gets its only field at once.
  await person.press("amoCRM");
  await person.press("Поиск контакта");
  await consent(stage, "amoCRM", /Телефон · \{/);
  await fill(stage, { Телефон: phone });
  await toSteps(stage);

  // "Далее добавляем шаги в следующей последовательности": six of them, still as they come.
  for (const step of ["Новый контакт", "Конец", "Поиск контакта", "Новый контакт", "Конец", "Новый контакт"]) {
    if (step === "Конец") {
      await person.press("Инструмент");
      await person.press(step);
    } else await addAction(person, "amoCRM", step);
    await toSteps(stage);
  }
  await person.sees(
    /2\. .*Поиск контакта\n3\. .*Новый контакт\n4\. ⏹ Конец\n5\. .*Поиск контакта\n6\. .*Новый контакт\n7\. ⏹ Конец\n8\. .*Новый контакт/,
  );

  // "После шага 2 добавляем инструмент - Роутер": found is updated by step 4, else step 6 looks on.
  await routerAfter(stage, 2);
  await leads(stage, 3, { yes: 4, no: 6 });
  await openStep(stage, 4);
  await fill(stage, { Название: name, Телефон: phone });
  await fillOther(stage, "Email", email);
  await onlyUpdate(stage, "Телефон", "Email", "заменить");

  // Step 6 gets one field as well: the e-mail.
  await openStep(stage, 6);
  await clear(stage, "Телефон");
  await fillOther(stage, "Email", email);
  await toSteps(stage);
  await routerAfter(stage, 6);
  await leads(stage, 7, { yes: 8, no: 10 });
  await openStep(stage, 8);
  await fill(stage, { Название: name, Телефон: phone, Email: email });
  await onlyUpdate(stage, "Email", "Телефон", "добавить к прежнему");

  // "В этом шаге проверка на дубли не нужна!"
  await openStep(stage, 10);
  await fill(stage, { Название: name, Телефон: phone, Email: email });
  await person.press("Дубликаты");
  await person.press(/^(🔘 )?1$/);
  await person.sees("🔘 1. Не проверять дубликаты");
  await toSteps(stage);
  await person.sees(
    /3\. .*ID контакта не пусто → шаг 4, иначе → шаг 6[\s\S]*5\. ⏹[\s\S]*7\. .*ID контакта не пусто → шаг 8, иначе → шаг 10[\s\S]*9\. ⏹[\s\S]*10\. .*Новый контакт/,
  );
}

/** "Done" as often as it takes to stand before the list of steps. */
async function toSteps({ person }: Stage): Promise<void> {
  for (let tap = 0; tap < 4; tap++) {
    if ((await person.buttons()).flat().some((text) => /Инструмент$/.test(text))) return;
    await person.press("Готово");
  }
}

/** From the list of steps. */
async function openStep({ person }: Stage, number: number): Promise<void> {
  await person.press(new RegExp(`^${number}$`));
  await person.sees("Нажмите номер строки");
}

/** A router that looks whether the search before it found somebody; added behind the step's own menu. */
async function routerAfter(stage: Stage, search: number): Promise<void> {
  const { person } = stage;
  await openStep(stage, search);
  await person.press("⋯ Ещё");
  await person.press("Вставить после");
  await person.press("Инструмент");
  await person.press("Развилка");
  await person.press("Задать условия");
  await person.press("Условие");
  await person.say("ID контакта");
  await person.press(new RegExp(`^(${search} · )?ID контакта( ·|$)`));
  await person.press("не пусто");
  await person.sees("ID контакта не пусто");
  await toSteps(stage);
}

/** Where a router leads, each way. */
async function leads(stage: Stage, router: number, { yes, no }: { yes: number; no: number }): Promise<void> {
  const { person } = stage;
  for (const [way, target] of [
    [/^✓ Да/, yes],
    [/^✗ Нет/, no],
  ] as const) {
    await person.press(new RegExp(`^${router}$`));
    await person.press(way);
    await person.press(new RegExp(`шагу ${target} `));
    await toSteps(stage);
  }
}

async function clear({ person }: Stage, field: string): Promise<void> {
  const number = ((await person.screen())?.text ?? "")
    .split("\n")
    .map((line) => line.match(/^(\d+)\. (?:(?:❓|⚠️) )?(.*?) · /u))
    .find((parts) => parts?.[2] === field)?.[1];
  if (number === undefined) return;
  await person.press(new RegExp(`^(🔴 )?${number}$`));
  await person.press(/Очистить/);
  await person.sees("Нажмите номер строки");
}

/** A field that may be among the common ones, or behind "more fields". */
async function fillOther(stage: Stage, field: string, value: string): Promise<void> {
  const { person } = stage;
  if (((await person.screen())?.text ?? "").includes(`${field} · `)) return fill(stage, { [field]: value });
  await person.press(/Ещё поля/);
  await person.press(field);
  await person.sees(`✏️ ${field}`);
  await person.say(value);
  await person.sees("Нажмите номер строки");
}

/** "Only update", known by one field; another one changes by a rule, and the rest is left alone. */
async function onlyUpdate(stage: Stage, key: string, changed: string, how: string): Promise<void> {
  const { person } = stage;
  await person.press("Дубликаты");
  await person.press(/^(🔘 )?4$/);
  await person.sees("🔘 4. Только обновлять");
  for (const field of ["Телефон", "Email", "Название"]) await tick(stage, field, field === key);
  await person.press("Как обновлять поля");
  for (const field of ["Название", key]) await rule(stage, field, "только если пусто");
  await rule(stage, changed, how);
  await person.press("Назад");
  await toSteps(stage);
}
