/** Hostile input, 20 000 of it; the long form is `npm run bench -- fuzz`, and docs/security.md has its figures. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { KINDS } from "../bench/fuzz/campaign.ts";
import { runStretch } from "../bench/fuzz/run.ts";

test("20 000 hostile inputs: no crash, no hang, no leak, no wrong state", { timeout: 500_000 }, async (t) => {
  const { findings, slowest, heapMiB } = await runStretch(0, 20_000);
  t.diagnostic(`${KINDS.join(", ")}; the slowest took ${Math.round(slowest.ms)} ms; heap ${heapMiB} MiB`);
  assert.deepEqual(findings, []);
});
