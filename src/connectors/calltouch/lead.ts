/** What bodies of the lead service have in common: ids, sums, tags, custom fields, and how a lead is named. */
import type { Context, Json, JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { filled, numberOf, textOf, textsOf } from "../kit/read.ts";
import { readLines } from "../kit/syntax.ts";
import { formatLocal } from "../kit/time.ts";
import { leadDate, zoneOf } from "./api.ts";

/** Ids travel as numbers where a double holds them. */
export const idOf = (text: string): Json => {
  const number = Number(text);
  return /^\d+$/.test(text) && Number.isSafeInteger(number) ? number : text;
};
export const money = (value: Json | undefined): string | undefined => {
  const number = numberOf(value);
  return number === null ? (textOf(value) ?? undefined) : String(number);
};
export const phoneOf = (value: Json | undefined) => textOf(value)?.replace(/\D/g, "") || undefined;
export const tagsOf = (value: Json | undefined) => textsOf(value).map((tag) => ({ tag }));
/** Tags that join those that are there, or take their place. */
export const addTags = (value: Json | undefined, overwrite: boolean): JsonObject | undefined => {
  const tags = tagsOf(value);
  return tags.length > 0 ? { overwrite, tags } : undefined;
};
export const commentOf = (value: Json | undefined): JsonObject | undefined => {
  const text = textOf(value);
  return text === null ? undefined : { text };
};
export const now = (ctx: Context) => formatLocal(ctx.now(), zoneOf(ctx.auth), "dd-MM-yyyy HH:mm:ss");

/** Lines `name: value` as Calltouch's list; what can't be read is a data error of that field. */
export function customOf(input: JsonObject, key: string): JsonObject[] {
  const value = input[key];
  const read = typeof value === "string" ? readLines(value) : { value: {} };
  if ("mistake" in read) throw new ConnectorError("data", read.mistake, { field: key });
  return Object.entries(read.value)
    .filter(([, one]) => textOf(one) !== null)
    .map(([field, one]) => ({ field, value: textOf(one) }));
}

export const customSources = (input: JsonObject): JsonObject =>
  filled({
    source: input.source,
    medium: input.medium,
    campaign: input.campaign,
    content: input.content,
    term: input.term,
  });

const MINUTES_A_DAY = 1_440;

/** By phone and email: the latest lead of this contact before the date, at most so many days back. */
export function byContact(ctx: Context, input: JsonObject, date: Json | undefined): JsonObject | null {
  const phone = phoneOf(input.phone);
  const email = textOf(input.email);
  if (phone === undefined && email === null) return null;
  return {
    type: "leadContact",
    leadContactParams: filled({
      phones: phone === undefined ? [] : [phone],
      emails: email === null ? [] : [email],
      date: leadDate(ctx, date) ?? now(ctx),
      leadTypeToMatch: textOf(input.leadType) ?? "nearest",
      searchDepth: Math.max(1, numberOf(input.searchDays) ?? 180) * MINUTES_A_DAY,
      withChats: true,
    }),
  };
}

export const byCall = (id: string): JsonObject => ({ type: "call", callParams: { callId: idOf(id) } });
export const byRequest = (id: string): JsonObject => ({ type: "request", requestParams: { requestId: idOf(id) } });

/** Every way by which the input names a lead, in the order in which Calltouch shall try them. */
export function ways(ctx: Context, input: JsonObject, date?: Json): JsonObject[] {
  const callId = textOf(input.callId);
  const requestId = textOf(input.requestId);
  return [
    callId === null ? null : byCall(callId),
    requestId === null ? null : byRequest(requestId),
    byContact(ctx, input, date),
  ].filter((way) => way !== null);
}
