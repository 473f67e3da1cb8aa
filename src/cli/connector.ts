/**
 * `npm run connector -- new NAME` makes a connector to begin with; `try SERVICE CHECK|TRIGGER|ACTION --auth FILE
 * --input FILE` is one call of one connector from the shell.
 * Prints one JSON object; 0: it worked, 1: the service or the connector said no, 2: the command is wrong.
 */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { connectors } from "../connectors/index.ts";
import type { Action, Connector, Context, Field, HookRequest, JsonObject, Trigger } from "../connectors/kit/define.ts";
import { ConnectorError } from "../connectors/kit/errors.ts";
import { makeHttp } from "../connectors/kit/http.ts";
import { parseJson, stringifyJson } from "../connectors/kit/json.ts";
import { makeLimiter } from "../connectors/kit/limits.ts";
import { type Mask, makeMask, maskExchange, maskJson, secretsOf } from "../connectors/kit/mask.ts";
import { fieldsOf } from "../connectors/kit/oauth.ts";
import { isObject, objectOf, textOf } from "../connectors/kit/read.ts";
import { makeRecording } from "../connectors/kit/recording.ts";
import { isZone } from "../connectors/kit/time.ts";
import { BadName, scaffold } from "./scaffold.ts";

const USAGE = `npm run connector -- new NAME
  makes a small connector that works, with sandbox, contract, test and page: docs/connectors.md
npm run connector -- try SERVICE TARGET [--auth FILE] [--input FILE] [--exchange]
  SERVICE   a connector's key: ${connectors.map(({ key }) => key).join(", ")}
  TARGET    check, the key of a trigger or action, or list:NAME
  --auth    JSON file with the connection's values by field key
  --input   JSON file: an action's fields; a trigger's {"options", "since", "until", "cursor"} or {"request"}
  --exchange  also print what was sent and answered, secrets masked
ENDPOINT_<SERVICE> replaces the service's address. TZ and LANG count as the workspace's.`;

/** The command can't be understood; nothing was called. */
class Usage extends Error {}

function readJson(file: string | undefined): JsonObject {
  if (file === undefined) return {};
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    throw new Usage(`can't read ${file}`);
  }
  try {
    const value = parseJson(text);
    if (isObject(value)) return value;
  } catch {
    // falls through to the sentence
  }
  throw new Usage(`${file} doesn't hold a JSON object`);
}

/** `New Deal`, `new-deal` and `newDeal` name the same. */
const plain = (name: string) => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

function pick<T extends Trigger | Action>(all: readonly T[], name: string): T | undefined {
  const wanted = plain(name);
  return all.find((one) => [one.key, one.name.en, one.name.ru].some((known) => plain(known) === wanted));
}

function endpoints(): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (name.startsWith("ENDPOINT_") && value) found[name.slice("ENDPOINT_".length)] = value;
  }
  return found;
}

/** Proposals that stand for themselves fill what is left out; what is required and still empty is named. */
function withInitials(fields: readonly Field[], input: JsonObject): JsonObject {
  const whole: JsonObject = { ...input };
  for (const { key, initial, required, label } of fields) {
    const isEmpty = whole[key] === undefined || whole[key] === null || whole[key] === "";
    if (isEmpty && initial !== undefined && !initial.includes("{{")) whole[key] = initial;
    else if (isEmpty && required) {
      throw new ConnectorError(
        "data",
        { ru: `Не заполнено поле «${label.ru}» (${key}).`, en: `The field “${label.en}” (${key}) is empty.` },
        { field: key },
      );
    }
  }
  return whole;
}

/** A name that nobody reads is a mistyped one; it would be left out without a word. */
function refuseUnknown(given: JsonObject, known: readonly string[]): void {
  const unknown = Object.keys(given).filter((key) => !known.includes(key));
  if (unknown.length > 0) throw new Usage(`the input has no ${unknown.join(", ")}; it has: ${known.join(", ")}`);
}

const SPAN = ["since", "until", "cursor"];
function refuseUnknownOf(trigger: Trigger, input: JsonObject): void {
  const options = trigger.options.map(({ key }) => key);
  const isPlain = input.options === undefined && input.request === undefined;
  refuseUnknown(input, [...(isPlain ? options : ["options", "request"]), ...SPAN]);
  refuseUnknown(objectOf(input.options), options);
}

async function act(action: Action, ctx: Context, input: JsonObject): Promise<JsonObject> {
  const fields = action.fields.map(({ key }) => key);
  const isAsked = action.fieldsOf !== undefined && Object.keys(input).some((key) => !fields.includes(key));
  // Custom fields of the account; it is asked only where an input might be one.
  const custom = isAsked ? ((await action.fieldsOf?.(ctx, input)) ?? []) : [];
  refuseUnknown(input, [...fields, ...custom.map(({ key }) => key)]);
  return action.run(ctx, withInitials(action.fields, input), { key: randomUUID() });
}

async function poll(trigger: Trigger, ctx: Context, input: JsonObject): Promise<JsonObject> {
  const options = objectOf(input.options ?? input);
  const day = 24 * 60 * 60_000;
  const at = new Date(textOf(input.since) ?? ctx.now().getTime() - day);
  const until = new Date(textOf(input.until) ?? ctx.now().getTime());
  if (Number.isNaN(at.getTime()) || Number.isNaN(until.getTime()))
    throw new Usage("since and until are ISO date-times");
  const items: JsonObject[] = [];
  let cursor = input.cursor ?? null;
  for await (const page of trigger.poll?.items(ctx, options, { at, until, cursor }) ?? []) {
    items.push(...page.items);
    cursor = page.cursor ?? cursor;
  }
  return { items, cursor };
}

function hook(trigger: Trigger, ctx: Context, input: JsonObject): JsonObject {
  const given = objectOf(input.request);
  const options = objectOf(input.options);
  const body = given.body ?? null;
  const request: HookRequest = {
    method: textOf(given.method) ?? "POST",
    headers: Object.fromEntries(
      Object.entries(objectOf(given.headers)).map(([name, value]) => [name.toLowerCase(), String(value)]),
    ),
    query: objectOf(given.query),
    body,
    raw: textOf(given.raw) ?? (typeof body === "string" ? body : stringifyJson(body)),
  };
  const verified = trigger.hook?.verify?.(request, options, ctx.auth, TRUST) ?? true;
  return { verified, items: verified ? [...(trigger.hook?.deliveries(request, options) ?? [])] : [] };
}

/** Beside no running app there is no address of ours: signatures made with its secret can't be tried here. */
const TRUST = { secret: "", app: null };

type Call = (ctx: Context) => Promise<JsonObject>;

/** What the target names, before anything is read or called. */
function callOf(connector: Connector, target: string, input: JsonObject): Call {
  const { check } = connector;
  if (plain(target) === "check") {
    if (!check) throw new Usage(`${connector.key} has nothing to check`);
    return async (ctx) => {
      const { account, notes } = await check(ctx);
      return { account, ...(notes ? { notes: notes.map((note) => note[ctx.locale]) } : {}) };
    };
  }
  if (target.startsWith("list:")) {
    const list = connector.lists?.[target.slice("list:".length)];
    if (!list) throw new Usage(`${connector.key} has these lists: ${Object.keys(connector.lists ?? {}).join(", ")}`);
    return async (ctx) => {
      const { items, next } = await list.load(ctx, {}, undefined);
      return { items: items.map((item) => ({ ...item })), ...(next === undefined ? {} : { next }) };
    };
  }
  const action = pick(connector.actions, target);
  if (action) return (ctx) => act(action, ctx, input);
  const trigger = pick(connector.triggers, target);
  if (trigger) refuseUnknownOf(trigger, input);
  if (trigger?.hook && (input.request !== undefined || !trigger.poll)) return async (ctx) => hook(trigger, ctx, input);
  if (trigger?.poll) return (ctx) => poll(trigger, ctx, input);
  if (trigger) throw new Usage(`${target} fires by the clock; there is nothing to call`);
  const keys = [...connector.triggers, ...connector.actions].map(({ key }) => key);
  throw new Usage(`${connector.key} has no “${target}”; it has: check, ${keys.join(", ")}`);
}

function explain(error: unknown, mask: Mask): JsonObject {
  if (!(error instanceof ConnectorError)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return {
      class: "defect",
      sentence: { ru: "Ошибка в коннекторе.", en: "A mistake in the connector." },
      own: mask(text),
    };
  }
  const { own, field, code, retryAfterMs } = error.details;
  return {
    class: error.errorClass,
    sentence: { ru: mask(error.sentence.ru), en: mask(error.sentence.en) },
    ...(own === undefined ? {} : { own: mask(own) }),
    ...(field === undefined ? {} : { field }),
    ...(code === undefined ? {} : { code }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

function make(name: string): number {
  try {
    print({ ok: true, written: scaffold(join(import.meta.dirname, "../.."), name) });
    return 0;
  } catch (error) {
    if (error instanceof BadName) throw new Usage(error.message);
    throw error;
  }
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      auth: { type: "string" },
      input: { type: "string" },
      exchange: { type: "boolean" },
      help: { type: "boolean" },
    },
  });
  const [command, service, target] = positionals;
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  if (command === "new" && service) return make(service);
  if (command !== "try" || !service || !target) {
    process.stderr.write(`${USAGE}\n`);
    throw new Usage("the command is: try SERVICE TARGET, or new NAME");
  }
  const connector = connectors.find(({ key }) => key === service.toLowerCase());
  if (!connector)
    throw new Usage(`there is no connector “${service}”; there are: ${connectors.map(({ key }) => key).join(", ")}`);
  const auth = Object.fromEntries(
    Object.entries(readJson(values.auth)).map(([key, value]) => [key, textOf(value) ?? ""]),
  );
  const call = callOf(connector, target, readJson(values.input));
  const { secrets, others } = secretsOf(connector.auth, auth);
  const mask = makeMask(secrets, others);
  const recording = makeRecording();
  const clock = { now: () => new Date() };
  const http = makeHttp({ allowedHosts: [], endpoints: endpoints(), clock, limiter: makeLimiter() });
  const ctx: Context = {
    auth,
    http: http(connector, auth, recording.record),
    locale: /^ru/i.test(process.env.LANG ?? "") ? "ru" : "en",
    timeZone: isZone(process.env.TZ ?? "") ? (process.env.TZ ?? "UTC") : "Europe/Moscow",
    country: "RU",
    now: clock.now,
    tcp: {
      ...http.dial,
      record: (one) => recording.record(maskExchange(one, makeMask(secretsOf(connector.auth, auth).secrets))),
    },
  };
  const exchange = () => (values.exchange ? { exchange: recording.exchange() } : {});
  try {
    withInitials(fieldsOf(connector.auth), auth);
    const output = await call(ctx);
    print({ ok: true, output: maskJson(output, mask), ...exchange() });
    return 0;
  } catch (error) {
    if (error instanceof Usage) throw error;
    print({ ok: false, error: explain(error, mask), ...exchange() });
    return 1;
  } finally {
    await http.close();
  }
}

const print = (value: JsonObject) => process.stdout.write(`${stringifyJson(value)}\n`);

try {
  process.exitCode = await main();
} catch (error) {
  const isWrong = error instanceof Usage || (error instanceof TypeError && "code" in error);
  if (!isWrong) throw error;
  print({ ok: false, error: { class: "usage", message: error.message } });
  process.exitCode = 2;
}
