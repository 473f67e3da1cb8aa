/** What a person does with the bot's screens, in the words that they read there. Texts and button presses only. */
import type { Person } from "../person.ts";
import type { Stage } from "./stage.ts";

/** Connects a service in the middle of building: the bot asks for each value in turn and then goes on where it was. */
export async function connect(
  stage: Stage,
  service: string,
  values: readonly string[],
  then: string | RegExp,
): Promise<void> {
  const { person } = stage;
  await person.press(/Подключить/);
  for (const [i, value] of values.entries()) {
    // A single value isn't counted.
    await person.sees(values.length === 1 ? "👉 Пришлите" : `${i + 1} из ${values.length}`);
    await person.say(value);
  }
  await person.sees(then, { within: 20_000 });
  for (const value of values.slice(-1))
    stage.expect(
      !(await person.messages()).some((one) => one.text?.includes(value)),
      `${service}: the key stayed in the chat`,
    );
}

/** Opens the line of a mapping by the field's name and types its value. */
export async function type(person: Person, field: string, value: string): Promise<void> {
  await openLine(person, field);
  await person.say(value);
  await person.sees("Нажмите номер строки");
}

/** Opens a line by the number that stands before the field's name. */
export async function openLine(person: Person, field: string): Promise<void> {
  const text = (await person.screen())?.text ?? "";
  const number = text
    .split("\n")
    .map((line) => line.match(/^(\d+)\. (?:(?:❓|⚠️) )?(.*?) · /u))
    .find((parts) => parts?.[2] === field)?.[1];
  if (number === undefined) throw new Error(`no line for «${field}» in:\n${text}`);
  await person.press(new RegExp(`^(🔴 )?${number}$`));
  await person.sees(`✏️ ${field}`);
}

/** Adds an action after the last step and leaves its mapping open. */
export async function addAction(
  person: Person,
  service: string,
  action: string,
  shown: string | RegExp = "Нажмите номер строки",
): Promise<void> {
  await person.press("Действие");
  await person.press(service);
  await person.press(action);
  await person.sees(shown);
}

/** From the step list: dry run, then on. */
export async function checkAndStart(person: Person): Promise<void> {
  await person.press("Проверить на примере");
  await person.sees("Всё готово к запуску", { within: 20_000 });
  await person.press("Запустить связку");
  await person.sees("Прошлое не отправляется");
}

/** `/run N`, and the bot has asked the service, or knows of a dead key already. */
export async function askNow(person: Person, number: number): Promise<void> {
  await person.say(`/run ${number}`);
  await person.sees(/Спросил сервис|Спросить не получилось/, { within: 20_000 });
}

/** Tags are put together by buttons: a field, a separator, a field. */
export async function joinTags({ person }: Stage): Promise<void> {
  await openLine(person, "Теги");
  await person.press("Собрать из частей");
  await person.sees("собираем из частей");
  await person.press("Убрать последнее");
  for (const [field, separator] of [
    ["Авто-теги (тоновые сигналы)", "|"],
    ["Авто-теги (номер телефона)", null],
  ] as const) {
    await person.press("Поле");
    await person.say(field);
    await person.press(new RegExp(`^(1 · )?${field.replace(/[()]/g, "\\$&")}`));
    await person.sees("собираем из частей");
    if (separator) await person.press(separator);
  }
  await person.press("Готово");
  await person.sees(/Теги · \{Авто-теги/);
}

/** From a bundle's card. */
export async function rename(person: Person, name: string): Promise<void> {
  await person.press("⋯ Ещё");
  await person.press("Имя");
  await person.say(name);
  await person.sees(name);
}
