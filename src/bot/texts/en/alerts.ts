import { FormattedString, fmt } from "@grammyjs/parse-mode";
import { counted, number } from "../words.ts";
import { group } from "./group.ts";

const b = FormattedString.b;
const TIMES = ["time", "times"] as const;
const records = (count: number) => counted("en", count, ["record", "records"]);

export const alerts = {
  group,
  failed: (bundle: string) => fmt`❌ ${b(bundle)}`,
  connectionFailed: (connection: string) => fmt`🔑 The connection ${b(connection)} stopped working`,
  solved: (title: string, when: string) => fmt`✅ ${b(title)}\nWorks again since ${when}.`,
  atStep: (number: number, title: string) => `Step ${number}. ${title}`,
  own: "The service answered:",
  once: (when: string) => `It happened at ${when}.`,
  records: (count: number) => `Didn't get through: ${records(count)}.`,
  span: (first: string, last: string, count: number | null) =>
    `${count === null ? "First time" : `${counted("en", count, TIMES)} by now: first`} ${first}, last ${last}.`,
  resumed: (count: number) =>
    `Stopped by the key: ${records(count)}. I am sending ${count === 1 ? "it" : "them"} on by myself, from the step where ${count === 1 ? "it" : "they"} stopped.`,
  leftOver: (count: number) =>
    `⚠️ ${records(count)} never got through. ${count === 1 ? "It is" : "They are"} kept: press Retry.`,
  dismiss: (count: number) => `✖️ Don't repeat (${count})`,
  dismissed: (count: number) => `No more reminders: ${records(count)}`,
  held: "Until the connection works, new events wait and are not lost.",
  advice: {
    temporary: "This usually passes by itself: I keep trying.",
    access: "Replace the key of the connection: what didn't get through I send on by myself then.",
    forbidden: "Grant this right at the service, then press Retry.",
    data: "Mend the field in the step, then press Retry.",
    not_found: "Check whether the record exists at the service, then press Retry.",
    unknown: "Have a look at the service: was it done or not?",
    defect: "This is a mistake on my side, the data is safe. Try Retry.",
  },
  mendField: (field: string) => `Mend the field “${field}” in the step, then press Retry.`,

  retry: "🔁 Retry",
  retryAll: (count: number) => `🔁 Retry all ${count}`,
  details: "Details",
  pause: "⏸ Pause",
  openStep: "✏️ Open the step",
  openConnection: "🔑 Open the connection",
  retryNow: (count: number) => `🔁 Try again now (${count})`,
  retried: (count: number) => `Repeating ${records(count)}`,
  nothingToRetry: "There is nothing left to repeat",

  incidentTitle: b("Failure"),
  runButton: "The last run",
  failedRuns: "All failed runs",

  unknown: (bundle: string, about: string) =>
    fmt`❓ ${b(bundle)}\n\nIt isn't known how the run${about === "" ? "" : ` “${about}”`} ended: the request was sent to the service and no answer came. Have a look there and say whether it is done.`,
  approval: (bundle: string, about: string, question: string, until: string) =>
    fmt`🙋 ${b(bundle)}${about === "" ? "" : ` · ${about}`}\n\n${question}\n\nI wait for an answer until ${until}.`,
  answered: (bundle: string, about: string, question: string) =>
    fmt`🙋 ${b(bundle)}${about === "" ? "" : ` · ${about}`}\n\n${question}`,
  said: { yes: "✅ The answer is yes", no: "✖️ The answer is no" },
  saidBy: (name: string) => `Answered by ${name}.`,
  saidByDeadline: "Nobody answered in time, so the bundle decided by itself.",
  yes: "✅ Yes",
  no: "✖️ No",
  alreadySaid: { yes: "Answered already: yes", no: "Answered already: no" },
  accepted: { yes: "Yes it is, going on", no: "No it is" },
  settled: { happened: "✅ Marked as done.", repeat: "🔁 Marked as not done, repeating." },
  firstSuccess: (bundle: string, about: string) =>
    fmt`🎉 Your first real record went through!\n\n${b(bundle)}${about === "" ? "" : `: ${about}`}. From now on everything happens by itself.`,
  seeRun: "See the run",
  paused: (bundle: string, why: string) =>
    fmt`⏸ The bundle ${b(bundle)} is paused\n\n${why}\n\nNew events wait and are not lost.`,
  resume: "▶️ Resume",
  openBundle: "Open the bundle",
  failing: (bundle: string, why: string) => fmt`⚠️ ${b(bundle)} fails again and again\n\n${why}`,
  sample: (bundle: string) =>
    fmt`📥 ${b(bundle)}: the first event came. Its fields are known now, so you can go on building.`,
  goOn: "Go on",
  heldMany: (bundle: string, count: number, limit: number) =>
    fmt`⏸ The bundle ${b(bundle)} is paused, and ${number("en", count)} of ${number("en", limit)} events have piled up.\n\nResume it: more than ${number("en", limit)} don't fit, and the service will be refused.`,
};
