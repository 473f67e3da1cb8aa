import assert from "node:assert/strict";
import { it } from "node:test";
import { encodeForm } from "./form.ts";

it("forms nest the way PHP reads them and leave nothing out but what is empty", () => {
  const plain = (values: Record<string, unknown>) => decodeURIComponent(encodeForm(values).replaceAll("+", " "));
  assert.equal(plain({ a: 1, b: "x y", c: null, d: undefined, e: "" }), "a=1&b=x y&e=");
  assert.equal(
    plain({ filter: { ids: ["1", "2"], customFields: { nps: { min: 3 } } } }),
    "filter[ids][]=1&filter[ids][]=2&filter[customFields][nps][min]=3",
  );
  assert.equal(
    plain({ items: [{ id: 1, tags: ["a"] }, { id: 2 }] }),
    "items[0][id]=1&items[0][tags][]=a&items[1][id]=2",
  );
  assert.equal(plain({ yes: true, no: false }), "yes=true&no=false");
  assert.equal(encodeForm({ "a&b": "c=d" }), "a%26b=c%3Dd");
});
