/** Bundles on a real database with two made-up services: a hook that brings calls, a CRM that creates customers. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { Action, Connector, Field, JsonObject, Text } from "../../src/connectors/kit/define.ts";
import { ConnectorError } from "../../src/connectors/kit/errors.ts";
import { connections as connectionTable } from "../../src/db/schema.ts";
import { makeBundles } from "../../src/engine/bundle/bundles.ts";
import type { Edit } from "../../src/engine/bundle/edits.ts";
import { makeConnections } from "../../src/engine/connection/connections.ts";
import { makeVault } from "../../src/engine/connection/vault.ts";
import type { Bundles, BundleView, Scope } from "../../src/engine/engine.ts";
import { newId } from "../../src/engine/id.ts";
import { makeOnce } from "../../src/engine/once.ts";
import type { EngineSettings, Opener, Queue } from "../../src/engine/parts.ts";
import { makePeople } from "../../src/engine/people/people.ts";
import { makeAdmission } from "../../src/engine/run/admission.ts";
import { makeTriggers } from "../../src/engine/trigger/triggers.ts";
import { makeLog } from "../../src/log.ts";
import { movableClock } from "./clock.ts";
import { type FreshDatabase, freshDatabase } from "./database.ts";

export interface Workshop {
  readonly fresh: FreshDatabase;
  readonly bundles: Bundles;
  readonly connectors: readonly Connector[];
  /** Two people with workspaces of their own. */
  readonly scope: Scope;
  readonly other: Scope;
  /** The first one's account of the CRM. */
  readonly connection: string;
  readonly clock: ReturnType<typeof movableClock>;
  /** Jobs that were sent to the queue. */
  readonly sent: () => number;
  /** The CRM stops answering, or answers again. */
  readonly setDown: (isDown: boolean) => void;
  /** What the CRM's poll brings. */
  readonly setCustomers: (items: readonly JsonObject[]) => void;
  /** A bundle made by these edits. */
  built(...edits: Edit[]): Promise<BundleView>;
}

export const CALL: Edit = { do: "setTrigger", connector: "hook", trigger: "call", connection: null };

export async function workshop(): Promise<Workshop> {
  let isDown = false;
  let customers: readonly JsonObject[] = [];
  let sent = 0;
  const clock = movableClock();
  const settings: EngineSettings = {
    access: "playground",
    roles: new Set(),
    publicUrl: "http://127.0.0.1:1",
    endpoints: {},
    allowedHosts: [],
    hookRate: 100,
  };
  const fresh = await freshDatabase();
  const { db } = fresh;
  const log = makeLog("silent");
  const vault = makeVault({ key: randomBytes(32) });
  const queue: Queue = {
    start: async () => {},
    stop: async () => {},
    isReady: async () => true,
    send: async (_, __, jobs) => {
      sent += jobs.length;
    },
    work: () => {},
    wake: () => {},
  };
  const opener: Opener = {
    open: async () => ({
      ctx: {
        auth: {},
        http: () => Promise.reject(new Error("no way out")),
        locale: "ru",
        timeZone: "Europe/Moscow",
        country: "RU",
        now: clock.now,
      },
      exchange: () => [],
      mask: (given) => given,
    }),
    setBroken: async () => {},
  };
  const shared = {
    db,
    clock,
    log,
    vault,
    connectors: [
      crm(
        () => isDown,
        () => customers,
      ),
      hook,
    ],
    settings,
    queue,
    process: "test",
  };
  const once = makeOnce({ db });
  const triggers = makeTriggers({ ...shared, opener });
  const connections = makeConnections({ ...shared, opener, once, notify: async () => {}, triggers });
  const probe = { dry: async () => [] };
  const bundles = makeBundles({
    ...shared,
    opener,
    once,
    triggers,
    connections,
    probe,
    admission: makeAdmission(shared),
  });
  const people = makePeople(shared);
  const [anna, bob] = [
    await people.enter({ telegramId: 1, name: "Анна", language: "ru" }),
    await people.enter({ telegramId: 2, name: "Bob", language: "en" }),
  ];
  assert.ok(anna && bob);
  const { scope } = anna;
  const connection = newId();
  await db.insert(connectionTable).values({
    id: connection,
    workspace: scope.workspace,
    connector: "crm",
    name: "Моя CRM",
    state: "alive",
    secret: vault.seal("{}"),
  });
  return {
    fresh,
    bundles,
    connectors: shared.connectors,
    scope,
    other: bob.scope,
    connection,
    clock,
    sent: () => sent,
    setDown: (down) => {
      isDown = down;
    },
    setCustomers: (items) => {
      customers = items;
    },
    async built(...edits) {
      let view = await bundles.create(scope);
      for (const edit of edits) view = await bundles.edit(scope, view.id, view.revision, edit);
      return view;
    },
  };
}

const text = (both: string): Text => ({ ru: both, en: both });
const field = (key: string, ru: string, more: Partial<Field> = {}): Field => ({
  key,
  label: { ru, en: key },
  kind: "text",
  ...more,
});
const run = async (): Promise<JsonObject> => ({});

const create = (isDown: () => boolean): Action => ({
  key: "create",
  name: { ru: "Новый клиент", en: "New customer" },
  kind: "create",
  safe: false,
  fields: [
    field("shop", "Магазин", { kind: "reference", list: { name: "shops" }, common: true }),
    field("phone", "Телефон", { kind: "phone", meaning: "phone", required: true }),
    field("note", "Заметка"),
  ],
  fieldsOf: async () => {
    if (isDown()) throw new ConnectorError("temporary", text("down"));
    return [field("custom_utm", "utm_source", { custom: true })];
  },
  output: [field("id", "ID клиента", { meaning: "customer.id" }), field("note", "Заметка")],
  sample: { id: "501", note: "VIP" },
  run,
  duplicates: { keys: ["phone"], find: async () => [] },
});
const crm = (isDown: () => boolean, customers: () => readonly JsonObject[]): Connector => ({
  key: "crm",
  name: text("CRM"),
  about: text("CRM"),
  auth: { kind: "fields", fields: [field("key", "Ключ", { required: true, secret: true })], steps: [] },
  lists: {
    shops: { label: text("Shops"), load: async () => ({ items: [{ value: "shop-1", label: "Мой магазин" }] }) },
  },
  triggers: [
    {
      key: "customer",
      name: { ru: "Новый клиент", en: "New customer" },
      options: [],
      output: [field("id", "ID", { meaning: "customer.id" }), field("name", "Имя", { meaning: "name.full" })],
      sample: { id: "77", name: "Анна" },
      poll: {
        async *items() {
          if (isDown()) throw new ConnectorError("temporary", text("down"));
          yield { items: [...customers()], cursor: null };
        },
      },
      record: (item) => String(item.id),
      change: (item) => String(item.id),
      at: () => null,
    },
  ],
  actions: [create(isDown)],
});
const hook: Connector = {
  key: "hook",
  name: text("Hook"),
  about: text("Hook"),
  auth: { kind: "none" },
  triggers: [
    {
      key: "call",
      name: { ru: "Звонок", en: "Call" },
      options: [field("only", "Какие", { initial: "all" })],
      output: [
        field("callId", "ID звонка", { meaning: "call.id" }),
        field("caller", "Номер звонящего", { kind: "phone", meaning: "phone" }),
        field("utmSource", "utm_source", { meaning: "utm.source" }),
      ],
      sample: { callId: "1", caller: "79990000001", utmSource: "yandex" },
      hook: { scope: "bundle", deliveries: () => [] },
      record: (item) => String(item.callId),
      change: (item) => String(item.callId),
      at: () => null,
    },
  ],
  actions: [
    {
      key: "say",
      name: text("Say"),
      kind: "other",
      safe: true,
      fields: [field("words", "Слова", { required: true }), field("pin", "ПИН", { secret: true })],
      output: [],
      sample: {},
      run,
    },
  ],
};
