import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, beforeEach, describe, it } from "node:test";
import { asc, eq, sql } from "drizzle-orm";
import { movableClock } from "../../../test/support/clock.ts";
import { type FreshDatabase, freshDatabase } from "../../../test/support/database.ts";
import { connections, incidents, members, outbox } from "../../db/schema.ts";
import { makeVault } from "../connection/vault.ts";
import type { ConnectionView, Member, Person } from "../engine.ts";
import { NotFound } from "../errors.ts";
import { makeNotify } from "../telegram/notify.ts";
import { makeGroups } from "./groups.ts";
import { makeGuests } from "./guests.ts";
import { makePeople } from "./people.ts";
import { makeTeam } from "./team.ts";

const anna: Person = { telegramId: 11, name: "Анна", language: "ru" };
const bob: Person = { telegramId: 12, name: "Bob", language: "en" };
const eve: Person = { telegramId: 13, name: "Eve", language: "en" };
const DAY_MS = 86_400_000;

let fresh: FreshDatabase;
const clock = movableClock();
const vault = makeVault({ key: randomBytes(32) });
const settings = { roles: new Set<"bot">(), publicUrl: null, endpoints: {}, allowedHosts: [], hookRate: 1 };
before(async () => {
  fresh = await freshDatabase();
});
beforeEach(() => fresh.db.execute(sql`truncate workspaces, members, settings, incidents cascade`));
after(() => fresh.drop());

function parts() {
  const { db } = fresh;
  const notify = makeNotify({ clock });
  return {
    notify,
    people: makePeople({ db, clock, vault, settings: { ...settings, access: "open" } }),
    team: makeTeam({ db, clock, notify }),
    groups: makeGroups({ db, clock, notify }),
  };
}
async function entered(person: Person): Promise<Member> {
  const member = await parts().people.enter(person);
  assert.ok(member);
  return member;
}
const waiting = async () =>
  (await fresh.db.select().from(outbox).where(sql`sent_at is null`).orderBy(asc(outbox.seq))).map((row) => ({
    chat: row.chatId,
    topic: row.topic,
    kind: row.kind,
    due: row.nextAt,
  }));

describe("invitations", () => {
  it("lead into the workspace with the role, once, for seven days; the person's own workspace stays theirs", async () => {
    const { team, people } = parts();
    const owner = await entered(anna);
    const own = await entered(bob);
    const { code, until } = await team.invite(owner.scope, "editor");
    assert.equal(until.getTime() - clock.now().getTime(), 7 * DAY_MS);
    assert.match(code, /^[\w-]{22}$/, "fits a deep link");
    assert.deepEqual(await team.invitation(code), { for: "member", workspace: "Анна", role: "editor", by: "Анна" });
    const joined = await team.accept(bob, code);
    assert.equal(joined?.scope.workspace, owner.scope.workspace);
    assert.equal(joined?.role, "editor");
    assert.deepEqual(await team.accept(bob, code), joined, "a second press changes nothing");
    assert.equal(await team.accept(eve, code), null, "a code works once");
    assert.equal(await team.invitation(code), null);
    assert.equal((await people.enter(bob))?.scope.workspace, owner.scope.workspace, "that one is current now");
    const all = await team.workspacesOf(bob);
    assert.deepEqual(
      all.map(({ id, isCurrent, role }) => [id, isCurrent, role]),
      [
        [owner.scope.workspace, true, "editor"],
        [own.scope.workspace, false, "owner"],
      ],
    );
    assert.equal((await team.switchTo(bob, own.scope.workspace))?.role, "owner");
    assert.equal((await people.enter(bob))?.scope.workspace, own.scope.workspace);
    assert.equal(await team.switchTo(eve, own.scope.workspace), null);
    assert.deepEqual(
      (await waiting()).map(({ chat, kind }) => [chat, kind]),
      [[11, "joined"]],
    );

    const late = await team.invite(owner.scope, "viewer");
    clock.move(7 * DAY_MS + 1);
    assert.equal(await team.accept(eve, late.code), null, "too late");
    assert.equal(await team.accept(eve, "nonsense"), null);
  });

  it("only owners invite, remove and give roles; the last owner can't leave or step down", async () => {
    const { team } = parts();
    const owner = await entered(anna);
    const editor = await team.accept(bob, (await team.invite(owner.scope, "editor")).code);
    assert.ok(editor);
    await assert.rejects(team.invite(editor.scope, "viewer"), { name: "UserError" });
    await assert.rejects(team.remove(editor.scope, owner.scope.member), { name: "UserError" });
    await assert.rejects(team.setRole(editor.scope, editor.scope.member, "owner"), { name: "UserError" });
    await assert.rejects(team.leave(owner.scope), { name: "UserError" });
    await assert.rejects(team.setRole(owner.scope, owner.scope.member, "viewer"), { name: "UserError" });
    await assert.rejects(team.remove(owner.scope, owner.scope.member), { name: "UserError" });
    // A link never takes rights away.
    assert.equal((await team.accept(bob, (await team.invite(owner.scope, "viewer")).code))?.role, "editor");
    await team.setRole(owner.scope, editor.scope.member, "owner");
    await team.leave(owner.scope);
    assert.deepEqual(
      (await team.members(editor.scope)).map(({ name, role, isMe }) => [name, role, isMe]),
      [["Bob", "owner", true]],
    );
    await assert.rejects(team.members(owner.scope), NotFound);
    // Two owners who step down at once: one of them stays.
    const second = await team.accept(eve, (await team.invite(editor.scope, "owner")).code);
    assert.ok(second);
    const left = await Promise.allSettled([team.leave(editor.scope), team.leave(second.scope)]);
    assert.equal(left.filter(({ status }) => status === "fulfilled").length, 1);
  });

  it("who may no longer invite has invited nobody", async () => {
    const { team } = parts();
    const owner = await entered(anna);
    const second = await team.accept(bob, (await team.invite(owner.scope, "owner")).code);
    assert.ok(second);
    const { code } = await team.invite(second.scope, "owner");
    await team.setRole(owner.scope, second.scope.member, "editor");
    assert.equal(await team.accept(eve, code), null);
  });

  it("who is removed is out at once, with the links they made", async () => {
    const { team, people } = parts();
    const owner = await entered(anna);
    const second = await team.accept(bob, (await team.invite(owner.scope, "owner")).code);
    assert.ok(second);
    const { code } = await team.invite(second.scope, "owner");
    await team.remove(owner.scope, second.scope.member);
    assert.equal(await team.accept(eve, code), null);
    assert.equal(await team.memberIn(bob.telegramId, owner.scope.workspace), null);
    assert.notEqual((await people.enter(bob))?.scope.workspace, owner.scope.workspace);
  });

  it("a thing is touched with the membership of its own workspace, whichever is current", async () => {
    const { team } = parts();
    const owner = await entered(anna);
    await entered(bob);
    const row = { id: "thing", workspace: owner.scope.workspace, class: "data", cause: "x", example: {} };
    await fresh.db.insert(incidents).values({ ...row, firstAt: clock.now(), lastAt: clock.now() });
    assert.equal(await team.memberFor(bob, "thing"), null);
    await team.accept(bob, (await team.invite(owner.scope, "viewer")).code);
    const other = (await team.workspacesOf(bob)).find(({ isCurrent }) => !isCurrent)?.id ?? "";
    await team.switchTo(bob, other);
    assert.equal((await team.memberFor(bob, "thing"))?.role, "viewer");
    assert.equal(await team.memberFor(bob, "nothing"), null);
  });
});

describe("groups", () => {
  const group = { chatId: -100, topic: 7, title: "Сбои" };

  it("alerts go to the chosen chat and topic; answers and what names one member go to the private chat", async () => {
    const { groups, notify, team } = parts();
    const owner = await entered(anna);
    const other = await team.accept(bob, (await team.invite(owner.scope, "viewer")).code);
    assert.ok(other);
    await fresh.db.execute(sql`truncate outbox`);
    const bound = await groups.bind(owner.scope, group);
    assert.deepEqual([bound.alerts.chatId, bound.alerts.topic], [-100, 7]);
    await notify(fresh.db, owner.scope.workspace, { kind: "incident", incident: "i" }, "i");
    await notify(fresh.db, owner.scope.workspace, { kind: "sample", bundle: "b" });
    await notify(fresh.db, owner.scope.workspace, { kind: "unknown", run: "r" }, "r", owner.scope.member);
    assert.deepEqual(
      (await waiting()).map(({ chat, topic, kind }) => [chat, topic, kind]),
      [
        [-100, 7, "incident"],
        [12, null, "incident"],
        [11, null, "sample"],
        [12, null, "sample"],
        [11, null, "unknown"],
      ],
    );
    assert.equal((await groups.memberAt(bob, -100))?.role, "viewer");
    assert.equal(await groups.memberAt(eve, -100), null, "a stranger's press means nothing");
    await assert.rejects(groups.bind(other.scope, group), { name: "UserError" });
    await assert.rejects(groups.bind(owner.scope, { ...group, chatId: 12 }), { name: "UserError" });
    await assert.rejects(parts().people.setSettings(owner.scope, { alerts: { place: { chatId: -5 } } }), {
      name: "UserError",
    });
  });

  it("two members in one chat get one message there, as soon as the first of them wants it", async () => {
    const { groups, notify, team, people } = parts();
    const owner = await entered(anna);
    const other = await team.accept(bob, (await team.invite(owner.scope, "editor")).code);
    assert.ok(other);
    await fresh.db.execute(sql`truncate outbox`);
    await groups.bind(owner.scope, { chatId: -100, title: "G" });
    await groups.bind(other.scope, { chatId: -100, title: "G" });
    await people.setSettings(owner.scope, { alerts: "daily" });
    await notify(fresh.db, owner.scope.workspace, { kind: "incident", incident: "i" }, "i");
    assert.deepEqual(
      (await waiting()).map(({ chat, kind }) => [chat, kind]),
      [[-100, "incident"]],
    );
    assert.deepEqual((await groups.list(owner.scope))[0]?.members, ["Анна", "Bob"]);
  });

  it("what gathers is one message, from where it began", async () => {
    const { notify, people } = parts();
    const owner = await entered(anna);
    await people.setSettings(owner.scope, { alerts: "hourly" });
    for (const incident of ["a", "b", "c"])
      await notify(fresh.db, owner.scope.workspace, { kind: "incident", incident }, incident);
    const [one, ...more] = await waiting();
    assert.deepEqual([one?.kind, more.length, one?.due.getUTCMinutes()], ["summary", 0, 0]);
  });

  it("a group that becomes a supergroup takes everything along", async () => {
    const { groups, notify } = parts();
    const owner = await entered(anna);
    await groups.bind(owner.scope, { chatId: -5, title: "G" });
    await notify(fresh.db, owner.scope.workspace, { kind: "incident", incident: "i" }, "i");
    const cards = [
      { chatId: -5, messageId: 1, soundAt: 0, soundCount: 1 },
      { chatId: 11, messageId: 2, soundAt: 0, soundCount: 1 },
    ];
    const row = { id: "i", workspace: owner.scope.workspace, class: "data", cause: "x", example: {}, cards };
    await fresh.db.insert(incidents).values({ ...row, firstAt: clock.now(), lastAt: clock.now() });
    await groups.moved(-5, -1005);
    await groups.moved(-5, -1005);
    assert.deepEqual(
      (await waiting()).map(({ chat }) => chat),
      [-1005],
    );
    const [member] = await fresh.db.select().from(members);
    assert.equal((member?.alerts as { chatId?: number } | undefined)?.chatId, -1005);
    assert.deepEqual(
      (await groups.list(owner.scope)).map(({ chatId }) => chatId),
      [-1005],
    );
    const [incident] = await fresh.db.select().from(incidents).where(eq(incidents.id, "i"));
    assert.deepEqual(
      (incident?.cards as { chatId: number }[] | undefined)?.map(({ chatId }) => chatId),
      [11],
    );
  });

  it("a group that is lost hands what waited to the private chats, and gets its alerts back when it returns", async () => {
    const { groups, notify } = parts();
    const owner = await entered(anna);
    const { workspace } = owner.scope;
    await groups.bind(owner.scope, group);
    await notify(fresh.db, workspace, { kind: "incident", incident: "i" }, "i");
    await groups.gone(-100);
    await groups.gone(-100);
    assert.deepEqual(
      (await waiting()).map(({ chat, kind }) => [chat, kind]),
      [
        [11, "groupGone"],
        [11, "incident"],
      ],
    );
    assert.equal((await groups.list(owner.scope))[0]?.isGone, true);
    await groups.back(-100);
    await notify(fresh.db, workspace, { kind: "incident", incident: "j" }, "j");
    assert.deepEqual((await waiting()).at(-1)?.chat, -100);
    await groups.unbind(owner.scope, -100);
    await notify(fresh.db, workspace, { kind: "incident", incident: "k" }, "k");
    assert.deepEqual((await waiting()).at(-1)?.chat, 11);
  });
});

describe("connection by link", () => {
  const view = (id: string): ConnectionView => ({
    id,
    connector: "shop",
    name: "Shop",
    state: "draft",
    account: null,
    error: null,
    checkedAt: null,
    filled: ["login"],
    values: { login: "secret-ish" },
    missing: "key",
    way: "fields",
  });
  async function stand() {
    const owner = await entered(anna);
    const asked: string[] = [];
    const row = { id: "con", workspace: owner.scope.workspace, connector: "shop", name: "Shop" };
    await fresh.db.insert(connections).values({ ...row, state: "draft", secret: "x" });
    const guests = makeGuests({
      db: fresh.db,
      clock,
      notify: makeNotify({ clock }),
      consent: { begin: async () => ({ url: "https://x", until: clock.now() }) },
      connections: {
        begin: async () => view("con"),
        get: async (_, id) => view(id),
        setValue: async (scope, id, field, value) => {
          asked.push(`${scope.workspace === owner.scope.workspace} ${id} ${field} ${value}`);
          return view(id);
        },
        check: async () => ({ ok: true, account: "Shop of Eve", resumed: 5 }),
      },
    });
    return { owner, guests, asked };
  }

  it("another person connects their account and sees nothing but its questions; 48 hours, one use", async () => {
    const { owner, guests, asked } = await stand();
    const { code, until } = await guests.shareLink(owner.scope, { connector: "shop" });
    assert.equal(until.getTime() - clock.now().getTime(), 2 * DAY_MS);
    assert.equal((await parts().team.invitation(code))?.for, "connection");
    const seen = await guests.accept(eve, code);
    const { until: _, ...shown } = seen ?? { until };
    assert.deepEqual(shown, {
      connector: "shop",
      workspace: "Анна",
      state: "draft",
      way: "fields",
      filled: ["login"],
      missing: "key",
    });
    assert.deepEqual(await guests.accept(eve, code), seen, "the same person goes on");
    assert.equal(await guests.accept(bob, code), null, "nobody else does");
    assert.equal((await guests.links(owner.scope))[0]?.takenBy, "Eve");
    await guests.setValue(eve, "key", "k");
    assert.deepEqual(asked, ["true con key k"]);
    await assert.rejects(guests.setValue(bob, "key", "k"), NotFound);
    assert.equal(await parts().team.memberIn(eve.telegramId, owner.scope.workspace), null, "no member by that");
    assert.deepEqual(
      await guests.check(eve),
      { ok: true, account: "Shop of Eve" },
      "how many runs went on is not told",
    );
    await assert.rejects(guests.setValue(eve, "key", "k"), NotFound, "done is done");
    assert.equal(await guests.accept(eve, code), null);
    assert.deepEqual(
      (await waiting()).map(({ chat, kind }) => [chat, kind]),
      [[11, "linkDone"]],
    );
  });

  it("ends by itself, by the one who made it and by the one who took it", async () => {
    const { owner, guests } = await stand();
    const share = async () => (await guests.shareLink(owner.scope, { connection: "con" })).code;
    const late = await share();
    assert.ok(await guests.accept(eve, late));
    clock.move(2 * DAY_MS + 1);
    assert.equal(await guests.asked(eve), null);
    const revoked = await share();
    for (const { id } of await guests.links(owner.scope)) await guests.revoke(owner.scope, id);
    assert.equal(await guests.accept(eve, revoked), null);
    assert.ok(await guests.accept(eve, await share()));
    await guests.decline(eve);
    assert.equal(await guests.asked(eve), null);
    const viewer = await parts().team.accept(bob, (await parts().team.invite(owner.scope, "viewer")).code);
    assert.ok(viewer);
    await assert.rejects(guests.shareLink(viewer.scope, { connector: "shop" }), { name: "UserError" });
  });
});
