/** One round: leads flow and a draft is edited while processes and the database are killed; then everything is counted. */
import { addPerson, makePerson } from "../../playground/person.ts";
import { bundle as w1 } from "../w1.ts";
import { cardsByRun, startDraft, startHand } from "./hand.ts";
import { calm, choose, someIsReady } from "./kill.ts";
import { type Load, startLoad } from "./load.ts";
import { atSomeMoment } from "./moments.ts";
import type { World } from "./world.ts";

/** A person who waits longer than many restarts on a busy machine take. */
const PATIENCE = 60;

export interface Round {
  /** Kills, by what was killed. */
  readonly killed: Readonly<Record<string, number>>;
  readonly accepted: number;
  readonly unanswered: number;
  readonly refused: number;
  /** Runs that asked the person, all told. */
  readonly asked: number;
  /** Cards beyond one a question: a kill fell between the sending and its note. */
  readonly doubledCards: number;
  readonly draftEdits: number;
  /** Milliseconds from a kill to ready. */
  readonly longestRestart: number;
  readonly seconds: number;
  /** What must not be: empty. */
  readonly violations: readonly string[];
}

export async function playRound(
  world: World,
  ask: {
    points: number;
    perSecond: number;
    random: () => number;
    /** Where another version lies, to which the processes go over one by one meanwhile. */
    upgradeTo?: string;
    say?: (line: string) => void;
  },
): Promise<Round> {
  const began = Date.now();
  const first = await addPerson(world.url, "Анна", "ru", PATIENCE);
  await first.say("/start");
  await first.sees("Соберём первую");
  const live = await world.bundle(w1(world.ledger.url), true);
  const draft = await world.bundle({ ...w1(world.ledger.url), name: "Черновик 0" }, false);
  const before = await draftOf(world, draft.id);
  const load = startLoad(`${world.url}${live.path}`, ask.perSecond);
  const person = makePerson(world.url, first.id, undefined, PATIENCE);
  const hand = startHand(world, person);
  const editor = startDraft(world, first.id, 2, PATIENCE);
  const killed: Record<string, number> = {};
  const log: string[] = [];

  const old = ask.upgradeTo === undefined ? [] : [...world.members];
  const upgradeEvery = Math.max(1, Math.floor(ask.points / (old.length + 1)));

  for (let point = 0; point < ask.points; point++) {
    if (ask.upgradeTo !== undefined && point > 0 && point % upgradeEvery === 0) old.shift()?.upgrade(ask.upgradeTo);
    const target = choose(world, ask.random);
    const dying: (Promise<void> | void)[] = [];
    await atSomeMoment(ask.random, (why) => {
      dying.push(target.kill());
      killed[target.name] = (killed[target.name] ?? 0) + 1;
      log.push(`${target.name} ${why}`);
    });
    await Promise.all(dying);
    ask.say?.(`${point + 1}. ${log.at(-1)}`);
    // Mostly the next kill meets something that runs; sometimes something that is starting.
    if (ask.random() > 0.15) await someIsReady(world);
  }
  if (ask.upgradeTo !== undefined) for (const one of old) one.upgrade(ask.upgradeTo);
  await Promise.all(world.members.map((one) => one.ready()));
  await load.stop();

  const violations: string[] = [];
  const note = async (what: string, act: () => Promise<void>) =>
    act().catch((error) => void violations.push(`${what}: ${error instanceof Error ? error.message : error}`));
  await note("the draft's editor", () => editor.stop());
  await note("calm", () => calm(world));
  await note("the hand", () => hand.stop());
  await note("leads", () => everyLeadOnce(world, load, live.id, violations));
  await note("draft", async () => {
    const now = await draftOf(world, draft.id);
    if (now.name !== (editor.name() || "Черновик 0")) violations.push(`the draft is ${now.name}, not ${editor.name()}`);
    if (now.state !== "draft" || now.body !== before.body) violations.push("the draft has changed");
  });
  await note("chat", async () => {
    await person.say("/status");
    await person.sees("Всё ли в порядке");
  });
  const cards = await cardsByRun(person);
  let doubledCards = 0;
  for (const [run, times] of hand.asked) {
    const found = cards.get(run) ?? 0;
    if (found < 1) violations.push(`run ${run} asked ${times} times and has no card`);
    doubledCards += Math.max(found - times, 0);
  }
  const firsts = (await person.messages()).filter((one) => one.text?.includes("Первая настоящая запись")).length;
  if (firsts === 0) violations.push("nobody was told of the first success");
  doubledCards += Math.max(firsts - 1, 0);

  return {
    killed,
    accepted: load.accepted.size,
    unanswered: load.unanswered.size,
    refused: load.refused(),
    asked: [...hand.asked.values()].reduce((sum, one) => sum + one, 0),
    doubledCards,
    draftEdits: editor.edits(),
    longestRestart: Math.max(0, ...world.members.flatMap((one) => one.restarts)),
    seconds: Math.round((Date.now() - began) / 1000),
    violations,
  };
}

async function draftOf(world: World, id: string): Promise<{ name: string; state: string; body: string }> {
  const [row] = await world.ask(
    () => world.client.sql<{ name: string; state: string; body: string }[]>`
      select name, state, draft::text as body from bundles where id = ${id}`,
  );
  if (!row) throw new Error("the draft is gone");
  return row;
}

/** Accepted: one run that succeeded and one call of each step. Not answered: all of that, or nothing at all. */
export async function everyLeadOnce(world: World, load: Load, bundle: string, violations: string[]): Promise<void> {
  const rows = await world.ask(
    () => world.client.sql<{ n: string; state: string; id: string; code: string | null }[]>`
      select event->'body'->>'n' as n, state, id, error->>'code' as code from runs where bundle = ${bundle}`,
  );
  const runs = Map.groupBy(rows, ({ n }) => Number(n));
  for (let lead = load.first(); lead <= load.sent(); lead++) {
    const own = runs.get(lead) ?? [];
    const calls = `${world.ledger.calls("first", lead)}+${world.ledger.calls("second", lead)}`;
    const states = own.map(({ state }) => state).join(", ");
    const isWhole = states === "succeeded" && calls === "1+1";
    // Taken out as what kills its process: nothing but our kills did it, yet it is an end, and a card tells of it.
    const isTakenOut = states === "failed" && own[0]?.code === "crashes" && /^[01]\+[01]$/.test(calls);
    const isNothing = own.length === 0 && calls === "0+0";
    if (isWhole || isTakenOut || (!load.accepted.has(lead) && isNothing)) continue;
    violations.push(
      `lead ${lead} (${load.accepted.has(lead) ? "accepted" : "not answered"}): runs [${states}], calls ${calls}, ${own[0]?.id ?? ""}`,
    );
  }
}
