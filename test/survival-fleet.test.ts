/**
 * Several processes and a bot by webhook on one database, killed at random points together with the database, while they
 * go over to the next version one by one, under load: nothing is lost, nothing done twice. SURVIVAL_FLEET=many takes two
 * web, three workers and two schedulers instead of four processes.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { randomFrom } from "../bench/survival/moments.ts";
import { playRound } from "../bench/survival/round.ts";
import { nextVersion } from "../bench/survival/versions.ts";
import { FLEETS, type Fleet, openWorld } from "../bench/survival/world.ts";

const POINTS = Number(process.env.SURVIVAL_POINTS ?? 12);
const FLEET: Fleet = process.env.SURVIVAL_FLEET === "many" ? "many" : "small";
const SEED = Number(process.env.SURVIVAL_SEED ?? 1);

test(`${FLEETS[FLEET].length} processes, ${POINTS} kills and an upgrade under load, seed ${SEED}`, {
  timeout: 600_000,
}, async (t) => {
  const random = randomFrom(SEED);
  const directory = mkdtempSync(join(tmpdir(), "svyazka-next-"));
  const world = await openWorld({ fleet: FLEET, random });
  t.after(async () => {
    await world.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const log: string[] = [];
  const round = await playRound(world, {
    points: POINTS,
    perSecond: 5,
    random,
    upgradeTo: nextVersion(join(directory, "next")),
    say: (line) => log.push(line),
  });
  t.diagnostic(JSON.stringify(round));
  const outputs = world.members.map((one) => `— ${one.name}:\n${one.output().slice(-4_000)}`);
  assert.deepEqual(round.violations, [], [...log, ...outputs].join("\n"));
  assert.ok(round.accepted > 0, "leads came through");
  const [row] = await world.ask(
    () => world.client.sql<{ n: number }[]>`
      select count(*)::int as n from information_schema.columns where column_name = 'of_next_version'`,
  );
  assert.equal(row?.n, 4, "the next version's migration is there");
});
