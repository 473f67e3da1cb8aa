/**
 * A bundle as a file on standard output: `npm run export -- ID [--workspace ID]`. ID is the bundle's id, or its number
 * in the workspace. No credentials are in it. 0: done; 1: refused, with a sentence; 2: the command is wrong.
 */
import { parseArgs } from "node:util";
import { stringifyJson } from "../connectors/kit/json.ts";
import { type Engine, type Scope, UserError } from "../engine/index.ts";
import { openCommand } from "../open.ts";
import { chooseWorkspace } from "./workspace.ts";

const command = readCommand(process.argv.slice(2));
if (command === null) {
  console.error("npm run export -- ID [--workspace ID] > FILE.json");
  process.exitCode = 2;
} else {
  await openCommand(async ({ engine }) => {
    const { scope, id } = await find(engine, command.bundle, command.workspace);
    console.log(stringifyJson(await engine.bundles.exportFile(scope, id), 2));
  });
}

function readCommand(args: string[]): { bundle: string; workspace: string | undefined } | null {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { workspace: { type: "string" } },
    });
    const [bundle, ...rest] = positionals;
    return bundle === undefined || rest.length > 0 ? null : { bundle, workspace: values.workspace };
  } catch {
    return null;
  }
}

/** An id is unique everywhere; a number only within a workspace. */
async function find(
  engine: Engine,
  bundle: string,
  workspace: string | undefined,
): Promise<{ scope: Scope; id: string }> {
  const isNumber = /^\d{1,9}$/.test(bundle);
  const all = workspace === undefined && !isNumber ? await engine.people.workspaces() : [];
  const scopes = all.length > 0 ? all.map(({ scope }) => scope) : [await chooseWorkspace(engine, workspace)];
  for (const scope of scopes) {
    const found = (await engine.bundles.list(scope)).find(
      ({ id, number }) => id === bundle || (isNumber && String(number) === bundle),
    );
    if (found !== undefined) return { scope, id: found.id };
  }
  throw new UserError({ ru: `Связки «${bundle}» нет.`, en: `There is no bundle “${bundle}”.` });
}
