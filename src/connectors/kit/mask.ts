/** Secrets out of everything that is kept or shown. */
import type { Auth, Json } from "./define.ts";
import { fieldsOf, isTokenSecret } from "./oauth.ts";
import { isObject } from "./read.ts";
import type { Exchange } from "./recording.ts";

export const MASK = "•••";

/** Shorter ones would tear ordinary text to pieces. */
const SHORTEST = 4;
const SECRET_HEADER =
  /^(authorization|proxy-authorization|cookie|set-cookie|x-api-key|access-token|x-.*(token|secret|key|signature)|.*-token|.*apikey.*)$/i;
const SECRET_NAME =
  /^(api[_-]?key|key|token|access[_-]?token|refresh[_-]?token|client[_-]?secret|clientapiid|secret|password|passwd|pwd|auth|authorization|signature|sig)$/i;

const formEncoded = (text: string) => new URLSearchParams({ a: text }).toString().slice(2);
const unpadded = (text: string) => text.replace(/=+$/, "");

/** A secret in every dress in which it may turn up in a request, an answer or an error. */
function dresses(secret: string): string[] {
  const base64 = Buffer.from(secret).toString("base64");
  return [
    secret,
    encodeURIComponent(secret),
    encodeURI(secret),
    formEncoded(secret),
    JSON.stringify(secret).slice(1, -1),
    unpadded(base64),
    unpadded(base64).replaceAll("+", "-").replaceAll("/", "_"),
    encodeURIComponent(base64),
    Buffer.from(secret).toString("hex"),
  ];
}

const pattern = (text: string) => text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");

export type Mask = (text: string) => string;

/** Masks these secrets in any text. `others` are the connection's open values: with them a basic header (and mail's PLAIN) is made. */
export function makeMask(secrets: readonly string[], others: readonly string[] = []): Mask {
  const long = secrets.map((secret) => secret.trim()).filter((secret) => secret.length >= SHORTEST);
  if (long.length === 0) return (text) => text;
  const pairs = [...others, "", ...long].flatMap((user) =>
    long.flatMap((secret) =>
      [`${user}:${secret}`, `\0${user}\0${secret}`].map((pair) => unpadded(Buffer.from(pair).toString("base64"))),
    ),
  );
  const all = [...new Set([...long.flatMap(dresses), ...pairs])].filter((text) => text.length >= SHORTEST);
  all.sort((a, b) => b.length - a.length);
  const found = new RegExp(`${all.map(pattern).join("|")}`, "g");
  return (text) => text.replace(found, MASK);
}

/** The secret values of a connection, by its connector's declaration. */
export function secretsOf(
  auth: Auth,
  values: Readonly<Record<string, string>>,
): { secrets: string[]; others: string[] } {
  const isSecret = (key: string) =>
    isTokenSecret(key) || fieldsOf(auth).some((field) => field.key === key && field.secret);
  const entries = Object.entries(values).filter(([, value]) => typeof value === "string" && value !== "");
  return {
    secrets: entries.filter(([key]) => isSecret(key)).map(([, value]) => value),
    others: entries.filter(([key]) => !isSecret(key)).map(([, value]) => value),
  };
}

/** Headers as they may be kept: credentials by name, secrets by value. */
export function maskHeaders(headers: Readonly<Record<string, string>>, mask: Mask): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, SECRET_HEADER.test(name) ? MASK : mask(value)]),
  );
}

/** An address as it may be kept: query values with a telling name are masked even when nobody declared them secret. */
export function maskUrl(url: URL, mask: Mask): string {
  const shown = new URL(url);
  if (shown.username || shown.password) {
    shown.username = "";
    shown.password = "";
  }
  const query = [...shown.searchParams].map(
    ([name, value]) => `${encodeURIComponent(name)}=${SECRET_NAME.test(name) ? MASK : encodeURIComponent(value)}`,
  );
  shown.search = "";
  return mask(`${shown.toString()}${query.length > 0 ? `?${query.join("&")}` : ""}`);
}

/** Any JSON with secrets masked in its texts and under telling names. */
export function maskJson(value: Json, mask: Mask): Json {
  if (typeof value === "string") return mask(value);
  if (Array.isArray(value)) return value.map((item) => maskJson(item, mask));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      SECRET_NAME.test(key) && typeof item === "string" ? MASK : maskJson(item, mask),
    ]),
  );
}

/** Text of a body as it may be kept: secrets by value, and form pairs and JSON members by telling name. */
export function maskBody(text: string, mask: Mask): string {
  return mask(text).replace(
    /("?)\b(api_?key|token|access_?token|refresh_?token|client_?secret|clientApiId|secret|password|passwd)\1(\s*[:=]\s*)("(?:[^"\\]|\\.)*"|[^&\s,"}]+)/gi,
    (_, quote: string, name: string, between: string, value: string) =>
      `${quote}${name}${quote}${between}${value.startsWith('"') ? `"${MASK}"` : MASK}`,
  );
}

/** An exchange as it may be kept, for those that went another way than over HTTP. */
export function maskExchange(one: Exchange, mask: Mask): Exchange {
  const { request, answer } = one;
  return {
    ...one,
    request: {
      ...request,
      url: mask(request.url),
      headers: maskHeaders(request.headers, mask),
      body: mask(request.body),
    },
    answer: answer && { ...answer, headers: maskHeaders(answer.headers, mask), body: mask(answer.body) },
    ...(one.failure === undefined ? {} : { failure: mask(one.failure) }),
  };
}
