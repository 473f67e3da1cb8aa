import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { eq, sql } from "drizzle-orm";
import { type FreshDatabase, freshDatabase } from "../../test/support/database.ts";
import fc from "../../test/support/property.ts";
import { settings } from "./schema.ts";

describe("JSON in the database", () => {
  let fresh: FreshDatabase;
  before(async () => {
    fresh = await freshDatabase();
  });
  after(() => fresh.drop());

  const roundTrip = async (value: unknown) => {
    await fresh.db
      .insert(settings)
      .values({ key: "x", value })
      .onConflictDoUpdate({ target: settings.key, set: { value } });
    const [row] = await fresh.db.select().from(settings).where(eq(settings.key, "x"));
    return row?.value;
  };

  it("keeps a string that looks like a number a string", async () => {
    for (const value of ["79001234567890123456", "true", "null", '"x"', "{}"])
      assert.equal(await roundTrip(value), value);
  });
  it("keeps what JSON can hold", async () => {
    const isKept = (one: unknown) => !/\\u0000|\d{16}|\d[eE]\+/.test(JSON.stringify(one));
    const value = fc.jsonValue().filter((one) => one !== null && isKept(one));
    await fc.assert(
      fc.asyncProperty(value, async (one) => assert.deepEqual(await roundTrip(one), JSON.parse(JSON.stringify(one)))),
      { numRuns: 150 },
    );
  });
  it("drops NUL and mends lone surrogates", async () => {
    assert.deepEqual(await roundTrip({ "a\u0000b": "\\u0000 \u0000\ud800x" }), { ab: "\\u0000 \ufffdx" });
  });
  it("reads integers beyond a double as text", async () => {
    const [row] = await fresh.db.execute(sql`select '{"id": 1234567890123456789, "n": 5}'::jsonb as value`);
    assert.deepEqual(row?.value, { id: "1234567890123456789", n: 5 });
  });
  it("passes Dates through typed columns", async () => {
    const [row] = await fresh.db.execute<{ at: string }>(sql`select '2026-01-01T00:00:00Z'::timestamptz as at`);
    assert.equal(new Date(String(row?.at)).toISOString(), "2026-01-01T00:00:00.000Z");
  });
});
