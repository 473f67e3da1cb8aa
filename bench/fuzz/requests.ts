/** What strangers send: webhook bodies, queries of consents, buttons' data, deep links, Telegram's updates. */
import { gzipSync } from "node:zlib";
import { parse, to } from "../../src/bot/callback.ts";
import { toldCommand } from "../../src/bot/commands.ts";
import { isLinkCode, placeLink, readPlace } from "../../src/bot/deeplink.ts";
import { chatOf, toRow } from "../../src/bot/inbox.ts";
import { connectors } from "../../src/connectors/index.ts";
import type { HookRequest, Json } from "../../src/connectors/kit/define.ts";
import { ConnectorError } from "../../src/connectors/kit/errors.ts";
import { parseJson, storableJson, stringifyJson } from "../../src/connectors/kit/json.ts";
import { fieldsOf } from "../../src/connectors/kit/oauth.ts";
import { objectOf } from "../../src/connectors/kit/read.ts";
import { readItems } from "../../src/engine/trigger/sift.ts";
import { MAX_BODY, readBody, Unreadable } from "../../src/web/body.ts";
import { parseForm } from "../../src/web/form.ts";
import type { Chance } from "./chance.ts";

const TYPES = [
  "",
  "application/json",
  "application/json; charset=windows-1251",
  "application/x-www-form-urlencoded",
  "application/x-www-form-urlencoded; charset=koi8-r",
  "multipart/form-data; boundary=xx",
  "multipart/form-data",
  "text/plain; charset=klingon",
  "application/vnd.api+json",
  "text/html",
] as const;
const HOOKS = connectors.flatMap((connector) =>
  connector.triggers.flatMap((trigger) => (trigger.hook ? [{ connector, trigger, hook: trigger.hook }] : [])),
);

const form = (chance: Chance): string =>
  Array.from({ length: chance.upTo(12) }, () => {
    const key = `${chance.once(2) ? "a" : chance.text().slice(0, 30)}${chance.pick(["", "[]", "[b]", "[b][]", "[__proto__][x]", `${"[a]".repeat(60)}`, "[0]", "[", "]"])}`;
    return `${chance.once(2) ? encodeURIComponent(key.toWellFormed()) : key}=${chance.text().slice(0, 100)}`;
  }).join("&");

const multipart = (chance: Chance): string =>
  `${Array.from(
    { length: chance.upTo(4) },
    () =>
      `--xx\r\ncontent-disposition: form-data; name="${chance.text().slice(0, 20)}"${chance.once(3) ? `; filename="${chance.text().slice(0, 9)}"` : ""}\r\n\r\n${chance.text().slice(0, 200)}\r\n`,
  ).join("")}--xx--\r\n`;

async function body(chance: Chance, seed: Json): Promise<{ body: Json; raw: string } | null> {
  const type = chance.pick(TYPES);
  const plain = type.includes("json")
    ? JSON.stringify(chance.mutated(seed))
    : type.includes("urlencoded")
      ? form(chance)
      : type.includes("multipart")
        ? multipart(chance)
        : chance.text();
  const text = chance.once(5) ? chance.spoiled(plain) : plain;
  const encoding = chance.once(8) ? chance.pick(["gzip", "deflate", "br", "zstd", chance.text().slice(0, 10)]) : "";
  const whole = Buffer.from(text).subarray(0, MAX_BODY);
  const bytes = encoding === "gzip" && chance.once(2) ? gzipSync(whole) : whole;
  try {
    return await readBody(bytes, chance.once(20) ? chance.text() : type, encoding);
  } catch (error) {
    if (error instanceof Unreadable) return null;
    throw error;
  }
}

/** A request is read and understood by the connector it is for, or refused; what was understood can be stored. */
export async function webhooks(chance: Chance): Promise<void> {
  const { connector, trigger, hook } = chance.pick(HOOKS);
  const read = await body(chance, chance.once(3) ? chance.json(4) : trigger.sample);
  if (read === null) return;
  const request: HookRequest = {
    method: chance.pick(["GET", "POST", "PUT"]),
    headers: { "content-type": chance.pick(TYPES), "x-hub-signature-256": chance.text(), authorization: chance.text() },
    query: parseForm(form(chance)),
    ...read,
    receivedAt: new Date("2026-06-01T12:00:00Z"),
  };
  const trust = { secret: "s".repeat(32), app: { id: "1", secret: "app-secret" } };
  const auth = Object.fromEntries(fieldsOf(connector.auth).map(({ key }) => [key, "demo"]));
  const options = Object.fromEntries(
    trigger.options.flatMap(({ key, initial }): [string, Json][] => (initial === undefined ? [] : [[key, initial]])),
  );
  try {
    hook.answer?.(request, options, auth, trust);
    hook.verify?.(request, options, auth, trust);
    void hook.routes?.(request);
    const items = hook.deliveries(request, options).map((item) => storableJson(item));
    for (const item of items) hook.isBare?.(item);
    // A connector that can't make sense of an item throws; the intake tells of it and takes the others.
    if (!hook.enrich) readItems(trigger, items, { since: null, repeats: "once", timeZone: "UTC" });
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw new Error(`${connector.key}: not a ConnectorError`, { cause: error });
  }
}

/** JSON that came in goes out the same and reaches nobody's prototype. */
export function json(chance: Chance): void {
  const text = chance.once(2) ? chance.spoiled(JSON.stringify(chance.json(5))) : JSON.stringify(chance.json(5));
  let value: Json;
  try {
    value = parseJson(text);
  } catch (error) {
    if (error instanceof SyntaxError) return;
    throw error;
  }
  const stored = storableJson(value);
  const again = stringifyJson(stored);
  if (stringifyJson(storableJson(parseJson(again))) !== again) throw new Error("JSON changed on its way");
  if (again.includes("\\u0000")) throw new Error("NUL went through");
}

/** What a browser may bring to the address of consents. */
export function consents(chance: Chance): void {
  const query = parseForm(
    chance.once(2) ? form(chance) : `state=${chance.text()}&code=${chance.text()}&referer=${chance.text()}`,
  );
  const texts = Object.fromEntries(
    Object.entries(query).flatMap(([key, value]): [string, string][] =>
      typeof value === "string" ? [[key, value]] : [],
    ),
  );
  for (const { auth } of connectors) {
    if (auth.kind !== "oauth2") continue;
    try {
      const kept = auth.grant.arrived?.(texts) ?? {};
      // The account's host comes from outside: only the service's own may pass.
      for (const value of Object.values(kept))
        if (/169\.254|localhost|127\.0/.test(value)) throw new Error(`passed: ${value}`);
      const brought = auth.grant.brought?.(objectOf(chance.mutated({ access_token: "a", api_domain: "x.example" })));
      JSON.stringify(brought ?? null);
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
    }
  }
}

/** Buttons' data and `start` parameters: read without a fault, and only looking places are led to. */
export function links(chance: Chance): void {
  const data = chance.once(2) ? chance.text() : chance.spoiled("runview:abcdefghijklmnopqrstuv:0");
  const { place, args } = parse(data);
  if ([place, ...args].join(":") !== data) throw new Error("a button's data changed");
  try {
    to(place, ...args);
  } catch (error) {
    if (Buffer.byteLength(data) <= 64) throw error;
  }
  const link = placeLink(data);
  if (link !== null && !/^[\w-]{1,64}$/.test(link)) throw new Error("no start parameter");
  const start = chance.once(2) ? chance.text() : chance.spoiled("o_runview_abcdef");
  const led = readPlace(start);
  if (led !== null && !READS.has(led[0])) throw new Error(`a link does ${led[0]}`);
  void [isLinkCode(start), toldCommand(chance.once(2) ? `/${chance.text()}` : chance.text())];
}
const READS = new Set(
  "home status history historyof runview incident card step trigger swap connection settings notices".split(" "),
);

const UPDATES: readonly Json[] = [
  {
    update_id: 1,
    message: {
      message_id: 1,
      date: 0,
      chat: { id: 5, type: "private" },
      from: { id: 5, is_bot: false, first_name: "A" },
      text: "/start",
    },
  },
  {
    update_id: 2,
    callback_query: {
      id: "1",
      from: { id: 5 },
      chat_instance: "",
      data: "home",
      message: { message_id: 1, date: 0, chat: { id: 5, type: "private" } },
    },
  },
  {
    update_id: 3,
    my_chat_member: {
      chat: { id: -5, type: "group" },
      from: { id: 5 },
      date: 0,
      new_chat_member: { status: "kicked" },
    },
  },
];

/** An update of any shape gets a row, so that one odd update never stops those behind it. */
export function updates(chance: Chance): void {
  let update = chance.pick(UPDATES);
  for (let times = 1 + chance.upTo(4); times > 0; times--) update = chance.mutated(update);
  if (typeof update !== "object" || update === null || Array.isArray(update)) return;
  const chat = chatOf(update as never);
  if (!Number.isSafeInteger(chat)) throw new Error(`no chat: ${String(chat)}`);
  toRow(update as never);
}
