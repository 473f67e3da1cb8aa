/**
 * Article 001 with an incoming webhook in VK's place: contacts of amoCRM without duplicates, by phone, then by e-mail.
 * First the ten steps exactly as the article builds them, then what one step with ordered keys does.
 */
import { browse, consent } from "./consent.ts";
import { addAction, checkAndStart, openLine, type } from "./hands.ts";
import type { Story } from "./index.ts";
import type { Stage } from "./stage.ts";

export interface Lead {
  readonly name: string;
  readonly phone: string;
  readonly email: string;
}
/** What starts the bundle, and how its fields are called in the chat. */
export interface Source {
  readonly fields: { readonly name: string; readonly phone: string; readonly email: string };
  /** Chooses the trigger of a new bundle and leaves the chat at "what shall be done?". */
  build(stage: Stage): Promise<void>;
  send(stage: Stage, lead: Lead): Promise<void>;
}

export const webhookAmocrm: Story = {
  name: "webhook-amocrm",
  title: "Вебхук → amoCRM: контакты без дублей, десять шагов и один (статья 001)",
  services: ["amocrm", "receiver"],
  async play(stage) {
    const source = webhook();
    await buildTenSteps(stage, source);
    await checkAndStart(stage.person);
    await live(stage, source, "79161230000");
    await stage.person.say("/pause 1");
    await stage.person.sees("На паузе");
    await buildOneStep(stage, source);
    await checkAndStart(stage.person);
    await live(stage, source, "79261230000");
    await reconnect(stage, source);
    await moves(stage);
  },
};

/** A form of one's own that sends JSON to the bundle's address. */
function webhook(): Source {
  let url = "";
  const send: Source["send"] = async (stage, lead) => {
    await stage.life("receiver", "send", { url, kind: "json", body: JSON.stringify(lead) });
  };
  return {
    fields: { name: "{body.name}", phone: "{body.phone}", email: "{body.email}" },
    send,
    async build(stage) {
      const { person } = stage;
      await person.say("/new");
      await person.say("вебхук");
      await person.press("Входящий вебхук");
      await person.sees("Жду первую доставку");
      url = await person.press("Скопировать адрес");
      await send(stage, { name: "Проба Пера", phone: "79990000001", email: "proba@example.test" });
      await person.sees("пришло первое событие", { within: 20_000 });
      await person.press("Продолжить");
      await person.sees("последнее настоящее событие");
    },
  };
}

/** The article's ten steps, in its order: the actions and breaks, the routers, then where the routers lead. */
export async function buildTenSteps(stage: Stage, source: Source): Promise<void> {
  const { person } = stage;
  const { name, phone, email } = source.fields;
  await source.build(stage);
  await person.press("amoCRM");
  await person.press("Поиск контакта");
  await consent(stage, "amoCRM", /Телефон · \{/);
  await only(stage, { Телефон: phone });

  await router(stage, 2);
  await contact(stage, { Название: name, Телефон: phone, Email: email });
  await onlyUpdate(stage, "Телефон", "Email", "replace");
  await tool(stage, "Конец");

  await addAction(person, "amoCRM", "Поиск контакта");
  await clear(stage, "Телефон");
  await other(stage, "Email", email);
  await person.press("Готово");
  await router(stage, 6);
  await contact(stage, { Название: name, Телефон: phone, Email: email });
  await onlyUpdate(stage, "Email", "Телефон", "add");
  await tool(stage, "Конец");
  await contact(stage, { Название: name, Телефон: phone, Email: email });
  await person.press("Дубликаты");
  await person.press(/^(🔘 )?1$/);
  await person.sees("🔘 1. Не проверять дубликаты");
  await person.press("Готово");
  await person.press("Готово");

  await branch(stage, 3, 4, 6);
  await branch(stage, 7, 8, 10);
  await person.sees(
    /2\. .*Поиск контакта[\s\S]*3\. .*ID контакта не пусто → шаг 4, иначе → шаг 6[\s\S]*10\. .*Новый контакт/,
  );
}

/** One step: known by phone or, failing that, by e-mail; what is missing is added. */
export async function buildOneStep(stage: Stage, source: Source): Promise<void> {
  const { person } = stage;
  const { name, phone, email } = source.fields;
  await source.build(stage);
  await person.press("amoCRM");
  await person.press("Новый контакт");
  await person.sees("Нажмите номер строки");
  await fill(stage, { Название: name, Телефон: phone, Email: email });
  await person.press("Дубликаты");
  await person.press(/^(🔘 )?3$/);
  await person.sees("🔘 3. Обновить найденный дубликат");
  for (const key of ["Телефон", "Email"]) await tick(stage, key, true);
  await tick(stage, "Название", false);
  await person.press(/Достаточно любого/);
  await person.press("Как обновлять поля");
  await rule(stage, "Телефон", "добавить к прежнему");
  await rule(stage, "Email", "добавить к прежнему");
  await rule(stage, "Название", "только если пусто");
  await person.press("Назад");
  await person.press("Готово");
  await person.press("Готово");
}

/** Known by phone, then by e-mail, then a stranger: one contact is touched each time and none is doubled. */
export async function live(stage: Stage, source: Source, phone: string): Promise<void> {
  const before = (await stage.records("amocrm", "contacts")).length;
  const mail = (of: string) => `${of}${phone.slice(-10, -7)}@example.test`;
  const known = (await stage.life("amocrm", "contact", { name: "Мария", phone: `+${phone}`, email: "" })) as {
    id: number;
  };
  await source.send(stage, {
    name: "Мария К.",
    phone: `8 (${phone.slice(1, 4)}) ${phone.slice(4)}`,
    email: mail("maria"),
  });
  const updated = await stage.until("amocrm", "contacts", "the e-mail of the contact known by phone", (rows) =>
    rows.find((row) => row.id === known.id && String(row.emails) === mail("maria")),
  );
  stage.expect(
    String(updated.phones) === `+${phone}` && updated.name === "Мария",
    `the phone and the name stayed as they were: ${updated.phones} ${updated.name}`,
  );

  const other = `${phone.slice(0, -1)}7`;
  await source.send(stage, { name: "Мария К.", phone: other, email: mail("maria").toUpperCase() });
  const second = await stage.until("amocrm", "contacts", "the second phone of the contact known by e-mail", (rows) =>
    rows.find((row) => row.id === known.id && (row.phones as string[]).length === 2),
  );
  stage.expect(
    (second.phones as string[])[0] === `+${phone}` && (second.phones as string[])[1]?.replace(/\D/g, "") === other,
    `the new phone was added to the old one: ${second.phones}`,
  );

  await source.send(stage, { name: "Новый Человек", phone: `${phone.slice(0, -1)}9`, email: mail("new") });
  const made = await stage.until("amocrm", "contacts", "a contact for the stranger", (rows) =>
    rows.find((row) => String(row.emails) === mail("new")),
  );
  stage.expect(made.name === "Новый Человек", `the stranger has a name: ${made.name}`);
  const after = (await stage.records("amocrm", "contacts")).length;
  stage.expect(after === before + 2, `one contact of a person's, one of the bundle's: ${after - before}`);
}

/** The integration is switched off in amoCRM: one card, a button that leads to consent, and what waited goes on. */
async function reconnect(stage: Stage, source: Source): Promise<void> {
  const { person } = stage;
  await stage.life("amocrm", "revoke");
  await source.send(stage, { name: "После отзыва", phone: "79361230001", email: "later@example.test" });
  await person.sees("Подключить заново", { within: 20_000 });
  await person.press("Подключить заново");
  await person.sees("действует 15 минут");
  await browse(await person.press("Войти через amoCRM"), "allow");
  await person.sees("Подключено", { within: 20_000 });
  // What the dead access had stopped goes on by itself.
  await stage.until("amocrm", "contacts", "the contact that waited for the new access", (rows) =>
    rows.find((row) => row.name === "После отзыва"),
  );
}

/** The other direction: a lead's move is told at once, by a webhook that the bot sets up and takes back itself. */
async function moves(stage: Stage): Promise<void> {
  const { person } = stage;
  const lead = (await stage.life("amocrm", "lead", { name: "Заказ с сайта", price: "1500" })) as { id: number };
  await person.say("/new");
  await person.press("amoCRM");
  await person.press("Смена этапа сделки");
  await person.sees("Когда: amoCRM · Смена этапа сделки", { within: 20_000 });
  await person.press("Взять выдуманный пример");
  await person.say("http");
  await person.press("HTTP-запрос");
  await person.press("HTTP-запрос");
  await person.sees("Нажмите номер строки");
  await type(person, "Адрес", `${await stage.base("receiver")}/moves`);
  await type(person, "Тело", '{"lead": {ID сделки}, "from": {Прежний этап (ID)}, "to": {Этап (ID)}}');
  await person.press("Готово");
  await checkAndStart(person);
  await stage.until("amocrm", "webhooks", "a webhook of the bundle", ([row]) =>
    String(row?.settings) === "status_lead" ? row : undefined,
  );
  await stage.life("amocrm", "move", { lead: String(lead.id), status: "40003" });
  const heard = await stage.until("receiver", "requests", "the lead's move", ([row]) => row);
  stage.expect(
    /"lead":\s*"?90\d\d"?,\s*"from":\s*"?40001"?,\s*"to":\s*"?40003/.test(String(heard.body)),
    `the move came with both stages: ${heard.body}`,
  );
  await person.say("/pause 3");
  await person.sees("На паузе");
}

// ---------------------------------------------------------------- hands

async function fill({ person }: Stage, values: Readonly<Record<string, string>>): Promise<void> {
  for (const [field, value] of Object.entries(values)) await type(person, field, value);
}

async function only(stage: Stage, values: Readonly<Record<string, string>>): Promise<void> {
  await fill(stage, values);
  await stage.person.press("Готово");
}

async function clear({ person }: Stage, field: string): Promise<void> {
  await openLine(person, field);
  await person.press(/Очистить/);
  await person.sees("Нажмите номер строки");
}

/** A field that isn't among the common ones. */
async function other({ person }: Stage, field: string, value: string): Promise<void> {
  await person.press(/Ещё поля/);
  await person.press(field);
  await person.sees(`✏️ ${field}`);
  await person.say(value);
  await person.sees("Нажмите номер строки");
}

async function contact(stage: Stage, values: Readonly<Record<string, string>>): Promise<void> {
  await addAction(stage.person, "amoCRM", "Новый контакт");
  await fill(stage, values);
}

async function tick({ person }: Stage, field: string, on: boolean): Promise<void> {
  const has = (await person.buttons()).flat().find((text) => text.includes(field) && /☑️|⬜️/u.test(text));
  if (has?.startsWith(on ? "☑️" : "⬜️") !== false) return;
  await person.press(new RegExp(`^(☑️|⬜️) ${field}`, "u"));
  await person.sees(new RegExp(`${on ? "☑️" : "⬜️"} ${field}`, "u"));
}

async function rule({ person }: Stage, field: string, wanted: string): Promise<void> {
  for (let tap = 0; tap < 3; tap++) {
    const shown = (await person.buttons()).flat().find((text) => text.startsWith(`${field}: `));
    if (shown === `${field}: ${wanted}`) return;
    await person.press(new RegExp(`^${field}: `));
  }
}

/** "Only update", known by one field, another one changed by a rule, and the rest left alone. */
async function onlyUpdate(stage: Stage, key: string, changed: string, how: "replace" | "add"): Promise<void> {
  const { person } = stage;
  await person.press("Дубликаты");
  await person.press(/^(🔘 )?4$/);
  await person.sees("🔘 4. Только обновлять");
  for (const field of ["Телефон", "Email", "Название"]) await tick(stage, field, field === key);
  await person.press("Как обновлять поля");
  for (const field of ["Название", key]) await rule(stage, field, "только если пусто");
  await rule(stage, changed, how === "replace" ? "заменить" : "добавить к прежнему");
  await person.press("Назад");
  await person.press("Готово");
  await person.press("Готово");
}

/** "Done" as often as it takes to stand before the list of steps. */
async function toSteps(person: Stage["person"]): Promise<void> {
  for (let tap = 0; tap < 4; tap++) {
    if ((await person.buttons()).flat().some((text) => /Инструмент$/.test(text))) return;
    await person.press("Готово");
  }
}

async function tool({ person }: Stage, name: string): Promise<void> {
  await person.press("Инструмент");
  await person.press(name);
  await toSteps(person);
}

/** A router that looks whether the search before it found somebody; where it leads is set when all steps stand. */
async function router({ person }: Stage, search: number): Promise<void> {
  await person.press("Инструмент");
  await person.press("Развилка");
  await person.press("Задать условия");
  await person.press("Условие");
  await person.say("ID контакта");
  await person.press(new RegExp(`^(${search} · )?ID контакта( ·|$)`));
  await person.press("не пусто");
  await person.sees("ID контакта не пусто");
  await toSteps(person);
}

async function branch({ person }: Stage, at: number, yes: number, no: number): Promise<void> {
  for (const [way, target] of [
    [/^✓ Да/, yes],
    [/^✗ Нет/, no],
  ] as const) {
    await person.press(new RegExp(`^${at}$`));
    await person.press(way);
    await person.press(new RegExp(`шагу ${target} `));
    await toSteps(person);
  }
}
