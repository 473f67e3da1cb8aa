/** A bundle goes on and its held events are decided in one and the same moment, whatever dies in it. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { CALL, type Workshop, workshop } from "../../../test/support/workshop.ts";

describe("resume, killed in the middle", () => {
  let shop: Workshop;
  before(async () => {
    shop = await workshop();
  });
  after(() => shop.fresh.drop());

  /** Terminates the session that waits for a lock of ours. */
  async function killWaiting(): Promise<void> {
    for (;;) {
      const killed = await shop.fresh.sql`
        select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock'`;
      if (killed.length > 0) return;
      await pause(20);
    }
  }

  for (const [what, left] of [
    ["forget", []],
    ["run", ["open", "open"]],
  ] as const)
    it(`«${what}»: before the commit nothing happened, behind it everything`, async () => {
      const { bundles, scope, connection, fresh } = shop;
      const { sql } = fresh;
      const add = { do: "addAction", id: "aaa", connector: "crm", action: "create", connection } as const;
      const phone = { do: "setField", step: "aaa", field: "phone", value: "79990000001" } as const;
      const { id } = await shop.built(CALL, add, phone);
      await bundles.start(scope, id);
      await bundles.pause(scope, id);
      for (const callId of ["1", "2"])
        await sql`insert into deliveries (bundle, state, item) values (${id}, 'held', jsonb_build_object('callId', ${callId}::text))`;
      const states = async () => (await sql`select state from deliveries where bundle = ${id}`).map((row) => row.state);

      let dying: Promise<unknown> | undefined;
      await sql.begin(async (tx) => {
        await tx`select from deliveries where bundle = ${id} for update`;
        dying = assert.rejects(bundles.start(scope, id, what));
        await killWaiting();
        await dying;
      });
      assert.equal((await bundles.get(scope, id)).state, "paused");
      assert.deepEqual(await states(), ["held", "held"]);

      assert.equal((await bundles.start(scope, id, what)).state, "active");
      assert.deepEqual(await states(), left);
    });
});
