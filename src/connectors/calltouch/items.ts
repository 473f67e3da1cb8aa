/** Calls and requests in one shape, whether they came from a journal or by a webhook. */
import type { Json, JsonObject } from "../kit/define.ts";
import { parseJson } from "../kit/json.ts";
import { booleanOf, isObject, numberOf, objectOf, objectsOf, textOf } from "../kit/read.ts";
import { parseLocal } from "../kit/time.ts";

/** What stands for "nothing": `<не указано>`, NOT_SET and their kin in journals, the words null and undefined in webhooks. */
const EMPTY = /^(<[^>]*>|not_set|\(not set\)|\(none\)|\(direct\)|null|undefined)$/i;

export function clean(value: Json | undefined): string | null {
  const text = textOf(value);
  return text === null || EMPTY.test(text) ? null : text;
}

export function count(value: Json | undefined): number | null {
  const text = clean(value);
  return text === null ? null : numberOf(text);
}

/** Journals say true, false; webhooks say words: `unique`, `target`, `successful` against `non-…`, `unsuccessful`. */
function flag(value: Json | undefined): boolean | null {
  const known = booleanOf(value);
  if (known !== null) return known;
  const text = clean(value)?.toLowerCase();
  if (text === undefined) return null;
  return !/^(non-|un(successful)|not[ -]|нет$)/.test(text);
}

const positive = (value: Json | undefined) => {
  const text = clean(value);
  return text === "0" ? null : text;
};

/** The moment as ISO text: seconds or milliseconds since 1970 where given, else local text of the account. */
export function momentOf(epoch: Json | undefined, local: Json | undefined, zone: string): string | null {
  const number = count(epoch);
  if (number !== null && number > 0) return new Date(number > 1e11 ? number : number * 1000).toISOString();
  const text = clean(local);
  return text === null ? null : (parseLocal(text, zone)?.toISOString() ?? null);
}

type TagKind = "dtmf" | "phone" | "manual" | "other";

/** Journals group tags by category and type; the exact words aren't published, so their sense is looked for. */
function kindOfTags(tag: JsonObject): TagKind {
  const words = `${clean(tag.category) ?? ""} ${clean(tag.type) ?? ""}`.toLowerCase();
  if (/dtmf|tone|тон|(^|[^a-z])ct([^a-z]|$)/.test(words)) return "dtmf";
  if (/phone|number|номер|(^|[^a-z])pn([^a-z]|$)/.test(words)) return "phone";
  if (/manual|ручн/.test(words)) return "manual";
  return "other";
}

function tagsOf(value: Json | undefined): Record<TagKind, string[]> {
  const found: Record<TagKind, string[]> = { dtmf: [], phone: [], manual: [], other: [] };
  for (const tag of objectsOf(value)) {
    const names = Array.isArray(tag.names) ? tag.names : [tag.name ?? tag.tag ?? null];
    for (const name of names) {
      const text = clean(name);
      if (text) found[kindOfTags(tag)].push(text);
    }
  }
  return found;
}

export const joined = (...lists: readonly (readonly (string | null)[] | string | null)[]): string | null => {
  const all = lists.flat().filter((text): text is string => typeof text === "string" && text !== "");
  return all.length === 0 ? null : [...new Set(all)].join(", ");
};

export function visitOf(from: JsonObject, more: JsonObject = {}): JsonObject {
  return {
    source: clean(from.source),
    medium: clean(from.medium),
    utmSource: clean(from.utmSource ?? from.utm_source),
    utmMedium: clean(from.utmMedium ?? from.utm_medium),
    utmCampaign: clean(from.utmCampaign ?? from.utm_campaign),
    utmContent: clean(from.utmContent ?? from.utm_content),
    utmTerm: clean(from.utmTerm ?? from.utm_term),
    keyword: clean(from.keyword ?? from.keywords),
    googleClientId: clean(from.guaClientId ?? from.gcid ?? more.gcid),
    yandexClientId: clean(from.yaClientId),
    calltouchClientId: positive(more.ctClientId ?? from.ctClientId),
    sessionId: positive(from.sessionId),
    city: clean(from.city),
    referrer: clean(from.ref),
    device: clean(from.device),
    os: clean(from.os),
    browser: clean(from.browser),
    ip: clean(from.ip),
  };
}

export function commentOf(value: Json | undefined): string | null {
  if (!Array.isArray(value)) return isObject(value) ? clean(value.text ?? value.comment) : clean(value);
  return joined(value.map((part) => commentOf(part)));
}

/** Custom fields by name: a list of `{field, value}`, an object, or the text of one; empty ones are nothing. */
export function customFieldsOf(value: Json | undefined): JsonObject | null {
  let given: Json = value ?? null;
  if (typeof given === "string") {
    try {
      given = parseJson(given);
    } catch {
      return null;
    }
  }
  const pairs = Array.isArray(given)
    ? objectsOf(given).map((one): [string | null, string | null] => [
        clean(one.field ?? one.name ?? one.key),
        clean(one.value),
      ])
    : Object.entries(objectOf(given)).map(([name, one]): [string | null, string | null] => [name, clean(one)]);
  const filled = pairs.filter((pair): pair is [string, string] => pair[0] !== null && pair[1] !== null);
  return filled.length === 0 ? null : Object.fromEntries(filled);
}

/** A call of the journal. */
export function callFromJournal(call: JsonObject, zone: string): JsonObject {
  const tags = tagsOf(call.callTags);
  const extra = Array.isArray(call.additionalTags)
    ? call.additionalTags.map((tag) => clean(isObject(tag) ? (tag.name ?? tag.tag) : tag))
    : [];
  return {
    callId: clean(call.callId),
    callerNumber: clean(call.callerNumber),
    callDate: momentOf(call.timestamp, call.date, zone),
    ...visitOf(call, { gcid: call.clientId ?? null }),
    tagsDtmf: joined(tags.dtmf),
    tagsPhone: joined(tags.phone),
    tagsManual: joined(tags.manual),
    tags: joined(tags.dtmf, tags.phone, tags.manual, tags.other, ...extra),
    phoneNumber: clean(call.phoneNumber),
    redirectNumber: clean(call.redirectNumber),
    duration: count(call.duration),
    waiting: count(call.waitingConnect),
    successful: flag(call.successful),
    unique: flag(call.uniqueCall),
    target: flag(call.targetCall),
    uniqueTarget: flag(call.uniqTargetCall),
    callback: flag(call.callbackCall),
    url: clean(call.url),
    hostname: clean(call.hostname),
    siteName: clean(call.siteName),
    manager: clean(call.manager),
    statusDetails: clean(call.statusDetails),
    comment: commentOf(call.comments),
    callReference: clean(call.callReferenceId),
    customFields: customFieldsOf(call.customFields ?? call.attrs),
  };
}

/** A call as a webhook sends it: form values, all of them text. */
export function callFromHook(form: JsonObject, zone: string): JsonObject {
  const dtmf = clean(form.tags_auto_ct);
  const phone = clean(form.tags_auto_pn);
  const manual = clean(form.tags_manual);
  return {
    callId: clean(form.id ?? form.callId),
    callerNumber: clean(form.callerphone),
    callDate: momentOf(form.timestamp, form.calltime, zone),
    ...visitOf(form),
    tagsDtmf: dtmf,
    tagsPhone: phone,
    tagsManual: manual,
    tags: joined(
      dtmf,
      phone,
      manual,
      clean(form.tags_auto_gr),
      clean(form.tags_auto_pr),
      clean(form.tags_auto_af),
      clean(form.tags_api),
    ),
    phoneNumber: clean(form.phonenumber),
    redirectNumber: clean(form.redirectNumber),
    duration: count(form.duration),
    waiting: count(form.waiting_time),
    successful: flag(form.status),
    unique: flag(form.unique),
    target: flag(form.targetcall),
    uniqueTarget: flag(form.uniqtargetcall),
    callback: flag(form.callback),
    url: clean(form.url ?? form.callUrl),
    hostname: clean(form.hostname),
    siteName: clean(form.siteName),
    manager: clean(form.manager),
    statusDetails: clean(form.statusDetails),
    comment: clean(form.comment),
    callReference: clean(form.callReferenceNumber),
    customFields: customFieldsOf(form.customFields ?? form.attrs),
  };
}

/** A request of the journal: person in `client`, visit in `session`. */
export function requestFromJournal(request: JsonObject, zone: string): JsonObject {
  const client = objectOf(request.client);
  const session = objectOf(request.session);
  const emails = objectsOf(client.contacts).map((contact) => clean(contact.contactValue));
  const tags = tagsOf(request.RequestTags ?? request.requestTags);
  return {
    requestId: clean(request.requestId),
    requestNumber: clean(request.requestNumber) ?? clean(request.requestId),
    requestDate: momentOf(request.date, request.dateStr, zone),
    phone: clean(objectsOf(client.phones)[0]?.phoneNumber),
    // The kind of contact isn't published; an address is told by its @.
    email: emails.find((value) => value?.includes("@")) ?? clean(client.email) ?? null,
    fullName: clean(client.fio),
    subject: clean(request.subject),
    comment: commentOf(request.comments),
    requestUrl: clean(request.requestUrl),
    ...visitOf(session, { ctClientId: request.ctClientId ?? null }),
    requestStatus: clean(request.status),
    manager: clean(request.manager),
    tags: joined(tags.dtmf, tags.phone, tags.manual, tags.other),
    unique: flag(request.uniqueRequest),
    target: flag(request.targetRequest),
    uniqueTarget: flag(request.uniqTargetRequest),
    customFields: customFieldsOf(request.customFields),
  };
}

export function requestFromHook(form: JsonObject, zone: string): JsonObject {
  return {
    requestId: clean(form.requestId ?? form.id),
    requestNumber: clean(form.requestNumber) ?? clean(form.requestId),
    requestDate: momentOf(form.timestamp, form.requestDate, zone),
    phone: clean(form.callerphone ?? form.phonenumber),
    email: clean(form.email),
    fullName: clean(form.fio),
    subject: clean(form.subject),
    comment: clean(form.comment),
    requestUrl: clean(form.requestUrl ?? form.url),
    ...visitOf(form),
    requestStatus: clean(form.status),
    manager: clean(form.manager),
    tags: clean(form.tags_request ?? form.tags),
    unique: flag(form.uniquerequest),
    target: flag(form.targetrequest),
    uniqueTarget: flag(form.uniqtargetrequest),
    customFields: customFieldsOf(form.customFields),
  };
}
