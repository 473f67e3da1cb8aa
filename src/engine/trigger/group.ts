/** Group commit: what comes while a transaction runs goes into the next one together. */

/** The store is behind by more than it may be; nothing was kept. */
export class Overloaded extends Error {
  override readonly name = "Overloaded";
}

export interface GroupOptions<T> {
  /** Most entries of one commit. */
  readonly size: number;
  /** Most entries that may wait; more are refused at once. */
  readonly room: number;
  /** All or nothing: rejects when nothing of the group was kept. */
  commit(entries: readonly T[]): Promise<void>;
  /** The store itself is away: trying the entries one by one would only wait for it again and again. */
  isOutage(error: unknown): boolean;
}

/** Measured: single commits cost ten times what rows in groups cost. Resolves when the entry is safely stored. */
export function makeGroup<T>({ size, room, commit, isOutage }: GroupOptions<T>): (entry: T) => Promise<void> {
  interface Waiting {
    readonly entry: T;
    readonly done: () => void;
    readonly failed: (error: unknown) => void;
  }
  let waiting: Waiting[] = [];
  let isBusy = false;

  async function settle(group: readonly Waiting[]): Promise<void> {
    try {
      await commit(group.map(({ entry }) => entry));
      for (const { done } of group) done();
    } catch (error) {
      const [only] = group;
      if (group.length <= 1 || isOutage(error)) {
        for (const { failed } of group) failed(error);
        if (!only) throw error;
      } else {
        // One entry that can't be stored doesn't take the others down.
        for (const one of group) await settle([one]);
      }
    }
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      // What arrived in the same turn of the event loop goes together.
      await new Promise((resolve) => setImmediate(resolve));
      const group = waiting.slice(0, size);
      waiting = waiting.slice(size);
      await settle(group);
    }
    isBusy = false;
  }

  return (entry) =>
    new Promise((done, failed) => {
      if (waiting.length >= room) {
        failed(new Overloaded("too many deliveries wait for the database"));
        return;
      }
      waiting.push({ entry, done, failed });
      if (isBusy) return;
      isBusy = true;
      void drain();
    });
}
