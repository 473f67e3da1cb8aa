/** What an account adds to a connector's declaration: custom fields and reference lists. A service that is down takes nothing away. */
import { setTimeout as pause } from "node:timers/promises";
import type { Connector, Context, Field, Json, JsonObject, ListItem } from "../../connectors/kit/define.ts";
import { within } from "../connection/within.ts";
import type { Connections, Scope } from "../engine.ts";
import type { Opener, Shared } from "../parts.ts";
import type { ActionStep, Bundle } from "./model.ts";
import type { FindConnector } from "./naming.ts";
import { unsealed } from "./secrets.ts";

/** A person waits for the screen; what comes later serves the next one. */
const DEADLINE_MS = 2_500;
/** A template asks for much at once, more than a service's limits let through: what is held back is asked for again. */
const TRIES = 5;
const PAUSE_MS = 600;
/** Short, so that a field just made at the service is there when the person comes back from it. */
const FRESH_MS = 15_000;
const MAX_REMEMBERED = 500;
const MAX_CHOICES = 1_000;

export interface AccountDeps extends Pick<Shared, "clock" | "log"> {
  readonly find: FindConnector;
  readonly opener: Pick<Opener, "open">;
  readonly connections: Pick<Connections, "options">;
}
interface Known {
  readonly fields: readonly Field[];
  readonly at: number;
}

export function makeAccount({ clock, log, find, opener, connections }: AccountDeps) {
  const known = new Map<string, Known>();
  const asking = new Map<string, Promise<readonly Field[]>>();

  /** The account's own fields: fresh, else the last ones that were read, else none. */
  async function custom(
    key: string,
    workspace: string,
    connection: string | null,
    connector: Connector,
    ask: (ctx: Context) => Promise<readonly Field[]>,
    isPatient = false,
  ): Promise<readonly Field[]> {
    const remembered = known.get(key);
    if (remembered !== undefined && clock.now().getTime() - remembered.at < FRESH_MS) return remembered.fields;
    const reading = () => {
      let running = asking.get(key);
      if (running === undefined) {
        running = read(key, workspace, connection, connector, ask).finally(() => asking.delete(key));
        running.catch(() => {});
        asking.set(key, running);
      }
      return running;
    };
    try {
      return await inTime(reading, isPatient);
    } catch (error) {
      log.info({ connector: connector.key, why: error instanceof Error ? error.name : "" }, "custom fields not read");
      return remembered?.fields ?? [];
    }
  }

  async function read(
    key: string,
    workspace: string,
    connection: string | null,
    connector: Connector,
    ask: (ctx: Context) => Promise<readonly Field[]>,
  ): Promise<readonly Field[]> {
    const { ctx } = await opener.open(workspace, connection, connector);
    const fields = await ask(ctx);
    if (known.size >= MAX_REMEMBERED) known.clear();
    known.set(key, { fields, at: clock.now().getTime() });
    return fields;
  }

  const isReachable = (connector: Connector, connection: string | null): boolean =>
    connection !== null || connector.auth.kind === "none";

  /** Declared input fields of an action and those of the account. */
  async function inputFields(workspace: string, step: ActionStep, isPatient = false): Promise<readonly Field[]> {
    const connector = find(step.connector);
    const action = connector?.actions.find(({ key }) => key === step.action);
    if (connector === undefined || action === undefined) return [];
    const { fieldsOf } = action;
    if (fieldsOf === undefined || !isReachable(connector, step.connection)) return action.fields;
    const key = JSON.stringify([
      "in",
      step.connection,
      connector.key,
      action.key,
      choicesIn(action.fields, step.input),
    ]);
    const input = unsealed(step.input);
    const own = await custom(key, workspace, step.connection, connector, (ctx) => fieldsOf(ctx, input), isPatient);
    return joined(action.fields, own);
  }

  /** Declared output fields of the trigger and those of the account. */
  async function outputFields(workspace: string, trigger: NonNullable<Bundle["trigger"]>): Promise<readonly Field[]> {
    const connector = find(trigger.connector);
    const declared = connector?.triggers.find(({ key }) => key === trigger.trigger);
    if (connector === undefined || declared === undefined) return [];
    const { outputOf } = declared;
    if (outputOf === undefined || !isReachable(connector, trigger.connection)) return declared.output;
    const key = JSON.stringify(["out", trigger.connection, connector.key, declared.key, trigger.options]);
    const own = await custom(key, workspace, trigger.connection, connector, (ctx) =>
      outputOf(ctx, unsealed(trigger.options)),
    );
    return joined(declared.output, own);
  }

  /** Lists that the fields choose from, read now where they never were; those that can't be had are left out. */
  async function lists(
    scope: Scope,
    connection: string | null,
    fields: readonly Field[],
    isPatient = false,
  ): Promise<Record<string, readonly ListItem[]>> {
    if (connection === null) return {};
    const names = new Set(
      fields.flatMap(({ kind, list }) => (kind === "reference" && list && !list.dependsOn ? [list.name] : [])),
    );
    const own = { workspace: scope.workspace, member: scope.member };
    const read = async (name: string): Promise<[string, readonly ListItem[]][]> => {
      try {
        const asked = () => connections.options(own, connection, name, { size: MAX_CHOICES });
        return [[name, (await inTime(asked, isPatient)).items]];
      } catch (error) {
        log.info({ list: name, why: error instanceof Error ? error.name : "" }, "list not read for a proposal");
        return [];
      }
    };
    if (!isPatient) return Object.fromEntries((await Promise.all([...names].map(read))).flat());
    const found: [string, readonly ListItem[]][] = [];
    for (const name of names) found.push(...(await read(name)));
    return Object.fromEntries(found);
  }

  return { inputFields, outputFields, lists };
}
export type Account = ReturnType<typeof makeAccount>;

async function inTime<T>(ask: () => Promise<T>, isPatient: boolean): Promise<T> {
  for (let left = isPatient ? TRIES : 1; ; left--) {
    try {
      return await within(ask(), DEADLINE_MS);
    } catch (error) {
      if (left <= 1) throw error;
      await pause(PAUSE_MS);
    }
  }
}

/** What was picked in lists may decide which fields there are: a sheet has columns of its own. */
const choicesIn = (fields: readonly Field[], input: JsonObject): readonly Json[] =>
  fields.flatMap(({ key, kind }) => (kind === "reference" || kind === "choice" ? [input[key] ?? null] : []));

function joined(declared: readonly Field[], own: readonly Field[]): readonly Field[] {
  const keys = new Set(declared.map(({ key }) => key));
  return [...declared, ...own.filter(({ key }) => !keys.has(key))];
}
