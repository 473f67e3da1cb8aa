import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, beforeEach, describe, it } from "node:test";
import { asc, sql } from "drizzle-orm";
import { movableClock } from "../../../test/support/clock.ts";
import { type FreshDatabase, freshDatabase } from "../../../test/support/database.ts";
import type { Connector } from "../../connectors/kit/define.ts";
import { bundles, connections, members, outbox, runs, triggers, workspaces } from "../../db/schema.ts";
import { makeLog } from "../../log.ts";
import { makeVault } from "../connection/vault.ts";
import { makeNotify } from "../telegram/notify.ts";
import { isToBeTold, makeWatch } from "./watch.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const clock = movableClock();
const vault = makeVault({ key: randomBytes(32) });
const notify = makeNotify({ clock });
let fresh: FreshDatabase;
before(async () => {
  fresh = await freshDatabase();
});
after(() => fresh.drop());
beforeEach(async () => {
  await fresh.db.execute(sql`truncate workspaces, members, runs, bundles, connections, outbox cascade`);
  await fresh.db.insert(workspaces).values({ id: "w", name: "W", country: "RU", timeZone: "Europe/Moscow" });
  await fresh.db.insert(members).values([
    { id: "a", workspace: "w", telegramId: 1, name: "A", locale: "ru", role: "owner" },
    { id: "b", workspace: "w", telegramId: 2, name: "B", locale: "ru", role: "editor", alerts: { mode: "daily" } },
    { id: "c", workspace: "w", telegramId: 3, name: "C", locale: "ru", role: "editor", alerts: { mode: "off" } },
    {
      id: "d",
      workspace: "w",
      telegramId: 4,
      name: "D",
      locale: "ru",
      role: "editor",
      alerts: { summaries: { daily: false } },
    },
  ]);
  await fresh.db
    .insert(bundles)
    .values({ id: "b1", workspace: "w", number: 1, name: "B", state: "active", version: 1 });
});
const oauth = { key: "mortal", name: { ru: "M", en: "M" }, auth: { kind: "oauth2" } } as unknown as Connector;
const watch = () => makeWatch({ db: fresh.db, clock, vault, connectors: [oauth], log: makeLog("silent"), notify });
const told = async () =>
  (await fresh.db.select().from(outbox).orderBy(asc(outbox.chatId), asc(outbox.seq))).map(({ chatId, payload }) => {
    const { kind, of } = payload as { kind: string; of?: string };
    return [chatId, of ?? kind];
  });
const run = (id: string, at: Date) => ({
  id,
  workspace: "w",
  bundle: "b1",
  version: 1,
  state: "succeeded",
  origin: "live",
  record: id,
  event: {},
  createdAt: at,
  endedAt: at,
});
/** Moves the clock to the next time that Moscow's clock shows this on this weekday (0: Sunday). */
function moveTo(weekday: number, hour: number): void {
  const now = clock.now();
  const at = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate(), hour - 3));
  while (at <= now || at.getUTCDay() !== weekday) at.setUTCDate(at.getUTCDate() + 1);
  clock.move(at.getTime() - now.getTime());
}

describe("summaries", () => {
  it("come in the morning of the member's zone, once, only if something happened, to those who want them", async () => {
    moveTo(2, 12);
    await watch().summaries();
    assert.deepEqual(await told(), [], "nobody's first look is a summary");
    moveTo(3, 10);
    await watch().summaries();
    assert.deepEqual(await told(), [], "nothing happened");
    await fresh.db.insert(runs).values(run("r1", clock.now()));
    // What daily mode has gathered until the morning stands for the summary.
    await notify(fresh.db, "w", { kind: "incident", incident: "i" }, "i", "b");
    moveTo(4, 9);
    await Promise.all([watch().summaries(), watch().summaries()]);
    assert.deepEqual(await told(), [
      [1, "day"],
      [2, "day"],
    ]);
    clock.move(HOUR);
    await watch().summaries();
    assert.equal((await told()).length, 2);
  });
  it("on Monday it is the week's, and mornings that were slept through are not made up for", async () => {
    moveTo(2, 12);
    await watch().summaries();
    await fresh.db.insert(runs).values(run("r1", clock.now()));
    moveTo(1, 11);
    await watch().summaries();
    assert.deepEqual(await told(), [
      [1, "week"],
      [2, "week"],
      [4, "week"],
    ]);
  });
});

describe("nothing came", () => {
  it("is told once for a bundle that usually has events, and again only after they had come back", async () => {
    const last = new Date(clock.now().getTime() - 8 * HOUR);
    await fresh.db
      .insert(runs)
      .values(Array.from({ length: 700 }, (_, n) => run(`r${n}`, new Date(last.getTime() - n * 0.7 * HOUR))));
    await fresh.db
      .insert(triggers)
      .values({ bundle: "b1", token: "t", connector: "shop", trigger: "x", lastEventAt: last });
    await watch().look();
    assert.deepEqual(await told(), [], "eight hours prove nothing here");
    clock.move(3 * HOUR);
    await fresh.db.update(triggers).set({ failures: 1 });
    await watch().look();
    assert.deepEqual(await told(), [], "a trigger that fails has its incident");
    await fresh.db.update(triggers).set({ failures: 0 });
    await Promise.all([watch().look(), watch().look()]);
    await watch().look();
    assert.deepEqual(await told(), [
      [1, "silent"],
      [2, "silent"],
      [4, "silent"],
    ]);
  });
});

describe("access that ends", () => {
  it("is told a week ahead and on the last day, where nobody but people can lengthen it", async () => {
    const inDays = (days: number) => new Date(clock.now().getTime() + days * DAY).toISOString();
    const add = (id: string, connector: string, values: object) => ({
      id,
      workspace: "w",
      connector,
      name: id,
      state: "alive",
      secret: vault.seal(JSON.stringify(values)),
    });
    await fresh.db
      .insert(connections)
      .values([
        add("mortal", "mortal", { expiresAt: inDays(9), refreshToken: "" }),
        add("renewed", "mortal", { expiresAt: inDays(1), refreshToken: "r" }),
        add("typed", "mortal", { key: "k" }),
      ]);
    const rounds: number[] = [];
    for (let day = 0; day < 11; day++) {
      const before = (await told()).length;
      await watch().look();
      if ((await told()).length > before) rounds.push(day);
      await fresh.db.update(outbox).set({ sentAt: clock.now() });
      clock.move(DAY);
    }
    assert.deepEqual(rounds, [2, 8]);
    const kinds = new Set((await told()).map(([, kind]) => kind));
    assert.deepEqual([...kinds], ["expiring"]);
    // A consent that was given anew is told of anew.
    const now = clock.now();
    assert.equal(isToBeTold(new Date(now.getTime() + 5 * DAY), new Date(now.getTime() - 20 * DAY), now), true);
  });
});
