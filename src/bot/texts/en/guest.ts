import { FormattedString, fmt } from "@grammyjs/parse-mode";

const b = FormattedString.b;

export const guest = {
  share: "👤 Somebody else connects it",
  shared: (service: string, until: string) =>
    fmt`${b(`A link to connect ${service}`)}\n\nPass it on to whoever has access. The bot asks them for this connection's data only, checks it at once and tells you. They see neither your bundles nor anything else.\n\nThe link is for one person, until ${until}.`,
  open: (until: string) => `🔗 A link for somebody else is good until ${until}.`,
  taken: (name: string, until: string) => `🔗 ${name} is connecting by link, until ${until}.`,
  revoke: "✖️ Take the link back",
  revoked: "The link is no longer good",

  hello: (by: string, service: string) =>
    fmt`👋 ${b(by)} asks you to connect ${b(service)}.\n\nI ask only for what that needs. Keys are kept encrypted and shown to nobody; messages with them are deleted at once.`,
  begin: "Begin",
  signedIn: "✅ I allowed it, check",
  decline: "I won't connect it",
  declined: "All right, nothing is connected. If you change your mind, ask for a new link.",
  thanks: (service: string, account: string) =>
    fmt`✅ ${b("Done, thank you!")}\n\n${service} is connected, the account: ${account}. There is nothing more to do.`,
  over: "The link is no longer good. If it is still needed, ask for a new one.",
  onlyThis: "Just now I help you with this connection only.",
};
