/** The vendor's own client against the sandbox, so that connector and sandbox can't share a mistake. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type AjaxResult, ApiVersion, B24Hook } from "@bitrix24/b24jssdk";
import { openStore } from "../../store.ts";
import { serveSandboxes } from "../serve.ts";

let served: Awaited<ReturnType<typeof serveSandboxes>>;
before(async () => {
  served = await serveSandboxes({ store: openStore(":memory:") });
});
after(() => served.stop());

/** The client insists on https; only where its requests go is changed. */
function client(secret = "b24sandboxsecret7f"): B24Hook {
  const portal = "https://demo.bitrix24.ru";
  const b24 = B24Hook.fromWebhookUrl(`${portal}/rest/1/${secret}/`);
  b24.getHttpClient(ApiVersion.v2).ajaxClient.interceptors.request.use((config) => {
    const moved = (url: string | undefined) => url?.replace(portal, `${served.url}/sandbox/bitrix24`);
    return Object.assign(config, { url: moved(config.url), baseURL: moved(config.baseURL) });
  });
  return b24;
}

interface Row {
  ID: string;
  NAME: string;
  PHONE?: { VALUE: string }[];
}

describe("Bitrix24's own client (@bitrix24/b24jssdk 2.2.0)", () => {
  it("adds, reads, lists page by page, and finds doubles", async () => {
    const { v2 } = client().actions;
    for (let i = 0; i < 60; i++)
      await served.sandboxes.press("bitrix24", "contact", { name: `N${i}`, phone: `+7900000${1000 + i}` });
    const added = await v2.call.make<number>({
      method: "crm.contact.add",
      params: { fields: { NAME: "Анна", PHONE: [{ VALUE: "+79995554433", VALUE_TYPE: "WORK" }] } },
    });
    const id = added.getData()?.result;
    assert.equal(typeof id, "number");
    const got = await v2.call.make<Row>({ method: "crm.contact.get", params: { id } });
    assert.equal(got.getData()?.result.PHONE?.[0]?.VALUE, "+79995554433");
    const all: Row[] = [];
    const params = { select: ["ID", "NAME"], filter: { ">=DATE_CREATE": "2020-01-01T00:00:00+03:00" } };
    for await (const page of v2.fetchList.make<Row>({ method: "crm.contact.list", params, idKey: "ID" }))
      all.push(...page);
    assert.equal(new Set(all.map(({ ID }) => ID)).size, 61);
    const doubles = await v2.call.make<{ CONTACT: number[] }>({
      method: "crm.duplicate.findbycomm",
      params: { type: "PHONE", values: ["79995554433"], entity_type: "CONTACT" },
    });
    assert.deepEqual(doubles.getData()?.result, { CONTACT: [id] });
  });

  it("runs a batch, and hears a refusal in it", async () => {
    const { v2 } = client().actions;
    const answer = await v2.batch.make({
      calls: {
        first: { method: "crm.contact.list", params: { order: { ID: "ASC" }, start: -1 } },
        next: { method: "crm.contact.list", params: { filter: { ">ID": "$result[first][49][ID]" }, start: -1 } },
        gone: { method: "crm.contact.nothing" },
      },
      options: { isHaltOnError: false, returnAjaxResult: true },
    });
    const { first, next, gone } = answer.getData() as Record<"first" | "next" | "gone", AjaxResult<Row[]>>;
    assert.equal(first.getData()?.result.length, 50);
    assert.equal(next.getData()?.result.length, 11);
    assert.match(gone.getErrorMessages().join(), /Method not found/);
  });

  it("hears what is refused", async () => {
    const wrong = client("wrong").actions.v2.call;
    await assert.rejects(async () => {
      const answer = await wrong.make({ method: "profile" });
      if (!answer.isSuccess) throw new Error(answer.getErrorMessages().join());
    }, /Wrong authorization data|NO_AUTH_FOUND/);
  });
});
