/** People of a workspace, invitations, and the workspaces of a person. */
import type { Invitation, Link, Locale, MemberSummary, Role, Workspace } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Button, Screen } from "../parts.ts";
import type { Texts } from "../texts/index.ts";
import { moment, short } from "../texts/words.ts";
import { bold, code, lines, page as pageOf, pager } from "./lay.ts";

const ROLES = ["editor", "viewer", "owner"] as const;
const MOST_SPACES = 20;

export const roleOf = (given: string | undefined): Role | null => ROLES.find((one) => one === given) ?? null;

/** Owners press a person; the others read. */
export function peopleScreen(
  t: Texts,
  { members, role, page }: { members: readonly MemberSummary[]; role: Role; page: string | undefined },
): Screen {
  const words = t.settings.team;
  const shown = pageOf(members, page);
  const nameOf = (one: MemberSummary) => (one.isMe ? words.me(short(one.name, 40)) : short(one.name, 40));
  const line = (one: MemberSummary) => `${words.mark[one.role]} ${words.line(nameOf(one), words.role[one.role])}`;
  const isOwner = role === "owner";
  return {
    text: lines(words.peopleTitle, "", words.peopleAbout, !isOwner && ["", ...shown.items.map(line)]),
    keyboard: [
      ...(isOwner ? shown.items.map((one): Button[] => [{ text: line(one), data: to("person", one.id) }]) : []),
      ...pager(shown, "people"),
      ...(isOwner ? [[{ text: words.invite, data: to("invite"), style: "primary" as const }]] : []),
      [{ text: words.leave, data: to("leave") }],
      [{ text: t.home.back, data: to("settings") }],
    ],
  };
}

export function personScreen(t: Texts, one: MemberSummary): Screen {
  const words = t.settings.team;
  return {
    text: lines(bold(short(one.name, 60)), "", words.may[one.role]),
    keyboard: [
      ...ROLES.filter((role) => role !== one.role).map((role): Button[] => [
        { text: words.makeRole[role], data: to("setrole", one.id, role) },
      ]),
      one.isMe
        ? [{ text: words.leave, data: to("leave") }]
        : [{ text: words.remove, data: to("rmperson", one.id), style: "danger" }],
      [{ text: t.home.back, data: to("people") }],
    ],
  };
}

/** A dangerous thing, once more. */
export const sureScreen = (text: Screen["text"], yes: Button, no: Button): Screen => ({ text, keyboard: [[yes, no]] });

export function inviteScreen(t: Texts): Screen {
  const words = t.settings.team;
  return {
    text: lines(
      words.inviteWho,
      "",
      ROLES.map((role) => `${words.mark[role]} ${words.may[role]}`),
    ),
    keyboard: [
      ...ROLES.map((role): Button[] => [
        { text: `${words.mark[role]} ${capital(words.role[role])}`, data: to("inviteas", role) },
      ]),
      [{ text: t.home.back, data: to("people") }],
    ],
  };
}
const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** A link to pass on: as a button, to copy, and as a code to type. */
export function linkRows(t: Texts, link: string): Button[][] {
  const words = t.settings.team;
  const share = `https://t.me/share/url?url=${encodeURIComponent(link)}&text=${encodeURIComponent(words.shareText)}`;
  return [
    [{ text: words.shareLink, url: share }],
    ...(link.length <= 256 ? [[{ text: words.copyLink, copy: link }]] : []),
  ];
}

export function invitedScreen(
  t: Texts,
  { locale, timeZone }: { locale: Locale; timeZone: string },
  { role, link, made }: { role: Role; link: string; made: Link },
): Screen {
  const words = t.settings.team;
  return {
    text: lines(
      words.invited(words.role[role], moment(locale, timeZone, made.until)),
      "",
      link,
      "",
      words.orCode,
      code(made.code),
    ),
    keyboard: [...linkRows(t, link), [{ text: t.home.back, data: to("people") }]],
  };
}

/** Before the code is accepted: who invites, whereto, and as what. */
export function invitationScreen(t: Texts, asked: Extract<Invitation, { for: "member" }>, given: string): Screen {
  const words = t.settings.team;
  return {
    text: words.inviteFor(short(asked.by, 60), short(asked.workspace, 60), words.may[asked.role]),
    keyboard: [
      [{ text: words.join, data: to("join", given), style: "success" }],
      [{ text: words.notNow, data: to("notjoin") }],
    ],
  };
}

export function spacesScreen(t: Texts, all: readonly Workspace[]): Screen {
  const words = t.settings.team;
  return {
    text: words.spacesTitle,
    keyboard: [
      ...all.slice(0, MOST_SPACES).map((one): Button[] => [
        {
          text: `${one.isCurrent ? "• " : ""}${words.mark[one.role]} ${short(one.name, 40)}`,
          data: to("space", one.id),
        },
      ]),
      [{ text: t.home.back, data: to("settings") }],
    ],
  };
}
