/**
 * The vocabulary of connectors: what a service can do, declared as data with small functions.
 * The engine owns time, cursors, repeats, retries and secrets; a connector only says how to ask and what an answer means.
 */
import { checkConnector } from "./check.ts";
import type { ConnectorError } from "./errors.ts";
import type { Choice, Field, Json, JsonObject, Locale, Text } from "./fields.ts";
import type { Limits } from "./limits.ts";
import type { OAuthGrant } from "./oauth.ts";
import type { Storage } from "./storage.ts";
import type { Tcp } from "./tcp.ts";

/** One call to the service. Relative paths are joined to the connector's base address. */
export interface HttpCall {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD";
  readonly path: string;
  /** Another host of the same service (`https://auth.example.com`); ENDPOINT_<KEY> stands for it as for the base. No credentials go there. */
  readonly host?: string;
  /** `undefined` and `null` are left out; arrays become repeated `key[]` pairs, objects `key[sub]` (PHP style). */
  readonly query?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** At most one of json, form, text. */
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, unknown>>;
  readonly text?: string;
  /** May be repeated blindly. Default: GET and HEAD yes, everything else no. */
  readonly safe?: boolean;
  /** Milliseconds; default 30 000. */
  readonly timeoutMs?: number;
  /** Values in this call that a person typed as secret though they belong to no connection: masked in the history. */
  readonly secrets?: readonly string[];
  /** Answer larger than this many bytes is a data error; default 10 MiB. */
  readonly maxBytes?: number;
  /** The answer is a file: its `text` is base64, and the history keeps its size alone. */
  readonly base64?: boolean;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** Parsed exactly (19-digit integers stay text). Throws a ConnectorError where the service answered no JSON. */
  json(): Json;
}

/**
 * The only way out. Keeps the connection's limits, time-outs, sizes, the SSRF guard and redaction; throws
 * ConnectorError for anything but an answer that the connector's `api.error` lets pass.
 */
export type Http = (call: HttpCall) => Promise<HttpAnswer>;

/** What every function of a connector is given. */
export interface Context {
  /** The connection's values by field key, secrets in clear. Empty for connectors without auth. */
  readonly auth: Readonly<Record<string, string>>;
  readonly http: Http;
  readonly locale: Locale;
  /** IANA zone of the workspace: services that send local times without a zone mean their account's, which is usually this one. */
  readonly timeZone: string;
  /** ISO 3166 country by which national phone numbers are read. */
  readonly country: string;
  readonly now: () => Date;
  /** For protocols that aren't HTTP, under the same guard. */
  readonly tcp?: Tcp;
  /** What the workspace keeps between runs. */
  readonly storage?: Storage;
  /** The app registered at the service (OAUTH_<KEY>_ID and _SECRET), where there is one: consents are given to it. */
  readonly app?: { readonly id: string; readonly secret: string } | null;
}

export type Auth =
  | { readonly kind: "none" }
  /** Values a person types; `steps` tell where to find them, in the service's own menu names. */
  | { readonly kind: "fields"; readonly fields: readonly Field[]; readonly steps: readonly Text[] }
  /**
   * Consent in the browser. `fields` (with their `steps`) are a second way that needs no app of ours and no public
   * address: a long-lived token, the address of an incoming webhook; empty where there is none. `authorize` finds
   * `accessToken` among the values of the first way and the fields among those of the second; `way` tells which.
   */
  | {
      readonly kind: "oauth2";
      readonly grant: OAuthGrant;
      /** The second way's name on its button. */
      readonly otherwise?: Text;
      readonly fields: readonly Field[];
      readonly steps: readonly Text[];
      /** How the installation's owner registers the app; shown where OAUTH_<KEY>_ID is missing. */
      readonly appSteps?: readonly Text[];
    };

export interface Api {
  /**
   * Base address without trailing slash; may hold `{field}` of the connection's values (the field's `initial` where it
   * is empty). `ENDPOINT_<KEY>` replaces it.
   */
  readonly base: string;
  /**
   * Further names for `base` and `ENDPOINT_<KEY>`, read out of the connection's values: `account` is what a portal is
   * called. Throws a ConnectorError where a value can't be understood.
   */
  names?(auth: Readonly<Record<string, string>>): Readonly<Record<string, string>>;
  /** Headers and query values that every call carries; the place for credentials. */
  authorize?(auth: Readonly<Record<string, string>>): {
    headers?: Record<string, string>;
    query?: Record<string, string>;
  };
  /** Published limits, counted as `lane` says; per connection without it. */
  readonly limits?: Limits;
  /**
   * Whose limits a connection uses up: the same text, the same count. A portal's name where the service counts per
   * portal, nothing where it counts per caller. May hold secrets. Throws where the values can't be understood; they are
   * a connection of their own then.
   */
  lane?(auth: Readonly<Record<string, string>>): string;
  /**
   * The only place with status codes: null lets the answer pass, anything else is thrown.
   * Called for every answer, also 2xx (some services say no with 200).
   */
  error(answer: HttpAnswer, call: HttpCall): ConnectorError | null;
}

/** One page of a reference list. */
export interface ListPage {
  readonly items: readonly ListItem[];
  /** Pass to the next call for the next page; absent on the last. */
  readonly next?: string;
}
export interface ListItem {
  readonly value: string;
  readonly label: string;
  /** Group or explanation in small print. */
  readonly note?: string;
}
/** A named reference list (shops, statuses, users …). The engine caches it whole and searches in its copy. */
export interface List {
  readonly label: Text;
  load(ctx: Context, depends: Readonly<Record<string, string>>, page: string | undefined): Promise<ListPage>;
}

/** Where a poll starts. `at` is the time mark (exclusive overlap already subtracted), `cursor` what the last page left. */
export interface PollSince {
  readonly at: Date;
  readonly until: Date;
  readonly cursor: Json;
  /** A person waits for any recent item: one ask for the whole window is enough, in any order. */
  readonly isSample?: boolean;
}
export interface PollPage {
  readonly items: readonly JsonObject[];
  /** Kept by the engine once the items of this page are stored, and given to the next poll. */
  readonly cursor?: Json;
}

export interface Poll {
  /** Minutes between polls when nobody chose; 1 to 1440. */
  readonly everyMinutes?: number;
  /** Minutes that each window reaches back over the last one, for services that show items late. Default 10. */
  readonly overlapMinutes?: number;
  /** Pages of items, oldest first where the service can. The engine drops what it has seen. */
  items(ctx: Context, options: JsonObject, since: PollSince): AsyncIterable<PollPage>;
  /** A period in the past can be read, so migration is offered. */
  readonly migrates?: boolean;
  /** Over a whole window no page is older than the one before it: a migration that was cut off goes on from there. */
  readonly isAscending?: boolean;
}

/** A request that reached one of our addresses, as it came. Names of headers are lower case. */
export interface HookRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: JsonObject;
  /** Parsed by content type: JSON, form (PHP nesting), multipart (text parts; files by name and size), else `{ body: text }`. */
  readonly body: Json;
  /** The raw bytes as text, for signatures. */
  readonly raw: string;
  /** When it came, for services that tell no time. */
  readonly receivedAt?: Date;
}
export interface HookAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}
/** What tells a request of the service from anybody else's: made by the engine, the same for as long as the address lives. */
export interface HookTrust {
  /** 32 characters of base64url that nobody else knows; for services that ask for a secret or a verify token of ours. */
  readonly secret: string;
  /** The app registered at the service: OAUTH_<KEY>_ID and _SECRET. Null where nobody set them. */
  readonly app: { readonly id: string; readonly secret: string } | null;
}
export interface Hook {
  /**
   * Who owns the address: each bundle its own, one per connection, or one for the whole app. What comes to a shared
   * address goes to every bundle that listens there and for which `deliveries` finds something.
   */
  readonly scope: "bundle" | "connection" | "app";
  /** Connector wants GET as well as POST. */
  readonly acceptsGet?: boolean;
  /** How a person sets it up by hand, in the service's own menu names; shown beside the address. */
  readonly steps?: readonly Text[];
  /**
   * Makes or removes the subscription at the service. Without them the person pastes the address. A shared address is
   * subscribed for every bundle that begins to listen (so doing it again must change nothing) and removed after the last.
   * It is taken back and made anew when our address changes, and when `wants` does.
   */
  subscribe?(ctx: Context, url: string, options: JsonObject, trust: HookTrust): Promise<JsonObject>;
  unsubscribe?(ctx: Context, state: JsonObject): Promise<void>;
  /** Whether the service still keeps the subscription and sends; asked hourly, and what is dead is made anew. */
  isAlive?(ctx: Context, state: JsonObject): Promise<boolean>;
  /**
   * At a bundle's own address: what of the options the subscription depends on (its events); all of them without this.
   * At a shared one it depends on none, because its bundles have options of their own.
   */
  wants?(options: JsonObject): readonly string[];
  /** `subscribe` works for some connections only (an app's): the address and the steps are shown all the same. */
  readonly byHandToo?: boolean;
  /** A handshake that is answered at once and never stored. No options at a shared address, no `auth` at an app's. */
  answer?(
    request: HookRequest,
    options: JsonObject,
    auth: Readonly<Record<string, string>>,
    trust: HookTrust,
  ): HookAnswer | null;
  /** A handshake whose answer the service must be asked for; not at an app's address, which has no connection. */
  confirm?(ctx: Context, request: HookRequest, trust: HookTrust): Promise<HookAnswer | null>;
  /** False: 401, nothing is stored. */
  verify?(request: HookRequest, options: JsonObject, auth: Readonly<Record<string, string>>, trust: HookTrust): boolean;
  /**
   * At an app's address: what of the account a bundle listens to (a page's id), and what of it a request is about. Only
   * bundles that are subscribed to it hear of the request. Without them every bundle does.
   */
  route?(options: JsonObject): string | null;
  routes?(request: HookRequest): readonly string[];
  /** What the request brought; the same shape as a poll's items, or what `enrich` needs. Empty: not ours, dropped. */
  deliveries(request: HookRequest, options: JsonObject): readonly JsonObject[];
  /** It says nothing, as when somebody only tries the address: it starts a run like any other, but is nobody's sample. */
  isBare?(delivery: JsonObject): boolean;
  /** Asks the service for the record where the hook brings only ids. */
  enrich?(ctx: Context, delivery: JsonObject): Promise<JsonObject | null>;
}

export interface Trigger {
  readonly key: string;
  readonly name: Text;
  readonly about?: Text;
  /** Other words by which people look for it, lower case, both languages. */
  readonly words?: readonly string[];
  /** What a person may choose. Values reach the functions rendered and converted. */
  readonly options: readonly Field[];
  readonly output: readonly Field[];
  /** Output fields of this account (custom fields), joined with `output`. */
  outputOf?(ctx: Context, options: JsonObject): Promise<readonly Field[]>;
  /** A made-up item with every declared output field. */
  readonly sample: JsonObject;
  /** At least one of poll, hook, clock. With poll and hook, the poll reconciles. */
  readonly poll?: Poll;
  readonly hook?: Hook;
  /** Fires by the clock (the schedule connector); the engine makes the item. */
  readonly clock?: boolean;
  /** For `clock`: the options as a cron expression of five fields; without it the option `cron` is one. */
  cron?(options: JsonObject): string;
  /** The record in the source, unique within the trigger. */
  record(item: JsonObject): string;
  /** What tells one change of the record from the next; the record itself where items never change. */
  change(item: JsonObject): string;
  /** When it happened, to tell old from new; null where the service gives no time. */
  at(item: JsonObject, ctx: Pick<Context, "timeZone">): Date | null;
  /** What fires when nobody chose: each record once, or every change. Default "once". */
  readonly repeats?: "once" | "every";
}

/** A record that already exists and matched. */
export interface Found {
  /** The record's id at the service, for people. */
  readonly id: string;
  /** As `run` would have returned it. */
  readonly output: JsonObject;
  /** Present values by input field key, for the rules "add" and "fill if empty". */
  readonly fields: JsonObject;
  /** ISO time or anything that sorts by age; the oldest wins. */
  readonly createdAt?: string;
}

export interface Duplicates {
  /** Input fields by which a record can be told; the person ticks some of them. */
  readonly keys: readonly string[];
  /** Records in which the one given field has this value. The engine calls it per ticked field and joins the answers. */
  find(ctx: Context, key: string, value: Json, input: JsonObject): Promise<readonly Found[]>;
  /** Writes `changes` (input fields by key, rules already applied) into the found record and returns the action's output. */
  update?(ctx: Context, found: Found, changes: JsonObject, input: JsonObject): Promise<JsonObject>;
}

export interface Action {
  readonly key: string;
  readonly name: Text;
  readonly about?: Text;
  readonly words?: readonly string[];
  readonly kind: "create" | "update" | "find" | "other";
  /** May be repeated blindly when an answer was lost: finds, and writes that set the same state again. */
  readonly safe: boolean;
  readonly fields: readonly Field[];
  /** Input fields of this account (custom fields), joined with `fields`. */
  fieldsOf?(ctx: Context, input: JsonObject): Promise<readonly Field[]>;
  readonly output: readonly Field[];
  readonly sample: JsonObject;
  run(ctx: Context, input: JsonObject, once: Once): Promise<JsonObject>;
  readonly duplicates?: Duplicates;
  /**
   * For an unknown outcome: was the call made by `run` with this input done? Returns its output, "absent" when it is
   * certain that nothing happened, or null when that can't be told.
   */
  lookup?(ctx: Context, input: JsonObject, once: Once): Promise<JsonObject | "absent" | null>;
}

/** Names this call for ever, so that a service can recognise a repeated one: stable over retries of the same step of the same run. */
export interface Once {
  readonly key: string;
  /** For `lookup`: when the call was made. A record from clearly before it isn't its doing. */
  readonly at?: Date;
}

export interface Connector {
  /** Lower-case letters, digits and hyphens. */
  readonly key: string;
  readonly name: Text;
  readonly about: Text;
  readonly words?: readonly string[];
  /** Built-in tools (webhook, HTTP request, schedule …) are listed after services. */
  readonly core?: boolean;
  readonly auth: Auth;
  readonly api?: Api;
  /** Reaches the account and says how it is called there; `notes`: what works only in part, shown once below. */
  check?(ctx: Context): Promise<{ account: string; notes?: readonly Text[] }>;
  readonly lists?: Readonly<Record<string, List>>;
  readonly triggers: readonly Trigger[];
  readonly actions: readonly Action[];
}

/** Checks what the compiler can't: unique keys, samples that hold every declared output field. Throws on a mistake in the declaration. */
export function defineConnector(connector: Connector): Connector {
  checkConnector(connector);
  return connector;
}

export type { Choice, Field, Json, JsonObject, Locale, OAuthGrant, Text };
