/** Words about a bundle that exists: list, card, dry run. */
import { enForm } from "../plural.ts";
import { number } from "../words.ts";

const runs = (n: number) => `${n} ${enForm(n, "run", "runs")}`;
const every = (n: number): string =>
  n % 1440 === 0
    ? "once a day"
    : n % 60 === 0
      ? n === 60
        ? "every hour"
        : `every ${n / 60} hours`
      : n === 1
        ? "every minute"
        : `every ${n} minutes`;

export const bundles = {
  title: "🧩 Your bundles",
  count: (n: number) => `${n} ${enForm(n, "bundle", "bundles")}`,
  none: "No bundles yet. Shall we make the first? It takes a couple of minutes.",
  create: "➕ New bundle",
  home: "🏠 Home",
  legend: "🟢 running · ⏸ paused · 📝 draft · ✏️ has unpublished changes",
  legendBlocked: "🔑 waits: the key of a connection doesn't work",
  which: {
    run: "Which bundle shall run now?",
    pause: "Which bundle shall be paused?",
    resume: "Which bundle shall be resumed?",
  },
  noneFits: (text: string) => `There is no bundle “${text}”. Choose from the list:`,
};

export const card = {
  state: {
    draft: "📝 Draft: never started",
    active: "🟢 Running",
    deaf: "⚠️ Started, but no events are coming at the moment",
    person: "⏸ Paused",
    incident: "⏸ Stopped because of errors",
    connection: "⏸ Paused: its connection was deleted, choose another one",
    replaced: "⏸ Paused: the connection is replaced, all that is left is to resume",
    limit: "⏸ Stopped: a limit was reached",
  },
  blocked: (name: string) => `🔑 Waits for the connection “${name}”: its key doesn't work. No event is lost.`,
  mendFirst: (name: string) => `🔑 The key of the connection “${name}” doesn't work: mend it before you start.`,
  mendConnection: "🔑 Mend the connection",
  swap: "🔌 Choose another connection",
  swapped: (name: string) =>
    `“${name}” now stands wherever the deleted connection was. All that is left: start the bundle.`,
  drafted: {
    active: "✏️ There are unpublished changes; until then the former version counts.",
    paused: "✏️ There are unpublished changes; they take effect when you resume.",
  },
  held: (n: number) => `📥 Waiting for their turn: ${n} ${enForm(n, "delivery", "deliveries")}`,
  lastRuns: "Last runs:",
  counts: (c: {
    newest?: number;
    succeeded: number;
    failed: number;
    waiting: number;
    filtered: number;
    repeated: number;
  }) =>
    [
      ...(c.newest ? [`of the newest ${number("en", c.newest)}`] : []),
      `✅ ${c.succeeded}`,
      `❌ ${c.failed}`,
      ...(c.waiting ? [`⏳ ${c.waiting}`] : []),
      ...(c.filtered ? [`🔎 filtered out ${c.filtered}`] : []),
      ...(c.repeated ? [`♻️ repeats ${c.repeated}`] : []),
    ].join(" · "),
  noRuns: "No runs yet.",
  live: "⚡ Events come at once",
  nextPoll: (time: string) => `Next poll: ${time}`,
  polled: (time: string) => `Last poll: ${time}`,
  notSubscribed: "The service made no subscription, so no events come yet:",
  notSubscribedPolled: "The service made no subscription, so it is asked on schedule:",
  subscribeAgain: (at: string) => `I will ask again: ${at}.`,
  refused: (n: number, at: string) => `Requests to the bundle's address that weren't taken: ${n}. The last one: ${at}.`,
  pollFailed: "The poll doesn't succeed:",
  start: "▶️ Start",
  pause: "⏸ Pause",
  resume: "▶️ Resume",
  runNow: "⚡ Run now",
  edit: "🛠 Steps",
  check: "🧪 Dry run",
  more: "⋯ More",
  history: "📜 History",
  publish: "✅ Publish changes",
  discard: "↩️ Throw changes away",
  discardAsk: "Throw the unpublished changes away? The published version stays.",
  discardYes: "↩️ Throw them away",
  discarded: "The changes are gone.",
  published: "Changes published ✓",
  filter: "🔎 Filter",
  everyMinutes: (n: number) => `⏱ ${every(n)}`,
  everyTitle: (n: number) =>
    `The service is asked ${every(n)}. How often shall it be? Choose, or type a number of minutes (1 to 1440).`,
  every,
  badMinutes: (text: string) => `“${text}” won't do: a whole number of minutes from 1 to 1440 is needed.`,
  repeats: { once: "♻️ Each record: once", every: "♻️ Each record: at every change" },
  copy: "🧬 Copy",
  copied: (name: string) => `The copy is ready: “${name}”. It is a draft: check it and start it.`,
  rename: "✏️ Name",
  renameAsk: (name: string) => `What shall the bundle be called? Now: “${name}”.`,
  renamed: "Name saved ✓",
  export: "💾 To a file",
  picture: "🖼 Picture",
  share: "🎁 Share",
  addressButton: "🔗 Webhook address",
  exported: "The bundle as a file, without keys and passwords. It can be imported into another account.",
  remove: "🗑 Delete",
  removeAsk: (number: number, name: string) =>
    `Delete bundle ${number} “${name}”? It stops working and its address is gone. This can't be undone.`,
  removeYes: "🗑 Delete for ever",
  removed: (name: string) => `Bundle “${name}” is deleted.`,
  address: "Address for the service:",
  copyAddress: (service: string | null) => `📋 Copy the address${service === null ? "" : ` for ${service}`}`,
  addressWhy: (service: string) =>
    `📋 The address on the button below can be put into the settings of ${service}: then events come at once, without polling.`,
  started: (name: string) => `🟢 “${name}” is running. The past is not sent: only new events are.`,
  resumed: (name: string, held: number) =>
    `🟢 “${name}” is running again.${held ? ` Processing what has gathered: ${held}.` : ""}`,
  startedLive: "The service will tell of them at once.",
  startedPoll: (minutes: number) => `The service is asked ${every(minutes)}; to ask right away, tap “⚡ Run now”.`,
  alreadyActive: "It is running already.",
  alreadyPaused: "It is paused already.",
  paused: "⏸ Paused. Whatever comes will wait.",
  neverStarted: "This bundle was never started.",
  heldAsk: (n: number) => `While the bundle was paused, ${n} ${enForm(n, "event", "events")} came. What about them?`,
  heldRun: "▶️ Process them",
  heldForget: "🗑 Forget them",
  cannotStart: "Almost there. Still to do:",
  asking: "⏳ Asking the service…",
  askFailed: (why: string) => `⚠️ The service couldn't be asked. ${why}`,
  stillAsking: "⏳ The service is still answering. Anything new will be in the history.",
  asked: "⚡ The service was asked. Anything new will be in the history.",
  fired: "⚡ Fired.",
  repeated: "⚡ Repeating the newest event.",
  repeatAsk: "Repeat the newest event for real? Records will be created again.",
  repeatYes: "⚡ Yes, repeat",
  openRun: "📜 Open the run",
  runs,
};

export const dryrun = {
  title: "🧪 Dry run on the sample",
  working: "⏳ Trying: computing the fields and looking for duplicates. Nothing is written…",
  about: "Nothing was written: this is only a rehearsal.",
  madeUp: "The sample is made up: there are no real records yet. It can be done for real once the first has come.",
  filtered: "🔎 The filter doesn't let this event pass: in earnest the bundle would not run.",
  passed: "🔎 The filter lets it pass.",
  noSample: "There is nothing to try it on yet: no sample. Get one in the trigger's settings.",
  create: (what: string) => `Would create: ${what}`,
  run: (what: string) => `Would do: ${what}`,
  update: (what: string, id: string) => `Found duplicate no. ${id}, would update it: ${what}`,
  updatePlain: (what: string) => `Would update: ${what}`,
  keep: (what: string, id: string) => `Found duplicate no. ${id}, would create nothing: ${what}`,
  skip: (what: string) => `Found nothing, would create nothing: ${what}`,
  several: (n: number) => `${n} ${enForm(n, "record", "records")} match, the oldest is taken.`,
  found: (what: string) => `Found: ${what}`,
  foundNothing: (what: string) => `Found nothing: ${what}`,
  goes: (holds: boolean, to: string) => `The conditions ${holds ? "hold" : "don't hold"} → ${to}`,
  stops: "The run stops here.",
  passes: "Goes on.",
  loops: (n: number) =>
    n === 0 ? "The list is empty: nothing to run the loop for." : `The list has ${n}. Here is the first element.`,
  element: (n: number) => `element ${n}`,
  waits: (until: string) => `Waits until ${until}.`,
  sets: (what: string) => `Would keep: ${what}`,
  asks: (question: string) => `Would ask: “${question}”. Below as if the answer were yes.`,
  error: "This won't work:",
  start: "▶️ Start the bundle",
  publish: "✅ Publish changes",
  once: "⚡ Do it once for real",
  onceAsk: "Run the bundle once on this sample? Records will really be created.",
  onceYes: "⚡ Yes, do it",
  did: "⚡ It is running. See the run for its result:",
  change: "🛠 Change the steps",
  fix: (n: number) => `🛠 Mend step ${n}`,
  again: "🔄 Try again",
  problems: "Before it can start:",
  warnings: "Worth a look:",
  allRight: "Everything is ready to start.",
  doubted: "It may be started, but have a look at ⚠️ above first.",
  sample: "Sample:",
};
