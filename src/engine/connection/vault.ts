/** Encryption of what must not be readable in the database. */
import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from "node:crypto";
import type { Vault } from "../parts.ts";

/** Thrown by open(): sealed with a key that we don't have, or changed since. Carries nothing of the text. */
export class VaultError extends Error {
  override readonly name = "VaultError";
}

/** The vault of this process, with what a rotation of its keys needs. */
export interface Keyring extends Vault {
  /** The text with everything in it that an older key sealed sealed anew; what doesn't open stays as it is. */
  reseal(text: string): string;
  /** How texts begin that an older key of ours sealed. */
  olderHeads(): readonly string[];
  /** What `mac` is made with: after a rotation still what it was before. */
  macKey(of?: string): Buffer;
  keepMacKey(key: Buffer): void;
}
export interface Keys {
  /** Seals. */
  readonly key: Buffer;
  /** Still open what they sealed. */
  readonly older?: readonly Buffer[];
  /** Keys as they are now, asked when a text meets an unknown one: a rotation beside this process may have made it. */
  readonly again?: () => readonly Buffer[];
}

const SEALED = /v1\.([\w-]{8})\.([\w-]{38,})/g;

/**
 * AES-256-GCM. A sealed text is `v1.<key id>.<base64url of nonce, tag and text>`; the id tells which key opens it, so
 * that a new key can be used while `older` ones still open what they sealed. The head is authenticated too.
 */
export function makeVault({ key, older = [], again }: Keys): Keyring {
  const keys = new Map([...older, key].map((one) => [keyId(one), one]));
  const own = keyId(key);
  const head = `v1.${own}`;
  let macKey = macKeyOf(key);

  function find(id: string): Buffer | undefined {
    if (!keys.has(id)) for (const one of again?.() ?? []) keys.set(keyId(one), one);
    return keys.get(id);
  }

  const vault: Keyring = {
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
      const found = find(id);
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

    reseal: (text) =>
      text.replace(SEALED, (sealed, id: string) => {
        if (id === own) return sealed;
        try {
          return vault.seal(vault.open(sealed));
        } catch {
          return sealed;
        }
      }),
    olderHeads: () => [...keys.keys()].filter((id) => id !== own).map((id) => `v1.${id}.`),
    macKey(of) {
      const found = of === undefined ? undefined : find(/^v1\.([\w-]{8})\./.exec(of)?.[1] ?? "");
      return found === undefined ? macKey : macKeyOf(found);
    },
    keepMacKey(kept) {
      macKey = kept;
    },
  };
  return vault;
}

/** One key, one use. */
const macKeyOf = (key: Buffer): Buffer => createHmac("sha256", key).update("svyazka mac").digest();

/** Tells keys apart without telling them. */
function keyId(key: Buffer): string {
  if (key.length !== 32) throw new TypeError("A vault key has 32 bytes");
  return createHash("sha256").update("svyazka key ").update(key).digest("base64url").slice(0, 8);
}
