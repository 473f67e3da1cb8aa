/** Tells pages and tests what has changed: events to everybody who listens, and a revision of each conversation to wait on. */
import type { ServerResponse } from "node:http";
import type { State } from "./telegram/state.ts";

export type PlaygroundEvent =
  | { readonly type: "hello" }
  | { readonly type: "people" }
  | { readonly type: "chat"; readonly person: number; readonly chat: number }
  | { readonly type: "sandbox"; readonly key: string };

export interface Watch {
  tell(event: PlaygroundEvent): void;
  listen(response: ServerResponse): void;
  /** Differs from any earlier one as soon as the conversation looks different, restarts included. */
  revision(place: string): string;
  /** Waits until the conversation has another revision, the time is over, or nobody waits any more. */
  changed(place: string, revision: string, ms: number, gone: AbortSignal): Promise<void>;
  stop(): void;
}

const HEARTBEAT_MS = 15_000;

export function makeWatch(state: State): Watch {
  const boot = Date.now().toString(36);
  const revisions = new Map<string, number>();
  const listeners = new Set<ServerResponse>();
  const waiting = new Set<() => void>();
  const heartbeat = setInterval(() => {
    for (const response of listeners) response.write(": still here\n\n");
  }, HEARTBEAT_MS);
  heartbeat.unref();

  const revision = (place: string) => `${boot}.${revisions.get(place) ?? 0}.${revisions.get("*") ?? 0}`;

  function tell(event: PlaygroundEvent): void {
    for (const response of listeners) response.write(`data: ${JSON.stringify(event)}\n\n`);
  }

  const unwatch = state.watch((place) => {
    const [first = "", second] = place.split(".");
    const key = second === "*" ? "*" : place;
    revisions.set(key, (revisions.get(key) ?? 0) + 1);
    if (second === "*") tell({ type: "people" });
    else if (second !== undefined) tell({ type: "chat", person: Number(second), chat: Number(first) });
    else {
      const chat = Number(first);
      for (const person of state.groups.get(chat)?.people ?? []) tell({ type: "chat", person, chat });
    }
    for (const look of waiting) look();
  });

  return {
    tell,
    listen(response) {
      response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
      response.write(`data: ${JSON.stringify({ type: "hello" } satisfies PlaygroundEvent)}\n\n`);
      listeners.add(response);
      response.once("close", () => listeners.delete(response));
    },
    revision,
    changed(place, known, ms, gone) {
      if (revision(place) !== known) return Promise.resolve();
      return new Promise((resolve) => {
        const timer = setTimeout(end, ms);
        function end(): void {
          clearTimeout(timer);
          waiting.delete(look);
          resolve();
        }
        function look(): void {
          if (revision(place) !== known) end();
        }
        waiting.add(look);
        gone.addEventListener("abort", end, { once: true });
      });
    },
    stop() {
      unwatch();
      clearInterval(heartbeat);
      for (const response of listeners) response.end();
      for (const look of waiting) look();
    },
  };
}
