/**
 * Which change of an order's status was told last, by a webhook or by a poll, so that the other one gives the same
 * change the same key. RemOnline numbers no changes: a webhook knows its moment, a poll only that of the last edit.
 */
import { createHash } from "node:crypto";
import type { Context, Json, JsonObject } from "../kit/define.ts";
import { objectOf, textOf } from "../kit/read.ts";

export interface Told {
  readonly status: string;
  readonly changeId: string;
  /** The change happened between these, by the clock of the service or, for `after`, of the poll before. */
  readonly after: string;
  readonly at: string;
}
const NAME = "remonline.status";
const DAY_MS = 86_400_000;
const KEPT_DAYS = 40;
/** How far the moments of one change may lie apart, and the clocks of both sides. */
const SLACK_MS = 60_000;
/** Where webhooks come at all, a poll leaves what is younger to them. */
const SETTLING_MS = 120_000;

const earlier = (at: string, ms: number): string => new Date(Date.parse(at) - ms).toISOString();
export const changeId = (order: Json | undefined, status: Json | undefined, at: string): string =>
  [order, status, at].map(String).join(":");

/** What both sides keep of one account's orders. Without a storage nothing is known, and each side tells for itself. */
export function ledgerOf(ctx: Context) {
  const account = createHash("sha256")
    .update(ctx.auth.apiKey?.trim() ?? "")
    .digest("base64url")
    .slice(0, 16);
  const keyOf = (order: string) => `${account}:${order}`;
  const heardKey = `${account}:heard`;
  const end = () => new Date(ctx.now().getTime() + KEPT_DAYS * DAY_MS);

  async function read(order: string): Promise<Told | null> {
    const value = objectOf((await ctx.storage?.get(NAME, keyOf(order)))?.value);
    const [status, id, after, at] = [value.status, value.changeId, value.after, value.at].map((one) => textOf(one));
    return status && id && after && at ? { status, changeId: id, after, at } : null;
  }
  async function write(order: string, told: Told): Promise<void> {
    await ctx.storage?.set(NAME, keyOf(order), { ...told }, end(), `remonline ${keyOf(order)} ${told.changeId}`);
  }

  return {
    /** Until when a poll may look: webhooks of this account are given the time to come first. */
    async settled(until: Date): Promise<Date> {
      const heard = await ctx.storage?.get(NAME, heardKey);
      return heard ? new Date(until.getTime() - SETTLING_MS) : until;
    },

    /** The key of a change that a webhook told: that of the same change when it was told before, else one of its own. */
    async heard(order: string, status: string, at: string, isBelieved: boolean): Promise<string> {
      const day = ctx.now().toISOString().slice(0, 10);
      await ctx.storage?.set(NAME, heardKey, true, end(), `remonline ${heardKey} ${day}`);
      const told = await read(order);
      const isSame = told?.status === status && (!isBelieved || (told.after <= at && earlier(at, SLACK_MS) <= told.at));
      if (told && isSame) return told.changeId;
      const id = changeId(order, status, at);
      // One that was under way for long is its own event, and no news of how the order is.
      if (told === null || told.at <= at)
        await write(order, { status, changeId: id, after: earlier(at, SLACK_MS), at });
      return id;
    },

    /** The same for a poll that looked at this order at `before` and now finds it edited at `at`; with the status told between. */
    async found(
      order: string,
      status: string,
      before: string,
      at: string,
    ): Promise<{ changeId: string; between: string | null }> {
      const after = earlier(before, SLACK_MS);
      const told = await read(order);
      const isRecent = told !== null && told.at >= after;
      if (isRecent && told.status === status) return { changeId: told.changeId, between: null };
      const id = changeId(order, status, at);
      await write(order, { status, changeId: id, after, at });
      return { changeId: id, between: isRecent ? told.status : null };
    },
  };
}

/** The status that an order has by itself, for who isn't believed about it. */
export const ownMoment = (order: JsonObject): string => textOf(order.modifiedAt) ?? new Date(0).toISOString();
