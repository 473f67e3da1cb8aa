/** An account that was renamed or moved to another domain: the address that its token names knows where it lives now. */
import type { JsonObject, OAuthGrant } from "../kit/define.ts";
import { parseJson } from "../kit/json.ts";
import { objectOf, textOf } from "../kit/read.ts";
import { hostOf } from "./api.ts";

/** The claims of a token, unverified: the service that gave it will judge it. */
function claimsOf(token: string): JsonObject {
  try {
    return objectOf(parseJson(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8")));
  } catch {
    return {};
  }
}

export const moved: NonNullable<OAuthGrant["moved"]> = {
  ask({ accessToken = "", refreshToken = "" }) {
    const domain = textOf(claimsOf(accessToken).api_domain);
    if (domain === null || refreshToken === "") return null;
    return {
      // A refresh token goes there: to amoCRM's own hosts only.
      host: `https://${hostOf(domain)}`,
      path: "/oauth2/account/current/subdomain",
      headers: { "X-Refresh-Token": refreshToken },
      secrets: [refreshToken],
      timeoutMs: 15_000,
    };
  },
  read(answer) {
    const domain = textOf(answer.domain);
    return domain === null ? null : { account: hostOf(domain) };
  },
};
