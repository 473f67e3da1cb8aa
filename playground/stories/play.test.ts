import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { playStory } from "./play.ts";

test("a story whose app doesn't start leaves nothing behind", async (t) => {
  const place = await mkdtemp(join(tmpdir(), "svyazka-play-"));
  const before = process.env.TMPDIR;
  process.env.TMPDIR = place;
  t.after(async () => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    await rm(place, { recursive: true, force: true });
  });
  const story = { name: "never played", title: "", services: [], play: () => assert.fail("played") };
  await assert.rejects(playStory(story, { PORT: "no port" }), /ended with code/);
  assert.deepEqual(
    (await readdir(place)).filter((name) => name.startsWith("svyazka-story-")),
    [],
  );
});
