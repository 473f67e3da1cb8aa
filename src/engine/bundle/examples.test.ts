/** What a connector declares is an example: it is marked, asked to be replaced, and never done for real. */
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { CALL, type Workshop, workshop } from "../../../test/support/workshop.ts";
import { UserError } from "../errors.ts";
import type { Edit } from "./edits.ts";

describe("examples of connectors", () => {
  let shop: Workshop;
  before(async () => {
    shop = await workshop();
  });
  beforeEach(() => {
    shop.setDown(false);
    shop.setCustomers([]);
  });
  after(() => shop.fresh.drop());

  const customer = (): Edit => ({
    do: "setTrigger",
    connector: "crm",
    trigger: "customer",
    connection: shop.connection,
  });
  const create = (id: string): Edit => ({
    do: "addAction",
    id,
    connector: "crm",
    action: "create",
    connection: shop.connection,
  });

  it("a dry run asks the service for a real sample again, and without one it can't be done for real", async () => {
    const { bundles, scope } = shop;
    const view = await shop.built(customer());
    const first = await bundles.dryRun(scope, view.id);
    assert.deepEqual([first.sample.from, first.isReal], ["declared", false]);
    await assert.rejects(bundles.runOnce(scope, view.id), UserError);
    shop.setDown(true);
    assert.equal((await bundles.dryRun(scope, view.id)).isReal, false, "a service that is down leaves the example");
    shop.setDown(false);
    shop.setCustomers([{ id: "9", name: "Пётр" }]);
    const second = await bundles.dryRun(scope, view.id);
    assert.deepEqual(
      [second.sample.from, second.sample.item, second.isReal],
      ["fetched", { id: "9", name: "Пётр" }, true],
    );
  });

  it("values of examples are marked; a field that a new record doesn't get is no value", async () => {
    const { bundles, scope } = shop;
    const view = await shop.built(CALL, create("aaa"), create("bbb"));
    const [trigger, made] = await bundles.sources(scope, view.id, "bbb");
    assert.deepEqual([trigger?.isExample, made?.isExample], [true, true]);
    const shown = () => made?.fields.map(({ field, shown, staysEmpty }) => [field.key, shown, staysEmpty === true]);
    assert.deepEqual(shown(), [
      ["id", "501", false],
      ["note", null, true],
    ]);
    const edited = await bundles.edit(scope, view.id, view.revision, {
      do: "setField",
      step: "aaa",
      field: "note",
      value: "{{ trigger.callId }}",
    });
    const [, filled] = await bundles.sources(scope, edited.id, "bbb");
    assert.deepEqual(
      filled?.fields.map(({ shown }) => shown),
      ["501", "VIP"],
    );
    const set = await bundles.edit(scope, edited.id, edited.revision, {
      do: "setField",
      step: "bbb",
      field: "note",
      value: "{{ aaa.id }}",
    });
    const line = (await bundles.mapping(scope, set.id, "bbb")).find(({ field }) => field.key === "note");
    assert.deepEqual([line?.shown, line?.isExample], ["501", true]);
  });

  it("what came from the account is no example", async () => {
    const { bundles, scope } = shop;
    shop.setCustomers([{ id: "9", name: "Пётр" }]);
    const view = await shop.built(customer(), create("aaa"));
    await bundles.fetchSample(scope, view.id);
    const [trigger] = await bundles.sources(scope, view.id, "aaa");
    assert.equal(trigger?.isExample, undefined);
  });

  it("what was put into the same step of another bundle is proposed, for the same event only", async () => {
    const { bundles, scope } = shop;
    const note = async (...edits: Edit[]) => {
      const view = await shop.built(...edits);
      const line = (await bundles.mapping(scope, view.id, "aaa")).find(({ field }) => field.key === "note");
      return [line?.value, line?.unsure];
    };
    const value = "звонок {{ trigger.callId }}";
    await shop.built(CALL, create("zzz"), { do: "setField", step: "zzz", field: "note", value });
    assert.deepEqual(await note(CALL, create("aaa")), [value, false]);
    assert.notDeepEqual(await note(customer(), create("aaa")), [value, false]);
  });
});
