/** Screens of people, alerts, groups, guests and data in both languages; and what typed words mean there. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "../../../test/support/property.ts";
import { shop } from "../../../test/support/shop.ts";
import type { Asked, Group, JsonObject, Locale, Member, MemberSummary, Role, Workspace } from "../../engine/index.ts";
import { isLinkCode, placeLink, readPlace } from "../deeplink.ts";
import { keyOf, leavesOf, typedAs, withChanges } from "../eventedit.ts";
import { filesOf } from "../handlers/data.ts";
import type { Screen } from "../parts.ts";
import { cut, markup } from "../show.ts";
import { textsFor } from "../texts/index.ts";
import { assertMay, forRole } from "../viewer.ts";
import { valueScreen } from "./connections.ts";
import { dataScreen, keepScreen, wipeScreen } from "./data.ts";
import { boundScreen, forGroup, offerScreen } from "./group.ts";
import { forGuest, helloScreen, sharedScreen, viewFor } from "./guest.ts";
import { homeScreen } from "./home.ts";
import { noticesScreen, quietOf, quietScreen, whereScreen } from "./notices.ts";
import { invitationScreen, invitedScreen, inviteScreen, peopleScreen, personScreen, spacesScreen } from "./team.ts";

const ID = "A".repeat(22);
const NOW = new Date("2026-03-02T09:00:00Z");
const LINK = `https://t.me/svyazka_bot?start=${ID}`;
const ZONE = { locale: "ru", timeZone: "Europe/Moscow" } as const;

const alerts = (mode: Member["alerts"]["mode"], chatId?: number): Pick<Member, "alerts"> => ({
  alerts: {
    mode,
    quiet: mode === "now" ? null : { from: "22:00", to: "08:00" },
    summaries: { daily: true, weekly: false },
    ...(chatId === undefined ? {} : { chatId }),
  },
});
const group = (title: string, isGone = false): Group => ({
  chatId: -1_001_500_000_007,
  title,
  isGone,
  members: [title],
});
const person = (name: string, role: Role, isMe = false): MemberSummary => ({ id: ID, name, role, isMe, since: NOW });
const space = (name: string): Workspace => ({
  id: ID,
  name,
  retentionDays: 30,
  role: "owner",
  isCurrent: true,
  bundles: 12,
  members: 3,
});
const asked = (workspace: string): Asked => ({
  connector: "shop",
  workspace,
  state: "draft",
  way: "fields",
  filled: [],
  missing: "site",
  until: NOW,
});

function all(locale: Locale, text: string): Record<string, Screen> {
  const t = textsFor(locale);
  const members = Array.from({ length: 30 }, (_, at) => person(text, at % 2 ? "viewer" : "editor", at === 0));
  const [site] = shop.auth.kind === "none" ? [] : shop.auth.fields;
  assert.ok(site);
  return {
    notices: noticesScreen(t, alerts("now"), []),
    noticesOfGroup: noticesScreen(t, alerts("daily", -1_001_500_000_007), [group(text, true)]),
    quiet: quietScreen(t),
    where: whereScreen(t, alerts("off"), Array(40).fill(group(text)), `${LINK}group`),
    people: peopleScreen(t, { members, role: "owner", page: "2" }),
    peopleOfViewer: peopleScreen(t, { members, role: "viewer", page: undefined }),
    person: personScreen(t, person(text, "editor")),
    me: personScreen(t, person(text, "owner", true)),
    invite: inviteScreen(t),
    invited: invitedScreen(t, { ...ZONE, locale }, { role: "editor", link: LINK, made: { code: ID, until: NOW } }),
    invitation: invitationScreen(t, { for: "member", workspace: text, role: "viewer", by: text }, ID),
    spaces: spacesScreen(t, Array(40).fill(space(text))),
    data: dataScreen(t, space(text)),
    keep: keepScreen(t),
    wipe: wipeScreen(t, space(text)),
    shared: sharedScreen(t, { ...ZONE, locale }, shop, { link: LINK, made: { code: ID, until: NOW, connection: ID } }),
    hello: helloScreen(t, locale, shop, asked(text)),
    guestValue: forGuest(t, valueScreen(t, locale, shop, viewFor(asked(text), shop, locale), site)),
    offer: offerScreen(t, text),
    bound: boundScreen(t, t.alerts.group.bound(text)),
  };
}

for (const locale of ["ru", "en"] as const)
  describe(`screens in ${locale}`, () => {
    for (const [name, screen] of Object.entries(all(locale, `Имя «${"длинное ".repeat(60)}»`)))
      test(`${name} keeps Telegram's limits and leads somewhere`, () => {
        markup(screen);
        assert.ok(cut(screen.text).text.length <= 4_000);
        assert.doesNotMatch(screen.text.text, /undefined|null|\[object|NaN|function/);
        assert.ok(screen.keyboard.flat().length > 0, "a dead end");
        for (const { text } of screen.keyboard.flat()) assert.ok(text.length <= 70 && text.trim() !== "", text);
      });
  });

test("quiet hours are read as people write them", () => {
  const night = { from: "22:30", to: "08:00" };
  for (const typed of ["22:30–8:00", "22.30-8", "с 22:30 до 8", "from 22:30 to 08:00"])
    assert.deepEqual(quietOf(typed), night, typed);
  for (const typed of ["нет", "22", "1 2 3", ""]) assert.equal(quietOf(typed), null, typed);
});

test("a guest's screen holds only a guest's places, whatever the owner's screen offers", () => {
  const t = textsFor("ru");
  const buttons = ["connvalue:x:site:2", "connfix:x:token", "connection:x", "connshare:x", "home", "connremove:x"];
  const screen = { text: t.home.title, keyboard: [buttons.map((data) => ({ text: data, data }))] };
  const places = forGuest(t, screen)
    .keyboard.flat()
    .map((button) => ("data" in button ? button.data : ""));
  assert.deepEqual(places, ["guestvalue:site:2", "guestfix:token", "guestno"]);
});

test("in a group what shows something opens the private chat, what acts stays a button", () => {
  const keyboard = [
    [
      { text: "a", data: `incident:${ID}` },
      { text: "b", data: `retryall:${ID}:card` },
    ],
  ];
  const [[details, retry] = []] = forGroup({ text: textsFor("ru").home.title, keyboard }, "bot").keyboard;
  assert.deepEqual(details, { text: "a", url: `https://t.me/bot?start=o_incident_${ID}` });
  assert.deepEqual(retry, keyboard[0]?.[1]);
});

test("a link leads only to places that look, and back to what was on the button", () => {
  for (const data of [`runview:${ID}`, `historyof:${ID}:failed:0`, "home"])
    assert.deepEqual(readPlace(placeLink(data) ?? ""), [data.split(":")[0], data.split(":").slice(1)]);
  for (const data of [`delyes:${ID}`, `resolve:${ID}:happened`, "wipeall", `card:${"я".repeat(5)}`])
    assert.equal(placeLink(data), null, data);
  assert.equal(readPlace(`o_delyes_${ID}`), null);
  assert.equal(isLinkCode(ID), true);
  assert.equal(isLinkCode("abcd-efgh-jkmn"), false);
});

test("viewers are offered what looks; the rest is refused with the reason", () => {
  const t = textsFor("en");
  const status = { active: 1, paused: 0, drafts: 0, today: { succeeded: 0, failed: 0, waiting: 0 }, unknown: 0 };
  const none = { incidents: [], ailing: [], stopped: [], holding: [], undelivered: [], silent: [] };
  const screen = homeScreen(t, { ...status, ...none }, "Vera");
  const labels = (role: Role) =>
    forRole({ role }, screen)
      .keyboard.flat()
      .map(({ text }) => text);
  assert.ok(labels("editor").includes(t.home.newBundle));
  assert.ok(!labels("viewer").includes(t.home.newBundle));
  assert.ok(labels("viewer").includes(t.home.history));
  assert.throws(() => assertMay({ role: "viewer" }, "delyes"), { name: "UserError" });
  assertMay({ role: "viewer" }, "runview");
  assertMay({ role: "editor" }, "delyes");
});

describe("an event changed by hand", () => {
  const event: JsonObject = { client: { name: "Анна", phone: null }, items: [{ sum: 10 }, { sum: 2.5 }], paid: false };

  test("each value keeps its kind; the first event stays as it was", () => {
    const change = (path: (string | number)[], typed: string) => {
      const leaf = leavesOf(event).find((one) => keyOf(one.path) === keyOf(path));
      assert.ok(leaf);
      return { [keyOf(path)]: typedAs(leaf.value, typed) };
    };
    const before = structuredClone(event);
    const changes = {
      ...change(["client", "phone"], "+79001234567"),
      ...change(["items", 1, "sum"], "1 234,5"),
      ...change(["items", 0, "sum"], "1234567890123456789"),
      ...change(["paid"], "да"),
    };
    assert.deepEqual(withChanges(event, changes), {
      client: { name: "Анна", phone: "+79001234567" },
      items: [{ sum: "1234567890123456789" }, { sum: 1234.5 }],
      paid: true,
    });
    assert.deepEqual(event, before);
    assert.throws(() => typedAs(10, "десять"), { name: "UserError" });
    assert.throws(() => typedAs(true, "может быть"), { name: "UserError" });
  });

  test("any event without changes is itself; a change alters one value only", () => {
    const values = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }));
    fc.assert(
      fc.property(values, fc.nat(), (data, at) => {
        const given = data as JsonObject;
        assert.equal(JSON.stringify(withChanges(given, {})), JSON.stringify(given));
        const leaves = leavesOf(given);
        const one = leaves[at % Math.max(1, leaves.length)];
        if (one === undefined) return;
        const after = leavesOf(withChanges(given, { [keyOf(one.path)]: "changed" }));
        assert.equal(after.length, leaves.length);
        for (const [index, leaf] of leaves.entries())
          assert.deepEqual(after[index]?.value, leaf === one ? "changed" : leaf.value);
      }),
      { numRuns: 200 },
    );
  });
});

test("an export is cut into files that Telegram takes, and nothing of it is lost", async () => {
  const { gunzipSync } = await import("node:zlib");
  const lines = Array.from({ length: 200 }, (_, at) => `${at} ${Math.random()}\n`);
  async function* read() {
    yield* lines;
  }
  const files: Buffer[] = [];
  for await (const file of filesOf(read(), 1_000, 400)) files.push(file);
  assert.ok(files.length > 1 && files.every((file) => file.length <= 1_000));
  assert.equal(files.map((file) => gunzipSync(file).toString()).join(""), lines.join(""));
});
