/** A connector against its sandbox over HTTP, the way the engine would call it. */

import { serveSandboxes } from "../../playground/sandboxes/serve.ts";
import { openStore } from "../../playground/store.ts";
import { connectors } from "../../src/connectors/index.ts";
import { endpointName } from "../../src/connectors/kit/base.ts";
import type { Connector, Context, JsonObject } from "../../src/connectors/kit/define.ts";
import { makeHttp } from "../../src/connectors/kit/http.ts";
import { makeRecording } from "../../src/connectors/kit/recording.ts";

export interface Service {
  readonly connector: Connector;
  readonly ctx: Context;
  /** Where the sandbox answers. */
  readonly base: string;
  /** A context with other values of the connection. */
  with(auth: Record<string, string>): Context;
  press(button: string, fields: Record<string, string>): Promise<unknown>;
  set(name: string, value: string): void;
  rows(table: string): readonly Record<string, unknown>[];
  run(action: string, input: JsonObject): Promise<JsonObject>;
  poll(
    trigger: string,
    options?: JsonObject,
    cursor?: JsonObject | null,
  ): Promise<{ items: JsonObject[]; cursor: JsonObject | null }>;
  exchange(): unknown;
  /** The service's clock and ours. */
  move(ms: number): void;
  stop(): Promise<void>;
}

export async function openService(key: string, more: { now?: number; timeZone?: string } = {}): Promise<Service> {
  // A second passes with every call, so that no test waits for a rate limit; limits have tests of their own.
  let passed = 0;
  const start = more.now ?? Date.now();
  const now = () => new Date(start + passed);
  const connector = connectors.find((one) => one.key === key);
  if (!connector) throw new Error(`no connector ${key}`);
  const served = await serveSandboxes({ store: openStore(":memory:"), now });
  const view = () => served.sandboxes.list().find((one) => one.key === key);
  const credentials = Object.fromEntries(view()?.credentials.map((one) => [one.key, one.value]) ?? []);
  const http = makeHttp({
    allowedHosts: served.hosts,
    endpoints: { [endpointName(key)]: view()?.endpoint ?? "" },
    clock: { now },
    limiter: { take: async () => () => {} },
  });
  const recording = makeRecording();
  const contextOf = (auth: Record<string, string>): Context => ({
    auth,
    http(call) {
      passed += 1_000;
      return http(connector, auth, recording.record)(call);
    },
    locale: "ru",
    timeZone: more.timeZone ?? "Europe/Moscow",
    country: "RU",
    now,
    tcp: { ...http.dial, record: recording.record },
  });
  const ctx = contextOf(credentials);
  let calls = 0;
  return {
    connector,
    ctx,
    base: view()?.base ?? "",
    with: contextOf,
    press: (button, fields) => served.sandboxes.press(key, button, fields),
    set: (name, value) => served.sandboxes.setSwitch(key, name, value),
    rows: (table) => view()?.tables.find((one) => one.name === table)?.rows ?? [],
    async run(name, input) {
      const action = connector.actions.find((one) => one.key === name);
      if (!action) throw new Error(`no action ${name}`);
      return action.run(ctx, input, { key: `once-${++calls}` });
    },
    async poll(name, options = {}, cursor = null) {
      const poll = connector.triggers.find((one) => one.key === name)?.poll;
      if (!poll) throw new Error(`no poll ${name}`);
      const items: JsonObject[] = [];
      let last = cursor;
      const since = { at: new Date(now().getTime() - 3_600_000), until: now(), cursor };
      for await (const page of poll.items(ctx, options, since)) {
        items.push(...page.items);
        last = (page.cursor as JsonObject | undefined) ?? last;
      }
      return { items, cursor: last };
    },
    exchange: recording.exchange,
    move(ms) {
      passed += ms;
    },
    async stop() {
      await http.close();
      await served.stop();
    },
  };
}
