/** The portal's consent page and the auth server's tokens. */
import { createHash } from "node:crypto";
import { consentPage, isAllowed, redirect } from "../consent.ts";
import { type Call, collection, html, json, nested, object, type Reply, type SandboxDeps } from "../kit.ts";
import { HOST, MEMBER } from "./portal.ts";
import { Refusal } from "./refusals.ts";

export const APP = { id: "local.sandbox.0001", secret: "b24-app-secret-4c1d" };
const CODE_MS = 30_000;
const ACCESS_MS = 3_600_000;

interface Token {
  kind: "code" | "access" | "refresh";
  user: string;
  until: number;
}

export function makeOauth(deps: SandboxDeps) {
  const tokens = collection<Token>(deps, "bitrix24", "tokens");
  const settings = collection<{ value: string }>(deps, "bitrix24", "app");

  function issue(kind: Token["kind"], ms: number): string {
    const value = `${kind}-${createHash("sha256").update(`${kind} ${tokens.next()}`).digest("hex").slice(0, 32)}`;
    tokens.put(value, { kind, user: "1", until: deps.now().getTime() + ms });
    return value;
  }
  function spend(kind: Token["kind"], value: string): boolean {
    const known = tokens.get(value);
    if (known?.kind !== kind || known.until < deps.now().getTime()) return false;
    tokens.remove(value);
    return true;
  }

  function pair(): Reply {
    return json(200, {
      access_token: issue("access", ACCESS_MS),
      refresh_token: issue("refresh", 180 * 86_400_000),
      expires_in: ACCESS_MS / 1_000,
      scope: "crm,user_brief",
      domain: "oauth.bitrix.info",
      server_endpoint: "https://oauth.bitrix.info/rest/",
      client_endpoint: `https://${HOST}/rest/`,
      member_id: MEMBER,
      status: "L",
    });
  }

  function authorize(call: Call): Reply {
    const { query } = call;
    // What can't be finished ends on a page of the portal; the app is told nothing.
    if (query.get("client_id") !== APP.id) return html(400, "Приложение не найдено");
    if (call.method !== "POST")
      return consentPage({ service: "Битрикс24", account: HOST, rights: ["CRM (crm)", "Пользователи (user_brief)"] });
    // The address to come back to is kept with the app, never passed; a refusal ends on a page of the portal.
    if (!isAllowed(call.body)) return html(403, "Доступ не предоставлен");
    return redirect(settings.get("redirect")?.value || `${deps.origin()}/oauth/callback`, {
      code: issue("code", CODE_MS),
      state: query.get("state") ?? "",
      domain: HOST,
      member_id: MEMBER,
      scope: "crm,user_brief",
      server_domain: "oauth.bitrix.info",
    });
  }

  /** Values by query or form: both are in use. */
  function token(call: Call): Reply {
    const values: Record<string, unknown> = { ...nested(call.query), ...nested(new URLSearchParams(call.body)) };
    const own = object(values) ?? {};
    if (own.client_id !== APP.id || own.client_secret !== APP.secret)
      throw new Refusal(401, "invalid_client", "Client is invalid");
    const isCode = own.grant_type === "authorization_code";
    if (!isCode && own.grant_type !== "refresh_token") throw new Refusal(400, "invalid_request", "Wrong grant type");
    const spent = isCode ? spend("code", String(own.code)) : spend("refresh", String(own.refresh_token));
    if (!spent) throw new Refusal(400, "invalid_grant", "The grant is invalid or has expired");
    return pair();
  }

  return {
    handle(call: Call): Reply {
      if (call.path === "oauth/authorize") return authorize(call);
      if (call.path === "oauth/token") return token(call);
      throw new Refusal(404, "not_found", "Not found");
    },
    /** The user behind an access token. */
    userOf(value: string): string {
      const known = tokens.get(value);
      if (known?.kind !== "access") throw new Refusal(401, "NO_AUTH_FOUND", "Wrong authorization data");
      if (known.until < deps.now().getTime())
        throw new Refusal(401, "expired_token", "The access token provided has expired.");
      return known.user;
    },
    register(redirect: string): void {
      settings.put("redirect", { value: redirect });
    },
    clear(): void {
      tokens.clear();
      settings.clear();
    },
  };
}
