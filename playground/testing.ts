/** A playground of its own for a test, calls of the Bot API without a library, and a condition to wait for. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { type Playground, type PlaygroundOptions, startPlayground } from "./index.ts";

export interface Reply {
  status: number;
  headers: Headers;
  ok: boolean;
  result: unknown;
  description: string;
  parameters: { retry_after?: number; migrate_to_chat_id?: number } | undefined;
}
export interface Rig {
  playground: Playground;
  /** Calls a method with a JSON body. */
  call(method: string, params?: Record<string, unknown>, init?: RequestInit): Promise<Reply>;
  /** The words of a refusal. */
  refusal(method: string, params?: Record<string, unknown>): Promise<string>;
  /** A person who has started the main bot and whose update is read. */
  person(): number;
  updates(more?: Record<string, unknown>): Promise<Record<string, unknown>[]>;
}

export async function startRig(t: TestContext, options: Partial<PlaygroundOptions> = {}): Promise<Rig> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), "telegram-"));
  const playground = await startPlayground({ ...options, dataDir });
  t.after(async () => {
    await playground.stop();
    if (!options.dataDir) rmSync(dataDir, { recursive: true });
  });
  const { telegram, telegramRoot, botToken } = playground;
  const main = telegram.state.bots.all()[0]?.id ?? 0;

  const call: Rig["call"] = async (method, params = {}, init) => {
    const answer = await fetch(
      `${telegramRoot}/bot${botToken}/${method}`,
      init ?? { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(params) },
    );
    return {
      status: answer.status,
      headers: answer.headers,
      ...((await answer.json()) as Omit<Reply, "status" | "headers">),
    };
  };
  let offset = 0;
  return {
    playground,
    call,
    async refusal(method, params) {
      const { status, description } = await call(method, params);
      return `${status} ${description}`;
    },
    person() {
      const { id } = telegram.state.addPerson("Anna", "en");
      telegram.people.say(id, main, "/start");
      return id;
    },
    async updates(more = {}) {
      const { result } = await call("getUpdates", { offset, ...more });
      const updates = result as ({ update_id: number } & Record<string, unknown>)[];
      offset = (updates.at(-1)?.update_id ?? offset - 1) + 1;
      return updates;
    },
  };
}

/** Looks until the condition holds; fails with its name after five seconds. */
export async function until(name: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 5_000; Date.now() < deadline; await pause(5)) if (await condition()) return;
  throw new Error(`${name} did not come`);
}
