/** Faults of services that hit one certain request: the sandbox's own switch is turned in the moment in which it comes. */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { openStore } from "../../playground/store.ts";
import type { House } from "./house.ts";

const STARTED = "http.server.request.start";

export interface Strike {
  readonly service: string;
  /** A value of the service's health switch for one call: `lost:1`, `cut:1`, `html:1` … */
  readonly fault: string;
  readonly method: "GET" | "POST";
  /** Of the address below the sandbox. */
  readonly path: RegExp;
}
export interface Strikes {
  /** Waits for the next such request; the promise resolves when it was hit. */
  on(strike: Strike): Promise<void>;
  /** How often requests of this kind came so far. */
  count(kind: Pick<Strike, "service" | "method" | "path">): number;
  close(): void;
}

/** Only for a house: its playground lives in this process, so no request can slip past. */
export function makeStrikes(house: House): Strikes {
  const store = openStore(join(house.dataDir, "playground.db"));
  const switches = store.collection<{ value: string }>("sandbox.switches");
  const came: { method: string; url: string }[] = [];
  let open: { strike: Strike; hit: () => void } | undefined;

  const fits = (kind: Pick<Strike, "service" | "method" | "path">, method: string, url: string) =>
    method === kind.method && url.startsWith(`/sandbox/${kind.service}/`) && kind.path.test(url.split("?")[0] ?? "");
  const hear = (message: unknown) => {
    const { request } = message as { request: IncomingMessage };
    const { method = "GET", url = "" } = request;
    if (!url.startsWith("/sandbox/")) return;
    came.push({ method, url });
    if (!open || !fits(open.strike, method, url)) return;
    switches.put(`${open.strike.service}.health`, { value: open.strike.fault });
    open.hit();
    open = undefined;
  };
  subscribe(STARTED, hear);

  return {
    on: (strike) =>
      new Promise((hit) => {
        open = { strike, hit };
      }),
    count: (kind) => came.filter(({ method, url }) => fits(kind, method, url)).length,
    close() {
      unsubscribe(STARTED, hear);
      store.close();
    },
  };
}
