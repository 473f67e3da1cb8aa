/** Asks a service for what is new: page by page with constant memory, the cursor kept with the items that it follows. */
import type { JsonObject, PollPage } from "../../connectors/kit/define.ts";
import { ConnectorError } from "../../connectors/kit/errors.ts";
import { storableJson } from "../../connectors/kit/json.ts";
import type { Opener, Queue, Shared, Tx } from "../parts.ts";
import { changeLeased, type Live, lockBundles, readLive, type TriggerChange } from "../store/triggers.ts";
import type { Intake } from "./intake.ts";
import { type Claim, LostClaim, leaseAfter, renewing } from "./lease.ts";
import { type Armed, armedLive, optionsOf } from "./live.ts";

const MINUTE_MS = 60_000;
/** Services show items late; a window reaches back over the one before, and keys drop what was seen. */
const OVERLAP_MINUTES = 10;
const CHUNK = 500;
/** A service that never ends its pages gives the others their turn; the next poll goes on from the cursor or the window. */
const MAX_PAGES = 10_000;

export interface AskingDeps extends Pick<Shared, "db" | "clock" | "vault" | "connectors"> {
  readonly opener: Pick<Opener, "open">;
  readonly queue: Pick<Queue, "wake">;
  readonly intake: Intake;
}

/** One claimed poll from opening the connection to its last page. Throws what the service answered. */
export function makeAsking({ db, clock, vault, connectors, opener, queue, intake }: AskingDeps) {
  async function keep(
    claim: Claim,
    items: readonly JsonObject[],
    isPriming: boolean,
    cursor: Pick<TriggerChange, "cursor">,
  ): Promise<void> {
    const { bundle, lease } = claim;
    const renewed = leaseAfter(lease, clock.now());
    const took = await db.transaction(async (tx) => {
      const { live, armed } = await readClaimed(tx, connectors, claim);
      const result = await intake.take(tx, live, armed, items, { from: "poll", isPriming });
      if (!(await changeLeased(tx, bundle, lease, { ...cursor, leasedUntil: renewed }))) throw new LostClaim();
      return result;
    });
    claim.lease = renewed;
    if (took.admitted > 0) queue.wake("run");
  }

  /** What the service gives no time of; an item that can't be read is told at the next regular poll. */
  function untimed({ items }: PollPage, { trigger }: Armed, live: Live): PollPage {
    const hasNoTime = (item: JsonObject): boolean => {
      try {
        return trigger.at(item, live.settings) === null;
      } catch {
        return false;
      }
    };
    return { items: items.filter(hasNoTime) };
  }

  async function keepPage(claim: Claim, page: PollPage, isPriming: boolean): Promise<void> {
    for (let from = 0; from === 0 || from < page.items.length; from += CHUNK) {
      const isLast = from + CHUNK >= page.items.length;
      // Only the last chunk carries the cursor: after a kill between two chunks the page is read again.
      const cursor = isLast && page.cursor !== undefined ? { cursor: storableJson(page.cursor) } : {};
      await keep(claim, page.items.slice(from, from + CHUNK), isPriming, cursor);
    }
  }

  /**
   * Answers with the end of the window that was read. `isQuiet`: the launch hours are closed, and only what is there
   * already without a time is listed; the first poll within the hours reads the whole window.
   */
  return async function ask(live: Live, armed: Armed, claim: Claim, isQuiet = false): Promise<Date> {
    const { poll } = armed.trigger;
    if (!poll) throw new Error("the trigger has no poll");
    const { row } = live;
    const until = clock.now();
    const overlap = (poll.overlapMinutes ?? OVERLAP_MINUTES) * MINUTE_MS;
    const mark = row.polledAt ?? row.since ?? until;
    // The first window reaches back too: services show items late. What is older than the start falls at the time mark.
    const since = { at: new Date(mark.getTime() - overlap), until, cursor: row.cursor };
    const isPriming = row.polledAt === null;
    // From here on a kill leaves a poll that is due, not one that was asked for.
    if (row.asked && !(await changeLeased(db, live.bundle, claim.lease, { asked: false, nextAt: until })))
      throw new LostClaim();
    const opened = await opener.open(live.workspace, armed.chosen.connection, armed.connector);
    let pages = 0;
    try {
      const renew = (lease: Date) => changeLeased(db, claim.bundle, claim.lease, { leasedUntil: lease });
      await renewing(claim, { now: clock.now, renew }, async (alone) => {
        for await (const page of poll.items(opened.ctx, optionsOf(armed, live.settings, vault), since)) {
          await alone(() => keepPage(claim, isQuiet ? untimed(page, armed, live) : page, isPriming));
          if (++pages >= MAX_PAGES) break;
        }
      });
    } catch (error) {
      throw masked(error, opened.mask);
    }
    return isQuiet ? mark : until;
  };
}

/** The bundle under its lock, as it is now; LostClaim when it is no longer this process' to ask for. */
export async function readClaimed(
  tx: Tx,
  connectors: Shared["connectors"],
  { bundle, lease }: Claim,
): Promise<{ live: Live; armed: Armed }> {
  await lockBundles(tx, [bundle]);
  const [live] = await readLive(tx, { ids: [bundle] });
  const armed = live && armedLive(connectors, live);
  if (!armed || live.state !== "active" || live.row.leasedUntil?.getTime() !== lease.getTime()) throw new LostClaim();
  return { live, armed };
}

/** The service's words may quote a key; whoever reads the error later has no mask. */
export function masked(error: unknown, mask: (text: string) => string): unknown {
  if (!(error instanceof ConnectorError) || error.details.own === undefined) return error;
  return new ConnectorError(error.errorClass, error.sentence, { ...error.details, own: mask(error.details.own) });
}
