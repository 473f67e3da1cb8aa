/** Several people and one workspace: invitations and roles, a connection by link, and alerts in a group. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { makePerson, type Person } from "../../playground/person.ts";
import { type BotRig, eventually, isStoredInClear, startBotRig, texts } from "../../test/support/bot.ts";
import type { Alert, IncidentView } from "../engine/index.ts";
import { makeNotify } from "../engine/telegram/notify.ts";

const incident: IncidentView = {
  id: "incident1",
  class: "data",
  bundle: {
    id: "bundle1",
    number: 3,
    name: "Звонки в заказы",
    state: "active",
    pausedBy: null,
    hasDraft: false,
    connectors: ["shop"],
  },
  connection: null,
  step: { id: "k7f", number: 2, title: { ru: "Создать заказ", en: "Create an order" } },
  failure: {
    class: "data",
    sentence: { ru: "Поле «Сумма» пустое.", en: "“Amount” is empty." },
    own: "no amount for Иван Петров",
  },
  run: "run1",
  count: 1,
  open: 1,
  newest: "run1",
  firstAt: new Date(),
  lastAt: new Date(),
  solvedAt: null,
};

let rig: BotRig;
let anna: Person;
const retried: string[] = [];
before(async () => {
  rig = await startBotRig({
    access: "private",
    engine: (engine) => ({
      incidents: {
        get: async () => incident,
        async retry(scope) {
          retried.push(scope.member);
          return 1;
        },
        dismiss: async () => 0,
      },
      runs: { ...engine.runs },
    }),
  });
  anna = await rig.person("Анна");
  await anna.say(`/start ${(await rig.engine.people.ownerCode()) ?? ""}`);
  await anna.sees(/Главная|Здравствуйте/);
});
after(() => rig.stop());

/** What a link that was copied holds behind `start=`. */
const codeIn = (link: string): string => new URL(link).searchParams.get("start") ?? "";
async function invite(role: string): Promise<string> {
  await anna.say("/settings");
  await anna.press(/Люди/);
  await anna.press("Пригласить");
  await anna.press(role);
  await anna.sees("Приглашение готово");
  return codeIn(await anna.press("Скопировать ссылку"));
}

test("people: invited by link and by code, with a role; a viewer looks; roles change; leaving and removing", async () => {
  const code = await invite("Наблюдатель");
  const vera = await rig.person("Вера");
  await vera.say(`/start ${code}`);
  await vera.sees(/Анна приглашает вас/);
  await vera.press("Присоединиться");
  await vera.sees("Главная");
  await anna.sees("Вера теперь здесь: наблюдатель");

  // Used up: nobody else comes in by it, and a stranger stays one.
  const eve = await rig.person("Eve", "en");
  await eve.say(`/start ${code}`);
  await eve.sees("no longer good");

  // A viewer isn't offered what would be refused, and is told why where they try.
  assert.ok(!(await vera.buttons()).flat().includes("➕ Новая связка"));
  await vera.say("/connect shop");
  await vera.sees("Вы здесь наблюдатель");
  await vera.say("/settings");
  await vera.press(/Люди: 2 человека/);
  await vera.sees("👑 Анна · владелец");

  await anna.say("/settings");
  await anna.press(/Люди/);
  await anna.press(/Вера/);
  await anna.press("Сделать редактором");
  await anna.sees("Редактор собирает связки");
  await vera.say("/start");
  await vera.press("Новая связка");

  // The code works without the link, too. A typed one, in the middle of nothing.
  const bob = await rig.person("Bob", "en");
  await bob.say(await invite("Редактор"));
  await bob.sees("Анна invites you");
  await bob.press("Join");
  await bob.sees("Home");
  await bob.say("/settings");
  await bob.press(/People: 3/);
  await bob.press("Leave");
  await bob.press("Yes, leave");
  await bob.sees("You have left");
  await bob.say("/start");
  await bob.sees("This bot is private");
});

test("a connection by link: its guest sees only its questions, the key leaves the chat, the owner is told", async () => {
  await anna.say("/connect лавка");
  await anna.press("Подключит другой человек");
  const code = codeIn(await anna.press("Скопировать ссылку"));
  const gleb = await rig.person("Глеб");
  await gleb.say(`/start ${code}`);
  await gleb.sees("просит вас подключить Лавка");
  await gleb.say("/bundles");
  await gleb.press("Начать");
  await gleb.sees("Номер сайта");
  const labels = (await gleb.buttons()).flat();
  assert.deepEqual(labels, ["Не буду подключать"]);
  await gleb.say("77");
  await gleb.sees("2 из 2");
  await gleb.say("wrong-key");
  await gleb.sees("Ключ не подошёл");
  await gleb.say("right-key");
  await gleb.sees("Готово, спасибо");
  assert.ok(!(await texts(gleb)).some((text) => text.includes("right-key") || text.includes("wrong-key")));
  assert.equal(await isStoredInClear(rig.database, "right-key"), false);
  await anna.sees(/Глеб: подключение .* готово/);
  await gleb.say("/start");
  await gleb.sees("Это личный бот");
  const other = await rig.person("Eve", "en");
  await other.say(`/start ${code}`);
  await other.sees("no longer good");
});

test("settings: quiet hours and retention as people type them, everything as a file, everything deleted by its name", async () => {
  const dan = await rig.person("Дан");
  await dan.say(`/start ${await invite("Владелец")}`);
  await dan.press("Присоединиться");
  await dan.say("/settings");
  await dan.press(/Сообщать о сбоях/);
  await dan.press("Раз в день");
  await dan.sees("присылаю утром");
  await dan.press(/Тихие часы/);
  await dan.say("когда-нибудь");
  await dan.sees("Напишите начало и конец");
  await dan.say("22.30 - 8");
  await dan.sees("Тихие часы: 22:30–08:00");
  await dan.press(/Итоги недели/);
  await dan.press("Назад");
  await dan.press("Данные");
  await dan.press(/Хранить запуски/);
  await dan.say("400");
  await dan.sees("от 1 до 365");
  await dan.say("45 дней");
  await dan.sees("хранятся 45 дней");
  await dan.press("Выгрузить всё");
  const { name, bytes } = await dan.download();
  assert.match(name, /^svyazka-.*\.jsonl\.gz$/);
  const lines = gunzipSync(bytes).toString().trim().split("\n");
  assert.deepEqual(
    lines.slice(0, 2).map((line) => JSON.parse(line).kind),
    ["workspace", "member"],
  );
  await dan.say("/settings");
  await dan.press("Данные");
  await dan.press("Удалить всё");
  await dan.say("да");
  await dan.sees("напишите название точно: Анна");
  // Not confirmed: everything is still there.
  await dan.say("/start");
  await dan.sees("Главная");
});

test("a group: asked for, buttons for members only, a new id, the bot thrown out and back", async () => {
  const { people, state } = rig.playground.telegram;
  const bot = state.bots.all()[0]?.id ?? 0;
  const eve = await rig.person("Eve", "en");
  const vera = await newEditor("Вера");
  const group = people.makeGroup("Отдел продаж", [anna.id, vera.id, eve.id], [bot]);
  const inGroup = (person: Person, id = group.id) => makePerson(rig.playground.url, person.id, id);

  await inGroup(anna).sees("Присылать уведомления сюда?");
  assert.match(await inGroup(eve).press(/мои уведомления/), /only for people/);
  await inGroup(anna).press(/мои уведомления/);
  await inGroup(anna).sees("Теперь уведомления приходят сюда: Анна");

  await tell("i1");
  const card = await inGroup(vera).sees("Поле «Сумма» пустое");
  // What the service said may hold a customer's data.
  assert.doesNotMatch(card, /Иван Петров/);
  assert.match(await inGroup(eve).press("Повторить"), /only for people/);
  assert.deepEqual(retried, []);
  assert.match(await inGroup(vera).press("Повторить"), /Повторяю/);
  assert.equal(retried.length, 1);
  const details = await inGroup(vera).press("Подробнее");
  assert.match(details, /^https:\/\/t\.me\/\w+\?start=o_incident_incident1$/);
  await vera.say(`/start ${codeIn(details)}`);
  await vera.sees(/Иван Петров/);

  // Telegram makes a supergroup of it while an alert is on its way: the refusal names the new id.
  rig.playground.telegram.faults.add({ kind: "error", method: "getUpdates", code: 500, times: 2 });
  const moved = people.migrate(group.id);
  await tell("i2");
  await inGroup(vera, moved.id).sees("Поле «Сумма» пустое");

  // A topic is a place of its own; one that is deleted is no reason to be silent.
  const topic = people.makeTopic(moved.id, "Сбои");
  people.say(anna.id, moved.id, "/start", undefined, topic);
  await inGroup(anna, moved.id).press(/мои уведомления/);
  await inGroup(anna, moved.id).sees("Теперь уведомления приходят сюда");
  await tell("topic");
  const last = async () => rig.playground.telegram.state.messages(`${moved.id}`).last(1)[0]?.message;
  await eventually("the alert is in the topic", async () => {
    const message = await last();
    return message?.message_thread_id === topic && message.text?.includes("Сумма") === true;
  });
  const forum = state.groups.get(moved.id);
  assert.ok(forum);
  state.groups.put(moved.id, { ...forum, topics: [] });
  await tell("no topic");
  await eventually("the alert is in the group", async () => {
    const message = await last();
    return message?.message_thread_id === undefined && message?.text?.includes("Сумма") === true;
  });

  people.setMember(moved.id, bot, false);
  await anna.sees("Не могу писать в группу Отдел продаж");
  await tell("i3");
  await anna.sees("Поле «Сумма» пустое");
  people.setMember(moved.id, bot, true);
  await inGroup(anna, moved.id).sees("Уведомления приходят сюда: Анна");
  await inGroup(anna, moved.id).press("Больше не присылать");
  await eventually("nobody's alerts go there", async () => {
    const [row] = await rig.database.sql<{ n: number }[]>`select count(*)::int as n from groups`;
    return row?.n === 0;
  });
});

async function newEditor(name: string): Promise<Person> {
  const person = await rig.person(name);
  await person.say(`/start ${await invite("Редактор")}`);
  await person.press("Присоединиться");
  await person.sees("Главная");
  return person;
}

async function tell(key: string): Promise<void> {
  const { db, sql } = rig.database;
  await eventually("what was told before has been sent", async () => {
    const [waits] = await sql<
      { n: number }[]
    >`select count(*)::int as n from outbox where sent_at is null and chat_id < 0`;
    return waits?.n === 0;
  });
  const [row] = await sql<{ workspace: string }[]>`select workspace from members where telegram_id = ${anna.id}`;
  const workspace = row?.workspace ?? "";
  await sql`insert into incidents (id, workspace, class, cause, example, count, first_at, last_at)
    values ('incident1', ${workspace}, 'data', 'c', '{}', 1, now(), now()) on conflict do nothing`;
  await sql`update incidents set cards = '[]' where ${key} <> ''`;
  const alert: Alert = { kind: "incident", incident: "incident1" };
  await makeNotify({ clock: { now: () => new Date() } })(db, workspace, alert, key);
}
