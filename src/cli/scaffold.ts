/** `npm run connector -- new NAME`: a small connector that works, with its sandbox, contract, test and page, to be changed. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const TEMPLATES = join(import.meta.dirname, "scaffold");

/** The name can't be used; says why. */
export class BadName extends Error {}

const capital = (word: string) => word.slice(0, 1).toUpperCase() + word.slice(1);

/** Where each template goes. */
const placesOf = (key: string): readonly (readonly [template: string, path: string])[] => [
  ...["index", "api", "fields", "triggers", "actions"].map(
    (name) => [name, `src/connectors/${key}/${name}.ts`] as const,
  ),
  ["test", `src/connectors/${key}/${key}.test.ts`],
  ["sandbox", `playground/sandboxes/${key}/index.ts`],
  ["contract", `test/support/contracts/${key}.ts`],
  ["page", `docs/connectors/${key}.md`],
];

/** Puts lines into the lists that name every connector; throws where such a list looks other than it should. */
function register(root: string, key: string, camel: string, pascal: string, title: string): string[] {
  const changes: readonly (readonly [path: string, before: string, line: string])[] = [
    ["src/connectors/index.ts", "import type { Connector }", `import { ${camel} } from "./${key}/index.ts";`],
    ["src/connectors/index.ts", "  telegram,", `  ${camel},`],
    ["playground/sandboxes/index.ts", "import { makeReceiver }", `import { make${pascal} } from "./${key}/index.ts";`],
    ["playground/sandboxes/index.ts", "  makeReceiver,", `  make${pascal},`],
    ["docs/connectors.md", "| [Built-in]", `| [${title}](connectors/${key}.md) | new note | notes |`],
  ];
  for (const [path, before, line] of changes) {
    const text = readFileSync(join(root, path), "utf8");
    const at = text.indexOf(`\n${before}`);
    if (at < 0) throw new Error(`${path} has no line “${before}”`);
    writeFileSync(join(root, path), `${text.slice(0, at + 1)}${line}\n${text.slice(at + 1)}`);
  }
  return [...new Set(changes.map(([path]) => path))];
}

/** Writes everything for a new connector below `root`; answers with the paths that were written or changed. */
export function scaffold(root: string, key: string): string[] {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(key) || key.length > 30)
    throw new BadName("a name is made of lower-case letters, digits and single hyphens, 30 at most, as in acme-desk");
  const words = key.split("-");
  const pascal = words.map(capital).join("");
  const camel = pascal.slice(0, 1).toLowerCase() + pascal.slice(1);
  const title = words.map(capital).join(" ");
  const places = placesOf(key);
  const taken = places.map(([, path]) => path).find((path) => existsSync(join(root, path)));
  if (taken !== undefined) throw new BadName(`${taken} is there already`);

  for (const [template, path] of places) {
    const file = template === "page" ? "page.md.txt" : `${template}.ts.txt`;
    const text = readFileSync(join(TEMPLATES, file), "utf8")
      .replaceAll("__key__", key)
      .replaceAll("__camel__", camel)
      .replaceAll("__Pascal__", pascal)
      .replaceAll("__Title__", title);
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const written = [...places.map(([, path]) => path), ...register(root, key, camel, pascal, title)];
  // A longer name breaks lines elsewhere, and imports stand in order.
  const code = written.filter((path) => path.endsWith(".ts"));
  const biome = join(root, "node_modules/.bin/biome");
  if (existsSync(biome)) spawnSync(biome, ["check", "--write", ...code], { cwd: root });
  return written;
}
