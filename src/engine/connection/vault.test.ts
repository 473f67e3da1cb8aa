import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, it } from "node:test";
import fc from "../../../test/support/property.ts";
import { makeVault, VaultError } from "./vault.ts";

describe("vault", () => {
  const key = randomBytes(32);
  const vault = makeVault({ key });

  it("gives back any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        assert.equal(vault.open(vault.seal(text)), text);
      }),
    );
  });
  it("never seals the same text to the same bytes, and shows none of it", () => {
    const sealed = vault.seal("secret-key");
    assert.notEqual(sealed, vault.seal("secret-key"));
    assert.ok(!sealed.includes("secret"));
    assert.match(sealed, /^v1\.[\w-]{8}\.[\w-]+$/);
  });
  it("refuses another key, a changed byte, a changed head, a cut text", () => {
    const sealed = vault.seal("x".repeat(40));
    const [head, id, body = ""] = sealed.split(".");
    const bytes = Buffer.from(body, "base64url");
    const broken = [
      () => makeVault({ key: randomBytes(32) }).open(sealed),
      ...bytes.keys().map((at) => () => {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ 1;
        return vault.open(`${head}.${id}.${changed.toString("base64url")}`);
      }),
      () => vault.open(`v2.${id}.${body}`),
      () => vault.open(`${head}.${id}.${body.slice(0, 20)}`),
      () => vault.open(`${head}.${id}`),
      () => vault.open("secret-key"),
      () => vault.open(""),
    ];
    for (const one of broken) assert.throws(one, VaultError);
  });
  it("opens with an older key and seals with the newer", () => {
    const older = makeVault({ key });
    const newer = makeVault({ key: randomBytes(32), older: [key] });
    assert.equal(newer.open(older.seal("kept")), "kept");
    assert.throws(() => older.open(newer.seal("new")), VaultError);
  });
  it("takes no key of another length", () => {
    assert.throws(() => makeVault({ key: randomBytes(31) }), TypeError);
  });
});
