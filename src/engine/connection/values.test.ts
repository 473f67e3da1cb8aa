import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "../../../test/support/property.ts";
import type { Connector, Field } from "../../connectors/kit/define.ts";
import { ConnectorError } from "../../connectors/kit/errors.ts";
import { UserError } from "../errors.ts";
import { checkNames, readValue } from "./values.ts";

const label = { ru: "Поле", en: "Field" };
const field = (more: Partial<Field> = {}): Field => ({ key: "value", label, kind: "text", required: true, ...more });
function connector(base = "https://api.test"): Connector {
  const api = { base, error: () => null };
  return {
    key: "c",
    name: label,
    about: label,
    auth: { kind: "fields", fields: [], steps: [] },
    api,
    triggers: [],
    actions: [],
  };
}
const read = (more: Partial<Field>, typed: string, base?: string) => readValue(connector(base), field(more), typed);
const refused = (act: () => unknown, sentence: RegExp) =>
  assert.throws(act, (error) => error instanceof UserError && sentence.test(error.sentence.en));

describe("values of a connection", () => {
  test("spaces of any kind around a key are no part of it", () => {
    assert.equal(read({ secret: true }, "  \u200b\ufeffabc-123\u00a0\n"), "abc-123");
  });

  test("what can't be a key is refused without repeating it", () => {
    refused(() => read({ secret: true }, "my key 123"), /holds a space/);
    refused(() => read({ secret: true }, "ключ"), /aren't Latin/);
    refused(() => read({ secret: true }, "line one\nline two"), /one line/);
    refused(() => read({ secret: true }, "a\u0000b"), /control characters/);
    refused(() => read({}, "x".repeat(5_000)), /too long for “Field”: 5000 characters/);
    refused(() => read({}, " \n "), /can't be empty/);
    assert.equal(read({ required: false }, " "), "");
    fc.assert(
      fc.property(fc.string({ minLength: 6, maxLength: 60 }), (typed) => {
        try {
          read({ secret: true }, typed);
        } catch (error) {
          assert.ok(error instanceof UserError);
          assert.ok(typed.trim() === "" || !error.sentence.en.includes(typed.trim()));
        }
      }),
    );
  });

  test("a long secret keeps its lines and spaces", () => {
    const file = '{\n  "private_key": "a b"\n}';
    assert.equal(read({ secret: true, kind: "longText" }, ` ${file}\n`), file);
  });

  test("numbers, mail, phones, yes and no, choices", () => {
    assert.equal(read({ kind: "integer" }, "12 345"), "12345");
    assert.equal(read({ kind: "integer" }, "1234567890123456789"), "1234567890123456789");
    refused(() => read({ kind: "integer" }, "site"), /whole number/);
    assert.equal(read({ kind: "decimal" }, "1 000,50"), "1000.50");
    refused(() => read({ kind: "decimal" }, "1.2.3"), /is a number/);
    assert.equal(read({ kind: "email" }, "anna@example.ru"), "anna@example.ru");
    refused(() => read({ kind: "email" }, "anna@"), /e-mail/);
    assert.equal(read({ kind: "phone" }, "+7 (900) 123-45-67"), "+7 (900) 123-45-67");
    refused(() => read({ kind: "phone" }, "call me"), /phone number/);
    assert.equal(read({ kind: "boolean" }, "Да"), "true");
    refused(() => read({ kind: "boolean" }, "perhaps"), /“yes” or “no”/);
    const choices = [{ value: "m", label: { ru: "Москва", en: "Moscow" } }];
    assert.equal(read({ kind: "choice", choices }, "москва"), "m");
    refused(() => read({ kind: "choice", choices }, "Kazan"), /one of: Moscow/);
  });

  test("a declared form is asked of the whole value, and its sentence says what to change", () => {
    const pattern = { source: "\\d{1,4}|none", sentence: { ru: "Только цифры.", en: "Digits only." } };
    assert.equal(read({ pattern }, " 1000 "), "1000");
    assert.equal(read({ pattern }, "none"), "none");
    for (const typed of ["abc", "10 00", "1000a", "x none"]) refused(() => read({ pattern }, typed), /^Digits only\.$/);
    refused(() => read({ pattern, secret: true }, "abc"), /^Digits only\.$/);
    assert.equal(read({ pattern, required: false }, " "), "", "an optional one may stay empty");
  });

  test("an account's name, its host or any page of it mean the same", () => {
    const base = "https://{value}.portal.ru/api";
    for (const typed of [
      "Shop",
      "shop.portal.ru",
      "https://shop.portal.ru",
      "http://shop.portal.ru/admin/orders?x=1#top",
      "//shop.portal.ru/",
    ]) {
      assert.equal(read({}, typed, base), "shop");
    }
    for (const typed of [
      "shop.other.ru",
      "my shop",
      "anna@portal.ru",
      "a.b.portal.ru",
      "ftp://shop.portal.ru",
      "магазин!",
    ])
      refused(() => read({}, typed, base), /doesn't look like an address.*my-shop\.portal\.ru/);
  });

  test("a whole host or address", () => {
    assert.equal(read({}, "https://api-node3.test/path", "https://{value}"), "api-node3.test");
    assert.equal(read({}, "api.test:8443", "https://{value}"), "api.test:8443");
    refused(() => read({}, "api", "https://{value}"), /address/);
    assert.equal(read({}, "https://crm.shop.ru/rest/", "{value}"), "https://crm.shop.ru");
    assert.equal(read({}, "crm.shop.ru", "{value}"), "https://crm.shop.ru");
  });

  test("what the connector's own reading of the address refuses is said for that field only", () => {
    const picky = connector();
    const api = {
      base: "https://{host}",
      error: () => null,
      names: () => {
        throw new ConnectorError("access", { ru: "Нет.", en: "No portal address." }, { field: "account" });
      },
    };
    refused(() => checkNames({ ...picky, api }, "account", { account: "?" }), /No portal address/);
    checkNames({ ...picky, api }, "apiKey", { apiKey: "x" });
    checkNames({ ...picky, api }, "account", { account: "" });
  });
});
