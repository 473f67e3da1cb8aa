/** The person of a round: answers every run that asks with the truth, and goes on with a draft while all is being killed. */
import { setTimeout as pause } from "node:timers/promises";
import { makePerson, type Person, type Seen } from "../../playground/person.ts";
import type { World } from "./world.ts";

const ASKS = "Неизвестно, чем кончился запуск";
const LOOK_MS = 1_000;
/** Pressed again when nothing has come of it for so long: a press may die with the database. */
const AGAIN_MS = 20_000;

export interface Hand {
  /** What was answered, by run: how often it asked. */
  readonly asked: ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

/** Looks for cards of runs that ask, and says what the ledger knows. */
export function startHand(world: World, person: Person): Hand {
  const asked = new Map<string, number>();
  const pressed = new Map<string, number>();
  let isStopping = false;

  async function answer(run: string, card: Seen): Promise<void> {
    const since = pressed.get(run);
    if (since !== undefined && Date.now() - since < AGAIN_MS) return;
    const [row] = await world.ask(
      () => world.client.sql<{ state: string; step: string; n: string }[]>`
        select state, step, event->'body'->>'n' as n from runs where id = ${run}`,
    );
    if (row?.state !== "unknown") return;
    const isDone = world.ledger.calls(row.step === "aaa" ? "first" : "second", Number(row.n)) > 0;
    const answer = isDone ? "happened" : "repeat";
    const data = card.reply_markup?.inline_keyboard
      ?.flat()
      .find((one) => one.callback_data?.startsWith(`resolve:${run}:${answer}`))?.callback_data;
    if (data === undefined) return;
    if (since === undefined) asked.set(run, (asked.get(run) ?? 0) + 1);
    pressed.set(run, Date.now());
    await fetch(`${world.url}/api/chats/${person.id}/press`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ message: card.message_id, data }),
    });
  }

  async function look(): Promise<void> {
    for (const message of await person.messages()) {
      if (message.mine || !message.text?.includes(ASKS)) continue;
      const data = message.reply_markup?.inline_keyboard?.flat().map((one) => one.callback_data ?? "") ?? [];
      const run = data.find((one) => one.startsWith("resolve:"))?.split(":")[1];
      if (run !== undefined) await answer(run, message);
    }
  }

  const going = (async () => {
    while (!isStopping) {
      // A machine under load may not answer in time; the next look does.
      await look().catch(() => {});
      await pause(LOOK_MS);
    }
  })();
  going.catch(() => {});
  return {
    asked,
    async stop() {
      isStopping = true;
      await going;
    },
  };
}

/** How many cards each run has in the chat: a card keeps its run's number after it was answered. */
export async function cardsByRun(person: Person): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const message of await person.messages()) {
    if (message.mine || !message.text?.includes(ASKS)) continue;
    const data = message.reply_markup?.inline_keyboard?.flat().map((one) => one.callback_data ?? "") ?? [];
    const run = data.find((one) => /^(?:resolve|runview):/.test(one))?.split(":")[1] ?? "?";
    counts.set(run, (counts.get(run) ?? 0) + 1);
  }
  return counts;
}

export interface Draft {
  /** The name that the bot has confirmed last. */
  name(): string;
  readonly edits: () => number;
  /** Ends the sentence that is being said; throws what went wrong in the chat. */
  stop(): Promise<void>;
}

/** Somebody who renames a draft again and again, each time through an open question. */
export function startDraft(world: World, id: number, number: number, patience: number): Draft {
  const person = makePerson(world.url, id, undefined, patience);
  let isStopping = false;
  let name = "";
  let edits = 0;
  const going = (async () => {
    while (!isStopping) {
      const next = `Черновик ${edits + 1}`;
      await person.say("/bundles");
      await person.sees("Ваши связки");
      await person.press(new RegExp(`^\\S+ ${number} · `));
      await person.press("⋯ Ещё");
      await person.press("Имя");
      await person.sees(/назва|имя/i);
      await person.say(next);
      await person.sees(next);
      name = next;
      edits++;
      await pause(500);
    }
  })();
  going.catch(() => {});
  return {
    name: () => name,
    edits: () => edits,
    async stop() {
      isStopping = true;
      await going;
    },
  };
}
