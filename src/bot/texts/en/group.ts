import { FormattedString, fmt } from "@grammyjs/parse-mode";

const b = FormattedString.b;

export const group = {
  offer: (title: string) =>
    fmt`${b("Send alerts here?")}\n\nFailures and summaries will be told in “${title}”. Everybody in the group reads them; the buttons work for your team only.`,
  yes: "🔔 Yes, my alerts go here",
  no: "No, thanks",
  bound: (who: string) => `🔔 Alerts come here: ${who}.`,
  boundNow: (who: string) => `🔔 Alerts come here from now on: ${who}. To change that: /settings in the private chat.`,
  stop: "🔕 No more",
  stopped: "🔕 I write here no more. To have it back: /start",
  fine: "All right. If you need it: /start",
  members: "This button is only for people of the team that works with this bot.",
  strangers: (bot: string) => `I write here only for people who work with me. Begin in a private chat: @${bot}`,
  inPrivate: "Opening the private chat",
  done: "Done",
  paused: "⏸ The bundle is paused",
  resumed: "▶️ The bundle works again",
  held: "Events have piled up: choose in the private chat what to do with them",
};
