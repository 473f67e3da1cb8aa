/** Drains the outbox: what the engine wants a person to know becomes a message, or an edit of the card that is there. */
import type { Engine, OutboxItem } from "../engine/index.ts";
import type { Log } from "../log.ts";
import type { Show } from "./show.ts";

interface Deps {
  readonly engine: Engine;
  readonly show: Show;
  readonly log: Log;
}
export interface Alerts {
  start(): void;
  stop(): Promise<void>;
}
export function makeAlerts(_deps: Deps): Alerts {
  return { start() {}, async stop() {} };
}
export type { OutboxItem };
