/** What a viewer may press: the engine refuses the rest, and here it isn't even offered. */
import { type Member, UserError } from "../engine/index.ts";
import { parse } from "./callback.ts";
import type { Screen } from "./parts.ts";
import { textsFor } from "./texts/index.ts";

/** Places that only look. One that isn't named here is an editor's, also one that is added later. */
const OPEN: ReadonlySet<string> = new Set([
  ...["home", "status", "help", "said", "goon"],
  ...["bundles", "card", "recard", "cmore", "picture", "export", "connections", "connection", "templates"],
  ...["steps", "step", "picture", "vers", "ver", "mig"],
  ...["history", "historyof", "found", "runsearch", "runview", "runstep", "stepfile", "incident"],
  // One's own: language, alerts, which workspace, leaving.
  ...["settings", "setlanguage", "setalerts", "notices", "setnotice", "quiet", "setquiet", "where", "setwhere"],
  ...["people", "leave", "leaveyes", "spaces", "space", "join", "notjoin", "linkdead"],
  // What somebody outside was asked for by link.
  ...["guest", "guestask", "guestvalue", "guestfields", "guestenter", "guestcheck", "guestfix", "guestno"],
]);

/** Only buttons that this member may press; a row that has none is gone. */
export function forRole(member: Pick<Member, "role">, screen: Screen): Screen {
  if (member.role !== "viewer") return screen;
  const keyboard = screen.keyboard
    .map((row) => row.filter((button) => !("data" in button) || OPEN.has(parse(button.data).place)))
    .filter((row) => row.length > 0);
  return { ...screen, keyboard };
}

/** Throws with the reason where a viewer got there all the same: by a command, or by a button of better days. */
export function assertMay(member: Pick<Member, "role">, place: string): void {
  if (member.role !== "viewer" || OPEN.has(place)) return;
  throw new UserError({ ru: textsFor("ru").settings.team.viewerOnly, en: textsFor("en").settings.team.viewerOnly });
}
