/** OAuth 2 as services speak it: the consent page, the code, the tokens and their refresh. Pure; the engine makes the calls. */
import { createHash } from "node:crypto";
import type { Auth, HttpAnswer, HttpCall } from "./define.ts";
import { ConnectorError } from "./errors.ts";
import type { Field, Json, JsonObject, Text } from "./fields.ts";
import { numberOf, objectOf, textOf } from "./read.ts";
import { retryAfter } from "./status.ts";

/** How a service lets a person consent in the browser, and how tokens are got and kept alive. */
export interface OAuthGrant {
  /**
   * The page on which a person consents. `{name}`s as in the api's base; a lone `{name}` holds the whole address.
   * `ENDPOINT_<KEY>` replaces the host of this address and of `token`; their paths stay.
   */
  readonly consent: string;
  /** Where a code and later the refresh token become tokens. */
  readonly token: string;
  /** Asked for in the chat before the browser: the portal whose page it is. */
  readonly fields?: readonly Field[];
  readonly scope?: string;
  /** More query values of the consent page. */
  readonly query?: Readonly<Record<string, string>>;
  /** False where the service knows the address to come back to from its own settings and takes none. Default true. */
  readonly sendsRedirect?: boolean;
  /** How the token endpoint is spoken to. Default "form". */
  readonly body?: "form" | "json" | "query";
  /** RFC 7636 with S256. */
  readonly pkce?: boolean;
  /**
   * For services without refresh tokens: the grant type (and parameter) that turns an access token into one that lives
   * longer. Used right after the code, whose token is gone within hours, and again before the long one ends.
   */
  readonly lengthens?: string;
  /**
   * What else the browser brought with the code and is kept as values of the connection: the account's host. It comes
   * from outside: throw a ConnectorError for what can't be the service's.
   */
  arrived?(query: Readonly<Record<string, string>>): Readonly<Record<string, string>>;
  /** What else the answer with tokens says and is kept: the account's host, its id. */
  brought?(answer: JsonObject): Readonly<Record<string, string>>;
  /**
   * For accounts that may move: asked when a refresh is refused, of an address that stays. What `read` makes of the
   * answer is kept, and the refresh is asked for once more, there. Null: it can't be asked, or hasn't moved.
   */
  readonly moved?: {
    ask(values: Values): HttpCall | null;
    read(answer: JsonObject): Readonly<Record<string, string>> | null;
  };
}

/** The app that somebody registered at the service: OAUTH_<KEY>_ID and OAUTH_<KEY>_SECRET. */
export interface OAuthApp {
  readonly id: string;
  readonly secret: string;
}

/** How a connection proves itself: by consent in the browser, or by values that a person typed. Null: not decided. */
export type Way = "oauth" | "fields" | null;
export type Values = Readonly<Record<string, string>>;

/** Values that consent leaves; no field may be called so. `accessToken` is what a connector's `authorize` sends. */
export const TOKEN_KEYS = ["way", "grant", "accessToken", "refreshToken", "expiresAt", "renewedAt"] as const;
/** Of those, what a refresh changes; the rest names the account as long as the consent lasts. */
const CHANGING: ReadonlySet<string> = new Set(["accessToken", "refreshToken", "expiresAt", "renewedAt"]);
export const lastingValues = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([key]) => !CHANGING.has(key)));
const SECRET_KEYS: ReadonlySet<string> = new Set(["accessToken", "refreshToken"]);
export const isTokenSecret = (key: string): boolean => SECRET_KEYS.has(key);

/** Every field that a person may be asked for, whichever way they connect. */
export function fieldsOf(auth: Auth): readonly Field[] {
  if (auth.kind === "none") return [];
  if (auth.kind === "fields") return auth.fields;
  const own = new Set(auth.fields.map(({ key }) => key));
  return [...(auth.grant.fields ?? []).filter(({ key }) => !own.has(key)), ...auth.fields];
}

/** The way that a connection went, told from its values. */
export function wayOf(auth: Auth, values: Values): Way {
  if (auth.kind === "none") return null;
  if (auth.kind === "fields") return "fields";
  if (values.way === "oauth" || values.way === "fields") return values.way;
  return auth.fields.some(({ key }) => (values[key] ?? "") !== "" && !isShared(auth, key)) ? "fields" : null;
}

/** Fields that both ways have say nothing about which one a connection goes. */
const isShared = (auth: Auth, key: string): boolean =>
  auth.kind === "oauth2" && (auth.grant.fields ?? []).some((field) => field.key === key);

/** The fields that count for a connection of this way. */
export function fieldsOfWay(auth: Auth, way: Way): readonly Field[] {
  if (auth.kind === "none") return [];
  if (auth.kind === "fields") return auth.fields;
  return way === "oauth" ? (auth.grant.fields ?? []) : auth.fields;
}

/** Values after a person typed one: a field of the second way leaves the first, and its tokens go. */
export function typedInto(auth: Auth, values: Values, key: string, value: string): Values {
  const next = { ...values, [key]: value };
  if (auth.kind !== "oauth2" || isShared(auth, key) || !auth.fields.some((field) => field.key === key)) return next;
  const kept = Object.entries(next).filter(([name]) => !(TOKEN_KEYS as readonly string[]).includes(name));
  return { ...Object.fromEntries(kept), way: "fields" };
}

/** `consent` and `token` where they really are. `base` is the connection's base address, put in by an endpoint or not. */
export function placed(template: string, values: Values, endpoint: string | undefined): string {
  const filled = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name] ?? "";
    const isWhole = template === `{${name}}` && /^https:\/\/[^\s@]+$/i.test(value) && URL.canParse(value);
    if (isWhole || /^[\w.:-]+$/.test(value)) return value;
    throw new ConnectorError(
      "access",
      {
        ru: `«${value.slice(0, 60)}» не годится для адреса сервиса.`,
        en: `“${value.slice(0, 60)}” can't be part of the service's address.`,
      },
      { field: name },
    );
  });
  if (endpoint === undefined) return filled;
  const url = new URL(filled);
  return `${endpoint.replace(/\/+$/, "")}${url.pathname.replace(/\/+$/, "")}${url.search}`;
}

/** The link behind the button. */
export function consentUrl(
  grant: OAuthGrant,
  at: string,
  ask: { app: OAuthApp; redirect: string; state: string; verifier: string | null },
): string {
  const url = new URL(at);
  const query: Record<string, string> = {
    response_type: "code",
    client_id: ask.app.id,
    ...(grant.sendsRedirect === false ? {} : { redirect_uri: ask.redirect }),
    ...(grant.scope === undefined ? {} : { scope: grant.scope }),
    state: ask.state,
    ...(ask.verifier === null
      ? {}
      : {
          code_challenge: createHash("sha256").update(ask.verifier).digest("base64url"),
          code_challenge_method: "S256",
        }),
    ...grant.query,
  };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.toString();
}

/** The call that turns a code or a refresh token into tokens. */
export function tokenCall(
  grant: OAuthGrant,
  at: string,
  ask: { app: OAuthApp; redirect: string } & ({ code: string; verifier: string | null } | { refreshToken: string }),
): HttpCall {
  const values: Record<string, string> = {
    client_id: ask.app.id,
    client_secret: ask.app.secret,
    redirect_uri: ask.redirect,
    ...("code" in ask
      ? {
          grant_type: "authorization_code",
          code: ask.code,
          ...(ask.verifier === null ? {} : { code_verifier: ask.verifier }),
        }
      : grant.lengthens === undefined
        ? { grant_type: "refresh_token", refresh_token: ask.refreshToken }
        : { grant_type: grant.lengthens, [grant.lengthens]: ask.refreshToken }),
  };
  const secrets = Object.entries(values).flatMap(([name, value]) =>
    ["client_secret", "code", "code_verifier", "refresh_token", grant.lengthens].includes(name) ? [value] : [],
  );
  const body = grant.body ?? "form";
  return {
    method: body === "query" ? "GET" : "POST",
    path: at,
    ...(body === "json" ? { json: values } : body === "form" ? { form: values } : { query: values }),
    // A lost answer may be asked for again: nobody else holds these.
    safe: true,
    timeoutMs: 15_000,
    secrets,
  };
}

/** What the token endpoint's answer means: 4xx is the end of a code or of an account, the rest passes. */
export function tokenError(answer: HttpAnswer, service: Text): ConnectorError | null {
  const { status } = answer;
  const body = bodyOf(answer);
  if (status < 300 && textOf(body.access_token) !== null) return null;
  const own = [body.error_description, body.hint, body.detail, body.message, body.error]
    .map((word) => textOf(word))
    .find((word) => word !== null);
  const retry = retryAfter(answer);
  const details = {
    code: status === 200 ? (textOf(body.error) ?? "200") : String(status),
    ...(own ? { own: own.slice(0, 300) } : {}),
    ...(retry === undefined ? {} : { retryAfterMs: retry }),
  };
  if (status >= 500 || status === 429 || status === 408 || (status < 400 && Object.keys(body).length === 0)) {
    return new ConnectorError(
      "temporary",
      {
        ru: `${service.ru} сейчас не выдаёт доступ (${status}). Попробуйте ещё раз через минуту.`,
        en: `${service.en} gives no access right now (${status}). Try again in a minute.`,
      },
      details,
    );
  }
  return new ConnectorError(
    "access",
    {
      ru: `${service.ru} больше не даёт доступ: его отозвали или срок истёк. Подключите аккаунт заново.`,
      en: `${service.en} gives no access any more: it was revoked or has expired. Connect the account again.`,
    },
    details,
  );
}

function bodyOf(answer: HttpAnswer): JsonObject {
  try {
    return objectOf(answer.json());
  } catch {
    return {};
  }
}

/** Values of a connection with the tokens of an answer. Without a new refresh token the old one goes on serving. */
export function withTokens(
  grant: Pick<OAuthGrant, "lengthens">,
  values: Values,
  answer: JsonObject,
  now: Date,
  more: Values = {},
): Values {
  // Whoever says that a token lives for ever writes some very large number.
  const seconds = lifeOf(answer.expires_in);
  const { expiresAt: _, ...rest } = values;
  const renewer = grant.lengthens === undefined ? answer.refresh_token : answer.access_token;
  return {
    ...rest,
    ...more,
    way: "oauth",
    accessToken: textOf(answer.access_token) ?? "",
    refreshToken: textOf(renewer) ?? values.refreshToken ?? "",
    renewedAt: now.toISOString(),
    ...(seconds === null ? {} : { expiresAt: new Date(now.getTime() + seconds * 1_000).toISOString() }),
  };
}

const LONGEST_SECONDS = 100 * 365 * 86_400;
function lifeOf(told: Json | undefined): number | null {
  const seconds = numberOf(told);
  return seconds === null ? null : Math.min(LONGEST_SECONDS, Math.max(0, seconds));
}

const SOONEST_MS = 30_000;
const EARLIEST_MS = 3_600_000;

/** When to ask for new tokens: a tenth of their life before its end, so that a lost answer can be asked for again. */
export function renewAt(values: Values): Date | null {
  const end = Date.parse(values.expiresAt ?? "");
  if (Number.isNaN(end)) return null;
  const life = end - Date.parse(values.renewedAt ?? "");
  const early = Number.isNaN(life) ? SOONEST_MS : Math.min(EARLIEST_MS, Math.max(SOONEST_MS, life / 10));
  return new Date(end - early);
}

export const isExpired = (values: Values, now: Date): boolean => Date.parse(values.expiresAt ?? "") <= now.getTime();
