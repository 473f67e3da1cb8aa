/** `ctx.http`: a connector's calls with its address, credentials, limits, guard, recording and error classes. */
import { createHash } from "node:crypto";
import { baseOf, endpointName } from "./base.ts";
import type { Connector, Http, HttpCall } from "./define.ts";
import { ConnectorError } from "./errors.ts";
import { lost, masked, toAnswer } from "./failure.ts";
import type { Text } from "./fields.ts";
import { encodeForm } from "./form.ts";
import { checkUrl, hostPort, type Resolve } from "./guard.ts";
import { stringifyJson } from "./json.ts";
import type { Limiter } from "./limits.ts";
import { type Mask, makeMask, maskBody, maskHeaders, maskUrl, secretsOf } from "./mask.ts";
import { lastingValues } from "./oauth.ts";
import { cut, type Exchange } from "./recording.ts";
import { isSafe } from "./status.ts";
import { type Dial, makeDial } from "./tcp.ts";
import { makeWire, type WireAnswer } from "./wire.ts";

export interface HttpDeps {
  /** `host:port` pairs that may be private. */
  readonly allowedHosts: readonly string[];
  /** ENDPOINT_<KEY> by KEY. */
  readonly endpoints: Readonly<Record<string, string>>;
  readonly clock: { now(): Date };
  readonly limiter: Limiter;
  /** A proxy (HTTPS_PROXY) for everything but allowed hosts. */
  readonly proxy?: string;
  /** DNS; the system's where left out. */
  readonly resolve?: Resolve;
}

/** A connection's way out. `record` gets every exchange, secrets masked. */
export interface OpenHttp {
  (connector: Connector, auth: Readonly<Record<string, string>>, record: (exchange: Exchange) => void): Http;
  /** The same guard for other protocols. */
  readonly dial?: Dial;
}

const TIMEOUT_MS = 30_000;
const MAX_BYTES = 10 * 1024 * 1024;
const MAX_REDIRECTS = 5;
const AGENT = "Svyazka/0.1";

export function makeHttp(deps: HttpDeps): OpenHttp & { readonly dial: Dial; close(): Promise<void> } {
  const wire = makeWire({
    ...(deps.resolve ? { resolve: deps.resolve } : {}),
    ...(deps.proxy ? { proxy: deps.proxy } : {}),
  });
  const allowed = new Set(deps.allowedHosts.map((host) => host.toLowerCase()));

  const open: OpenHttp = (connector, auth, record) => {
    const { secrets, others } = secretsOf(connector.auth, auth);
    const ownMask = makeMask(secrets, others);
    const maskOf = (call: HttpCall) =>
      call.secrets && call.secrets.length > 0 ? makeMask([...secrets, ...call.secrets], others) : ownMask;
    const limits = connector.api?.limits ?? {};
    const isLimited = limits.perSecond !== undefined || limits.parallel !== undefined;
    const lane = isLimited ? laneOf(connector, auth) : connector.key;
    /** A tool has no service of its own: there the host is what people know. */
    const nameOf = (url: URL): Text => (connector.api ? connector.name : { ru: url.host, en: url.host });

    /** Hosts of this connection that may be private: the administrator's, and the one he put in the service's place. */
    function isAllowed(url: URL, base: URL | null): boolean {
      if (allowed.has(hostPort(url))) return true;
      return deps.endpoints[endpointName(connector.key)] !== undefined && base !== null && url.origin === base.origin;
    }

    async function once(
      call: HttpCall,
      url: URL,
      base: URL | null,
      headers: Record<string, string>,
      body: string | null,
    ) {
      const mask = maskOf(call);
      const maxBytes = call.maxBytes ?? MAX_BYTES;
      const permitted = isAllowed(url, base);
      checkUrl(url, permitted);
      const release = await deps.limiter.take(lane, limits);
      const started = performance.now();
      const at = deps.clock.now().toISOString();
      const note = (answer: WireAnswer | null, failure?: string) =>
        record({
          at,
          ms: Math.round(performance.now() - started),
          request: {
            method: call.method ?? "GET",
            url: maskUrl(url, mask),
            headers: maskHeaders(headers, mask),
            body: body === null ? "" : maskBody(cut(body, 65_536), mask),
          },
          answer: answer && {
            status: answer.status,
            headers: maskHeaders(answer.headers, mask),
            body: call.base64
              ? `[${Buffer.byteLength(answer.text, "base64")} B]`
              : maskBody(cut(answer.text, 65_536), mask),
          },
          ...(failure ? { failure } : {}),
        });
      try {
        const answer = await wire.send({
          url,
          method: call.method ?? "GET",
          headers,
          body,
          timeoutMs: call.timeoutMs ?? TIMEOUT_MS,
          maxBytes,
          ...(call.base64 ? { base64: true } : {}),
          isAllowed: permitted,
        });
        note(answer);
        return answer;
      } catch (error) {
        const failure = lost(error, call, nameOf(url), mask, maxBytes);
        note(null, failure.sentence.en + (failure.details.code ? ` (${failure.details.code})` : ""));
        throw failure;
      } finally {
        release();
      }
    }

    /** A keep-alive connection may die just as it is used; a call that may be repeated gets one fresh one. */
    async function twice(...args: Parameters<typeof once>): Promise<WireAnswer> {
      try {
        return await once(...args);
      } catch (error) {
        const isReset = error instanceof ConnectorError && error.details.code === "reset";
        if (!isReset || !isSafe(args[0])) throw error;
        return once(...args);
      }
    }

    return async (call) => {
      const baseText = baseOf(connector, auth, deps.endpoints);
      const base = baseText === null ? null : parseUrl(baseText);
      const own = connector.api?.authorize?.(auth) ?? {};
      const isReplaced = deps.endpoints[endpointName(connector.key)] !== undefined;
      const root = call.host === undefined || isReplaced ? (baseText ?? "") : call.host;
      let url = parseUrl(/^https?:\/\//i.test(call.path) ? call.path : `${root}${call.path}`);
      const isHome = base !== null && url.origin === base.origin;
      const query = encodeForm({ ...(isHome ? own.query : {}), ...call.query });
      if (query !== "") url.search = url.search === "" ? query : `${url.search}&${query}`;
      const { body, type } = bodyOf(call);
      let headers = lowerCased({
        "user-agent": AGENT,
        accept: "application/json, */*;q=0.5",
        ...(type ? { "content-type": type } : {}),
        ...(isHome ? own.headers : {}),
        ...call.headers,
      });
      checkHeaders(headers, maskOf(call));
      // A file of somebody else's server is asked for without any.
      const hasCredentials = connector.auth.kind !== "none" && (isHome || call.headers !== undefined);
      let answer = await twice(call, url, base, headers, body);
      for (let hops = 0; isRedirect(answer); hops++) {
        const next = nextUrl(answer, url);
        const isRead = call.method === undefined || call.method === "GET" || call.method === "HEAD";
        // Elsewhere the key would be given away; and a write that was redirected may already be done.
        if (!next || !isRead || hops >= MAX_REDIRECTS || (hasCredentials && next.origin !== url.origin)) break;
        if (next.origin !== url.origin) headers = withoutCredentials(headers, maskOf(call));
        url = next;
        answer = await twice(call, url, base, headers, body);
      }
      const mask = maskOf(call);
      const result = toAnswer(answer, call, nameOf(url), mask);
      const error = connector.api?.error(result, call) ?? null;
      if (error) throw masked(error, mask);
      return result;
    };
  };
  const { allowedHosts, resolve } = deps;
  const dial = makeDial({ allowedHosts, ...(resolve ? { resolve } : {}) });
  return Object.assign(open, { dial, close: () => wire.close() });
}

/** Connections with the same lane share their limits. Tokens change while the account stays the same, and with it its limits. */
function laneOf({ key, api }: Connector, auth: Readonly<Record<string, string>>): string {
  return `${key}:${createHash("sha256")
    .update(JSON.stringify(shared() ?? lastingValues(auth)))
    .digest("base64url")}`;

  function shared(): [string] | null {
    try {
      return api?.lane ? [api.lane(auth)] : null;
    } catch (error) {
      // A mistyped portal: its call will be refused for that, with the sentence that says so.
      if (error instanceof ConnectorError) return null;
      throw error;
    }
  }
}

function parseUrl(text: string): URL {
  try {
    return new URL(text);
  } catch {
    throw new ConnectorError("data", {
      ru: `«${text.slice(0, 100)}» не похоже на адрес.`,
      en: `“${text.slice(0, 100)}” is no address.`,
    });
  }
}

const lowerCased = (headers: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name.toLowerCase(), value]])),
  );

function bodyOf(call: HttpCall): { body: string | null; type?: string } {
  if (call.json !== undefined) return { body: stringifyJson(call.json), type: "application/json; charset=utf-8" };
  if (call.form !== undefined)
    return { body: encodeForm(call.form), type: "application/x-www-form-urlencoded; charset=utf-8" };
  if (call.text !== undefined) return { body: call.text, type: "text/plain; charset=utf-8" };
  return { body: null };
}

const isRedirect = ({ status, headers }: WireAnswer) =>
  [301, 302, 303, 307, 308].includes(status) && headers.location !== undefined;

function nextUrl(answer: WireAnswer, from: URL): URL | null {
  try {
    return new URL(answer.headers.location ?? "", from);
  } catch {
    return null;
  }
}

/** What may go to another host: everything but headers of credentials, by name and by value. */
function withoutCredentials(headers: Record<string, string>, mask: Mask): Record<string, string> {
  const masked = maskHeaders(headers, mask);
  return Object.fromEntries(Object.entries(headers).filter(([name, value]) => masked[name] === value));
}

/** A key pasted with Cyrillic letters or a line break in it can't travel in a header. */
function checkHeaders(headers: Record<string, string>, mask: Mask): void {
  const masked = maskHeaders(headers, mask);
  for (const [name, value] of Object.entries(headers)) {
    if (/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) continue;
    const isKey = masked[name] !== value;
    throw new ConnectorError(
      isKey ? "access" : "data",
      isKey
        ? {
            ru: "В ключе есть недопустимые символы, например русские буквы. Скопируйте его заново.",
            en: "The key holds characters that can't be in it, such as Cyrillic letters. Copy it again.",
          }
        : {
            ru: `В заголовке «${name}» могут быть только латинские буквы, цифры и знаки.`,
            en: `The header “${name}” may hold Latin letters, digits and signs only.`,
          },
      { code: "header" },
    );
  }
}
