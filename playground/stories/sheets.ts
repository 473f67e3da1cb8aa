/** Webhook → number → row → letter: a counter, Google Sheets and e-mail, as a shop without a CRM would join them. */
import { checkAndStart, connect, type } from "./hands.ts";
import type { Story } from "./index.ts";
import type { Stage } from "./stage.ts";

const LEAD = { name: "Мария Иванова", phone: "+79031112233", email: "maria@example.test" };

export const sheets: Story = {
  name: "sheets",
  title: "Вебхук → счётчик → строка в Google Таблицах → письмо",
  services: ["google-sheets", "email"],
  async play(stage) {
    const send = await build(stage);
    await live(stage, send);
  },
};

async function build(stage: Stage): Promise<(lead: typeof LEAD) => Promise<unknown>> {
  const { person } = stage;
  await person.say("/start");
  await person.say("/new");
  await person.say("вебхук");
  await person.press("Входящий вебхук");
  await person.sees("Жду первую доставку");
  const url = await person.press("Скопировать адрес");
  const send = (lead: typeof LEAD) => stage.life("receiver", "send", { url, kind: "json", body: JSON.stringify(lead) });
  await send({ ...LEAD, name: "Проба Пера" });
  await person.sees("пришло первое событие", { within: 20_000 });
  await person.press("Продолжить");
  await person.sees("последнее настоящее событие");

  await person.say("счётчик");
  await person.press("Хранилище");
  await person.press("Прибавить к счётчику");
  await person.sees("Нажмите номер строки");
  await type(person, "Счётчик", "заявки");
  await person.press("Готово");

  await person.press("Действие");
  await person.press("Google Таблицы");
  await person.press("Добавить строку");
  await connect(
    stage,
    "Google Таблицы",
    [await stage.credential("google-sheets", "spreadsheet"), await stage.credential("google-sheets", "key")],
    /Телефон · \{body\.phone\}[\s\S]*Email · \{body\.email\}/,
  );
  await type(person, "Имя", "№ {значение}: {body.name}");
  await person.press("Готово");

  await person.press("Действие");
  await person.say("почта");
  await person.press("Электронная почта");
  await person.press("Отправить письмо");
  const keys = ["host", "port", "security", "user", "from", "password"];
  const values = await Promise.all(keys.map((key) => stage.credential("email", key)));
  await connect(stage, "Электронная почта", values, "Нажмите номер строки");
  await type(person, "Кому", "{body.email}");
  await type(person, "Тема", "Заявка принята");
  await type(person, "Текст", "Здравствуйте, {body.name}! Мы перезвоним на {body.phone}.");
  await person.press("Готово");
  await checkAndStart(person);
  return send;
}

async function live(stage: Stage, send: (lead: typeof LEAD) => Promise<unknown>): Promise<void> {
  await send(LEAD);
  const row = await stage.until("google-sheets", "rows", "a row", (rows) => rows.find(({ C }) => C === LEAD.phone));
  stage.expect(row.D === LEAD.email, `the row holds the lead: ${JSON.stringify(row)}`);
  const letter = await stage.until("email", "messages", "a letter", ([first]) => first);
  stage.expect(
    letter.to === LEAD.email && letter.subject === "Заявка принята",
    `the letter: ${JSON.stringify(letter)}`,
  );
  stage.expect(String(letter.text).includes(`${LEAD.name}! Мы перезвоним на ${LEAD.phone}`), "its text is filled in");
}
