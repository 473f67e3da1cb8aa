/** What the mapping proposal knows about meanings: whose ids they are, which may stand in for which. */
import type { Meaning } from "../../connectors/kit/fields.ts";

/** Ids that only the service which gave them understands. */
export const OWN_IDS: ReadonlySet<Meaning> = new Set<Meaning>([
  "id",
  "customer.id",
  "contact.id",
  "order.id",
  "deal.id",
  "call.id",
  "request.id",
]);
/** A record made by an earlier step is newer than what the event brought. */
export const NEWEST_FIRST: ReadonlySet<Meaning> = new Set<Meaning>([
  "customer.id",
  "contact.id",
  "order.id",
  "deal.id",
  "order.externalId",
]);
/** What is worth taking from a step that wrote a record. */
export const MADE: ReadonlySet<Meaning> = new Set<Meaning>([...OWN_IDS, ...NEWEST_FIRST]);
/** By these a record is told from others: one source must not fill two of them by mere likeness. */
export const IDENTITY: ReadonlySet<Meaning> = new Set<Meaning>([
  ...OWN_IDS,
  "externalId",
  "order.externalId",
  "phone",
  "email",
]);

/** What else may stand in for a meaning, best first; unsure where it only resembles it, weak where only a field that wants a value takes it. */
export const INSTEAD: Readonly<
  Partial<Record<Meaning, readonly { readonly meaning: Meaning; readonly isUnsure?: true; readonly isWeak?: true }[]>>
> = {
  externalId: [
    { meaning: "call.id" },
    { meaning: "request.id" },
    { meaning: "order.id" },
    { meaning: "deal.id" },
    { meaning: "customer.id" },
    { meaning: "contact.id" },
    { meaning: "id", isWeak: true },
  ],
  // The deal's own number, where an earlier step has made one, is what the way back will be found by.
  "order.externalId": [
    { meaning: "deal.id" },
    { meaning: "call.id" },
    { meaning: "request.id" },
    { meaning: "order.id" },
    { meaning: "externalId" },
    { meaning: "id" },
  ],
  "deal.id": [{ meaning: "order.externalId" }],
  "name.first": [{ meaning: "name.full", isUnsure: true }],
  changedAt: [{ meaning: "closedAt", isUnsure: true }],
  closedAt: [{ meaning: "changedAt" }],
  source: [{ meaning: "utm.source" }],
  medium: [{ meaning: "utm.medium" }],
  campaign: [{ meaning: "utm.campaign" }],
  "utm.source": [{ meaning: "source", isUnsure: true, isWeak: true }],
  "utm.medium": [{ meaning: "medium", isUnsure: true, isWeak: true }],
  "utm.campaign": [{ meaning: "campaign", isUnsure: true, isWeak: true }],
};
/** Where an event came from is said of the deal or order, as article 003 does; a customer stays one over many of them. */
export const OF_EVENTS: ReadonlySet<Meaning> = new Set<Meaning>([
  "source",
  "medium",
  "campaign",
  "utm.source",
  "utm.medium",
  "utm.campaign",
  "utm.content",
  "utm.term",
  "tags",
]);
/** Stand-ins whose ids may cross from one service to another: the field is made to hold a stranger's id. */
export const FOREIGN: ReadonlySet<Meaning> = new Set<Meaning>(["externalId", "order.externalId", "deal.id"]);
