/** Plays one story on an app of its own and tells how it went. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type App, startApp } from "./app.ts";
import type { Story } from "./index.ts";
import { allRecords, makeStage, type Rows } from "./stage.ts";

export interface Outcome {
  readonly story: string;
  readonly ok: boolean;
  readonly seconds: number;
  readonly chat: { readonly sent: number; readonly pressed: number };
  readonly records: Readonly<Record<string, Readonly<Record<string, Rows>>>>;
  readonly failures: readonly string[];
}

/** Starts the app on an empty data directory, plays, stops it, and leaves nothing behind. */
export async function playStory(story: Story, env: Record<string, string> = {}): Promise<Outcome> {
  const dataDir = await mkdtemp(join(tmpdir(), "svyazka-story-"));
  let app: App | null = null;
  try {
    app = await startApp({ dataDir, env });
    const began = Date.now();
    const stage = await makeStage(app.url);
    await story
      .play(stage)
      .catch((error: unknown) => stage.failures.push(error instanceof Error ? error.message : String(error)));
    const records = await allRecords(app.url);
    return {
      story: story.name,
      ok: stage.failures.length === 0,
      seconds: Math.round((Date.now() - began) / 100) / 10,
      chat: { ...stage.person.counts },
      records: Object.fromEntries(story.services.map((key) => [key, records[key] ?? {}])),
      failures: stage.failures,
    };
  } finally {
    await app?.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}
