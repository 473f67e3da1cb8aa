/** W1: a lead by webhook → two HTTP actions with mapped fields → history, against the ceiling, round by round. */
import type { Driver, House, Program } from "./house.ts";
import { type Spread, spread } from "./spread.ts";

export interface W1 {
  readonly runsPerSecond: Spread;
  /** Processor time of the Node process a run, in milliseconds: hardly moved by what else the machine does. */
  readonly cpuMsPerRun: Spread;
  /** At 20 a second: from POST to second call. */
  readonly p50Ms: Spread;
  readonly p99Ms: Spread;
  readonly memoryMiB: number;
}
export interface W1Result extends W1 {
  readonly ceiling: W1;
  /** Engine over ceiling of the same round. */
  readonly ratio: {
    readonly runsPerSecond: Spread;
    readonly cpuMsPerRun: Spread;
    readonly p50Ms: Spread;
    readonly p99Ms: Spread;
  };
}

/** As many open leads as keep both busy; more only waits longer. */
const OUTSTANDING = 200;
const PER_SECOND = 20;

export const bundle = (service: string) => ({
  svyazka: 1,
  name: "W1",
  bundle: {
    format: 1,
    trigger: { connector: "webhook", trigger: "incoming", connection: null, options: {} },
    steps: [
      request("aaa", `${service}/first`, {
        body: '{"n": {{ trigger.body.n }}, "name": "{{ trigger.body.name }}", "phone": "{{ trigger.body.phone | phone }}"}',
      }),
      request("bbb", `${service}/second`, {
        body: '{"n": {{ trigger.body.n }}, "about": "{{ aaa.body.id }}", "comment": "{{ trigger.body.comment }}"}',
      }),
    ],
  },
});
const request = (id: string, url: string, input: Record<string, string>) => ({
  id,
  kind: "action",
  connector: "http",
  action: "request",
  connection: null,
  input: { method: "POST", url, bodyKind: "json", ...input },
});

export async function measureW1(
  house: House,
  ask: { rounds: number; seconds: number; say: (line: string) => void },
): Promise<W1Result> {
  const driver = await house.driver();
  const database = await house.database();
  const app = await house.app(await house.database(), { ALLOWED_HOSTS: new URL(driver.url).host });
  const hook = await app.bundle(bundle(driver.url));
  const least = await house.program("ceiling.ts", { DATABASE_URL: database, SERVICE: driver.url });
  // A process that has just started compiles what it runs: nobody's first seconds are measured.
  for (const url of [least.url, hook])
    await driver.carryOut({ do: "sustain", url, outstanding: OUTSTANDING, seconds: ask.seconds });
  const rounds: { engine: Round; ceiling: Round }[] = [];
  for (let round = 0; round < ask.rounds; round++) {
    // In turns, so that neither always has the cooler machine.
    const order = round % 2 === 0 ? (["ceiling", "engine"] as const) : (["engine", "ceiling"] as const);
    const got: Partial<Record<"engine" | "ceiling", Round>> = {};
    for (const who of order)
      got[who] = who === "engine" ? await one(driver, app, hook, ask) : await one(driver, least, least.url, ask);
    if (got.engine && got.ceiling) rounds.push({ engine: got.engine, ceiling: got.ceiling });
    ask.say(`W1 round ${round + 1}: ${JSON.stringify(got)}`);
  }
  await app.stop();
  await least.stop();
  const over = (pick: (round: Round) => number) =>
    spread(rounds.map(({ engine, ceiling }) => pick(engine) / pick(ceiling)));
  return {
    ...summary(rounds.map(({ engine }) => engine)),
    ceiling: summary(rounds.map(({ ceiling }) => ceiling)),
    ratio: {
      runsPerSecond: over((round) => round.runsPerSecond),
      cpuMsPerRun: over((round) => round.cpuMsPerRun),
      p50Ms: over((round) => round.p50Ms),
      p99Ms: over((round) => round.p99Ms),
    },
  };
}

interface Round {
  readonly runsPerSecond: number;
  readonly cpuMsPerRun: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly memoryMiB: number;
}

async function one(driver: Driver, program: Program, url: string, { seconds }: { seconds: number }): Promise<Round> {
  const before = program.usage().cpuSeconds;
  const sustained = await driver.carryOut({ do: "sustain", url, outstanding: OUTSTANDING, seconds });
  const { memoryMiB, cpuSeconds } = program.usage();
  const cpuMsPerRun = ((cpuSeconds - before) * 1_000) / sustained.runs;
  const paced = await driver.carryOut({ do: "pace", url, perSecond: PER_SECOND, seconds });
  for (const { lost, doubled, refused } of [sustained, paced])
    if (lost + doubled > 0 || Object.keys(refused).length > 0)
      throw new Error(`W1 is wrong: ${lost} lost, ${doubled} doubled, refused ${JSON.stringify(refused)}`);
  return { runsPerSecond: sustained.runsPerSecond, cpuMsPerRun, p50Ms: paced.p50Ms, p99Ms: paced.p99Ms, memoryMiB };
}

function summary(rounds: readonly Round[]): W1 {
  return {
    runsPerSecond: spread(rounds.map((round) => round.runsPerSecond)),
    cpuMsPerRun: spread(rounds.map((round) => round.cpuMsPerRun)),
    p50Ms: spread(rounds.map((round) => round.p50Ms)),
    p99Ms: spread(rounds.map((round) => round.p99Ms)),
    memoryMiB: Math.max(...rounds.map((round) => round.memoryMiB)),
  };
}
