import { FormattedString, fmt } from "@grammyjs/parse-mode";
import { guest } from "./guest.ts";

const b = FormattedString.b;

export const connections = {
  guest,
  title: b("Connections"),
  empty: "Nothing is connected yet. A connection is your account at a service: a CRM, a phone system, a shop.",
  legend: "✅ works · ⚠️ doesn't work · ✏️ unfinished",
  add: "➕ Connect a service",
  mark: { alive: "✅", broken: "⚠️", draft: "✏️" },

  mendOrAdd: (service: string) =>
    fmt`${b(service)}\n\nThere is an account already, and it doesn't work. Mend it, or connect another one?`,
  mendOne: (name: string) => `🔑 Mend: ${name}`,
  addNew: "➕ Connect a new account",

  choose: fmt`${b("Which service shall we connect?")}\n\nPick one from the list or type its name.`,
  found: (text: string) => fmt`Found for ${b(text)}. You can type another name right here.`,
  foundNothing: (text: string) =>
    fmt`There is no service ${b(text)} yet. Check the spelling, or pick one from the list. A bundle has the step “HTTP request”, which reaches almost any service.`,

  intro: (service: string) => b(`Connecting ${service}`),
  whereToFind: b("Where to find what is needed:"),
  question: (label: string, number: number, of: number) =>
    of === 1 ? fmt`👉 Please send: ${b(label)}` : fmt`👉 ${number} of ${of}. Please send: ${b(label)}`,
  secretNote: "🔒 I delete the message with this value at once and keep the value encrypted.",
  later: "I'll go on later",

  howToEnter: "Sign in with your browser: no password or key has to be sent here.",
  enter: (service: string) => `🌐 Sign in with ${service}`,
  enterAgain: "🔗 Connect again",
  byValues: "Type a key",
  consent:
    "Open the link, choose the account and allow access. When you are done I go on here by myself.\n\nThe link is good for 15 minutes and for one use.",
  newLink: "🔄 New link",
  withoutBrowser: "It can be connected without that:",
  askOwner: "Ask whoever runs this bot to set these.",
  forOwner: "How to set it up (for the bot's owner):",

  checking: (service: string) => `⏳ Checking: calling ${service}…`,
  alive: (service: string, account: string) => fmt`✅ Connected: ${b(service)}\nAccount: ${account}`,
  checkFailed: (service: string) => b(`Couldn't connect: ${service}`),
  own: "The service answered:",
  fix: (label: string) => `✏️ Change: ${label}`,
  sendAgain: (label: string) => fmt`👉 Please send again: ${b(label)}`,
  tryAgain: "🔄 Check again",
  toBundle: "➕ Build a bundle",

  card: (service: string, name: string) => (name === service ? b(name) : fmt`${b(name)}\n${service}`),
  state: { alive: "✅ Works", broken: "⚠️ Doesn't work", draft: "✏️ Unfinished: some values are missing" },
  account: (account: string) => `Account: ${account}`,
  checkedAt: (when: string) => `Checked: ${when}`,
  usedBy: (bundles: readonly string[]) => `Used by: ${bundles.join(", ")}`,
  usedByNone: "No bundle uses it yet.",
  value: (label: string, value: string) => `${label}: ${value}`,
  hidden: "•••",

  goOn: "Go on connecting",
  check: "🔄 Check",
  rename: "✏️ Rename",
  replace: "🔑 Change the values",
  replaceTitle: (name: string) =>
    fmt`${b(name)}\n\nWhat shall we change? I check the connection right after your answer.`,
  refresh: "📋 Refresh the lists",
  remove: "🗑 Delete",

  newName: (name: string) => fmt`The connection is called ${b(name)} now. What shall it be called?`,
  refreshing: "⏳ Reading the lists…",
  lists: (name: string) => b(`Lists are fresh: ${name}`),
  list: (label: string, count: number) => `${label}: ${count}`,
  listFailed: (label: string, why: string) => `⚠️ ${label}: ${why}`,
  noLists: "This service has no lists, there is nothing to refresh.",

  removeAsk: (name: string) => fmt`Delete the connection ${b(name)}? The stored key will be erased.`,
  removePauses: (bundles: readonly string[]) =>
    `${bundles.length === 1 ? "The bundle" : "The bundles"} ${bundles.join(", ")} ${bundles.length === 1 ? "uses it and stops" : "use it and stop"} until you choose another connection.`,
  removeYes: "Yes, delete",
  removeNo: "Keep it",
  removed: (name: string) => `The connection “${name}” is deleted.`,
};
