/**
 * `npm run bench -- [w1 …] [--rounds N] [--seconds N] [--json]`: the engine's speed, beside the least program that does
 * the same work on the same PostgreSQL in the same run. With --json the last line is one JSON object.
 * `npm run bench -- kills …` kills instead of measuring: see survival/kills.ts.
 */
import "../src/node.js";
import { parseArgs } from "node:util";
import { openHouse } from "./house.ts";
import { measureW1 } from "./w1.ts";

if (process.argv[2] === "kills") {
  const { killsCommand } = await import("./survival/kills.ts");
  await killsCommand(process.argv.slice(3));
  process.exit();
}
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: "boolean", default: false },
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "20" },
    // Of long forms that can be stopped and continued.
    inputs: { type: "string", default: "1000000" },
    resume: { type: "boolean", default: false },
    state: { type: "string", default: "artefacts/fuzz.json" },
  },
});
const ask = {
  rounds: Number(values.rounds),
  seconds: Number(values.seconds),
  say: (line: string) => console.error(line),
};
const MEASURES = { w1: measureW1 } as const;
if (positionals[0] === "fuzz" && positionals.length === 1) {
  // Needs no house: all of it happens in one thread.
  const { measureFuzz } = await import("./fuzz.ts");
  const { inputs, resume, state } = values;
  const fuzz = await measureFuzz({ inputs: Number(inputs), resume, state, say: ask.say });
  console.log(JSON.stringify({ fuzz }, null, values.json ? undefined : 2));
  process.exit(fuzz.findings.length > 0 ? 1 : 0);
}
const unknown = positionals.filter((name) => !(name in MEASURES));
if (unknown.length > 0) {
  console.error(`There is no measure ${unknown.join(", ")}: ${Object.keys(MEASURES).join(", ")}.`);
  process.exit(2);
}
const wanted = Object.entries(MEASURES).filter(([name]) => positionals.length === 0 || positionals.includes(name));

const results: Record<string, unknown> = {};
const house = await openHouse();
try {
  for (const [name, measure] of wanted) results[name] = await measure(house, ask);
} finally {
  await house.stop();
}
console.log(JSON.stringify(results, null, values.json ? undefined : 2));
