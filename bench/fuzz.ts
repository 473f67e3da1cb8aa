/**
 * `npm run bench -- fuzz [--inputs 1000000] [--resume] [--state FILE] [--json]`: hostile input in the long form. It may
 * be stopped at any time: after each stretch it writes down how far it came, and `--resume` goes on from there.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { KINDS } from "./fuzz/campaign.ts";
import { runStretch } from "./fuzz/run.ts";

const STRETCH = 20_000;
const MOST_KEPT = 200;

const State = z.object({
  done: z.number().int().nonnegative(),
  seconds: z.number(),
  slowest: z.object({ input: z.number(), kind: z.string(), ms: z.number() }),
  /** The largest heap at the end of a stretch, with all connectors in it. */
  heapMiB: z.number(),
  findings: z.array(z.object({ input: z.number(), kind: z.string(), error: z.string() })),
});
type State = z.infer<typeof State>;
const FRESH: State = { done: 0, seconds: 0, slowest: { input: 0, kind: "", ms: 0 }, heapMiB: 0, findings: [] };

export interface FuzzAsk {
  readonly inputs: number;
  readonly resume: boolean;
  readonly state: string;
  readonly say: (line: string) => void;
}

/** Plays the inputs that aren't played yet; what was found, and how long the slowest took. */
export async function measureFuzz(ask: FuzzAsk): Promise<State & { readonly inputs: number; readonly kinds: number }> {
  let state = ask.resume && existsSync(ask.state) ? State.parse(JSON.parse(readFileSync(ask.state, "utf8"))) : FRESH;
  while (state.done < ask.inputs) {
    const began = performance.now();
    const to = Math.min(ask.inputs, state.done + STRETCH);
    const { findings, slowest, heapMiB } = await runStretch(state.done, to);
    const isSlowest = slowest.ms > state.slowest.ms;
    state = {
      done: to,
      seconds: state.seconds + (performance.now() - began) / 1_000,
      slowest: isSlowest
        ? { input: slowest.input, kind: KINDS[slowest.input % KINDS.length] ?? "", ms: Math.round(slowest.ms) }
        : state.slowest,
      heapMiB: Math.max(state.heapMiB, heapMiB),
      findings: [...state.findings, ...findings].slice(0, MOST_KEPT),
    };
    keep(ask.state, state);
    ask.say(
      `${to} of ${ask.inputs} inputs, ${state.findings.length} findings, ${Math.round(state.seconds)} s, heap ${heapMiB} MiB`,
    );
  }
  return { ...state, seconds: Math.round(state.seconds), inputs: ask.inputs, kinds: KINDS.length };
}

/** Whole or not at all: a kill while writing leaves the state of before. */
function keep(file: string, state: State): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(state, null, 2));
  renameSync(`${file}.new`, file);
}
