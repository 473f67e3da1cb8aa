/** Google's token endpoint for service accounts: a JWT signed with the account's key against an hour's access. */
import { createPrivateKey, createPublicKey, createVerify, generateKeyPairSync, randomBytes } from "node:crypto";
import { type Call, collection, json, object, type Reply, type SandboxDeps } from "../kit.ts";

export const EMAIL = "svyazka@shop-project.iam.gserviceaccount.example.test";
const KEY_ID = "0123456789abcdef0123456789abcdef01234567";
const AUDIENCE = "https://oauth2.googleapis.com/token";
const SCOPES = ["https://www.googleapis.com/auth/spreadsheets", "https://www.googleapis.com/auth/drive"];
const LIFE_S = 3_599;

const refused = (description: string, error = "invalid_grant") => json(400, { error, error_description: description });

export function makeTokens(deps: SandboxDeps) {
  const keys = collection<{ pem: string }>(deps, "google-sheets", "keys");
  const tokens = collection<{ until: number }>(deps, "google-sheets", "tokens");

  function pemOf(): string {
    const known = keys.get("account")?.pem;
    if (known) return known;
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    keys.put("account", { pem });
    return pem;
  }

  return {
    /** The file that Google hands out once. */
    keyFile: () =>
      JSON.stringify(
        {
          type: "service_account",
          project_id: "shop-project",
          private_key_id: KEY_ID,
          private_key: pemOf(),
          client_email: EMAIL,
          client_id: "100000000000000000001",
          auth_uri: "https://accounts.google.com/o/oauth2/auth",
          token_uri: AUDIENCE,
        },
        null,
        2,
      ),
    isAlive(call: Call): boolean {
      const token = /^Bearer (.+)$/.exec(call.headers.authorization ?? "")?.[1] ?? "";
      return (tokens.get(token)?.until ?? 0) > deps.now().getTime();
    },
    issue(call: Call): Reply {
      const form = new URLSearchParams(call.body);
      if (form.get("grant_type") !== "urn:ietf:params:oauth:grant-type:jwt-bearer")
        return refused("Invalid grant_type", "unsupported_grant_type");
      const [head = "", body = "", signature = ""] = (form.get("assertion") ?? "").split(".");
      const part = (text: string) => {
        try {
          return object(JSON.parse(Buffer.from(text, "base64url").toString())) ?? {};
        } catch {
          return {};
        }
      };
      const [header, claims] = [part(head), part(body)];
      if (header.alg !== "RS256") return refused("Invalid JWT: Failed audience check.");
      const isSigned = createVerify("RSA-SHA256")
        .update(`${head}.${body}`)
        .verify(createPublicKey(createPrivateKey(pemOf())), Buffer.from(signature, "base64url"));
      if (claims.iss !== EMAIL) return refused("Invalid grant: account not found");
      if (!isSigned) return refused("Invalid JWT Signature.");
      if (claims.aud !== AUDIENCE) return refused("Invalid JWT: Failed audience check.");
      const at = deps.now().getTime() / 1_000;
      const [iat, exp] = [Number(claims.iat), Number(claims.exp)];
      if (!(iat <= at + 300 && exp > at - 300 && exp - iat <= 3_600 && exp > iat))
        return refused("Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.");
      const scopes = String(claims.scope ?? "").split(" ");
      if (!scopes.some((scope) => SCOPES.includes(scope)))
        return json(400, { error: "invalid_scope", error_description: "Empty or missing scope not allowed." });
      const token = `ya29.${randomBytes(24).toString("base64url")}`;
      tokens.put(token, { until: deps.now().getTime() + LIFE_S * 1_000 });
      return json(200, { access_token: token, expires_in: LIFE_S, token_type: "Bearer" });
    },
    /** Every access that was given out is dead from now on. */
    revoke: () => tokens.clear(),
  };
}
