/** How much of the memory requests may take together. */

/** Bytes of bodies under way; more senders than this are asked to come again. */
export const MOST_UNDER_WAY = 64 * 1_048_576;

export interface Load {
  /** Null when there is no room; else what to call when the request is over. */
  enter(bytes: number): (() => void) | null;
}

export function makeLoad(most: number = MOST_UNDER_WAY): Load {
  let under = 0;
  return {
    enter(bytes) {
      if (under + bytes > most) return null;
      under += bytes;
      let isOver = false;
      return () => {
        if (isOver) return;
        isOver = true;
        under -= bytes;
      };
    },
  };
}
