/** A clock that stands until it is moved. */
export interface MovableClock {
  now(): Date;
  /** Forward by milliseconds. */
  move(ms: number): void;
  set(to: Date | string): void;
}

export function movableClock(start: Date | string = "2026-03-02T09:00:00Z"): MovableClock {
  let now = new Date(start).getTime();
  return {
    now: () => new Date(now),
    move: (ms) => {
      now += ms;
    },
    set: (to) => {
      now = new Date(to).getTime();
    },
  };
}
