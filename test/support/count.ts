/** Counts leaf tests: suites and tests with subtests are headings, unless they fail by themselves. */
import type { Told } from "./reporter.ts";

export interface Counted {
  readonly verdict: "passed" | "failed" | "skipped" | "heading";
  readonly title: string;
}
export interface Sums {
  passed: number;
  failed: number;
  skipped: number;
}

export function makeCount() {
  const sums: Sums = { passed: 0, failed: 0, skipped: 0 };
  /** By file: whether a test one level deeper was told since the last one of this level. */
  const deeper = new Map<string, boolean[]>();

  return {
    sums,
    /** Children are told before the test that holds them. */
    add(told: Told): Counted {
      const seen = deeper.get(told.file) ?? [];
      deeper.set(told.file, seen);
      const hasChildren = seen[told.nesting + 1] === true;
      seen[told.nesting + 1] = false;
      seen[told.nesting] = true;
      const title = told.name;
      const isHeading = told.isSuite || hasChildren;
      if (told.type === "fail") {
        if (isHeading && told.failureType === "subtestsFailed") return { verdict: "heading", title };
        sums.failed++;
        return { verdict: "failed", title };
      }
      // A whole suite that is skipped tells of none of its tests.
      if (told.skip !== null && (!isHeading || !hasChildren)) {
        sums.skipped++;
        return { verdict: "skipped", title };
      }
      if (isHeading) return { verdict: "heading", title };
      sums.passed++;
      return { verdict: "passed", title };
    },
  };
}
