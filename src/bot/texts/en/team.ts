import { FormattedString, fmt } from "@grammyjs/parse-mode";
import { counted } from "../words.ts";

const b = FormattedString.b;
const PEOPLE = ["person", "people"] as const;
const DAYS = ["day", "days"] as const;

export const team = {
  viewerOnly: "You are a viewer here: you may look and change nothing. Ask the owner to make you an editor.",
  ownersOnly: "Only an owner can do this.",
  role: { owner: "owner", editor: "editor", viewer: "viewer" },
  mark: { owner: "👑", editor: "✏️", viewer: "👀" },
  may: {
    owner: "An owner may do everything: invite people, export and delete the data.",
    editor: "An editor builds bundles, connects services, repeats what failed.",
    viewer: "A viewer looks at bundles and the history and changes nothing.",
  },

  notices: "🔔 Alerts",
  noticesTitle: b("Alerts"),
  noticesAbout: {
    now: "I write about a failure at once, one message for each cause.",
    hourly: "I gather failures and send them once an hour.",
    daily: "I gather failures and send them in the morning.",
    off: "I don't write about failures. Questions that a bundle waits for come all the same.",
  },
  mode: { now: "At once", hourly: "Hourly", daily: "Daily", off: "Never" },
  quietNone: "🌙 Quiet hours: none",
  quietOn: (from: string, to: string) => `🌙 Quiet hours: ${from}–${to}`,
  quietAsk: fmt`${b("When shall I be quiet?")}\n\nWhat happens meanwhile comes right after. Pick one or type it, for example 22:30–8:00.`,
  quietOff: "No quiet hours",
  quietNot: "Type the start and the end, for example 22:00–08:00.",
  whereHere: "📍 Where: this chat",
  whereGroup: (title: string) => `📍 Where: ${title}`,
  whereTitle: fmt`${b("Where shall alerts go?")}\n\nIn a group everybody there reads them, but the buttons work for your people only. What is yours alone, such as questions put to you, always comes here.`,
  whereMine: "To this chat",
  whereGone: (title: string) => `⚠️ ${title}: I am not there`,
  addGroup: "➕ Add me to a group",
  summaryDaily: (on: boolean) => `${on ? "☑️" : "⬜️"} Summary of the day`,
  summaryWeekly: (on: boolean) => `${on ? "☑️" : "⬜️"} Summary of the week`,

  people: (count: number) => `👥 People: ${counted("en", count, PEOPLE)}`,
  peopleTitle: b("People"),
  peopleAbout: "Everybody here sees the same bundles, connections and history.",
  me: (name: string) => `${name} (you)`,
  line: (name: string, role: string) => `${name} · ${role}`,
  invite: "➕ Invite",
  inviteWho: b("What will the new person be?"),
  invited: (role: string, until: string) =>
    fmt`${b("The invitation is ready")}\n\nPass the link on to whom you invite (role: ${role}). It is good for one use, until ${until}.`,
  orCode: "If the link doesn't open, this code can be sent to the bot:",
  copyLink: "📋 Copy the link",
  shareLink: "📨 Send in Telegram",
  shareText: "I invite you to Svyazka",
  changed: (role: string) => `The role is now: ${role}`,
  makeRole: { owner: "👑 Make an owner", editor: "✏️ Make an editor", viewer: "👀 Make a viewer" },
  remove: "🚪 Remove",
  removeAsk: (name: string) => fmt`Remove ${b(name)}? They lose access at once; everything they built stays.`,
  removeYes: "Yes, remove",
  removed: (name: string) => `${name} has no access any more`,
  leave: "🚪 Leave",
  leaveAsk: (workspace: string) => fmt`Leave ${b(workspace)}? Only a new invitation leads back.`,
  leaveYes: "Yes, leave",
  left: (workspace: string) => fmt`You have left ${b(workspace)}.`,
  no: "No",

  spaces: (name: string) => `🗂 Workspace: ${name}`,
  spacesTitle: fmt`${b("Your workspaces")}\n\nEach has bundles, connections and people of its own. You are in the marked one.`,
  switched: (name: string) => `You are here now: ${name}`,
  spaceGone: "This workspace no longer exists",

  inviteFor: (by: string, workspace: string, role: string) =>
    by === workspace
      ? fmt`👋 ${b(by)} invites you to work together.\n\n${role}`
      : fmt`👋 ${b(by)} invites you to ${b(workspace)}.\n\n${role}`,
  join: "Join",
  notNow: "Not now",
  joined: (workspace: string) => fmt`✅ You are in ${b(workspace)}.`,
  declined: "All right. The link is still good, you can open it later.",
  linkDead: "This link is no longer good: it was used, or its time is over. Ask for a new one.",

  data: "🗄 Data",
  dataTitle: b("Data"),
  dataAbout: (days: number) =>
    `Ended runs are kept for ${counted("en", days, DAYS)} and then deleted. Bundles and connections are kept until you delete them.`,
  keep: (days: number) => `🗓 Keep runs: ${counted("en", days, DAYS)}`,
  keepAsk: fmt`${b("How many days shall runs be kept?")}\n\nPick one or type a number from 1 to 365.`,
  keepDays: (days: number) => counted("en", days, DAYS),
  keepNot: "Type a number of days from 1 to 365.",
  exportAll: "📤 Export everything",
  exporting: "⏳ Gathering the file…",
  exported: "Everything that is here, as lines of JSON; gzipped. It holds no keys of connections.",
  exportedPart: (part: number, of: string) => `Part ${part}. ${of}`,
  wipe: "🗑 Delete everything",
  wipeAsk: (name: string) =>
    fmt`${b("Delete everything for good?")}\n\nBundles stop; connections with their keys, the history and everybody's access are gone. There is no way back.\n\nTo confirm, type the name: ${FormattedString.code(name)}`,
  wiped: new FormattedString("Everything is deleted. /start begins anew."),
};
