import { FormattedString, fmt } from "@grammyjs/parse-mode";

const b = FormattedString.b;

export const apps = {
  open: "🔐 Services' apps",
  title: fmt`${b("Services' apps")}\n\nTo sign in to a service with the browser, an app is registered there. The bot's owner does that once, for everybody.`,
  has: (service: string) => `✅ ${service}`,
  lacks: (service: string) => `➕ ${service}`,
  one: (service: string) => b(service),
  none: "There is no app yet.",
  set: (id: string) => fmt`App's ID: ${FormattedString.code(id)}\nThe secret is kept and can't be shown.`,
  fixed: (id: string) => fmt`App's ID: ${FormattedString.code(id)}\nIt is set on the server and changed there.`,
  steps: "How to register it:",
  redirect: (url: string) => fmt`Redirect URI: ${FormattedString.code(url)}`,
  unreachable:
    "The bot has no PUBLIC_URL yet: without an address from outside, signing in with the browser won't work.",
  copy: "📋 Redirect URI",
  enter: "✏️ Put in ID and secret",
  change: "✏️ Replace",
  remove: "🗑 Remove",
  askId: (service: string) => fmt`${b(service)}\n\nSend the app's ID (client_id).`,
  askSecret: (service: string) =>
    fmt`${b(service)}\n\nNow the app's secret (client_secret). I delete the message with it at once.`,
  saved: "The app is saved",
  removed: "The app is removed",
};
