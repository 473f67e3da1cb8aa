/** The rules of docs and design that a reader can't be asked to remember. */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, it } from "node:test";

const ROOT = join(import.meta.dirname, "..");
const files = globSync("{src,playground,test,bench}/**/*.ts", { cwd: ROOT, exclude: ["**/node_modules/**"] });
const isTest = (file: string) => file.endsWith(".test.ts") || file.startsWith("test/");
const text = (file: string) => readFileSync(join(ROOT, file), "utf8");

interface Import {
  readonly from: string;
  /** A path from the root for our own files, otherwise the package's name as written. */
  readonly to: string;
  readonly isType: boolean;
}
const IMPORT = /^\s*(?:import|export)\s+(type\s+)?(?:[\w*\s{},$]+?\s+from\s+)?["']([^"']+)["']/gm;
const DYNAMIC = /\bimport\(\s*["']([^"']+)["']\s*\)/g;

function importsOf(file: string): Import[] {
  const source = text(file);
  const found = [
    ...[...source.matchAll(IMPORT)].map(([, type, to = ""]) => ({ to, isType: type !== undefined })),
    ...[...source.matchAll(DYNAMIC)].map(([, to = ""]) => ({ to, isType: false })),
  ];
  return found.map(({ to, isType }) => ({
    from: file,
    to: to.startsWith(".") ? relative(ROOT, join(ROOT, dirname(file), to)) : to,
    isType,
  }));
}
const imports = files.filter((file) => !isTest(file)).flatMap(importsOf);
const inside = (path: string, ...folders: string[]) => folders.some((folder) => path.startsWith(`${folder}/`));

/** Each: what may not import what. */
const RULES: readonly { name: string; breaks(one: Import): boolean }[] = [
  {
    name: "bot, web and cli know the engine only by engine/index.ts",
    breaks: ({ from, to }) =>
      inside(from, "src/bot", "src/web", "src/cli") && inside(to, "src/engine") && to !== "src/engine/index.ts",
  },
  {
    name: "bot, web and cli import neither db nor a connector's folder",
    breaks: ({ from, to }) =>
      inside(from, "src/bot", "src/web", "src/cli") &&
      (inside(to, "src/db") || /^src\/connectors\/(?!kit\/)[^/]+\//.test(to)),
  },
  {
    name: "bot and web don't know each other, and nothing knows main.ts",
    breaks: ({ from, to }) =>
      (inside(from, "src/bot") && inside(to, "src/web")) ||
      (inside(from, "src/web") && inside(to, "src/bot")) ||
      to === "src/main.ts",
  },
  {
    name: "the engine knows of connectors only the kit",
    breaks: ({ from, to }) =>
      inside(from, "src/engine") && inside(to, "src/connectors") && !inside(to, "src/connectors/kit"),
  },
  {
    name: "the engine knows neither bot, web, cli nor configuration",
    breaks: ({ from, to }) =>
      inside(from, "src/engine") && (inside(to, "src/bot", "src/web", "src/cli") || to === "src/config.ts"),
  },
  {
    name: "the engine imports neither grammY nor Fastify",
    breaks: ({ from, to }) => inside(from, "src/engine") && /^(grammy|@grammyjs\/|fastify)/.test(to),
  },
  {
    name: "connectors import only the kit",
    breaks: ({ from, to }) =>
      inside(from, "src/connectors") &&
      inside(to, "src", "playground", "test") &&
      !inside(to, "src/connectors/kit") &&
      from !== "src/connectors/index.ts" &&
      dirname(to) !== dirname(from) &&
      !to.startsWith(`${from.split("/").slice(0, 3).join("/")}/`),
  },
  {
    name: "the kit imports no connector",
    breaks: ({ from, to }) =>
      inside(from, "src/connectors/kit") && inside(to, "src") && !inside(to, "src/connectors/kit"),
  },
  {
    name: "the playground imports nothing of src",
    breaks: ({ from, to }) => inside(from, "playground") && inside(to, "src"),
  },
  {
    name: "of src only main.ts and cli know the playground",
    breaks: ({ from, to }) =>
      inside(from, "src") && inside(to, "playground") && from !== "src/main.ts" && !inside(from, "src/cli"),
  },
  {
    name: "only the stores and db import tables or build SQL",
    breaks: ({ from, to, isType }) =>
      inside(from, "src") &&
      !inside(from, "src/db", "src/engine/store") &&
      !isType &&
      (to === "src/db/schema.ts" || to.startsWith("drizzle-orm") || to === "postgres") &&
      !SQL_ELSEWHERE.has(from),
  },
  {
    name: "product code imports nothing of test",
    breaks: ({ to }) => inside(to, "test"),
  },
];

/** Files outside the stores that touch the driver, with the reason. */
const SQL_ELSEWHERE = new Map([["src/engine/queue.ts", "pg-boss takes Drizzle's sql tag to join our transactions"]]);

/** Files over 400 lines, with the reason: each is one plain vocabulary. */
const LONG = new Map([
  ["src/engine/engine.ts", "the contract of the engine: interfaces only"],
  ["src/db/schema.ts", "every table, once"],
]);

describe("architecture", () => {
  for (const rule of RULES)
    it(rule.name, () => {
      const broken = imports.filter((one) => rule.breaks(one)).map(({ from, to }) => `${from} imports ${to}`);
      assert.deepEqual(broken, []);
    });

  it("no circles among imports; those of types alone may meet", () => {
    const to = Map.groupBy(
      imports.filter((one) => !one.isType),
      ({ from }) => from,
    );
    const done = new Set<string>();
    /** The way back to a file on the way here. */
    const circle = (file: string, way: readonly string[]): readonly string[] | null => {
      if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
      if (done.has(file)) return null;
      for (const next of to.get(file) ?? []) {
        const found = circle(next.to, [...way, file]);
        if (found) return found;
      }
      done.add(file);
      return null;
    };
    assert.deepEqual([...to.keys()].map((file) => circle(file, [])).find(Boolean) ?? [], []);
  });

  it("no SQL outside the stores and db", () => {
    const query =
      /\b(?:db|tx|client)\s*\.\s*(?:select|selectDistinct|insert|update|delete|execute|query)\s*[.(]|\bsql`/;
    const broken = files.filter(
      (file) =>
        inside(file, "src") && !inside(file, "src/db", "src/engine/store") && !isTest(file) && query.test(text(file)),
    );
    assert.deepEqual(broken, []);
  });

  it("no file over 400 lines", () => {
    const long = files.filter((file) => text(file).split("\n").length > 401 && !LONG.has(file));
    assert.deepEqual(long, []);
  });

  it("every test file has tests", () => {
    const empty = files.filter(
      (file) => file.endsWith(".test.ts") && !/^\s*(?:await )?(?:it|test)(?:\.\w+)?\(/m.test(text(file)),
    );
    assert.deepEqual(empty, []);
  });

  it("reads the imports of this very project", () => {
    assert.ok(imports.length > 100);
    assert.ok(imports.some((one) => one.to === "src/engine/parts.ts" && one.isType));
  });
});
