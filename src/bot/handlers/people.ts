/** People of the workspace: invitations, roles, leaving; and the person's other workspaces. */
import { FormattedString } from "@grammyjs/parse-mode";
import { type MemberSummary, NotFound } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Handlers, Place, Turn } from "../parts.ts";
import {
  invitedScreen,
  inviteScreen,
  peopleScreen,
  personScreen,
  roleOf,
  spacesScreen,
  sureScreen,
} from "../screens/team.ts";
import { short } from "../texts/words.ts";

const people: Place = async (turn, page) => {
  const { engine, member, t } = turn;
  await turn.show(peopleScreen(t, { members: await engine.team.members(member.scope), role: member.role, page }));
};

async function find(turn: Turn, id: string): Promise<MemberSummary> {
  const one = (await turn.engine.team.members(turn.member.scope)).find((member) => member.id === id);
  if (one === undefined) throw new NotFound();
  return one;
}

export const teaming: Handlers = {
  places: {
    people,
    person: async (turn, id = "") => turn.show(personScreen(turn.t, await find(turn, id))),
    async setrole(turn, id = "", given) {
      const role = roleOf(given);
      if (role === null) throw new NotFound();
      const { engine, member, t } = turn;
      await engine.team.setRole(member.scope, id, role);
      turn.toast(t.settings.team.changed(t.settings.team.role[role]));
      // Whoever gave up being an owner sees the list without its buttons.
      if (id === member.scope.member) return turn.go("settings");
      await turn.show(personScreen(t, await find(turn, id)));
    },
    async rmperson(turn, id = "") {
      const words = turn.t.settings.team;
      const one = await find(turn, id);
      const yes = { text: words.removeYes, data: to("rmpersonyes", id), style: "danger" } as const;
      const no = { text: words.no, data: to("person", id) };
      await turn.show(sureScreen(words.removeAsk(short(one.name, 60)), yes, no));
    },
    async rmpersonyes(turn, id = "") {
      const one = await find(turn, id);
      await turn.engine.team.remove(turn.member.scope, id);
      turn.toast(turn.t.settings.team.removed(short(one.name, 60)));
      await people(turn);
    },
    invite: (turn) => turn.show(inviteScreen(turn.t)),
    async inviteas(turn, given) {
      const role = roleOf(given);
      if (role === null) throw new NotFound();
      const { engine, member, locale, t } = turn;
      const made = await engine.team.invite(member.scope, role);
      const link = turn.link(made.code);
      await turn.show(invitedScreen(t, { locale, timeZone: member.timeZone }, { role, link, made }));
    },
    async leave(turn) {
      const words = turn.t.settings.team;
      const { name } = await turn.engine.team.workspace(turn.member.scope);
      const yes = { text: words.leaveYes, data: to("leaveyes"), style: "danger" } as const;
      await turn.show(sureScreen(words.leaveAsk(short(name, 60)), yes, { text: words.no, data: to("people") }));
    },
    async leaveyes(turn) {
      const { engine, member, t } = turn;
      const { name } = await engine.team.workspace(member.scope);
      await engine.team.leave(member.scope);
      await turn.show({ text: t.settings.team.left(short(name, 60)), keyboard: [] });
    },

    /** The person has read who invites; pressed twice, it is the same. */
    async join(turn, code = "") {
      const { engine, member, t } = turn;
      const there = await engine.team.accept({ telegramId: member.telegramId, name: member.name }, code);
      if (there === null) return turn.go("linkdead");
      turn.toast(t.settings.team.joined((await engine.team.workspace(there.scope)).name).text);
      await turn.as(there, "home");
    },
    notjoin: (turn) => turn.here({ text: new FormattedString(turn.t.settings.team.declined), keyboard: [] }),
    linkdead: (turn) =>
      turn.show({
        text: new FormattedString(turn.t.settings.team.linkDead),
        keyboard: [[{ text: turn.t.home.toHome, data: to("home") }]],
      }),

    async spaces(turn) {
      const { telegramId, name } = turn.member;
      await turn.show(spacesScreen(turn.t, await turn.engine.team.workspacesOf({ telegramId, name })));
    },
    async space(turn, id = "") {
      const { engine, member, t } = turn;
      const person = { telegramId: member.telegramId, name: member.name };
      const there = await engine.team.switchTo(person, id);
      if (there === null) {
        turn.toast(t.settings.team.spaceGone);
        return turn.go("spaces");
      }
      turn.toast(t.settings.team.switched(short((await engine.team.workspace(there.scope)).name, 60)));
      await turn.as(there, "home");
    },
  },
  answers: {},
};
