/** Every story is played on an app of its own, as `npm run story` does it. */
import assert from "node:assert/strict";
import { availableParallelism } from "node:os";
import { describe, it } from "node:test";
import { STORIES } from "../playground/stories/index.ts";
import { playStory } from "../playground/stories/play.ts";

/** Beside them another file is always at work. */
const concurrency = availableParallelism() > 3 ? 2 : 1;

describe("stories", { concurrency }, () => {
  for (const story of STORIES)
    it(`${story.name}: ${story.title}`, { timeout: 170_000 }, async (t) => {
      const outcome = await playStory(story);
      t.diagnostic(`${outcome.seconds} s, ${outcome.chat.sent} texts, ${outcome.chat.pressed} buttons`);
      assert.deepEqual(outcome.failures, []);
      for (const service of story.services)
        assert.ok(Object.keys(outcome.records[service] ?? {}).length > 0, `${service} reports its records`);
    });
});
