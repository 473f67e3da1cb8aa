/**
 * Article 001 with an incoming webhook in VK's place: contacts of amoCRM without duplicates, by phone or else by e-mail,
 * in one step with ordered keys. Then an access that is taken back, and the way from amoCRM to one's own server.
 */
import { browse, consent } from "./consent.ts";
import { checkAndStart, type } from "./hands.ts";
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
  title: "Вебхук → amoCRM: контакты без дублей одним шагом; отозванный доступ; этапы сделок на ваш сервер",
  services: ["amocrm", "receiver"],
  async play(stage) {
    const source = webhook();
    await source.build(stage);
    await stage.person.press("amoCRM");
    await stage.person.press("Новый контакт");
    await consent(stage, "amoCRM", "Нажмите номер строки");
    await oneStep(stage, source.fields);
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

/** In the open mapping: known by phone or, failing that, by e-mail; what is missing is added. */
export async function oneStep(stage: Stage, { name, phone, email }: Source["fields"]): Promise<void> {
  const { person } = stage;
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
  await person.sees("Что сделать?");
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
  await person.say("/pause 2");
  await person.sees("На паузе");
}

// ---------------------------------------------------------------- hands

export async function fill({ person }: Stage, values: Readonly<Record<string, string>>): Promise<void> {
  for (const [field, value] of Object.entries(values)) await type(person, field, value);
}

export async function tick({ person }: Stage, field: string, on: boolean): Promise<void> {
  const has = (await person.buttons()).flat().find((text) => text.includes(field) && /☑️|⬜️/u.test(text));
  if (has?.startsWith(on ? "☑️" : "⬜️") !== false) return;
  await person.press(new RegExp(`^(☑️|⬜️) ${field}`, "u"));
  await person.sees(new RegExp(`${on ? "☑️" : "⬜️"} ${field}`, "u"));
}

export async function rule({ person }: Stage, field: string, wanted: string): Promise<void> {
  for (let tap = 0; tap < 3; tap++) {
    const shown = (await person.buttons()).flat().find((text) => text.startsWith(`${field}: `));
    if (shown === `${field}: ${wanted}`) return;
    await person.press(new RegExp(`^${field}: `));
  }
}
