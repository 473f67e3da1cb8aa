/** amoCRM's OAuth: consent without a redirect address in the link, codes for 20 minutes, refresh tokens that serve once. */
import { randomBytes } from "node:crypto";
import { consentPage, isAllowed, redirect } from "../consent.ts";
import { type Call, collection, html, json, type Reply, type SandboxDeps } from "../kit.ts";

export const APP = { id: "7d2c0f3e-5b1a-4c7e-9f60-amosandbox01", secret: "amo-sandbox-client-secret-0001" };
export const LONG_LIVED = "amo-sandbox-long-lived-token-0001";
export const HOST = "demo.amocrm.ru";
/** Where the account lives after its renaming. */
const RENAMED = "novoe-imya.amocrm.ru";
const CODE_MS = 20 * 60_000;
const DAY_S = 86_400;
const QUARTER_MS = 90 * 86_400_000;
const GRACE_MS = 60_000;

interface Code {
  readonly at: number;
}
interface Access {
  readonly until: number;
}
interface Refresh {
  readonly until: number;
  readonly usedAt?: number;
  readonly knowsAddress?: boolean;
}

const secret = (kind: string): string => `${kind}.${randomBytes(24).toString("base64url")}`;

export function makeOAuth(deps: SandboxDeps) {
  const codes = collection<Code>(deps, "amocrm", "codes");
  const accesses = collection<Access>(deps, "amocrm", "accesses");
  const refreshes = collection<Refresh>(deps, "amocrm", "refreshes");
  const now = () => deps.now().getTime();
  const comeBack = () => `${deps.origin()}/oauth/callback`;

  /** Tokens are JWTs: one claim names an address that stays whatever becomes of the account's. */
  function token(): string {
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    return `${part({ typ: "JWT", alg: "RS256" })}.${part({ account_id: 1001, api_domain: "api-b.amocrm.ru" })}.${randomBytes(24).toString("base64url")}`;
  }

  function pair(): Reply {
    const access = token();
    const refresh = secret("refresh");
    const seconds = Number(deps.choice("tokenLife"));
    accesses.put(access, { until: now() + seconds * 1_000 });
    refreshes.put(refresh, { until: now() + QUARTER_MS });
    return json(200, {
      token_type: "Bearer",
      expires_in: seconds,
      server_time: Math.floor(now() / 1_000),
      access_token: access,
      refresh_token: refresh,
    });
  }

  const problem = (status: number, hint: string): Reply =>
    json(
      status,
      {
        hint,
        title: "Некорректный запрос",
        type: "https://developers.amocrm.ru/v3/errors/OAuthProblemJson",
        status,
        detail: "В запросе отсутствует ряд параметров или параметры невалидны",
      },
      { "content-type": "application/problem+json" },
    );

  return {
    /** GET and POST of the consent page. The address to come back to is the app's own setting. */
    consent(call: Call): Reply {
      const state = call.query.get("state") ?? "";
      if (call.query.get("client_id") !== APP.id) return html(404, "Интеграция не найдена");
      if (call.method !== "POST")
        return consentPage({
          service: "amoCRM",
          account: HOST,
          rights: ["Доступ к данным аккаунта", "Доступ к уведомлениям"],
        });
      if (!isAllowed(call.body)) return redirect(comeBack(), { error: "access_denied", state });
      const code = secret("def502");
      codes.put(code, { at: now() });
      const referer = deps.choice("referer") === "url" ? `https://${HOST}` : HOST;
      return redirect(comeBack(), { code, state, referer, platform: "1" });
    },

    token(call: Call): Reply {
      let body: Record<string, unknown>;
      try {
        body = JSON.parse(call.body) as Record<string, unknown>;
      } catch {
        return problem(400, "The request is not JSON");
      }
      if (body.client_id !== APP.id) return problem(401, "Check the `client_id` parameter");
      if (body.client_secret !== APP.secret) return problem(401, "Check the `client_secret` parameter");
      if (body.redirect_uri !== comeBack()) return problem(400, "Check the `redirect_uri` parameter");
      if (body.grant_type === "authorization_code") {
        const code = codes.get(String(body.code));
        if (!code) return problem(400, "Cannot decrypt the authorization code");
        codes.remove(String(body.code));
        if (now() - code.at > CODE_MS) return problem(400, "Authorization code has expired");
        return pair();
      }
      if (body.grant_type !== "refresh_token") return problem(400, "Check the `grant_type` parameter");
      const refresh = refreshes.get(String(body.refresh_token));
      if (refresh && !refresh.knowsAddress && deps.choice("address") === "moved")
        return json(404, { detail: "Not found" });
      const grace = deps.choice("refresh") === "grace" ? GRACE_MS : -1;
      const isUsed = refresh?.usedAt !== undefined && now() - refresh.usedAt > grace;
      if (!refresh || refresh.until < now() || isUsed) return problem(401, "Token has been revoked");
      refreshes.put(String(body.refresh_token), { ...refresh, usedAt: refresh.usedAt ?? now() });
      return pair();
    },

    /** Where the account lives now. All of its addresses are one here, so whoever asked this is taken to come to the new one. */
    whereabouts(call: Call): Reply {
      const token = call.headers["x-refresh-token"] ?? "";
      const refresh = refreshes.get(token);
      if (!refresh) return problem(401, "Token has been revoked");
      const domain = deps.choice("address") === "moved" ? RENAMED : HOST;
      refreshes.put(token, { ...refresh, knowsAddress: true });
      return json(200, { id: 1001, subdomain: domain.split(".")[0], domain, top_level_domain: "ru" });
    },

    mayEnter(call: Call): boolean {
      const token = /^Bearer (.+)$/.exec(call.headers.authorization ?? "")?.[1] ?? "";
      if (token === LONG_LIVED) return true;
      const access = accesses.get(token);
      return access !== undefined && access.until > now();
    },

    /** The integration was switched off in the account: everything it holds is void. */
    revoke(): void {
      accesses.clear();
      refreshes.clear();
      codes.clear();
    },
    /** Access tokens die before their time; the refresh tokens go on serving. */
    expire(): void {
      accesses.clear();
    },
    /** How often tokens were given: for whoever looks whether a refresh happened once. */
    tokens: () => refreshes.all().map((one, at) => ({ id: at + 1, used: one.usedAt !== undefined, until: one.until })),
    clear(): void {
      codes.clear();
      accesses.clear();
      refreshes.clear();
    },
  };
}
export type OAuth = ReturnType<typeof makeOAuth>;

export const TOKEN_LIFE = String(DAY_S);
