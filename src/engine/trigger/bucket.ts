/** Token buckets: so many a second, so many at once. */

export interface Buckets {
  /** Takes one; milliseconds to wait when there is none. */
  take(key: string, now: number): number;
}

/** Keys come from outside, so only the `most` latest are remembered; a forgotten one is full again. */
export function makeBuckets({ rate, burst, most }: { rate: number; burst: number; most: number }): Buckets {
  const buckets = new Map<string, { level: number; at: number }>();
  return {
    take(key, now) {
      const known = buckets.get(key);
      const level = known ? Math.min(burst, known.level + (Math.max(0, now - known.at) / 1_000) * rate) : burst;
      const isAllowed = level >= 1;
      buckets.delete(key);
      buckets.set(key, { level: isAllowed ? level - 1 : level, at: now });
      if (buckets.size > most) for (const oldest of buckets.keys()) if (buckets.delete(oldest)) break;
      return isAllowed ? 0 : Math.ceil(((1 - level) / rate) * 1_000);
    },
  };
}
