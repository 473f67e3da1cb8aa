import { FormattedString, fmt } from "@grammyjs/parse-mode";
import { counted, number } from "../words.ts";

const b = FormattedString.b;
const signs = (count: number) => counted("en", count, ["character", "characters"]);
const records = (count: number) => counted("en", count, ["record", "records"]);

export const home = {
  toHome: "🏠 Home",
  description:
    "Svyazka connects services: a call or a request becomes a customer and an order in the CRM by itself, and a change of status goes back to analytics.\n\nWe put a bundle together right here, by buttons, on your own data. Press the button below.",
  shortDescription:
    "Connects services: calls and requests get into your CRM by themselves. Set up by buttons in this chat.",
  back: "‹ Back",
  staleButton: "That button is out of date, here is a fresh screen",
  taken: "👌 Got it.",
  onlyText: "I need an answer in words here: I can't read a picture, a sticker or a file.",
  /** `length` where it is known: of a text that came in several messages it isn't. */
  tooLong: (longest: number, length?: number) =>
    `Too long: ${signs(longest)} fit, and ${length === undefined ? "far more" : number("en", length)} came. Please send less.`,
  deleteYourself:
    "Telegram didn't let me delete your message with the key. Please delete it yourself, so that nobody sees it.",
  secretRemoved:
    "🔒 That looks like a key: I deleted the message so that nobody sees it. I hadn't asked for anything just now; a key is replaced in its connection: /connections",
  noSuchCommand: "There is no such command. The menu beside the input field has all of them.",
  broken: "Something broke on my side, and the last thing you did didn't work. Please try again: /start",
  notUnderstood:
    "I'm not sure what to do with that: I haven't asked anything just now. Press a button on the screen above, or start from home.",

  door: {
    connection: "🔑 Open the connection",
    bundle: "Open the bundle",
    step: "Open the step",
    trigger: "Open the trigger",
    run: "Open the run",
  },

  group: (bot: string) => `I work in a private chat: nobody sees your keys there. Open @${bot} and press Start.`,
  groupButton: "Open the private chat",

  stranger: fmt`${b("This bot is private")}\n\nOne person or one team uses it. If it is yours, send the owner code: it was printed where the bot was started.`,
  wrongCode:
    "That code doesn't fit: there is a typo in it, or it was used already. The command npm run owner -- reset prints a new one.",

  groupCommands: [
    { command: "start", description: "Send alerts here" },
    { command: "status", description: "Is everything all right" },
    { command: "stop", description: "No more alerts here" },
  ],
  commands: [
    { command: "start", description: "Home screen" },
    { command: "new", description: "New bundle" },
    { command: "bundles", description: "My bundles" },
    { command: "run", description: "Run a bundle now" },
    { command: "pause", description: "Pause a bundle" },
    { command: "resume", description: "Resume a bundle" },
    { command: "connections", description: "Connected services" },
    { command: "connect", description: "Connect a service" },
    { command: "templates", description: "Ready bundles" },
    { command: "history", description: "What ran and when" },
    { command: "status", description: "Is everything all right" },
    { command: "settings", description: "Language, time, alerts" },
    { command: "help", description: "How it works" },
    { command: "cancel", description: "Stop what we are doing" },
  ],

  welcome: (name: string) =>
    fmt`${b(`Hello${name === "" ? "" : `, ${name}`}!`)}

I pass data between your services by myself: a customer calls, and the order is already in your CRM.

Such a rule is called a ${b("bundle")}: what happened → what to do. Shall we build the first one? It takes about five minutes.`,
  title: b("Home"),
  today: (succeeded: number, failed: number, waiting: number) => {
    const parts = [`✅ ${records(succeeded)}`];
    if (failed > 0) parts.push(`❌ didn't get through: ${records(failed)}`);
    if (waiting > 0) parts.push(`⏳ ${waiting} waiting`);
    return `Today: ${parts.join(" · ")}`;
  },
  quietToday: "Nothing has run today yet.",
  bundlesOn: (active: number, paused: number, drafts: number) => {
    const parts = [`Bundles running: ${active}`];
    if (paused > 0) parts.push(`paused: ${paused}`);
    if (drafts > 0) parts.push(`drafts: ${drafts}`);
    return parts.join(", ");
  },
  newBundle: "➕ New bundle",
  bundles: "Bundles",
  connections: "Connections",
  history: "History",
  settings: "Settings",
  status: "Is all well",
  helpButton: "How it works",

  statusTitle: b("Is everything all right"),
  allWell: "Everything works, there is nothing to do.",
  unknown: (count: number) =>
    `❓ ${counted("en", count, ["run waits", "runs wait"])} for your answer: it isn't known whether the service did what it was asked.`,
  answerUnknown: (count: number) => `❓ Answer (${count})`,
  openIncidents: b("Failures"),
  silent: b("Silent for long"),
  incidentLine: (where: string, sentence: string, count: number) =>
    `❌ ${where}: ${/[.!?…]$/.test(sentence) ? sentence : `${sentence}.`}${count > 0 ? ` Didn't get through: ${records(count)}.` : ""}`,
  ailingTitle: b("Not answering"),
  ailingLine: (who: string, since: string, waiting: number) =>
    `⏳ ${who} — since ${since}.${waiting > 0 ? ` Waiting: ${records(waiting)}, I keep trying.` : " I keep trying."}`,
  ailingButton: (who: string) => `🔁 Try again now: ${who}`,
  stopped: (number: number, name: string, why: string) => `⏸ #${number} ${name} is paused: ${why}`,
  stoppedBy: {
    person: "somebody paused it.",
    incident: "too many records didn't get through.",
    connection: "the connection that it uses was deleted. Choose another one.",
    limit: "a limit was reached.",
  },
  swapButton: (number: number) => `🔌 Choose another connection: #${number}`,
  holding: (number: number, name: string, count: number) =>
    `🔑 #${number} ${name} waits for its connection. It holds ${counted("en", count, ["event", "events"])}, none is lost.`,
  undeliveredTitle: b("Never got through"),
  undeliveredLine: (where: string, count: number, sentence: string) => `⚠️ ${where}: ${records(count)}. ${sentence}`,
  undelivered: (count: number) => `⚠️ Never got through: ${records(count)}. They can be repeated.`,
  repeatButton: (count: number, where: string) => `🔁 Retry (${count}): ${where}`,
  undeliveredButton: (count: number) => `⚠️ Never got through (${count})`,

  goOn: "▶️ Go on",
  nothingToCancel: "Nothing is going on, so there is nothing to cancel.",
  cancelled: "Stopped. Everything you entered is kept: you can go on whenever you like.",
  cancelledConnection:
    "Stopped. The connection is kept unfinished: what you entered is there, and /connect takes it up again.",

  help: fmt`${b("How it works")}

A ${b("connection")} is your account at a service: I ask for a key and check it at once. I delete the message with the key and keep the key encrypted.

A ${b("bundle")} is a rule made of steps. The first waits for something to happen (a call, an order, a request), the others do something: find a customer, create an order, change a status.

A ${b("run")} is one event that went through a bundle. The history shows every step: what was sent and what was answered.

When something fails, I write here and suggest what to change. No data is lost: a button repeats what failed.

/new — build a bundle
/connections — connections
/history — history
/status — is everything all right
/cancel — stop at any question`,
};
