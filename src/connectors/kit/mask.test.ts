import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "../../../test/support/property.ts";
import { MASK, makeMask, maskBody, maskHeaders, maskJson, maskUrl, secretsOf } from "./mask.ts";

describe("masking", () => {
  it("hides a secret in whatever dress it comes", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8, maxLength: 40, unit: "grapheme-ascii" }), (secret) => {
        fc.pre(secret.trim().length >= 8);
        const trimmed = secret.trim();
        const mask = makeMask([trimmed], ["user"]);
        for (const text of [
          `key=${trimmed}!`,
          `?a=${encodeURIComponent(trimmed)}&b`,
          new URLSearchParams({ a: trimmed }).toString(),
          JSON.stringify({ a: trimmed }),
          Buffer.from(trimmed).toString("base64"),
          Buffer.from(trimmed).toString("base64url"),
          `Basic ${Buffer.from(`user:${trimmed}`).toString("base64")}`,
          Buffer.from(trimmed).toString("hex"),
        ]) {
          const masked = mask(text);
          assert.ok(masked.includes(MASK), text);
          assert.ok(!masked.includes(trimmed));
        }
      }),
    );
  });

  it("leaves text alone where there is nothing to hide", () => {
    assert.equal(makeMask([])("abc"), "abc");
    assert.equal(makeMask(["ab"])("abc"), "abc", "too short to tell from ordinary text");
  });

  it("knows telling names of headers, query values and members", () => {
    const plain = (text: string) => text;
    assert.deepEqual(
      maskHeaders({ authorization: "Bearer x", "x-api-key": "y", "x-auth-token": "z", accept: "a" }, plain),
      {
        authorization: MASK,
        "x-api-key": MASK,
        "x-auth-token": MASK,
        accept: "a",
      },
    );
    assert.equal(maskUrl(new URL("https://u:p@a.test/x?token=abc&q=1"), plain), `https://a.test/x?token=${MASK}&q=1`);
    assert.deepEqual(maskJson({ password: "p", list: [{ token: "t", name: "n" }] }, plain), {
      password: MASK,
      list: [{ token: MASK, name: "n" }],
    });
    assert.equal(maskBody('{"password": "a\\"b", "x": 1}', plain), `{"password": "${MASK}", "x": 1}`);
    assert.equal(maskBody("apiKey=abc&x=1", plain), `apiKey=${MASK}&x=1`);
  });

  it("takes the secrets of a connection by its declaration", () => {
    const field = (key: string, secret: boolean) => ({
      key,
      label: { ru: key, en: key },
      kind: "text" as const,
      secret,
    });
    const auth = { kind: "fields" as const, steps: [], fields: [field("login", false), field("password", true)] };
    assert.deepEqual(secretsOf(auth, { login: "me", password: "secret" }), { secrets: ["secret"], others: ["me"] });
  });
});
