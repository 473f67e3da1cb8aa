/**
 * A bundle from a file: `npm run import -- FILE.json [--workspace ID] [--connection key=ID …] [--start] [--json]`.
 * Works beside a running app. 0: done; 1: refused, with a sentence; 2: the command is wrong.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { parseJson, stringifyJson } from "../connectors/kit/json.ts";
import { type BundleView, type Engine, type Json, type Locale, type Scope, UserError } from "../engine/index.ts";
import { openCommand } from "../open.ts";
import { shellLocale } from "../refusal.ts";
import { chooseWorkspace } from "./workspace.ts";

const USAGE = `npm run import -- FILE.json [--workspace ID] [--connection key=ID …] [--start] [--json]
  --connection  which connection to use for the file's service, e.g. retailcrm=3Bq…; may stand several times.
                Where a workspace has just one that works, it is used by itself
  --start       let the bundle run at once
  --json        print one JSON object`;

const NOT_STARTED = { ru: "Не запущена.", en: "Not started." } as const;

interface Command {
  readonly file: string;
  readonly workspace: string | undefined;
  readonly connections: Readonly<Record<string, string>>;
  readonly isStart: boolean;
  readonly isJson: boolean;
}

const command = readCommand(process.argv.slice(2));
if (command === null) {
  console.error(USAGE);
  process.exitCode = 2;
} else {
  await openCommand(({ engine }) => importBundle(engine, command));
}

function readCommand(args: string[]): Command | null {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        workspace: { type: "string" },
        connection: { type: "string", multiple: true },
        start: { type: "boolean" },
        json: { type: "boolean" },
      },
    });
    const [file, ...rest] = positionals;
    const pairs = (values.connection ?? []).map((pair) => /^([^=]+)=(.+)$/.exec(pair));
    if (file === undefined || rest.length > 0 || pairs.includes(null)) return null;
    const connections = Object.fromEntries(pairs.flatMap((pair) => (pair ? [[pair[1] ?? "", pair[2] ?? ""]] : [])));
    return {
      file,
      workspace: values.workspace,
      connections,
      isStart: values.start === true,
      isJson: values.json === true,
    };
  } catch {
    return null;
  }
}

async function importBundle(engine: Engine, { file, workspace, connections, isStart, isJson }: Command): Promise<void> {
  const content = readFile(file);
  const scope = await chooseWorkspace(engine, workspace);
  const imported = await engine.bundles.importFile(scope, content, connections);
  const { view, refusal } = isStart ? await start(engine, scope, imported) : { view: imported, refusal: null };
  const locale = shellLocale();
  console.log(isJson ? stringifyJson(summary(view, refusal, locale)) : spoken(view, locale));
  if (refusal === null) return;
  if (!isJson) console.error(`${NOT_STARTED[locale]} ${refusal.sentence[locale]}`);
  process.exitCode = 1;
}

/** The bundle is there even if it can't start: its id is printed either way. */
async function start(
  engine: Engine,
  scope: Scope,
  bundle: BundleView,
): Promise<{ view: BundleView; refusal: UserError | null }> {
  try {
    return { view: await engine.bundles.start(scope, bundle.id), refusal: null };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { view: bundle, refusal: error };
  }
}

function readFile(file: string): Json {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    throw new UserError({ ru: `Файл ${file} не читается.`, en: `The file ${file} can't be read.` });
  }
  try {
    return parseJson(text.replace(/^\ufeff/, ""));
  } catch (error) {
    const own = error instanceof Error ? error.message : "";
    throw new UserError({ ru: `В файле ${file} не JSON: ${own}`, en: `The file ${file} is not JSON: ${own}` });
  }
}

function summary(view: BundleView, refusal: UserError | null, locale: Locale): Json {
  const { id, number, name, state, address } = view;
  return { id, number, name, state, address, ...(refusal === null ? {} : { problem: refusal.sentence[locale] }) };
}

function spoken({ id, number, name, address }: BundleView, locale: Locale): string {
  const lines = [`№ ${number}  ${name}`, `id: ${id}`];
  if (address !== null) lines.push(`${locale === "ru" ? "адрес вебхука" : "webhook address"}: ${address}`);
  return lines.join("\n");
}
