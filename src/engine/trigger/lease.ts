/** Leases of what a process asks a service about: short, and renewed while the service is asked. */

/** What a killed process was asking is soon asked by another. */
export const LEASE_MS = 20_000;
const RENEW_MS = 5_000;

/** Another process took it over, or it was paused or changed meanwhile: what was asked is not ours. */
export class LostClaim extends Error {
  override readonly name = "LostClaim";
}

/** What this process has taken; the lease is renewed by every page and fences off whoever lost it. */
export interface Claim {
  readonly bundle: string;
  lease: Date;
}

export type Alone = <T>(act: () => Promise<T>) => Promise<T>;

/** The lease after this one; never the same, because its value is the fence. */
export function leaseAfter(lease: Date, now: Date): Date {
  return new Date(Math.max(now.getTime() + LEASE_MS, lease.getTime() + 1));
}

/**
 * Renews the lease while `work` goes on; never at the same time as what `work` does alone, which renews it too.
 * `renew` answers whether the lease was still ours.
 */
export async function renewing(
  claim: Claim,
  { now, renew }: { now: () => Date; renew: (lease: Date) => Promise<boolean> },
  work: (alone: Alone) => Promise<void>,
): Promise<void> {
  let going: Promise<unknown> = Promise.resolve();
  let isBusy = false;
  const alone: Alone = async (act) => {
    isBusy = true;
    try {
      await going;
      return await act();
    } finally {
      isBusy = false;
    }
  };
  const timer = setInterval(() => {
    if (isBusy) return;
    going = going.then(async () => {
      const lease = leaseAfter(claim.lease, now());
      // Lost, or the database is away: the next page finds out.
      if (await renew(lease).catch(() => false)) claim.lease = lease;
    });
  }, RENEW_MS);
  try {
    await work(alone);
  } finally {
    clearInterval(timer);
    await going;
  }
}
