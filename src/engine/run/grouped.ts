/** Writes of many runs as one statement: while one is under way, the next ones gather. Idle, nothing waits. */

/**
 * `write` answers per item, in order. Where a whole group fails, each item is tried alone, so that one bad item can't
 * take others with it.
 */
export function makeGrouped<Item, Answer>(
  write: (items: readonly Item[]) => Promise<readonly Answer[]>,
  limit = 100,
): (item: Item) => Promise<Answer> {
  interface Waiting {
    readonly item: Item;
    readonly resolve: (answer: Answer) => void;
    readonly reject: (error: unknown) => void;
  }
  let waiting: Waiting[] = [];
  let isWriting = false;

  async function settle(group: readonly Waiting[]): Promise<void> {
    try {
      const answers = await write(group.map(({ item }) => item));
      for (const [place, { resolve }] of group.entries()) resolve(answers[place] as Answer);
    } catch (error) {
      if (group.length === 1) group[0]?.reject(error);
      else for (const one of group) await settle([one]);
    }
  }

  async function drain(): Promise<void> {
    isWriting = true;
    while (waiting.length > 0) {
      // What several answers bring in one turn of the event loop goes together, and what follows at once from the last
      // group too: measured under load, twice as many a statement.
      await new Promise((resolve) => setImmediate(resolve));
      const group = waiting.slice(0, limit);
      waiting = waiting.slice(limit);
      await settle(group);
    }
    isWriting = false;
  }

  return (item) =>
    new Promise<Answer>((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (!isWriting) drain();
    });
}
