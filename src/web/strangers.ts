/** Addresses on the internet that guess ours. */

/** A minute of guesses at most; who guesses on is turned away before the database is asked. */
const GUESSES = 60;
const WINDOW_MS = 60_000;
const MOST = 10_000;

export interface Strangers {
  /** Seconds to wait; 0 for who may go on. An address of ours that `from` used rightly before stays open to it. */
  wait(from: string, token: string): number;
  /** Counts what came of a request: a wrong address or signature is a guess. */
  note(from: string, token: string, status: number): void;
}

export function makeStrangers(now: () => number = () => performance.now()): Strangers {
  const guesses = new Map<string, { count: number; since: number }>();
  const known = new Set<string>();

  const trim = (map: { size: number; keys(): Iterable<string>; delete(key: string): boolean }): void => {
    if (map.size > MOST) for (const oldest of map.keys()) if (map.delete(oldest)) return;
  };

  return {
    wait(from, token) {
      const guessed = guesses.get(from);
      if (!guessed || guessed.count < GUESSES || known.has(`${from} ${token}`)) return 0;
      const left = guessed.since + WINDOW_MS - now();
      if (left > 0) return Math.ceil(left / 1_000);
      guesses.delete(from);
      return 0;
    },
    note(from, token, status) {
      if (status < 300) {
        known.add(`${from} ${token}`);
        trim(known);
      } else if (status === 404 || status === 401) {
        const guessed = guesses.get(from);
        const isFresh = guessed && guessed.since + WINDOW_MS > now();
        guesses.set(from, isFresh ? { ...guessed, count: guessed.count + 1 } : { count: 1, since: now() });
        trim(guesses);
      }
    },
  };
}
