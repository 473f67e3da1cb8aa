/** The key file of a service account, as people paste it, and the access that is got with it. */
import { createHash, createPrivateKey, createSign, type KeyObject } from "node:crypto";
import type { Context, JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { numberOf, objectOf, textOf } from "../kit/read.ts";

export interface Key {
  readonly email: string;
  readonly id: string | null;
  readonly secret: KeyObject;
}

const SCOPE = "https://www.googleapis.com/auth/spreadsheets";
const TOKEN_HOST = "https://oauth2.googleapis.com";
/** Whatever the file says: a crafted one could send the signed assertion to anybody. */
const AUDIENCE = `${TOKEN_HOST}/token`;
const LIFE_S = 3_600;
const EARLY_MS = 5 * 60_000;

function bad(ru: string, en: string): never {
  throw new ConnectorError("access", { ru, en }, { field: "key" });
}

/** Messengers and editors break the key's lines: inside a JSON text a real line break becomes the `\n` that it was. */
function mended(text: string): string {
  const straight = text.replace(/[\u201c\u201d\u00ab\u00bb]/g, '"').replace(/[\u00a0\u2028\u2029]/g, " ");
  return straight.replace(/"(?:[^"\\]|\\[\s\S])*"/g, (whole) => whole.replace(/\r?\n/g, "\\n"));
}

function parse(text: string): JsonObject {
  for (const variant of [text, mended(text)]) {
    try {
      return objectOf(JSON.parse(variant));
    } catch {
      // The next variant, or the refusal below.
    }
  }
  return bad(
    "Это не похоже на файл ключа. Откройте скачанный файл .json и пришлите его текст целиком, от { до }.",
    "This is no key file. Open the downloaded .json file and send its whole text, from { to }.",
  );
}

export function readKey(text: string): Key {
  const file = parse(text.trim());
  if (textOf(file.type) !== "service_account") {
    bad(
      "Это ключ другого вида. Нужен ключ сервисного аккаунта: Google Cloud → IAM → Сервисные аккаунты → Ключи → JSON.",
      "This is another kind of key. A service account's is needed: Google Cloud → IAM → Service accounts → Keys → JSON.",
    );
  }
  const email = textOf(file.client_email);
  // Line breaks that were escaped twice, or lost altogether, come back.
  const body = (textOf(file.private_key) ?? "")
    .replaceAll("\\n", "\n")
    .replace(/-----(BEGIN|END)[A-Z ]*PRIVATE KEY-----/g, "")
    .replace(/\s+/g, "");
  try {
    if (email === null) throw new Error("no client_email");
    const secret = createPrivateKey({ key: Buffer.from(body, "base64"), format: "der", type: "pkcs8" });
    return { email, id: textOf(file.private_key_id), secret };
  } catch {
    return bad(
      "В ключе не хватает частей: он скопирован не целиком. Пришлите текст файла ещё раз.",
      "Parts of the key are missing: it wasn't copied whole. Send the file's text again.",
    );
  }
}

function assertion(key: Key, now: Date): string {
  const iat = Math.floor(now.getTime() / 1_000);
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const head = part({ alg: "RS256", typ: "JWT", ...(key.id === null ? {} : { kid: key.id }) });
  const claims = part({ iss: key.email, scope: SCOPE, aud: AUDIENCE, iat, exp: iat + LIFE_S });
  const signature = createSign("RSA-SHA256").update(`${head}.${claims}`).sign(key.secret, "base64url");
  return `${head}.${claims}.${signature}`;
}

interface Access {
  readonly token: string;
  readonly until: number;
}

const MAX_KEPT = 200;

/** Accesses live an hour and are asked for again five minutes before their end. */
export function makeAccess() {
  const kept = new Map<string, Access>();
  const nameOf = (ctx: Context) =>
    createHash("sha256")
      .update(ctx.auth.key ?? "")
      .digest("base64url");

  return {
    async of(ctx: Context): Promise<string> {
      const name = nameOf(ctx);
      const known = kept.get(name);
      if (known && known.until > ctx.now().getTime()) return known.token;
      const signed = assertion(readKey(ctx.auth.key ?? ""), ctx.now());
      const answer = await ctx.http({
        method: "POST",
        host: TOKEN_HOST,
        path: "/token",
        form: { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion: signed },
        safe: true,
        secrets: [signed],
      });
      const body = objectOf(answer.json());
      const token = textOf(body.access_token) ?? "";
      const life = (numberOf(body.expires_in) ?? LIFE_S) * 1_000;
      if (kept.size >= MAX_KEPT) kept.clear();
      kept.set(name, { token, until: ctx.now().getTime() + life - EARLY_MS });
      return token;
    },
    forget: (ctx: Context) => void kept.delete(nameOf(ctx)),
  };
}
