/** Bad days on request, and the log of what was called: for tests of how a bot behaves when Telegram doesn't. */

export type Fault = {
  /** Without a method: any but getUpdates, so that a bot still hears its updates. */
  readonly method?: string;
  readonly bot?: number;
  /** How many calls it meets; 1 by default. */
  readonly times?: number;
} & (
  | { readonly kind: "drop" }
  | { readonly kind: "cut" }
  | { readonly kind: "delay"; readonly ms: number }
  | { readonly kind: "error"; readonly code?: number; readonly description?: string }
  | { readonly kind: "flood"; readonly retryAfter: number }
);

export interface Call {
  at: number;
  bot: number;
  method: string;
  params: Record<string, unknown>;
  ok: boolean;
  code: number;
  description?: string;
}

export interface Faults {
  add(fault: Fault): void;
  clear(): void;
  /** The fault that this call meets, used up by it. */
  meet(bot: number, method: string): Fault | undefined;
  note(call: Call): void;
  calls(): readonly Call[];
}

const KEPT_CALLS = 1000;

export function makeFaults(): Faults {
  let waiting: { fault: Fault; left: number }[] = [];
  const calls: Call[] = [];
  return {
    add: (fault) => void waiting.push({ fault, left: fault.times ?? 1 }),
    clear: () => {
      waiting = [];
    },
    meet(bot, method) {
      const met = waiting.find(
        ({ fault }) =>
          (fault.method === undefined ? method !== "getupdates" : fault.method.toLowerCase() === method) &&
          (fault.bot === undefined || fault.bot === bot),
      );
      if (!met) return undefined;
      met.left -= 1;
      if (met.left <= 0) waiting = waiting.filter((other) => other !== met);
      return met.fault;
    },
    note(call) {
      calls.push(call);
      if (calls.length > KEPT_CALLS) calls.splice(0, calls.length - KEPT_CALLS);
    },
    calls: () => calls,
  };
}
