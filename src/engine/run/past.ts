/** Runs that go from their admission straight to this process' worker, past the queue. */
import type { PastQueue, Queue } from "../parts.ts";
import type { ClaimedRun } from "../store/runs.ts";

export interface PastDeps {
  readonly queue: Pick<Queue, "free" | "adopt">;
  readonly holder: string;
  /** Runs that this process works on; whoever wants the same one waits for it. */
  readonly active: Map<string, Promise<void>>;
  readonly carry: (run: ClaimedRun) => Promise<void>;
}

/** Opens one for a transaction. */
export function makePast({ queue, holder, active, carry }: PastDeps): () => PastQueue {
  return () => {
    const held = new Map<string, () => void>();
    const kept: ClaimedRun[] = [];
    const release = (id: string): void => {
      active.delete(id);
      held.get(id)?.();
      held.delete(id);
    };
    const drop = (): void => {
      for (const id of [...held.keys()]) release(id);
    };
    return {
      room: queue.free?.("run") ?? 0,
      holder,
      hold(id) {
        active.set(id, new Promise((resolve) => held.set(id, resolve)));
      },
      release,
      keep: (run) => void kept.push(run),
      kept: () => kept.length,
      begin() {
        for (const run of kept) queue.adopt?.("run", run.id, () => carry(run).finally(() => release(run.id)));
      },
      drop,
    };
  };
}
