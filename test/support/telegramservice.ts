/** The Bot API emulator as a service like the others, with their faults: a bot of one's own, and a person who knows it. */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { html, json, type Sandbox, type SandboxDeps } from "../../playground/sandboxes/kit.ts";
import { openStore } from "../../playground/store.ts";
import { makeTelegram } from "../../playground/telegram/index.ts";
import { placeOf } from "../../playground/telegram/state.ts";

const refusal = (code: number, description: string, parameters?: { retry_after: number }) =>
  json(code, { ok: false, error_code: code, description, ...(parameters ? { parameters } : {}) });

export function makeTelegramService(deps: SandboxDeps): Sandbox {
  const store = openStore(":memory:");
  const filesDir = mkdtempSync(join(tmpdir(), "svyazka-telegram-"));
  const clock = () => deps.now().getTime();
  const { api, state, people, stop } = makeTelegram({ store, filesDir, clock, strict: true, fetch });
  const bot = state.addBot({ "": "Shop" }, "shop_bot");
  const person = state.addPerson("Анна Петрова", "ru");
  people.say(person.id, bot.id, "/start");
  const label = { ru: "Сообщения", en: "Messages" };
  let server: Server | undefined;

  return {
    key: "telegram",
    name: { ru: "Telegram", en: "Telegram" },
    perSecond: 30,
    credentials: [
      { key: "token", label: { ru: "Токен", en: "Token" }, value: bot.token },
      { key: "chat", label: { ru: "Чат", en: "Chat" }, value: String(person.id) },
    ],
    switches: [],
    tables: () => {
      const rows = state.messages(placeOf(bot.id, person.id)).all() as unknown as Record<string, unknown>[];
      return [{ name: "messages", label, columns: [], rows }];
    },
    buttons: () => [],
    press: () => ({}),
    door: {
      async open() {
        const own = createServer((request, response) => {
          const url = new URL(request.url ?? "/", "http://telegram");
          api.handle(request, response, url).then(
            (isKnown) => isKnown || response.writeHead(404).end(),
            (error: unknown) => response.writeHead(500).end(String(error)),
          );
        });
        await new Promise<void>((done) => own.listen(0, "127.0.0.1", done));
        server = own;
        return `127.0.0.1:${(own.address() as AddressInfo).port}`;
      },
      async close() {
        stop();
        await new Promise<void>((done) => (server ? server.close(() => done()) : done()));
        store.close();
        rmSync(filesDir, { recursive: true, force: true });
      },
    },
    async handle({ method, path, headers, body }) {
      if (!server) return html(503, "closed");
      const { port } = server.address() as AddressInfo;
      const type = headers["content-type"] ?? "";
      const init = method === "GET" ? {} : { method, headers: { "content-type": type }, body };
      const answer = await fetch(`http://127.0.0.1:${port}/${path}`, init);
      return { status: answer.status, headers: { "content-type": "application/json" }, body: await answer.text() };
    },
    tooMany: () => refusal(429, "Too Many Requests: retry after 7", { retry_after: 7 }),
    expired: () => refusal(401, "Unauthorized"),
    clear: () => {},
  };
}
