/**
 * `npm run bench -- kills [--points N] [--seed S] [--state FILE] [--resume] [--round N]`: kills in rounds, each with a
 * world and a seed of its own. The file holds what is done, so that it can be stopped at any time and continued; of a
 * stopped round nothing counts.
 */
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { randomFrom } from "./moments.ts";
import { playRound, type Round } from "./round.ts";
import { playStory } from "./story.ts";
import { previousVersion } from "./versions.ts";
import { type Fleet, openWorld, ROOT } from "./world.ts";

/** In turns: one process, several, and a person who builds bundles from articles. */
const KINDS = ["small", "alone", "small", "story", "many"] as const;
type Kind = (typeof KINDS)[number];
const POINTS = { alone: 30, small: 40, many: 50, story: 25 } as const;
const PER_SECOND = 5;

interface Done extends Round {
  readonly number: number;
  readonly kind: Kind;
  readonly points: number;
  /** Its processes went over from the previous version to this one. */
  readonly isUpgraded: boolean;
}
interface State {
  readonly seed: number;
  readonly rounds: readonly Done[];
}

export async function killsCommand(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      points: { type: "string", default: "1000" },
      seed: { type: "string", default: "1" },
      state: { type: "string", default: join(tmpdir(), "svyazka-kills.json") },
      resume: { type: "boolean", default: false },
      round: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const say = (line: string) => console.error(line);
  if (values.round !== undefined) {
    const done = await one(Number(values.seed), Number(values.round), say);
    console.log(JSON.stringify(done, null, values.json ? undefined : 2));
    if (done.violations.length > 0) process.exitCode = 1;
    return;
  }
  let state: State =
    values.resume && existsSync(values.state)
      ? JSON.parse(readFileSync(values.state, "utf8"))
      : { seed: Number(values.seed), rounds: [] };
  while (pointsOf(state) < Number(values.points)) {
    const done = await one(state.seed, state.rounds.length, () => {});
    state = { ...state, rounds: [...state.rounds, done] };
    // Whole or not at all, whenever this is stopped.
    writeFileSync(`${values.state}.new`, JSON.stringify(state, null, 1));
    renameSync(`${values.state}.new`, values.state);
    const { number, kind, points, seconds, accepted, asked, violations } = done;
    say(
      `round ${number} (${kind}): ${points} kills in ${seconds} s, ${accepted} accepted, ${asked} asked, ${violations.length} violations; ${pointsOf(state)} of ${values.points}`,
    );
    for (const violation of violations) say(`  ✖ ${violation}`);
  }
  const sums = summary(state);
  console.log(JSON.stringify({ kills: sums }, null, values.json ? undefined : 2));
  if (sums.violations > 0) process.exitCode = 1;
}

async function one(seed: number, number: number, say: (line: string) => void): Promise<Done> {
  const kind = KINDS[number % KINDS.length] ?? "small";
  const random = randomFrom(seed * 100_003 + number);
  const fleet: Fleet = kind === "story" ? "alone" : kind;
  const points = POINTS[kind];
  const versions = mkdtempSync(join(tmpdir(), "svyazka-versions-"));
  // A fleet begins as the version before the newest migration and ends as this one.
  const previous = fleet === "many" ? previousVersion(join(versions, "previous")) : null;
  const world = await openWorld({ fleet, random, ...(previous ? { root: previous } : {}) });
  const abandon = async () => {
    for (const member of world.members) member.kill();
    await world.close();
    rmSync(versions, { recursive: true, force: true });
    process.exit(1);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, abandon);
  try {
    const ask = { points, perSecond: PER_SECOND, random, say, ...(previous ? { upgradeTo: ROOT } : {}) };
    const round = kind === "story" ? await playStory(world, ask) : await playRound(world, ask);
    if (round.violations.length > 0)
      for (const member of world.members) say(`— ${member.name}:\n${member.output().slice(-8_000)}`);
    const fell = Object.values(round.killed).reduce((sum, count) => sum + count, 0);
    return { number, kind, points: fell, isUpgraded: previous !== null, ...round };
  } finally {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, abandon);
    await world.close();
    rmSync(versions, { recursive: true, force: true });
  }
}

const pointsOf = ({ rounds }: State): number => rounds.reduce((sum, { points }) => sum + points, 0);

function summary(state: State) {
  const killed: Record<string, number> = {};
  for (const round of state.rounds)
    for (const [name, count] of Object.entries(round.killed)) {
      // "3 worker" of a fleet counts as a worker.
      const what = name.replace(/^\d+ /, "");
      killed[what] = (killed[what] ?? 0) + count;
    }
  const sum = (pick: (round: Done) => number) => state.rounds.reduce((all, round) => all + pick(round), 0);
  return {
    points: pointsOf(state),
    rounds: state.rounds.length,
    stories: state.rounds.filter(({ kind }) => kind === "story").length,
    upgrades: state.rounds.filter(({ isUpgraded }) => isUpgraded).length,
    killed,
    accepted: sum((round) => round.accepted),
    unanswered: sum((round) => round.unanswered),
    refused: sum((round) => round.refused),
    asked: sum((round) => round.asked),
    doubledCards: sum((round) => round.doubledCards),
    draftEdits: sum((round) => round.draftEdits),
    longestRestartMs: Math.max(0, ...state.rounds.map((round) => round.longestRestart)),
    minutes: Math.round(sum((round) => round.seconds) / 60),
    violations: sum((round) => round.violations.length),
  };
}
