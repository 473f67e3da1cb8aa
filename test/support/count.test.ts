import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { makeCount } from "./count.ts";
import type { Told } from "./reporter.ts";

const told = (change: Partial<Told>): Told => ({
  type: "pass",
  name: "x",
  file: "a.test.ts",
  nesting: 0,
  isSuite: false,
  ms: 1,
  skip: null,
  failureType: "",
  text: "",
  ...change,
});

describe("the count of tests", () => {
  it("counts leaves, not suites and not tests that hold others", () => {
    const count = makeCount();
    count.add(told({ nesting: 1 }));
    count.add(told({ nesting: 1, skip: "needs root" }));
    count.add(told({ isSuite: true }));
    count.add(told({ nesting: 2 }));
    count.add(told({ nesting: 1 }));
    count.add(told({ isSuite: true }));
    assert.deepEqual(count.sums, { passed: 2, failed: 0, skipped: 1 });
  });
  it("counts a failure once, where it happened", () => {
    const count = makeCount();
    count.add(told({ nesting: 1, type: "fail", failureType: "testCodeFailure" }));
    count.add(told({ isSuite: true, type: "fail", failureType: "subtestsFailed" }));
    assert.deepEqual(count.sums, { passed: 0, failed: 1, skipped: 0 });
  });
  it("counts a suite whose hook failed, and a file that broke before its first test", () => {
    const count = makeCount();
    count.add(told({ isSuite: true, type: "fail", failureType: "hookFailed" }));
    count.add(told({ file: "b.test.ts", type: "fail", failureType: "testCodeFailure" }));
    assert.equal(count.sums.failed, 2);
  });
  it("counts files apart", () => {
    const count = makeCount();
    count.add(told({ nesting: 1 }));
    count.add(told({ file: "b.test.ts" }));
    assert.equal(count.sums.passed, 2);
  });
});
