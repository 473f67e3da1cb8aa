/**
 * Tokens of consents: got for a code, renewed before they expire or when a service refuses them. Many services take a
 * refresh token once only, so one process renews at a time, and what came is stored before anybody uses it.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { Connector, JsonObject, Text } from "../../connectors/kit/define.ts";
import { ConnectorError } from "../../connectors/kit/errors.ts";
import type { OpenHttp } from "../../connectors/kit/http.ts";
import {
  isExpired,
  type OAuthApp,
  type OAuthGrant,
  placed,
  renewAt,
  tokenCall,
  tokenError,
  type Values,
  wayOf,
  withTokens,
} from "../../connectors/kit/oauth.ts";
import { objectOf, textOf } from "../../connectors/kit/read.ts";
import type { Shared } from "../parts.ts";
import { endRenewal, idleAccounts, leaseRenewal, lockSecret, readSecret, writeTokens } from "../store/consents.ts";
import { loggable } from "../store/outage.ts";

/** Longer than the token call can take, so that a lease which ran out belongs to a process that died. */
const LEASE_MS = 30_000;
const LOOKS = 60;
const LOOK_MS = 150;
/** A service that doesn't renew is asked again this much later, while the old token still works. */
const PAUSE_MS = 15_000;
/** Tokens this fresh aren't the reason of a refusal: renewing them again would change nothing. */
const FRESH_MS = 60_000;
const WRITES = 5;
const DAY_MS = 86_400_000;
/** Expired for so long: nobody uses the account, and its refresh token must not die of that. */
const IDLE_DAYS = 7;

export interface TokensDeps extends Pick<Shared, "db" | "clock" | "log" | "vault" | "settings" | "connectors"> {
  readonly http: OpenHttp;
}

export interface Tokens {
  readonly app: (connector: Connector) => OAuthApp | null;
  /** What keeps people from consenting in the browser here, for whoever runs this installation; null: nothing. */
  lacks(connector: Connector): Text | null;
  readonly redirect: () => string;
  placed(connector: Connector, template: string, values: Values): string;
  /** What a consent brings, lengthened where the service gives no refresh token. */
  exchange(connector: Connector, values: Values, got: { code: string; verifier: string | null }): Promise<JsonObject>;
  /** The connection's values with tokens that work now. `refused`: an access token that the service didn't take. */
  fresh(connection: string, connector: Connector, values: Values, refused?: string): Promise<Values>;
  /** Renews what nobody has used for a week. */
  tick(): Promise<void>;
}

export function makeTokens(deps: TokensDeps): Tokens {
  const { db, clock, log, vault, settings, connectors, http } = deps;
  const running = new Map<string, Promise<Values>>();
  const notBefore = new Map<string, number>();

  const keyOf = (connector: Connector): string => connector.key.toUpperCase().replaceAll("-", "_");
  const app = (connector: Connector): OAuthApp | null => settings.oauthApps?.[keyOf(connector)] ?? null;
  const redirect = (): string => `${settings.publicUrl ?? ""}/oauth/callback`;
  const grantOf = ({ auth }: Connector): OAuthGrant | null => (auth.kind === "oauth2" ? auth.grant : null);

  function place(connector: Connector, template: string, values: Values): string {
    // Before the consent nothing is known of the account, and only the token's address may need it.
    const names = template.includes("{") ? { ...values, ...connector.api?.names?.(values) } : values;
    return placed(template, names, settings.endpoints[keyOf(connector)]);
  }

  /** The token endpoint is the service's too, with its limits and its guard, but knows nothing of the old tokens. */
  async function call(
    connector: Connector,
    values: Values,
    got: { code: string; verifier: string | null } | { refreshToken: string },
  ): Promise<JsonObject> {
    const grant = grantOf(connector);
    const own = app(connector);
    if (!grant || !own) throw noApp(connector);
    const { accessToken: _, refreshToken: __, ...open } = values;
    const { base = "", limits, lane, names } = connector.api ?? {};
    const quiet: Connector = {
      ...connector,
      api: {
        base,
        ...(limits ? { limits } : {}),
        ...(lane ? { lane } : {}),
        ...(names ? { names } : {}),
        error: (answer) => tokenError(answer, connector.name),
      },
    };
    const at = place(connector, grant.token, values);
    const answer = await http(quiet, open, () => {})(tokenCall(grant, at, { app: own, redirect: redirect(), ...got }));
    return objectOf(answer.json());
  }

  /** Where a refresh is refused the account may only have another address; whatever keeps that from being asked, the refusal stands. */
  async function refresh(connector: Connector, values: Values): Promise<{ answer: JsonObject; moved: Values }> {
    const refreshToken = values.refreshToken ?? "";
    try {
      return { answer: await call(connector, values, { refreshToken }), moved: {} };
    } catch (error) {
      const isGone = error instanceof ConnectorError && (error.errorClass === "access" || error.details.code === "dns");
      const moved = isGone ? await movedTo(connector, values).catch(() => null) : null;
      if (moved === null) throw error;
      log.info({ connector: connector.key }, "the account lives elsewhere");
      return { answer: await call(connector, { ...values, ...moved }, { refreshToken }), moved };
    }
  }

  async function movedTo(connector: Connector, values: Values): Promise<Values | null> {
    const { moved } = grantOf(connector) ?? {};
    const asked = moved?.ask(values) ?? null;
    if (!moved || asked === null) return null;
    // Without the dead token, whose refusal would look like this one's.
    const { authorize: _, ...rest } = connector.api ?? { base: "", error: () => null };
    const { accessToken: __, ...known } = values;
    const answer = await http({ ...connector, api: rest }, known, () => {})(asked);
    return moved.read(objectOf(answer.json()));
  }

  const open = (secret: string): Values => JSON.parse(vault.open(secret)) as Values;

  /** Stored before it is used. The old refresh token may be dead already, so a database that stumbles gets more chances. */
  async function keep(connection: string, before: Values, next: Values): Promise<Values> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await db.transaction(async (tx) => {
          const secret = await lockSecret(tx, connection);
          if (secret === undefined) return next;
          const now = open(secret);
          // The person has connected anew meanwhile, or chosen another way: theirs counts.
          if (now.refreshToken !== before.refreshToken || now.accessToken !== before.accessToken) return now;
          await writeTokens(tx, connection, vault.seal(JSON.stringify(next)), renewAt(next));
          return next;
        });
      } catch (error) {
        log.error({ err: loggable(error), connection, attempt }, "new tokens could not be stored");
        if (attempt === WRITES) throw error;
        await pause(attempt * 500);
      }
    }
  }

  async function renew(connection: string, connector: Connector, seen: Values): Promise<Values> {
    for (let look = 0; look < LOOKS; look++) {
      const now = clock.now();
      const until = new Date(now.getTime() + LEASE_MS);
      if (await leaseRenewal(db, connection, now, until)) {
        try {
          const values = await present(connection, seen);
          if (values.accessToken !== seen.accessToken) return values;
          const { answer, moved } = await refresh(connector, values);
          const grant: Pick<OAuthGrant, "brought" | "lengthens"> = grantOf(connector) ?? {};
          const more = { ...moved, ...grant.brought?.(answer) };
          return await keep(connection, values, withTokens(grant, values, answer, clock.now(), more));
        } finally {
          await endRenewal(db, connection, until).catch(() => undefined);
        }
      }
      await pause(LOOK_MS);
      const values = await present(connection, seen);
      if (values.accessToken !== seen.accessToken) return values;
    }
    throw busy(connector);
  }

  async function present(connection: string, fallback: Values): Promise<Values> {
    const secret = await readSecret(db, connection);
    return secret === undefined ? fallback : open(secret);
  }

  /** One renewal per connection in this process; the lease sees to the others. */
  function renewOnce(connection: string, connector: Connector, values: Values): Promise<Values> {
    const before = running.get(connection);
    if (before) return before;
    const work = renew(connection, connector, values).finally(() => running.delete(connection));
    running.set(connection, work);
    return work;
  }

  async function fresh(connection: string, connector: Connector, values: Values, refused?: string): Promise<Values> {
    if (wayOf(connector.auth, values) !== "oauth" || connector.auth.kind !== "oauth2") return values;
    const now = clock.now();
    const isRefused = refused !== undefined && refused === values.accessToken;
    const due = renewAt(values);
    const isDead = isRefused || isExpired(values, now);
    if (!isDead && (due === null || due > now)) return values;
    if (!isDead && (notBefore.get(connection) ?? 0) > now.getTime()) return values;
    if (isRefused && now.getTime() - Date.parse(values.renewedAt ?? "") < FRESH_MS) return values;
    if ((values.refreshToken ?? "") === "") {
      if (isDead) throw ended(connector);
      return values;
    }
    try {
      const renewed = await renewOnce(connection, connector, values);
      notBefore.delete(connection);
      return renewed;
    } catch (error) {
      const isPassing = error instanceof ConnectorError && error.errorClass === "temporary";
      if (isDead || !isPassing) throw error;
      notBefore.set(connection, now.getTime() + PAUSE_MS);
      log.warn({ connection, connector: connector.key, code: error.details.code }, "tokens could not be renewed yet");
      return values;
    }
  }

  return {
    app,
    redirect,
    placed: place,
    async exchange(connector, values, got) {
      const answer = await call(connector, values, got);
      const token = textOf(answer.access_token);
      if (grantOf(connector)?.lengthens === undefined || token === null) return answer;
      return call(connector, values, { refreshToken: token });
    },
    fresh,

    lacks(connector) {
      if (connector.auth.kind !== "oauth2") return null;
      const key = keyOf(connector);
      const missing = [
        ...(app(connector) === null ? [`OAUTH_${key}_ID`, `OAUTH_${key}_SECRET`] : []),
        ...(settings.publicUrl === null ? ["PUBLIC_URL"] : []),
      ];
      if (missing.length === 0) return null;
      const list = missing.join(", ");
      const [ru, en] =
        app(connector) === null
          ? [
              " Владелец бота может вписать приложение и здесь: /settings → «Приложения сервисов».",
              " The bot's owner may also put the app in here: /settings → “Services' apps”.",
            ]
          : ["", ""];
      return {
        ru: `Вход через браузер здесь не настроен: на сервере не задано ${list}.${ru}`,
        en: `Signing in with the browser isn't set up here: the server lacks ${list}.${en}`,
      };
    },

    async tick() {
      const before = new Date(clock.now().getTime() - IDLE_DAYS * DAY_MS);
      for (const { id, connector: key } of await idleAccounts(db, before, 100)) {
        const connector = connectors.find((known) => known.key === key);
        const secret = await readSecret(db, id);
        if (!connector || secret === undefined) continue;
        try {
          await fresh(id, connector, open(secret));
        } catch (error) {
          // Whoever uses the account next is told; an account that nobody uses needs no alarm.
          log.warn({ err: loggable(error), connection: id }, "tokens of an idle account could not be renewed");
        }
      }
    },
  };
}

function noApp(connector: Connector): ConnectorError {
  return new ConnectorError("access", {
    ru: `Приложение ${connector.name.ru} на этом сервере больше не задано. Подключите аккаунт заново.`,
    en: `The app for ${connector.name.en} is no longer set on this server. Connect the account again.`,
  });
}
function ended(connector: Connector): ConnectorError {
  return new ConnectorError(
    "access",
    {
      ru: `Доступ к ${connector.name.ru} истёк. Подключите аккаунт заново.`,
      en: `Access to ${connector.name.en} has expired. Connect the account again.`,
    },
    { code: "expired" },
  );
}
function busy(connector: Connector): ConnectorError {
  return new ConnectorError(
    "temporary",
    {
      ru: `Доступ к ${connector.name.ru} сейчас обновляется. Запрос подождёт.`,
      en: `Access to ${connector.name.en} is being renewed. The request waits.`,
    },
    { code: "turn", retryAfterMs: 2_000 },
  );
}
