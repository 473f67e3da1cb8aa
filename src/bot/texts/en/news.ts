import { FormattedString, fmt } from "@grammyjs/parse-mode";
import { counted } from "../words.ts";

const b = FormattedString.b;
const records = (count: number) => counted("en", count, ["record", "records"]);

/** What comes by itself and is no failure. */
export const news = {
  summary: { hour: b("The last hour"), day: b("The day in brief"), week: b("The week in brief") },
  span: (from: string, to: string) => `${from} — ${to}`,
  counts: (succeeded: number, failed: number) =>
    `✅ ${records(succeeded)} went through${failed === 0 ? "" : ` · ❌ ${failed} didn't`}`,
  ofBundle: (bundle: string, succeeded: number, failed: number) =>
    `${bundle}: ✅ ${succeeded}${failed === 0 ? "" : ` · ❌ ${failed}`}`,
  asks: (count: number) => `❓ ${records(count)} need${count === 1 ? "s" : ""} your answer`,
  waits: (count: number) => `⏳ Waiting for their time: ${records(count)}`,
  more: (count: number) => `…and ${counted("en", count, ["more bundle", "more bundles"])}`,
  open: "Not solved yet:",
  silent: (bundle: string, since: string) =>
    fmt`🔕 ${b(bundle)}: nothing has come since ${since}\n\nUsually there are events by now. Check whether the service has any, and whether sending was switched off there.`,
  expiring: (connection: string, until: string) =>
    fmt`⏳ The access of ${b(connection)} ends ${until}\n\nI can't lengthen it myself. Sign in again or replace the key, and nothing will stop.`,
  groupGone: (title: string) =>
    fmt`I can't write to the group ${b(title)}: I was removed from it or may not write there. Alerts come here for now.`,
  moved: fmt`🔗 ${b("This installation has a new address")}\n\nWhere the bot subscribes by itself everything is done. Addresses that you pasted into services by hand don't work any more: paste the new ones.`,
  movedSure: "Nothing comes without the new address:",
  movedMaybe: "These still poll their service. If you pasted an address for them too:",
  copyOf: (bundle: number) => `📋 Address #${bundle}`,
  joined: {
    owner: (name: string) => fmt`👋 ${b(name)} is here now, as an owner.`,
    editor: (name: string) => fmt`👋 ${b(name)} is here now, as an editor.`,
    viewer: (name: string) => fmt`👋 ${b(name)} is here now, as a viewer.`,
  },
  migrated: (bundle: string) => fmt`📦 The migration is over: ${b(bundle)}`,
  migratedSent: (count: number) => `Went through the bundle: ${records(count)}`,
  migratedFiltered: (count: number) => `Refused by the filter: ${records(count)}`,
  migratedRepeated: (count: number) => `Sent before already: ${records(count)}`,
  migratedFailed: (count: number) => `❌ Failed among them: ${records(count)}`,
  linkDone: (name: string, connection: string) =>
    fmt`🔑 ${b(name)}: the connection ${b(connection)} is ready and works.`,
};
