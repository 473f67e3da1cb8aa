import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { Person } from "../../../playground/person.ts";
import { type BotRig, startBotRig } from "../../../test/support/bot.ts";
import type { RetryHow, RunState, RunView, StepView } from "../../engine/index.ts";
import { UserError } from "../../engine/index.ts";

const step = (number: number, state: StepView["state"]): StepView => ({
  step: `s${number}`,
  number,
  title: { ru: `Шаг номер ${number}`, en: `Step number ${number}` },
  state,
  attempt: 1,
  startedAt: new Date(),
  ms: 120,
  input: { phone: "+79001234567" },
  output: { id: "77" },
  exchange: { request: "GET /orders" },
  notes: [],
  failure: null,
});
const makeRun = (state: RunState): RunView => ({
  id: "run1",
  bundle: { id: "bundle1", number: 3, name: "Звонки" },
  state,
  createdAt: new Date(),
  endedAt: null,
  about: "+7 900 123-45-67",
  failure: null,
  version: 1,
  event: { client: { name: "Анна" } },
  nextAt: null,
  behind: null,
  ended: null,
  steps: [step(2, "succeeded"), step(3, "failed")],
  incident: null,
});

let run = makeRun("failed");
let asked: string[] = [];
let rig: BotRig;
let anna: Person;
before(async () => {
  rig = await startBotRig({
    engine: ({ runs }) => ({
      runs: {
        ...runs,
        get: async () => run,
        list: async (_scope, { state, page, search }) => {
          asked.push(`list ${search ?? state ?? "all"} ${page}`);
          return { runs: state === "unknown" ? [] : [run], more: page === 0 };
        },
        async retry(_scope, id, from) {
          const how: RetryHow = typeof from === "object" ? from : { from: from ?? "failed" };
          asked.push(
            ["retry", id, how.from, how.step, how.event && JSON.stringify(how.event)].filter(Boolean).join(" "),
          );
          return { run: id, already: asked.filter((one) => one.startsWith("retry")).length > 1 };
        },
        preview: async () => ({
          steps: [2, 3].map((number) => ({
            step: `s${number}`,
            number,
            title: { ru: `Шаг номер ${number}`, en: `Step number ${number}` },
            wasDone: number === 2,
            isUnsafe: true,
          })),
          version: 1,
        }),
        async resolve(_scope, id, outcome) {
          asked.push(`resolve ${id} ${outcome}`);
        },
        async cancel() {
          throw new UserError({ ru: "Запуск уже закончился.", en: "The run has ended." }, { to: "run", id: "run1" });
        },
      },
    }),
  });
});
after(() => rig.stop());
beforeEach(async () => {
  asked = [];
  run = makeRun("failed");
  anna = await rig.person();
  await anna.say("/history");
  await anna.sees("Нажмите на запуск");
});

test("history is filtered by state and paged; a run is a list of steps", async () => {
  await anna.press("›");
  await anna.press("❓");
  await anna.sees("С таким итогом запусков нет");
  await anna.press("• ❓");
  await anna.press("Все");
  await anna.press(/900 123/);
  await anna.sees("Шаг номер 2");
  assert.deepEqual(asked.slice(0, 3), ["list all 0", "list all 1", "list unknown 0"]);
});

test("a step opens to what was sent and answered; the whole comes as a file", async () => {
  await anna.press(/900 123/);
  await anna.press("✅ 2");
  await anna.sees("phone: +79001234567");
  await anna.press(/Обмен с сервисом/);
  const { name, bytes } = await anna.download();
  assert.equal(name, "2-exchange.json");
  assert.deepEqual(JSON.parse(bytes.toString()), { request: "GET /orders" });
  await anna.press(/Назад/);
  await anna.press("📥 1");
  await anna.sees("Анна");
});

test("retry from the failed step at once, from the start after a look at what runs again; twice says so", async () => {
  await anna.press(/900 123/);
  assert.equal(await anna.press("Повторить с шага 3"), "Повторяю");
  await anna.press("С самого начала");
  await anna.sees("2. Шаг номер 2 · ⚠️ уже выполнен");
  assert.match(await anna.press("Да, повторить"), /уже повторяется/);
  assert.deepEqual(
    asked.filter((one) => one.startsWith("retry")),
    ["retry run1 failed", "retry run1 start"],
  );
});

test("a run is found by a value, its data changed, and repeated with it; or from one of its steps", async () => {
  await anna.press("Найти по значению");
  await anna.say("Анна");
  await anna.sees("Нашлось: «Анна»");
  await anna.press("›");
  await anna.sees("Нашлось: «Анна»");
  // Typing is a search on the list itself, too.
  await anna.say("+7 900");
  await anna.sees("Нашлось: «+7 900»");
  assert.deepEqual(asked.slice(-3), ["list Анна 0", "list Анна 1", "list +7 900 0"]);
  await anna.press(/900 123/);
  await anna.press("Изменить данные и повторить");
  await anna.press(/client · name · Анна/);
  await anna.say("Мария");
  await anna.sees("Изменено: 1 значение");
  await anna.press("Повторить с этими данными");
  await anna.sees("Повторить с изменёнными данными?");
  await anna.press("Да, повторить");
  await anna.press("✅ 2");
  await anna.press("Повторить с этого шага");
  await anna.sees("Что будет сделано");
  await anna.press("Да, повторить");
  assert.deepEqual(
    asked.filter((one) => one.startsWith("retry")),
    ['retry run1 start {"client":{"name":"Мария"}}', "retry run1 step s2"],
  );
});

test("an unknown outcome is answered with a button", async () => {
  run = makeRun("unknown");
  await anna.press(/900 123/);
  assert.equal(await anna.press(/Сделано, идём дальше/), "Принято");
  assert.ok(asked.includes("resolve run1 happened"));
});

test("what can't be done is said with the door to what can", async () => {
  run = makeRun("waiting");
  await anna.press(/900 123/);
  await anna.press("Отменить запуск");
  await anna.sees("Запуск уже закончился");
  await anna.press("Открыть запуск");
  await anna.sees("Шаг номер 2");
});
