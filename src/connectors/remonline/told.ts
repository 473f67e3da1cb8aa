/**
 * Which change of an order's status was told last, by a webhook or by a poll, so that the other one gives the same
 * change the same key. RemOnline numbers no changes: a webhook knows its moment, a poll only that of the last edit.
 */
import { createHash } from "node:crypto";
import type { Context, Json, JsonObject } from "../kit/define.ts";
import { objectOf, textOf } from "../kit/read.ts";

interface Told {
  readonly status: string;
  readonly changeId: string;
  /** The change happened between these: a webhook knows its moment, a poll the time that it didn't look. */
  readonly after: string;
  readonly at: string;
}
const NAME = "remonline.status";
const DAY_MS = 86_400_000;
const KEPT_DAYS = 40;
/** How far the clocks of both sides may lie apart. */
const SLACK_MS = 60_000;
/** Where webhooks come at all, a poll leaves what is younger to them. */
const SETTLING_MS = 120_000;

const earlier = (at: string, ms: number): string => new Date(Date.parse(at) - ms).toISOString();
export const changeId = (order: Json | undefined, status: Json | undefined, at: string): string =>
  [order, status, at].map(String).join(":");
/** When an order was edited last. */
export const editedAt = (order: JsonObject): string => textOf(order.modifiedAt) ?? new Date(0).toISOString();

/**
 * What both sides keep of one account's orders: of each status when it was told last (webhooks of several changes are
 * read side by side, and none must hide another), and which status was the last. Without a storage nothing is known,
 * and each side tells for itself.
 */
export function ledgerOf(ctx: Context) {
  const account = createHash("sha256")
    .update(ctx.auth.apiKey?.trim() ?? "")
    .digest("base64url")
    .slice(0, 16);
  const heardKey = `${account}:heard`;
  const lastOf = (order: string) => `${account}:${order}`;
  const ownOf = (order: string, status: string) => `${account}:${order}:${status}`;
  const end = () => new Date(ctx.now().getTime() + KEPT_DAYS * DAY_MS);

  async function read(key: string): Promise<Told | null> {
    const value = objectOf((await ctx.storage?.get(NAME, key))?.value);
    const [status, id, after, at] = [value.status, value.changeId, value.after, value.at].map((one) => textOf(one));
    return status && id && after && at ? { status, changeId: id, after, at } : null;
  }
  /** A change that was under way for long is no news of how the order is. */
  async function write(key: string, before: Told | null, told: Told): Promise<void> {
    if (before !== null && before.at > told.at) return;
    await ctx.storage?.set(NAME, key, { ...told }, end(), `remonline ${key} ${told.changeId}`);
  }

  return {
    /** Until when a poll may look: webhooks of this account are given the time to come first. */
    async settled(until: Date): Promise<Date> {
      const heard = await ctx.storage?.get(NAME, heardKey);
      return heard ? new Date(until.getTime() - SETTLING_MS) : until;
    },

    /** The key of a change that a webhook told: that of the same change when a poll told it before, else one of its own. */
    async heard(order: string, status: string, at: string, isBelieved: boolean): Promise<string> {
      const day = ctx.now().toISOString().slice(0, 10);
      await ctx.storage?.set(NAME, heardKey, true, end(), `remonline ${heardKey} ${day}`);
      const [own, last] = [await read(ownOf(order, status)), await read(lastOf(order))];
      // Who isn't believed has said no more than how the order is.
      if (!isBelieved && last?.status === status) return last.changeId;
      const isPolled = own !== null && own.after < own.at;
      if (isBelieved && isPolled && own.after <= at && earlier(at, SLACK_MS) <= own.at) return own.changeId;
      const told = { status, changeId: changeId(order, status, at), after: at, at };
      await write(ownOf(order, status), own, told);
      await write(lastOf(order), last, told);
      return told.changeId;
    },

    /** The same for a poll that looked at this order at `before` and now finds it edited at `at`; with the status told between. */
    async found(
      order: string,
      status: string,
      before: string,
      at: string,
    ): Promise<{ changeId: string; between: string | null }> {
      const after = earlier(before, SLACK_MS);
      const [own, last] = [await read(ownOf(order, status)), await read(lastOf(order))];
      if (own !== null && own.at >= after) return { changeId: own.changeId, between: null };
      const told = {
        status,
        changeId: changeId(order, status, at),
        after: after < at ? after : earlier(at, SLACK_MS),
        at,
      };
      await write(ownOf(order, status), own, told);
      await write(lastOf(order), last, told);
      return { changeId: told.changeId, between: last !== null && last.at >= after ? last.status : null };
    },
  };
}
