import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Auth } from "./define.ts";
import { ConnectorError } from "./errors.ts";
import type { Field } from "./fields.ts";
import { placed, typedInto, wayOf } from "./oauth.ts";

const field = (key: string): Field => ({ key, label: { ru: key, en: key }, kind: "text" });
const auth: Auth = {
  kind: "oauth2",
  grant: { consent: "{page}", token: "https://{host}/token", fields: [field("page"), field("shared")] },
  fields: [field("token"), field("shared")],
  steps: [],
};

describe("addresses of a consent", () => {
  it("are filled in by name, or are a value as a whole, and go where the endpoint leads", () => {
    const page = "https://a.example.test/login?scope=x";
    assert.equal(placed("{page}", { page }, undefined), page);
    assert.equal(placed("{page}", { page }, "http://127.0.0.1:1/s/"), "http://127.0.0.1:1/s/login?scope=x");
    assert.equal(placed("https://{host}/token", { host: "a.example.test" }, undefined), "https://a.example.test/token");
    for (const bad of ["", "http://a.example.test/", "https://", "javascript:alert(1)", "https://u@a.example.test/"])
      assert.throws(() => placed("{page}", { page: bad }, undefined), ConnectorError, bad);
    assert.throws(() => placed("https://{host}/token", { host: "a.test/evil" }, undefined), ConnectorError);
  });
});

describe("the way of a connection", () => {
  it("is told by what only one way has", () => {
    assert.equal(wayOf(auth, { shared: "1" }), null);
    assert.equal(wayOf(auth, { shared: "1", token: "t" }), "fields");
    const consented = { way: "oauth", accessToken: "a", refreshToken: "r" };
    assert.deepEqual(typedInto(auth, consented, "shared", "2"), { ...consented, shared: "2" });
    assert.deepEqual(typedInto(auth, consented, "token", "t"), { way: "fields", token: "t" });
  });
});
