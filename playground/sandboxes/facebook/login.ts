/** Facebook Login: consent, a code, a token of an hour, and the exchange into one of sixty days. */
import { randomBytes } from "node:crypto";
import { consentPage, isAllowed, redirect } from "../consent.ts";
import { type Call, collection, html, json, type Reply, type SandboxDeps } from "../kit.ts";
import { APP, PAGES, USER } from "./records.ts";
import { graphError } from "./refusals.ts";

const SHORT_S = 5_400;
const LONG_S = 60 * 86_400;
const CODE_MS = 10 * 60_000;

export function makeLogin(deps: SandboxDeps) {
  const codes = collection<{ at: number; redirect: string }>(deps, "facebook", "codes");
  const tokens = collection<{ until: number }>(deps, "facebook", "tokens");
  const now = () => deps.now().getTime();

  function give(seconds: number): Reply {
    const token = `EAA${randomBytes(24).toString("base64url")}`;
    tokens.put(token, { until: now() + seconds * 1_000 });
    return json(200, { access_token: token, token_type: "bearer", expires_in: seconds });
  }
  const isAlive = (token: string): boolean => (tokens.get(token)?.until ?? 0) > now();

  return {
    isAlive,
    consent(call: Call): Reply {
      const [to, state] = ["redirect_uri", "state"].map((name) => call.query.get(name) ?? "");
      if (call.query.get("client_id") !== APP.id) return html(400, "Invalid App ID");
      if (!to || to !== `${deps.origin()}/oauth/callback`) return html(400, "URL Blocked");
      if (call.method !== "POST") {
        const rights = (call.query.get("scope") ?? "").split(",");
        return consentPage({
          service: "Facebook",
          account: `${USER.name}: ${PAGES.map(({ name }) => name).join(", ")}`,
          rights,
        });
      }
      if (!isAllowed(call.body)) {
        return redirect(to, { error: "access_denied", error_reason: "user_denied", state: state ?? "" });
      }
      const code = `AQ${randomBytes(24).toString("base64url")}`;
      codes.put(code, { at: now(), redirect: to });
      return redirect(to, { code, state: state ?? "" });
    },
    token(params: URLSearchParams): Reply {
      if (params.get("client_id") !== APP.id || params.get("client_secret") !== APP.secret) {
        return graphError(400, 1, "Error validating client secret.");
      }
      if (params.get("grant_type") === "fb_exchange_token") {
        return isAlive(params.get("fb_exchange_token") ?? "")
          ? give(LONG_S)
          : graphError(400, 190, "Error validating access token: Session has expired.", { subcode: 463 });
      }
      const name = params.get("code") ?? "";
      const code = codes.get(name);
      codes.remove(name);
      if (!code || code.at < now() - CODE_MS || code.redirect !== params.get("redirect_uri")) {
        return graphError(400, 100, "Invalid verification code format.", { subcode: 36009 });
      }
      return give(SHORT_S);
    },
    clear() {
      codes.clear();
      tokens.clear();
    },
  };
}
export type Login = ReturnType<typeof makeLogin>;
