/** Group chats that alerts go to: bound, moved by Telegram, lost and found again. */
import type { Alert, Groups } from "../engine.ts";
import { UserError } from "../errors.ts";
import type { Notify, Shared } from "../parts.ts";
import {
  deleteGroup,
  listGroups,
  moveGroup,
  putGroup,
  takeMessagesOf,
  workspacesAt,
  writeGroupGone,
} from "../store/groups.ts";
import { memberAt, readMember, updateMember } from "../store/people.ts";
import { changeAlerts } from "./alerts.ts";
import { memberOf, mustBe } from "./member.ts";

export interface GroupsDeps extends Pick<Shared, "db" | "clock"> {
  readonly notify: Notify;
}

export function makeGroups({ db, clock, notify }: GroupsDeps): Groups {
  return {
    async bind(scope, { title, ...place }) {
      const member = await mustBe(db, scope, "owner", "editor");
      // Telegram's groups have negative ids: a private chat is its person's alone.
      if (place.chatId >= 0) throw new UserError({ ru: "Это не группа.", en: "This isn't a group." });
      await db.transaction(async (tx) => {
        await putGroup(tx, { workspace: scope.workspace, chatId: place.chatId, title });
        await updateMember(tx, scope.member, { alerts: changeAlerts(member.alerts, { place }) });
      });
      return memberOf(await readMember(db, scope.workspace, scope.member));
    },

    async list(scope) {
      return (await listGroups(db, scope.workspace)).map(({ gone, topic, ...row }) => ({
        ...row,
        ...(topic === null ? {} : { topic }),
        isGone: gone,
      }));
    },

    async unbind(scope, chatId) {
      await mustBe(db, scope, "owner", "editor");
      await db.transaction((tx) => deleteGroup(tx, scope.workspace, chatId));
    },

    async memberAt(person, chatId) {
      for (const workspace of await workspacesAt(db, chatId)) {
        const row = await memberAt(db, person.telegramId, workspace);
        if (row) return memberOf(row);
      }
      return null;
    },

    moved: (from, to) => db.transaction((tx) => moveGroup(tx, from, to)),

    async gone(chatId) {
      await db.transaction(async (tx) => {
        for (const { workspace, title } of await writeGroupGone(tx, chatId, true)) {
          await notify(tx, workspace, { kind: "groupGone", title }, `groupGone ${chatId}`);
          // What waited for the group finds its people by the way they are reached now.
          for (const { payload } of await takeMessagesOf(tx, workspace, chatId, clock.now())) {
            const alert = payload as Alert;
            await notify(tx, workspace, alert, keyOf(alert));
          }
        }
      });
    },

    async back(chatId) {
      await writeGroupGone(db, chatId, false);
    },
  };
}

/** One message of each for a person, whoever else had it waiting. */
const keyOf = (alert: Alert): string => `again ${JSON.stringify(alert)}`.slice(0, 200);
