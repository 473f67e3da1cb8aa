import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { openService, type Service } from "../../../test/support/service.ts";
import type { JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";

const PHONE = "+79161234567";
const TRUST = { secret: "x".repeat(32), app: null };

describe("amoCRM", () => {
  let amo: Service;
  before(async () => {
    amo = await openService("amocrm");
  });
  after(() => amo.stop());
  beforeEach(() => {
    for (const [name, value] of [
      ["filters", "on"],
      ["single", "bare"],
      ["users", "open"],
      ["webhooks", "open"],
      ["health", "ok"],
    ] as const)
      amo.set(name, value);
  });

  const action = (key: string) => {
    const found = amo.connector.actions.find((one) => one.key === key);
    assert.ok(found);
    return found;
  };
  const hookOf = (key: string) => {
    const found = amo.connector.triggers.find((one) => one.key === key)?.hook;
    assert.ok(found);
    return found;
  };
  const refusal = async (work: Promise<unknown>): Promise<ConnectorError> => {
    const error = await work.then(
      () => null,
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof ConnectorError, String(error));
    return error;
  };
  const phonesOf = (output: JsonObject) => output.phones;

  test("the check names the account, and a dead token says what to do", async () => {
    assert.deepEqual(await amo.connector.check?.(amo.ctx), { account: "Демо (demo.amocrm.ru)" });
    const dead = await refusal(
      Promise.resolve(amo.connector.check?.(amo.with({ account: "demo", token: "another-token-000" }))),
    );
    assert.equal(dead.errorClass, "access");
    const stranger = await refusal(
      Promise.resolve(amo.connector.check?.(amo.with({ account: "evil.example.com", token: "x" }))),
    );
    assert.equal(stranger.details.field, "account");
  });

  test("a contact is made, found by phone in any spelling, by e-mail and by name", async () => {
    const made = await amo.run("createContact", {
      name: "Мария Кравцова",
      phone: PHONE,
      email: "maria@example.test",
      tags: "сайт, вк",
      cf_35: "Казань",
      cf_37: "371",
      cf_39: ["391", "392"],
      cf_41: "1990-05-17T00:00:00.000Z",
      cf_43: true,
    });
    assert.equal(made.phone, PHONE);
    assert.equal(made.tags, "сайт, вк");
    assert.deepEqual(made.customFields, {
      35: "Казань",
      37: "Сайт",
      39: ["Кофе", "Чай"],
      41: "1990-05-17T00:00:00.000Z",
      43: true,
    });
    for (const input of [{ phone: "8 (916) 123-45-67" }, { email: "MARIA@example.test" }, { name: "мария кравцова" }]) {
      const found = await amo.run("findContact", input);
      assert.equal(found.id, made.id, JSON.stringify(input));
    }
    assert.deepEqual(await amo.run("findContact", { phone: "+79990000000" }), { found: false });
    assert.deepEqual(await amo.run("findContact", { phone: PHONE, email: "other@example.test" }), { found: false });
  });

  test("phones and e-mails: append keeps their kinds, replace replaces, fill leaves", async () => {
    const made = await amo.run("createContact", { name: "Олег", phone: "+79161110001", phoneKind: "MOB" });
    const id = made.id ?? null;
    const added = await amo.run("updateContact", {
      id,
      multiRule: "add",
      phone: "+79161110002",
      email: "o@example.test",
    });
    assert.deepEqual(phonesOf(added), ["+79161110001", "+79161110002"]);
    const again = await amo.run("updateContact", { id, multiRule: "add", phone: "8 916 111 00 02" });
    assert.deepEqual(phonesOf(again), ["+79161110001", "+79161110002"]);
    const row = amo.rows("contacts").find((one) => String(one.id) === id);
    assert.match(JSON.stringify(row?.custom_fields_values), /"\+79161110001","enum_id":903/);
    const left = await amo.run("updateContact", { id, multiRule: "fill", phone: "+79161110003" });
    assert.equal((phonesOf(left) as string[]).length, 2);
    const replaced = await amo.run("updateContact", { id, multiRule: "replace", phone: "+79161110003" });
    assert.deepEqual(phonesOf(replaced), ["+79161110003"]);
    assert.equal(replaced.email, "o@example.test");
  });

  test("duplicates show all values, and an update writes them whole, whatever a single PATCH answers", async () => {
    const made = await amo.run("createContact", { name: "Два", phone: "+79161110011", email: "two@example.test" });
    const { duplicates } = action("createContact");
    const [found] = (await duplicates?.find(amo.ctx, "email", "two@example.test", {})) ?? [];
    assert.equal(found?.id, made.id);
    assert.deepEqual(found?.fields.phone, ["+79161110011"]);
    assert.ok(found);
    for (const single of ["bare", "list"]) {
      amo.set("single", single);
      const updated: JsonObject | undefined = await duplicates?.update?.(
        amo.ctx,
        found,
        { phone: ["+79161110011", "+79161110012"] },
        {},
      );
      assert.deepEqual(updated?.phones, ["+79161110011", "+79161110012"]);
      assert.equal(updated?.email, "two@example.test");
    }
  });

  test("a lead with its contact is made, found by it while open, moved and won", async () => {
    const contact = await amo.run("createContact", { name: "Покупатель", phone: "+79161110021" });
    const contactId = contact.id ?? null;
    const lead = await amo.run("createLead", { name: "Заказ", price: 1500.4, contactId, cf_61: "vk" });
    assert.deepEqual([lead.price, lead.contactId, lead.statusId], [1500, contactId, "40001"]);
    assert.equal((await amo.run("findLead", { contactId })).id, lead.id);
    const moved = await amo.run("moveLead", { id: lead.id ?? null, pipelineId: "3002", statusId: "50002" });
    assert.deepEqual([moved.pipelineId, moved.statusId], ["3002", "50002"]);
    const won = await amo.run("moveLead", { id: lead.id ?? null, pipelineId: "3002", statusId: "142" });
    assert.notEqual(won.closedAt, null);
    assert.deepEqual(await amo.run("findLead", { contactId }), { found: false });
    const wrong = await refusal(amo.run("moveLead", { id: lead.id ?? null, pipelineId: "3001", statusId: "50002" }));
    assert.deepEqual([wrong.errorClass, wrong.details.field], ["data", "statusId"]);
  });

  test("a stage of another pipeline brings its pipeline along where none was chosen", async () => {
    const made = await amo.run("createLead", { name: "Опт", statusId: "50001" });
    assert.deepEqual([made.pipelineId, made.statusId], ["3002", "50001"]);
    const lead = await amo.run("createLead", { name: "Розница" });
    const moved = await amo.run("moveLead", { id: lead.id ?? null, statusId: "50002" });
    assert.deepEqual([moved.pipelineId, moved.statusId], ["3002", "50002"]);
    const won = await amo.run("moveLead", { id: lead.id ?? null, statusId: "142" });
    assert.deepEqual([won.pipelineId, won.statusId], ["3002", "142"]);
  });

  test("notes, tasks, tags and companies", async () => {
    const company = await amo.run("createCompany", { name: "ООО «Ромашка»", phone: "+74951112233" });
    const lead = await amo.run("createLead", { name: "С компанией", companyId: company.id ?? null });
    assert.equal(lead.companyId, company.id);
    const entityId = lead.id ?? null;
    await amo.run("addNote", { entityType: "leads", entityId, text: "Перезвонить" });
    assert.match(JSON.stringify(amo.rows("notes")[0]), /Перезвонить/);
    const task = await amo.run("addTask", { text: "Звонок", completeTill: "2026-12-01T10:00:00.000Z", entityId });
    assert.deepEqual([task.entityType, task.completeTill], ["leads", "2026-12-01T10:00:00.000Z"]);
    await amo.run("addTags", { entityType: "leads", entityId, tags: "опт" });
    const tagged = await amo.run("addTags", { entityType: "leads", entityId, tags: "вк" });
    assert.equal(tagged.tags, "опт, вк");
    const found = await amo.run("findCompany", { phone: "8 495 111-22-33" });
    assert.equal(found.id, company.id);
  });

  test("a refusal names our field; an absent record is not_found", async () => {
    const wrong = await refusal(amo.run("createContact", { name: "x", cf_37: "999" }));
    assert.deepEqual([wrong.errorClass, wrong.details.field], ["data", "cf_37"]);
    const gone = await refusal(amo.run("updateContact", { id: "1", name: "x" }));
    assert.equal(gone.errorClass, "not_found");
    amo.set("health", "rateLimit:1");
    const busy = await refusal(amo.run("createContact", { name: "x" }));
    assert.deepEqual([busy.errorClass, busy.details.retryAfterMs], ["temporary", 1_000]);
  });

  test("lists: stages by pipeline, users also where they are closed", async () => {
    const { lists } = amo.connector;
    const stages = await lists?.statuses?.load(amo.ctx, { pipelineId: "3002" }, undefined);
    assert.deepEqual(
      stages?.items.map(({ label }) => label),
      ["Запрос цены", "Счёт выставлен", "Успешно реализовано", "Закрыто и не реализовано"],
    );
    amo.set("users", "closed");
    assert.deepEqual(await lists?.users?.load(amo.ctx, {}, undefined), { items: [] });
  });

  for (const filters of ["on", "ignored", "refused"]) {
    test(`polls bring each change once over pages and equal seconds (filter ${filters})`, async () => {
      const own = await openService("amocrm");
      try {
        own.set("filters", filters);
        for (let at = 0; at < 255; at++) await own.press("contact", { name: `К ${at}`, phone: `+7900000${1000 + at}` });
        const { items } = await own.poll("newContact");
        assert.equal(new Set(items.map(({ id }) => id)).size, 255);
        assert.equal((await own.poll("contactChanged")).items.length, 0);
        await own.run("updateContact", { id: items[0]?.id ?? null, name: "Другой" });
        const changed = await own.poll("contactChanged");
        assert.deepEqual(
          changed.items.map(({ name }) => name),
          ["Другой"],
        );
      } finally {
        await own.stop();
      }
    });
  }

  test("a webhook depends on new records being wanted too, and on no filter", async () => {
    const { wants, subscribe, unsubscribe } = hookOf("leadChanged");
    const asked = () => amo.rows("webhooks").map(({ settings }) => String(settings));
    assert.deepEqual(wants?.({}), wants?.({ pipelines: ["3001"], withCreated: false }));
    assert.notDeepEqual(wants?.({}), wants?.({ withCreated: true }));
    const url = "http://127.0.0.1:9/hooks/wants";
    const state = await subscribe?.(amo.ctx, url, { withCreated: true }, TRUST);
    for (const event of wants?.({ withCreated: true }) ?? []) assert.ok(asked()[0]?.includes(event), event);
    await unsubscribe?.(amo.ctx, state ?? {});
  });

  test("a webhook that amoCRM switched off or lost is told from a living one", async () => {
    const { isAlive, subscribe, unsubscribe } = hookOf("leadMoved");
    const make = async () => (await subscribe?.(amo.ctx, "http://127.0.0.1:9/hooks/alive", {}, TRUST)) ?? {};
    assert.equal(await isAlive?.(amo.ctx, await make()), true);
    await amo.press("hooksOff", {});
    const state = { destination: "http://127.0.0.1:9/hooks/alive" };
    assert.equal(await isAlive?.(amo.ctx, state), false);
    assert.equal(await isAlive?.(amo.ctx, await make()), true);
    await unsubscribe?.(amo.ctx, state);
    assert.equal(await isAlive?.(amo.ctx, state), false);
  });

  test("webhooks: set up, read in both bodies, taken back", async () => {
    const hook = hookOf("leadMoved");
    const state = await hook.subscribe?.(amo.ctx, "http://127.0.0.1:9/hooks/x", {}, TRUST);
    assert.equal(amo.rows("webhooks").length, 1);
    const body = (action: string, one: JsonObject, root = "leads") => ({
      method: "POST",
      headers: {},
      query: {},
      raw: "",
      body: { [root]: { [action]: [one] }, account: { subdomain: "demo" } },
    });
    const lead = await amo.run("createLead", { name: "Едет" });
    const [delivery] = hook.deliveries(
      body("status", {
        id: String(lead.id),
        status_id: "40002",
        old_status_id: "40001",
        pipeline_id: "3001",
        last_modified: "1750000100",
      }),
      { statuses: ["40002"] },
    );
    assert.ok(delivery);
    const item = await hook.enrich?.(amo.ctx, delivery);
    assert.deepEqual(
      [item?.name, item?.statusId, item?.oldStatusId, item?.movedAt],
      ["Едет", "40002", "40001", "2025-06-15T15:08:20.000Z"],
    );
    assert.deepEqual(hook.deliveries(body("status", { id: "1", status_id: "143" }), { statuses: ["40002"] }), []);
    const company = { id: "700", type: "company" };
    assert.equal(hookOf("newCompany").deliveries(body("add", company, "contacts"), {}).length, 1);
    assert.equal(hookOf("newContact").deliveries(body("add", company, "contacts"), {}).length, 0);
    await hook.unsubscribe?.(amo.ctx, state ?? {});
    assert.equal(amo.rows("webhooks").length, 0);
    amo.set("webhooks", "closed");
    const closed = await refusal(Promise.resolve(hook.subscribe?.(amo.ctx, "http://127.0.0.1:9/hooks/x", {}, TRUST)));
    assert.equal(closed.errorClass, "forbidden");
  });

  test("no token in any exchange", () => {
    assert.doesNotMatch(JSON.stringify(amo.exchange()), /amo-sandbox-long-lived/);
  });
});
