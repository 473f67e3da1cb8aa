/** What the services themselves take for an answer in the dialogue that connects them. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { connectors } from "../../connectors/index.ts";
import { fieldsOf } from "../../connectors/kit/oauth.ts";
import { UserError } from "../errors.ts";
import { checkNames, readValue } from "./values.ts";

function answer(service: string, key: string, typed: string): string {
  const connector = connectors.find((one) => one.key === service);
  const field = connector && fieldsOf(connector.auth).find((one) => one.key === key);
  assert.ok(connector && field, `${service} has no ${key}`);
  const value = readValue(connector, field, typed);
  checkNames(connector, key, { [key]: value });
  return value;
}

/** Service, field, what is refused, what is taken. */
const FORMS: readonly (readonly [string, string, readonly string[], readonly string[]])[] = [
  ["calltouch", "siteId", ["abc", "12a", "shop.ru", "-5"], ["12345", " 1000 "]],
  ["calltouch", "timeZone", ["Москва", "MSK+3 час"], ["Europe/Moscow", "Asia/Yekaterinburg", "UTC"]],
  ["calltouch", "host", ["abc", "my host"], ["api-node3.calltouch.ru"]],
  ["retailcrm", "account", ["мой магазин", "1.2.3.4", "a@b"], ["shop", "https://shop.retailcrm.ru/admin/orders"]],
  ["amocrm", "account", ["мой аккаунт", "a b"], ["demo", "demo.amocrm.ru"]],
  ["bitrix24", "portal", ["мой портал"], ["demo.bitrix24.ru"]],
  ["bitrix24", "webhook", ["abc", "https://demo.bitrix24.ru/crm/"], ["https://demo.bitrix24.ru/rest/1/abcdef123456/"]],
  ["moysklad", "login", ["admin", "a @b"], ["admin@company"]],
  ["remonline", "host", ["my host", "abc"], ["api.remonline.ua"]],
  ["mertago", "baseUrl", ["abc", "http://a.example"], ["https://shop.example/api"]],
  ["mertago", "tokenUrl", ["abc", "shop.example"], ["https://shop.example/token"]],
  ["mertago", "createPath", ["https://shop.example/contacts", "a b"], ["/contacts", "companies/{companyId}/contacts"]],
  ["telegram", "token", ["abc", "123456789"], ["123456789:AAabc-def_1"]],
];

describe("values of the services", () => {
  for (const [service, key, wrong, right] of FORMS)
    test(`${service} ${key}`, () => {
      for (const typed of right) assert.doesNotThrow(() => answer(service, key, typed), typed);
      for (const typed of wrong)
        assert.throws(
          () => answer(service, key, typed),
          (error) =>
            error instanceof UserError && !/в подключении|in the connection/.test(Object.values(error.sentence).join()),
          typed,
        );
    });
});
