/** How Calltouch finds the lead that a deal, a tag or a field is for: an ordered list of attempts. */
import { collection, list, object, objects, type SandboxDeps, text } from "../kit.ts";
import type { Chat, PhoneCall, SiteRequest } from "./records.ts";

export interface Matched {
  readonly type: string;
  readonly id: string;
}

const digits = (value: unknown) =>
  String(value ?? "")
    .replace(/\D/g, "")
    .slice(-10);

export function makeMatching(deps: SandboxDeps) {
  const calls = collection<PhoneCall>(deps, "calltouch", "calls");
  const requests = collection<SiteRequest>(deps, "calltouch", "requests");

  const chats = collection<Chat>(deps, "calltouch", "chats");

  /** The latest lead of a contact within the depth, which is in minutes. */
  function byContact(params: Record<string, unknown>): Matched | null {
    const phones = list(params.phones).map(digits).filter(Boolean);
    const emails = list(params.emails).map((email) => email.toLowerCase());
    const since = deps.now().getTime() - Number(params.searchDepth ?? 262_800) * 60_000;
    const found = [
      ...calls.all().map((one) => ({ type: "call", id: one.id, at: one.at, phone: one.phone, email: "" })),
      ...requests.all().map((one) => ({ type: "request", id: one.id, at: one.at, phone: one.phone, email: one.email })),
    ]
      .filter((one) => one.at >= since)
      .filter(
        (one) => phones.includes(digits(one.phone)) || (one.email !== "" && emails.includes(one.email.toLowerCase())),
      )
      .sort((a, b) => b.at - a.at || b.id - a.id)[0];
    return found ? { type: found.type, id: String(found.id) } : null;
  }

  function attempt(way: Record<string, unknown>): Matched | null {
    const callId = text(object(way.callParams)?.callId);
    const requestId = text(object(way.requestParams)?.requestId);
    switch (way.type) {
      case "call":
        return callId && calls.get(callId) ? { type: "call", id: callId } : null;
      case "request":
        return requestId && requests.get(requestId) ? { type: "request", id: requestId } : null;
      case "chat": {
        const chatId = text(object(way.chatParams)?.chatId);
        return chatId && chats.get(chatId) ? { type: "chat", id: chatId } : null;
      }
      case "leadContact":
        return byContact(object(way.leadContactParams) ?? {});
      case "customSources":
        return { type: "customSources", id: text(object(way.customSourceParams)?.source) ?? "" };
      case "withoutSource":
        return { type: "withoutSource", id: "" };
      default:
        return null;
    }
  }

  return (matching: unknown): Matched | null => {
    for (const way of objects(matching)) {
      const found = attempt(way);
      if (found) return found;
    }
    return null;
  };
}
