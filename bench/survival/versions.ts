/** Other versions of the app to run beside this one: the one before its newest migration, and one after a made-up one. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./world.ts";

/** The commit before the newest migration, laid out in the directory; null where there is no history of it. */
export function previousVersion(directory: string): string | null {
  const found = spawnSync("git", ["log", "-1", "--format=%H", "--", "drizzle/meta/_journal.json"], { cwd: ROOT });
  const commit = found.status === 0 ? found.stdout.toString().trim() : "";
  if (commit === "") return null;
  const files = spawnSync("git", ["archive", `${commit}~1`, "src", "drizzle", "package.json"], {
    cwd: ROOT,
    maxBuffer: 200_000_000,
  });
  // The first commit of a shallow clone has no parent.
  if (files.status !== 0) return null;
  mkdirSync(directory, { recursive: true });
  if (spawnSync("tar", ["-x", "-C", directory], { input: files.stdout }).status !== 0) return null;
  symlinkSync(join(ROOT, "node_modules"), join(directory, "node_modules"));
  return directory;
}

/** This version with one more migration, which takes the locks that a new column takes. */
export function nextVersion(directory: string): string {
  mkdirSync(directory, { recursive: true });
  for (const part of ["src", "playground", "drizzle", "package.json"])
    cpSync(join(ROOT, part), join(directory, part), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(directory, "node_modules"));
  const path = join(directory, "drizzle/meta/_journal.json");
  const journal = JSON.parse(readFileSync(path, "utf8")) as { entries: { idx: number; when: number; tag: string }[] };
  const last = journal.entries.at(-1);
  if (!last) throw new Error("there are no migrations");
  const tag = `${String(last.idx + 1).padStart(4, "0")}_next`;
  journal.entries.push({ ...last, idx: last.idx + 1, when: last.when + 1, tag });
  writeFileSync(path, JSON.stringify(journal));
  const columns = ["runs", "bundles", "outbox", "deliveries"];
  const statements = columns.map((table) => `ALTER TABLE "${table}" ADD COLUMN "of_next_version" text DEFAULT 'x';`);
  writeFileSync(join(directory, `drizzle/${tag}.sql`), statements.join("--> statement-breakpoint\n"));
  return directory;
}
