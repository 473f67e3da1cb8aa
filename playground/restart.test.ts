import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { addPerson } from "./person.ts";
import { startRig } from "./testing.ts";

test("after kill -9 the chat, its buttons, files and waiting updates are there, and the offset goes on", async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), "restart-"));
  const code = `
    import { startPlayground } from ${JSON.stringify(new URL("./index.ts", import.meta.url).href)};
    const { url, botToken } = await startPlayground({ dataDir: ${JSON.stringify(dataDir)} });
    console.log(url + " " + botToken);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", code], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const [url = "", token = ""] = line.toString().trim().split(" ");

  const bot = async (method: string, params: object) => {
    const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(params) };
    return ((await (await fetch(`${url}/bot${token}/${method}`, init)).json()) as { result: unknown }).result;
  };
  const anna = await addPerson(url, "Anna", "en");
  await anna.say("/start");
  await bot("sendMessage", {
    chat_id: anna.id,
    text: "Choose",
    reply_markup: { inline_keyboard: [[{ text: "Go", callback_data: "go" }]] },
  });
  const [first] = (await bot("getUpdates", { offset: 0 })) as { update_id: number }[];
  await bot("getUpdates", { offset: (first?.update_id ?? 0) + 1 });
  await anna.sendFile("a.txt", "content");
  await anna.say("unread");
  child.kill("SIGKILL");
  await once(child, "exit");

  const rig = await startRig(t, { dataDir });
  t.after(() => rmSync(dataDir, { recursive: true }));
  assert.equal(rig.playground.botToken, token);
  const updates = await rig.updates();
  assert.deepEqual(
    updates.map((update) => update.update_id),
    [1, 2].map((n) => (first?.update_id ?? 0) + n),
  );
  const chat = (await (await fetch(`${rig.playground.url}/api/chats/${anna.id}`)).json()) as {
    messages: { text?: string; reply_markup?: object; document?: { file_id: string } }[];
  };
  assert.deepEqual(
    chat.messages.map(({ text }) => text),
    ["/start", "Choose", undefined, "unread"],
  );
  assert.ok(chat.messages[1]?.reply_markup);
  const file = await fetch(`${rig.playground.url}/api/files/${chat.messages[2]?.document?.file_id}`);
  assert.equal(await file.text(), "content");
  assert.equal(file.headers.get("content-disposition"), "attachment; filename*=UTF-8''a.txt");
});
