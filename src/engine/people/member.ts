/** A member as everybody but the store sees one. */
import { z } from "zod";
import type { Member, Role } from "../engine.ts";
import { NotFound, UserError } from "../errors.ts";
import type { Sql } from "../parts.ts";
import { type MemberRow, readMember } from "../store/people.ts";
import { readAlerts } from "./alerts.ts";

const Stored = z.enum(["owner", "editor", "viewer"]).catch("viewer");

/** Whatever a row says that isn't a role may look and nothing else. */
export const roleOf = (stored: unknown): Role => Stored.parse(stored);

export function memberOf(row: MemberRow | undefined): Member {
  if (!row) throw new NotFound();
  return {
    scope: { workspace: row.workspace, member: row.id },
    telegramId: row.telegramId,
    name: row.name,
    locale: row.locale === "ru" ? "ru" : "en",
    role: roleOf(row.role),
    country: row.country,
    timeZone: row.timeZone,
    alerts: readAlerts(row.alerts),
  };
}

/** The member of the scope, who must have one of these roles. */
export async function mustBe(
  db: Sql,
  scope: { workspace: string; member: string },
  ...roles: readonly Role[]
): Promise<Member> {
  const member = memberOf(await readMember(db, scope.workspace, scope.member));
  if (roles.includes(member.role)) return member;
  throw new UserError(
    roles.includes("editor")
      ? {
          ru: "Вы здесь наблюдатель: смотреть можно, менять нельзя. Попросите владельца дать вам права редактора.",
          en: "You are a viewer here: you may look and change nothing. Ask the owner to make you an editor.",
        }
      : { ru: "Это может только владелец.", en: "Only an owner can do this." },
  );
}
