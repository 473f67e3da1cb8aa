/** Hostile services: every action, poll, list and check of every connector, answered with nonsense of the right words. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { connectors } from "../../src/connectors/index.ts";
import { baseOf } from "../../src/connectors/kit/base.ts";
import type { Connector, Context, Field, Http, Json, JsonObject } from "../../src/connectors/kit/define.ts";
import { ConnectorError } from "../../src/connectors/kit/errors.ts";
import { toAnswer } from "../../src/connectors/kit/failure.ts";
import { storableJson } from "../../src/connectors/kit/json.ts";
import { fieldsOf, tokenError, withTokens } from "../../src/connectors/kit/oauth.ts";
import { objectOf } from "../../src/connectors/kit/read.ts";
import type { Chance } from "./chance.ts";

const SOURCES = join(import.meta.dirname, "../../src/connectors");
const MOST_CALLS = 30;
const NOW = new Date("2026-06-01T12:00:00Z");

/** Names that a connector's code looks for: an answer made of them gets deeper than one of random letters. */
const wordsOf = new Map<string, readonly string[]>();
function words(connector: Connector): readonly string[] {
  const known = wordsOf.get(connector.key);
  if (known) return known;
  const text = globSync(`${connector.key}/*.ts`, { cwd: SOURCES })
    .filter((file) => !file.endsWith(".test.ts"))
    .map((file) => readFileSync(join(SOURCES, file), "utf8"))
    .join("\n");
  const found = [...new Set([...text.matchAll(/[.?]([a-zA-Z_]\w+)|"(\w{2,40})"/g)].map(([, a, b]) => a ?? b ?? ""))];
  wordsOf.set(connector.key, found.length > 0 ? found : ["data"]);
  return found;
}

function answerOf(chance: Chance, known: readonly string[], samples: readonly Json[], depth = 5): Json {
  const kind = chance.upTo(10);
  if (depth === 0 || kind < 2) return chance.once(2) ? chance.json(1) : String(chance.upTo(100_000));
  if (kind === 2 && samples.length > 0) return chance.mutated(chance.pick(samples));
  if (kind < 5) return Array.from({ length: chance.upTo(4) }, () => answerOf(chance, known, samples, depth - 1));
  return Object.fromEntries(
    Array.from({ length: 1 + chance.upTo(6) }, (): [string, Json] => [
      chance.pick(known),
      answerOf(chance, known, samples, depth - 1),
    ]),
  );
}

const STATUSES = [200, 200, 200, 200, 200, 201, 204, 301, 400, 401, 402, 403, 404, 409, 418, 422, 429, 500, 503];

function hostile(chance: Chance, connector: Connector, auth: Record<string, string>): Http {
  const samples = [...connector.triggers, ...connector.actions].map(({ sample }) => sample);
  let calls = 0;
  return async (call) => {
    // Reading on for ever is the service's doing; the engine's own limits end it.
    if (++calls > MOST_CALLS) throw new ConnectorError("temporary", { ru: "хватит", en: "enough" });
    // As the real way out does: an address that can't be made is refused before anything is sent.
    baseOf(connector, auth, {});
    const text = chance.once(8) ? chance.text() : JSON.stringify(answerOf(chance, words(connector), samples));
    const headers: Record<string, string> = chance.once(3) ? { "retry-after": chance.text(), link: chance.text() } : {};
    const wire = { status: chance.pick(STATUSES), headers, text: chance.once(10) ? chance.spoiled(text) : text };
    const answer = toAnswer(wire, call, connector.name, (given) => given);
    const error = connector.api?.error(answer, call) ?? null;
    if (error) throw error;
    return answer;
  };
}

function contextOf(chance: Chance, connector: Connector): Context {
  const auth = Object.fromEntries(
    fieldsOf(connector.auth).map((field): [string, string] => [field.key, field.initial ?? "demo"]),
  );
  const values = { ...auth, accessToken: "t".repeat(20), way: chance.once(2) ? "oauth" : "fields" };
  return {
    auth: values,
    http: hostile(chance, connector, values),
    locale: "ru",
    timeZone: "Europe/Moscow",
    country: "RU",
    now: () => NOW,
    app: { id: "app", secret: "secret" },
  };
}

/** A value of the field's kind, as conversion hands it on. */
function sampleOf(chance: Chance, field: Field): Json {
  switch (field.kind) {
    case "integer":
      return chance.upTo(1_000);
    case "decimal":
      return "10.50";
    case "boolean":
      return chance.once(2);
    case "dateTime":
      return "2026-05-05T10:00:00.000Z";
    case "phone":
      return "+79161234567";
    case "email":
      return "anna@example.com";
    case "choice":
      return field.choices?.[chance.upTo(field.choices.length)]?.value ?? "1";
    case "reference":
      return field.list === undefined ? "1" : String(1 + chance.upTo(50));
    case "object":
      return chance.json(2);
    default:
      return chance.once(3) ? chance.text() : "слово";
  }
}
function inputOf(chance: Chance, fields: readonly Field[]): JsonObject {
  return Object.fromEntries(
    fields.flatMap((field): [string, Json][] =>
      field.required === true || chance.once(2)
        ? [[field.key, field.many === true ? [sampleOf(chance, field)] : sampleOf(chance, field)]]
        : [],
    ),
  );
}

/** A service may say whatever it likes: the connector says what was wrong, and nothing else is thrown. */
export async function answers(chance: Chance): Promise<void> {
  const connector = chance.pick(SERVICES);
  const ctx = contextOf(chance, connector);
  const does: (() => Promise<unknown>)[] = [];
  if (connector.check) does.push(async () => connector.check?.(ctx));
  for (const list of Object.values(connector.lists ?? {})) does.push(() => list.load(ctx, {}, undefined));
  for (const trigger of connector.triggers) {
    const options = inputOf(chance, trigger.options);
    const { poll, hook } = trigger;
    const since = {
      at: new Date(NOW.getTime() - 3_600_000),
      until: NOW,
      cursor: chance.once(2) ? null : chance.json(2),
    };
    // VK's own poll waits for new messages by the clock.
    if (poll && connector.key !== "vk")
      does.push(async () => {
        let pages = 0;
        for await (const page of poll.items(ctx, options, since)) {
          for (const item of page.items) void [trigger.record(item), trigger.change(item), trigger.at(item, ctx)];
          if (++pages > 20) return;
        }
      });
    if (hook?.enrich) does.push(async () => hook.enrich?.(ctx, objectOf(chance.mutated(trigger.sample))));
    if (trigger.outputOf) does.push(async () => trigger.outputOf?.(ctx, options));
  }
  for (const action of connector.actions) {
    // As conversion hands it on: without what no address can hold.
    const input = storableJson(inputOf(chance, action.fields));
    const once = { key: "k".repeat(22), at: NOW };
    does.push(() => action.run(ctx, input, once));
    if (action.lookup) does.push(async () => action.lookup?.(ctx, input, once));
    if (action.fieldsOf) does.push(async () => action.fieldsOf?.(ctx, input));
    const { duplicates } = action;
    if (duplicates) does.push(() => duplicates.find(ctx, chance.pick(duplicates.keys), "1", input));
  }
  try {
    const made = await chance.pick(does)();
    // What it hands on is stored as JSON.
    JSON.stringify(made ?? null);
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw new Error(`${connector.key}: not a ConnectorError`, { cause: error });
  }
}
/** Built-in tools call nobody; e-mail speaks another protocol. */
const SERVICES = connectors.filter((one) => one.core !== true && one.api !== undefined);

/** Answers of token endpoints. */
export function tokens(chance: Chance): void {
  const service = { ru: "С", en: "S" };
  const seed: Json = { access_token: "a", refresh_token: "r", expires_in: 3600, token_type: "Bearer" };
  const text = chance.once(6) ? chance.text() : JSON.stringify(chance.mutated(seed));
  const wire = { status: chance.pick(STATUSES), headers: {}, text };
  const answer = toAnswer(wire, { path: "/", safe: true }, service, (given) => given);
  if (tokenError(answer, service) !== null) return;
  withTokens({}, {}, answer.json() as JsonObject, NOW);
}
