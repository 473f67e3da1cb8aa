/** A cold copy of the data directory, as docs/running.md describes it, started by the next version: all goes on. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { nextVersion } from "../bench/survival/versions.ts";
import { makePerson } from "../playground/person.ts";
import { type App, startApp } from "../playground/stories/app.ts";
import { makeStage } from "../playground/stories/stage.ts";
import { buildHooked, ORDER, sendTo } from "./support/hooked.ts";
import { eventually, removeDataDir } from "./support/house.ts";

test("stopped, copied, lost, restored elsewhere and upgraded: bundle, address, keys, chat and history are there", async (t) => {
  const around = mkdtempSync(join(tmpdir(), "svyazka-copy-"));
  const [first, backup, second] = ["first", "backup", "second"].map((name) => join(around, name)) as [
    string,
    string,
    string,
  ];
  const env = { LANG: "en_US.UTF-8" };
  const copy = (from: string, to: string) => assert.equal(spawnSync("cp", ["-a", from, to]).status, 0);
  let app: App = await startApp({ dataDir: first, env });
  t.after(async () => {
    await app.stop();
    for (const one of [first, second]) removeDataDir(one);
    rmSync(around, { recursive: true, force: true });
  });
  const port = Number(new URL(app.url).port);
  let stage = await makeStage(app.url, "ru", 3);
  const address = await buildHooked(stage, app.url);
  const orders = (id: number) => async () =>
    (await stage.records("receiver", "requests")).filter((row) => String(row.body).includes(`"id": ${id},`)).length;
  const send = async (id: number) =>
    assert.equal(await sendTo(address, ORDER.replace("4611686018427387905", String(id))), 200);
  await send(1);
  await eventually("one request before", async () => (await orders(1)()) === 1);
  // A question is open while the app is stopped.
  await stage.person.say("/bundles");
  await stage.person.press(/^\S+ 1 · /);
  await stage.person.press("⋯ Ещё");
  await stage.person.press("Имя");
  await stage.person.sees(/назва|имя/i);

  await app.stop();
  copy(first, backup);
  // What comes after the backup is lost with the directory; the backup is not touched by a restore.
  rmSync(first, { recursive: true, force: true });
  copy(backup, second);

  app = await startApp({ dataDir: second, port, env, root: nextVersion(join(around, "next")) });
  const person = makePerson(app.url, stage.person.id, undefined, 3);
  stage = { ...stage, person };
  await person.say("Из копии");
  await person.sees("Из копии");
  await send(2);
  await eventually("one request after", async () => (await orders(2)()) === 1);
  assert.equal(await orders(1)(), 1, "what was done before isn't done again");
  await person.say("/history");
  await person.sees(/Из копии/);

  // And back: the backup with the version that made it.
  await app.stop();
  removeDataDir(second);
  copy(backup, second);
  app = await startApp({ dataDir: second, port, env });
  await send(3);
  await eventually("one request of the old version", async () => (await orders(3)()) === 1);
});
