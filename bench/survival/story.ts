/** A round in which a person builds the bundles of an article and lives with them while all is being killed. */
import { calltouchRetailcrm } from "../../playground/stories/calltouch-retailcrm.ts";
import { makeStage, type Stage } from "../../playground/stories/stage.ts";
import { calm, choose, someIsReady } from "./kill.ts";
import { atSomeMoment } from "./moments.ts";
import type { Round } from "./round.ts";
import type { World } from "./world.ts";

/** A person who waits longer than many restarts on a busy machine take. */
const PATIENCE = 60;

/** Kills until the story has been told, `points` of them at most. Its actions can be looked up, so that nobody is asked. */
export async function playStory(
  world: World,
  ask: { points: number; random: () => number; say?: (line: string) => void },
): Promise<Round> {
  const began = Date.now();
  const stage = await makeStage(world.url, "ru", PATIENCE);
  const killed: Record<string, number> = {};
  const violations: string[] = [];
  let isTold = false;
  const telling = calltouchRetailcrm
    .play(stage)
    .catch((error) => void violations.push(`the story: ${error instanceof Error ? error.message : error}`))
    .finally(() => {
      isTold = true;
    });
  for (let point = 0; point < ask.points && !isTold; point++) {
    const target = choose(world, ask.random);
    await atSomeMoment(ask.random, (why) => {
      target.kill();
      killed[target.name] = (killed[target.name] ?? 0) + 1;
      ask.say?.(`${point + 1}. ${target.name} ${why}`);
    });
    await someIsReady(world);
  }
  await telling;
  violations.push(...stage.failures);
  await calm(world).catch((error) => violations.push(String(error)));
  violations.push(...(await twice(world, stage)));
  const edits = stage.person.counts;
  return {
    killed,
    accepted: 0,
    unanswered: 0,
    refused: 0,
    asked: 0,
    doubledCards: 0,
    draftEdits: edits.sent + edits.pressed,
    longestRestart: Math.max(0, ...world.members.flatMap((one) => one.restarts)),
    seconds: Math.round((Date.now() - began) / 1000),
    violations,
  };
}

/** What is there more often than the story did it. */
async function twice(world: World, stage: Stage): Promise<string[]> {
  const found: string[] = [];
  const { sql } = world.client;
  const runs = await world.ask(() => sql`select event from runs group by bundle, event having count(*) > 1`);
  if (runs.length > 0) found.push(`${runs.length} events made two runs`);
  const failed = await world.ask(() => sql`select id from runs where state <> 'succeeded'`);
  if (failed.length > 0) found.push(`${failed.length} runs didn't succeed`);
  const bundles = await world.ask(() => sql<{ state: string }[]>`select state from bundles where deleted_at is null`);
  const states = bundles.map(({ state }) => state).join(", ");
  if (states !== "active, active, active, active") found.push(`the bundles are: ${states}`);
  const once = (what: string, keys: readonly unknown[]) => {
    if (new Set(keys).size !== keys.length) found.push(`${what}: ${keys.join(", ")}`);
  };
  const orders = await stage.records("retailcrm", "orders");
  once(
    "an order twice",
    orders.flatMap((row) => (row.externalId === undefined ? [] : [row.externalId])),
  );
  const customers = await stage.records("retailcrm", "customers");
  once(
    "a customer twice",
    customers.map((row) => JSON.stringify(row.phone)),
  );
  const deals = await stage.records("calltouch", "deals");
  if (deals.length !== 4) found.push(`${deals.length} deals, not 4`);
  return found;
}
