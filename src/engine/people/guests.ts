/** Connection by link: somebody outside answers for one connection, and sees nothing else of the workspace. */
import type { Asked, Connections, Consent, Guests, Person, Scope } from "../engine.ts";
import { NotFound } from "../errors.ts";
import { newId } from "../id.ts";
import type { Notify, Shared } from "../parts.ts";
import { askedOf, insertLink, type LinkRow, lockLink, openLinks, settleLink } from "../store/links.ts";
import { hashOfCode, newLinkCode } from "./code.ts";
import { mustBe } from "./member.ts";

const SHARED_MS = 48 * 3_600_000;

export interface GuestsDeps extends Pick<Shared, "db" | "clock"> {
  readonly notify: Notify;
  /** Unguarded: the guest acts in the name of the member who made the link, for this one connection. */
  readonly connections: Pick<Connections, "begin" | "get" | "setValue" | "check">;
  readonly consent: Pick<Consent, "begin">;
}

const ended = () =>
  new NotFound({
    ru: "Эта ссылка больше не действует. Попросите новую.",
    en: "This link is no longer good. Ask for a new one.",
  });

export function makeGuests({ db, clock, notify, connections, consent }: GuestsDeps): Guests {
  type Open = LinkRow & { readonly connection: string };
  const scopeOf = (link: Open): Scope => ({ workspace: link.workspace, member: link.by });

  async function open(person: Person): Promise<Open> {
    const link = await askedOf(db, person.telegramId, clock.now());
    if (!link || link.connection === null) throw ended();
    return { ...link, connection: link.connection };
  }

  async function view(link: Open): Promise<Asked> {
    const { connector, state, way = null, filled, missing } = await connections.get(scopeOf(link), link.connection);
    return { connector, workspace: link.workspaceName, state, way, filled, missing, until: link.expiresAt };
  }

  return {
    async shareLink(scope, what) {
      const by = await mustBe(db, scope, "owner", "editor");
      const connection =
        "connection" in what
          ? (await connections.get(scope, what.connection)).id
          : (await connections.begin(scope, what.connector)).id;
      const code = newLinkCode();
      const until = new Date(clock.now().getTime() + SHARED_MS);
      await insertLink(db, {
        id: newId(),
        hash: hashOfCode(code),
        workspace: scope.workspace,
        kind: "connection",
        role: null,
        connection,
        by: scope.member,
        byName: by.name,
        expiresAt: until,
      });
      return { code, until, connection };
    },

    async links(scope) {
      await mustBe(db, scope, "owner", "editor");
      return (await openLinks(db, scope.workspace, clock.now())).flatMap(
        ({ id, connection, connector, expiresAt, takenBy }) =>
          connection === null || connector === null ? [] : [{ id, connection, connector, until: expiresAt, takenBy }],
      );
    },

    async revoke(scope, id) {
      await mustBe(db, scope, "owner", "editor");
      const link = (await openLinks(db, scope.workspace, clock.now())).find((one) => one.id === id);
      if (link) await settleLink(db, link.id, { doneAt: clock.now() });
    },

    async accept(person, code) {
      const link = await db.transaction(async (tx) => {
        const found = await lockLink(tx, hashOfCode(code));
        const isMine = found?.telegramId === null || found?.telegramId === person.telegramId;
        const isGood = found?.kind === "connection" && found.doneAt === null && found.expiresAt > clock.now();
        if (!found || !isGood || !isMine || found.connection === null) return null;
        await settleLink(tx, found.id, { telegramId: person.telegramId, takenBy: person.name });
        return { ...found, connection: found.connection };
      });
      return link && view(link);
    },

    async asked(person) {
      const link = await askedOf(db, person.telegramId, clock.now());
      return link?.connection ? view({ ...link, connection: link.connection }) : null;
    },

    async setValue(person, field, value) {
      const link = await open(person);
      await connections.setValue(scopeOf(link), link.connection, field, value);
      return view(link);
    },

    async consent(person) {
      const link = await open(person);
      return consent.begin(scopeOf(link), link.connection);
    },

    async check(person) {
      const link = await open(person);
      const result = await connections.check(scopeOf(link), link.connection);
      if (!result.ok) return result;
      await db.transaction(async (tx) => {
        await settleLink(tx, link.id, { doneAt: clock.now() });
        const alert = { kind: "linkDone" as const, connection: link.connection, name: person.name };
        await notify(tx, link.workspace, alert, `linkDone ${link.id}`);
      });
      // How many runs went on is the workspace's business.
      return { ok: true, account: result.account };
    },

    async decline(person) {
      const link = await open(person);
      await settleLink(db, link.id, { doneAt: clock.now() });
    },
  };
}
