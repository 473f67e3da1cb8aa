/** Bad days: Telegram and services fail in every way, the database dies alone. Alerts are delayed, none lost, none twice. */
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { makePerson, type Person, type Seen } from "../playground/person.ts";
import type { SandboxView } from "../playground/sandboxes/types.ts";
import { type App, startApp } from "../playground/stories/app.ts";
import { askNow, connect } from "../playground/stories/hands.ts";
import { makeStage, type Stage } from "../playground/stories/stage.ts";
import { buildHooked, ORDER, sendTo } from "./support/hooked.ts";
import { eventually, post, removeDataDir, serverOf } from "./support/house.ts";

describe("bad days", { concurrency: false }, () => {
  let dataDir: string;
  let app: App;
  let stage: Stage;
  let person: Person;
  let address: string;
  let number = 1000;

  before(async () => {
    dataDir = mkdtempSync(join(tmpdir(), "svyazka-days-"));
    app = await startApp({ dataDir, env: { LANG: "en_US.UTF-8" } });
    stage = await makeStage(app.url, "ru", 3);
    person = stage.person;
  });
  after(async () => {
    await app?.stop();
    removeDataDir(dataDir);
  });

  const fault = (given: object) => post(`${app.url}/api/faults`, given);
  const bodies = async () => (await stage.records("receiver", "requests")).map((row) => String(row.body));
  const sent = async (id: number) => (await bodies()).filter((body) => body.includes(`"id": ${id},`)).length;
  const cards = async (words: string | RegExp): Promise<readonly Seen[]> =>
    (await person.messages()).filter(
      (one) => !one.mine && (typeof words === "string" ? one.text?.includes(words) : words.test(one.text ?? "")),
    );
  async function send(): Promise<number> {
    const id = ++number;
    assert.equal(await sendTo(address, ORDER.replace("4611686018427387905", String(id))), 200);
    return id;
  }
  const once = (id: number) => eventually(`one request ${id}`, async () => (await sent(id)) === 1);

  async function healthOf(service: string): Promise<string | undefined> {
    const views = (await (await fetch(`${app.url}/api/sandboxes`)).json()) as SandboxView[];
    return views.find(({ key }) => key === service)?.switches.find(({ key }) => key === "health")?.value;
  }

  it("a bundle is built while Telegram is slow, floods and fails", async () => {
    await person.say("/start");
    await person.sees("Соберём первую");
    await fault({ kind: "delay", ms: 400, times: 6 });
    await fault({ kind: "error", code: 500, times: 2 });
    await fault({ kind: "flood", retryAfter: 1, times: 2 });
    await fault({ kind: "drop", times: 2 });
    address = await buildHooked(stage, app.url);
    await once(await send());
    await person.sees("Первая настоящая запись прошла");
  });

  for (const bad of [
    { kind: "drop", times: 1 },
    { kind: "error", code: 500, times: 1 },
    { kind: "flood", retryAfter: 1, times: 2 },
    { kind: "delay", ms: 1_500, times: 2 },
  ])
    it(`an alert while Telegram has a bad day (${bad.kind}): delayed, not lost, not twice; solved by the one Retry`, async () => {
      const solvedBefore = (await cards("Снова работает")).length;
      await fault({ ...bad, method: "sendMessage" });
      await stage.setSwitch("receiver", "answer", "400");
      const id = await send();
      await eventually("the card of the failure", async () => (await cards(/^❌/)).length === 1, 40_000);
      await stage.setSwitch("receiver", "answer", "ok");
      await person.press("🔁 Повторить");
      await eventually("it was repeated", async () => (await sent(id)) === 2);
      await eventually("the card says solved", async () => (await cards("Снова работает")).length === solvedBefore + 1);
      assert.equal((await cards(/^❌/)).length, 0, "the card was edited, no second one");
      await fault({ clear: true });
    });

  it("many failures of one cause are one card with a counter; Retry all pressed twice repeats each once", async () => {
    await stage.setSwitch("receiver", "answer", "400");
    const ids = [await send(), await send(), await send(), await send()];
    const [card] = await eventually("a card that counts", async () => {
      const found = await cards(/^❌[\s\S]*(?:Уже|Не получилось:) 4 /);
      return found.length > 0 && found;
    }).catch(async (error) => {
      throw new Error(`${error.message}; there is: ${(await cards(/❌|✅/)).map((one) => one.text).join("\n---\n")}`);
    });
    assert.equal((await cards(/^❌/)).length, 1);
    await stage.setSwitch("receiver", "answer", "ok");
    const data = card?.reply_markup?.inline_keyboard
      ?.flat()
      .flatMap((one) => one.callback_data ?? [])
      .find((one) => one.startsWith("retryall"));
    assert.ok(card && data);
    const press = () => post(`${app.url}/api/chats/${person.id}/press`, { message: card.message_id, data });
    await Promise.all([press(), press()]);
    for (const id of ids) await eventually(`a repeat of ${id}`, async () => (await sent(id)) === 2);
    await eventually("solved", async () => (await cards(/^❌/)).length === 0);
    for (const id of ids) assert.equal(await sent(id), 2);
  });

  it("the bundled database is killed: webhooks answer 503, it is started again, said in the log, and all goes on", async () => {
    const before = serverOf(dataDir);
    assert.ok(before);
    process.kill(before, "SIGKILL");
    const statuses = new Set<number>();
    const kept: number[] = [];
    await eventually(
      "a webhook is taken again",
      async () => {
        const id = ++number;
        const status = await sendTo(address, ORDER.replace("4611686018427387905", String(id)));
        statuses.add(status);
        if (status === 200) kept.push(id);
        return status === 200 && statuses.has(503) && kept.length > 2;
      },
      60_000,
    );
    assert.deepEqual([...statuses].sort(), [200, 503]);
    for (const id of kept) await once(id);
    assert.match(app.output(), /bundled PostgreSQL has died and is started again/);
    assert.notEqual(serverOf(dataDir), before);
    await person.say("/status");
    await person.sees("Всё ли в порядке");
  });

  it("everything dies at once, and starts: the chat, the open question and the bundle are as they were", async () => {
    await person.say("/bundles");
    await person.press(/^\S+ 1 · /);
    await person.press("⋯ Ещё");
    await person.press("Имя");
    await person.sees(/назва|имя/i);
    const port = Number(new URL(app.url).port);
    const kill = app.kill();
    await kill;
    app = await startApp({ dataDir, port, env: { LANG: "en_US.UTF-8" } });
    person = makePerson(app.url, person.id, undefined, 3);
    await person.say("После перезапуска");
    await person.sees("После перезапуска");
    await once(await send());
  });

  it("many presses at once, killed in the middle: each is handled, the chat ends on a screen", async () => {
    const presses: Promise<unknown>[] = [];
    const screen = await person.screen();
    const data =
      screen?.reply_markup?.inline_keyboard?.flat().flatMap(({ callback_data }) => callback_data ?? []) ?? [];
    assert.ok(screen && data.length > 2);
    for (let n = 0; n < 20; n++)
      presses.push(
        post(`${app.url}/api/chats/${person.id}/press`, { message: screen.message_id, data: data[n % 2] }).catch(
          () => null,
        ),
      );
    await Promise.race(presses);
    const port = Number(new URL(app.url).port);
    await app.kill();
    await Promise.all(presses);
    app = await startApp({ dataDir, port, env: { LANG: "en_US.UTF-8" } });
    await person.say("/status");
    await person.sees("Всё ли в порядке");
    assert.ok((await person.buttons()).flat().length > 0);
  });

  it("services: a poll that is cut or loses its answer reads it again; a dead key is one card, and what waited runs", async () => {
    stage = { ...stage, person };
    await stage.life("calltouch", "call", { phone: "79990000001" });
    await person.say("/new");
    await person.say("Входящий звонок");
    await person.press("Calltouch · Входящий звонок");
    await connect(
      stage,
      "Calltouch",
      [await stage.credential("calltouch", "siteId"), await stage.credential("calltouch", "token")],
      "Когда: Calltouch · Входящий звонок",
    );
    await person.press("Calltouch");
    await person.press("Новая сделка по звонку (ID звонка)");
    await person.sees("ID звонка · {Уникальный ID звонка}");
    await person.press("Готово");
    await person.press("К карточке");
    await person.press("Запустить");
    await person.sees("Прошлое не отправляется");
    const deal = (id: unknown) =>
      stage.until("calltouch", "deals", `the deal ${id}`, (rows) => {
        const found = rows.filter((row) => row.leadId === String(id));
        return found.length > 0 ? found : undefined;
      });
    for (const health of ["lost:1", "cut:1"]) {
      await stage.setSwitch("calltouch", "health", health);
      const call = await stage.life("calltouch", "call", { phone: "79161112233" });
      await askNow(person, 2);
      await eventually("the poll met it", async () => (await healthOf("calltouch")) === "ok");
      await askNow(person, 2);
      assert.equal((await deal(call.id)).length, 1, health);
    }
    await stage.setSwitch("calltouch", "health", "expired");
    const calls = [await stage.life("calltouch", "call"), await stage.life("calltouch", "call")];
    await askNow(person, 2);
    await eventually("the card of the connection", async () => (await cards("🔑 Подключение")).length === 1);
    await stage.setSwitch("calltouch", "health", "ok");
    await person.press("🔑 Исправить подключение");
    await person.press("Проверить ещё раз");
    await person.sees(/Работает|Подключено/, { within: 20_000 });
    for (const call of calls) assert.equal((await deal(call.id)).length, 1);
    await eventually("solved", async () => (await cards("перестало работать")).length === 0);
  });
});
