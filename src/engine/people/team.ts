/** Workspaces and those who work together in them: who comes, who goes, who may do what. */
import type { Member, Person, Role, Team, Workspace } from "../engine.ts";
import { NotFound, UserError } from "../errors.ts";
import { newId } from "../id.ts";
import type { Notify, Shared, Tx } from "../parts.ts";
import { findLink, insertLink, type LinkRow, lockLink, settleLink } from "../store/links.ts";
import {
  countOwnersOf,
  deleteMember,
  findMember,
  listMembers,
  lockPerson,
  lockWorkspace,
  makeCurrent,
  memberAt,
  putMember,
  readMember,
  updateMember,
  voidLinks,
  workspaceOf,
  workspacesOf,
} from "../store/people.ts";
import { hashOfCode, newLinkCode } from "./code.ts";
import { memberOf, mustBe, roleOf } from "./member.ts";
import { regionOf } from "./region.ts";

const INVITED_MS = 7 * 86_400_000;

export interface TeamDeps extends Pick<Shared, "db" | "clock"> {
  readonly notify: Notify;
}

export function makeTeam({ db, clock, notify }: TeamDeps): Team {
  const view = (row: Awaited<ReturnType<typeof workspacesOf>>[number]): Workspace => ({
    ...row,
    role: roleOf(row.role),
  });
  const isOpen = (link: LinkRow) => link.doneAt === null && link.expiresAt > clock.now();

  /** The workspace is locked, so that two owners can't step down past each other. */
  async function other(tx: Tx, workspace: string, id: string): Promise<Member> {
    if (!(await lockWorkspace(tx, workspace))) throw new NotFound();
    return memberOf(await readMember(tx, workspace, id));
  }
  async function mustKeepOwner(tx: Tx, workspace: string, leaving: Member): Promise<void> {
    if (leaving.role !== "owner" || (await countOwnersOf(tx, workspace)) > 1) return;
    throw new UserError({
      ru: "Это последний владелец. Сначала сделайте владельцем кого-нибудь ещё или удалите все данные.",
      en: "This is the last owner. Make somebody else an owner first, or delete everything.",
    });
  }

  return {
    async workspace(scope) {
      const [row] = await workspacesOf(db, scope);
      if (!row) throw new NotFound();
      return view(row);
    },

    workspacesOf: async (person) => (await workspacesOf(db, { telegramId: person.telegramId })).map(view),

    switchTo: (person, workspace) =>
      db.transaction(async (tx) => {
        await lockPerson(tx, person.telegramId);
        if (!(await makeCurrent(tx, person.telegramId, workspace))) return null;
        return memberOf(await findMember(tx, person.telegramId));
      }),

    async memberFor(person, thing) {
      const workspace = await workspaceOf(db, thing);
      const row = workspace === undefined ? undefined : await memberAt(db, person.telegramId, workspace);
      return row ? memberOf(row) : null;
    },

    async memberIn(telegramId, workspace) {
      const row = await memberAt(db, telegramId, workspace);
      return row ? memberOf(row) : null;
    },

    async members(scope) {
      memberOf(await readMember(db, scope.workspace, scope.member));
      return (await listMembers(db, scope.workspace)).map(({ id, name, role, createdAt }) => ({
        id,
        name,
        role: roleOf(role),
        isMe: id === scope.member,
        since: createdAt,
      }));
    },

    async invite(scope, role) {
      const by = await mustBe(db, scope, "owner");
      const code = newLinkCode();
      const until = new Date(clock.now().getTime() + INVITED_MS);
      await insertLink(db, {
        id: newId(),
        hash: hashOfCode(code),
        workspace: scope.workspace,
        kind: "member",
        role: roleOf(role),
        connection: null,
        by: scope.member,
        byName: by.name,
        expiresAt: until,
      });
      return { code, until };
    },

    async invitation(code) {
      const link = await findLink(db, hashOfCode(code));
      if (!link || !isOpen(link)) return null;
      const { workspaceName: workspace, byName: by } = link;
      if (link.kind === "member") return { for: "member", workspace, role: roleOf(link.role), by };
      return link.connector === null ? null : { for: "connection", workspace, connector: link.connector, by };
    },

    accept: (person, code) =>
      db.transaction(async (tx) => {
        await lockPerson(tx, person.telegramId);
        const link = await lockLink(tx, hashOfCode(code));
        if (link?.kind !== "member" || !(await lockWorkspace(tx, link.workspace))) return null;
        const here = await memberAt(tx, person.telegramId, link.workspace);
        // The same person's second press: the first one did it.
        if (link.doneAt !== null && link.telegramId === person.telegramId && here) return memberOf(here);
        if (!isOpen(link)) return null;
        await settleLink(tx, link.id, { telegramId: person.telegramId, takenBy: person.name, doneAt: clock.now() });
        await join(tx, person, link, here === undefined ? null : memberOf(here));
        return memberOf(await memberAt(tx, person.telegramId, link.workspace));
      }),

    async setRole(scope, member, role) {
      await mustBe(db, scope, "owner");
      await db.transaction(async (tx) => {
        const one = await other(tx, scope.workspace, member);
        if (role !== "owner") await mustKeepOwner(tx, scope.workspace, one);
        await updateMember(tx, member, { role: roleOf(role) });
        if (RANK.indexOf(role) < RANK.indexOf(one.role)) await voidLinks(tx, member);
      });
    },

    async remove(scope, member) {
      await mustBe(db, scope, "owner");
      if (member === scope.member)
        throw new UserError({
          ru: "Себя так не убрать: для этого есть «Выйти».",
          en: "You can't remove yourself: that is what “Leave” is for.",
        });
      await db.transaction(async (tx) => {
        await mustKeepOwner(tx, scope.workspace, await other(tx, scope.workspace, member));
        await deleteMember(tx, scope.workspace, member);
      });
    },

    leave: (scope) =>
      db.transaction(async (tx) => {
        await mustKeepOwner(tx, scope.workspace, await other(tx, scope.workspace, scope.member));
        await deleteMember(tx, scope.workspace, scope.member);
      }),
  };

  /** A link never takes rights away from somebody who is there already. */
  async function join(tx: Tx, person: Person, link: LinkRow, here: Member | null): Promise<void> {
    const role = higher(here?.role ?? "viewer", roleOf(link.role));
    const { workspace } = link;
    const { telegramId, name } = person;
    const { locale } = regionOf(person.language);
    if (here === null) await notify(tx, workspace, { kind: "joined", name, role }, `joined ${telegramId}`);
    await putMember(tx, { id: newId(), workspace, telegramId, name, locale, role });
  }
}

const RANK: readonly Role[] = ["viewer", "editor", "owner"];
const higher = (one: Role, two: Role): Role => (RANK.indexOf(one) > RANK.indexOf(two) ? one : two);
