/** Encryption of what must not be readable in the database. */
import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from "node:crypto";
import type { Vault } from "../parts.ts";

/** Thrown by open(): sealed with a key that we don't have, or changed since. Carries nothing of the text. */
export class VaultError extends Error {
  override readonly name = "VaultError";
}

/**
 * AES-256-GCM. A sealed text is `v1.<key id>.<base64url of nonce, tag and text>`; the id tells which key opens it, so
 * that a new key can be used while `older` ones still open what they sealed. The head is authenticated too.
 */
export function makeVault({ key, older = [] }: { key: Buffer; older?: readonly Buffer[] }): Vault {
  const keys = new Map([...older, key].map((one) => [keyId(one), one]));
  const head = `v1.${keyId(key)}`;
  // One key, one use.
  const macKey = createHmac("sha256", key).update("svyazka mac").digest();

  return {
    seal(text) {
      // 96 random bits never meet twice within 2^32 texts under one key, which is far away.
      const nonce = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(head));
      const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return `${head}.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64url")}`;
    },
    open(sealed) {
      const [version, id, packed, ...rest] = sealed.split(".");
      if (version !== "v1" || !id || packed === undefined || rest.length > 0) throw new VaultError("Not a sealed text");
      const found = keys.get(id);
      if (!found) throw new VaultError("Sealed with another key");
      const bytes = Buffer.from(packed, "base64url");
      if (bytes.length < 28) throw new VaultError("Sealed text is cut");
      try {
        const decipher = createDecipheriv("aes-256-gcm", found, bytes.subarray(0, 12), { authTagLength: 16 })
          .setAAD(Buffer.from(`${version}.${id}`))
          .setAuthTag(bytes.subarray(12, 28));
        return decipher.update(bytes.subarray(28), undefined, "utf8") + decipher.final("utf8");
      } catch {
        throw new VaultError("Sealed text was changed");
      }
    },
    mac: (text) => createHmac("sha256", macKey).update(text).digest("base64url").slice(0, 32),
  };
}

/** Tells keys apart without telling them. */
function keyId(key: Buffer): string {
  if (key.length !== 32) throw new TypeError("A vault key has 32 bytes");
  return createHash("sha256").update("svyazka key ").update(key).digest("base64url").slice(0, 8);
}
