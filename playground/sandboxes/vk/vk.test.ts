/** VK's sandbox, driven by a client that is no part of this project: vk-io from npm, both as caller and as the one called. */
import assert from "node:assert/strict";
import { Agent, createServer } from "node:http";
import type { Agent as HttpsAgent } from "node:https";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import { APIError, VK } from "vk-io";
import { openStore } from "../../store.ts";
import { serveSandboxes } from "../serve.ts";
import { COMMUNITY_KEY, GROUP, USER_TOKEN } from "./records.ts";

const SECRET = "a-secret-of-the-test";

describe("VK's sandbox and vk-io", () => {
  let served: Awaited<ReturnType<typeof serveSandboxes>>;
  let now = Date.parse("2026-10-01T09:00:00Z");
  before(async () => {
    // A second passes with every look at the clock, so that no test waits for a limit.
    served = await serveSandboxes({
      store: openStore(":memory:"),
      now: () => {
        now += 1_000;
        return new Date(now);
      },
    });
  });
  after(() => served.stop());

  // It speaks https unless it is given another way.
  const agent = new Agent() as unknown as HttpsAgent;
  const client = (token: string) =>
    new VK({ token, agent, apiBaseUrl: `${served.url}/sandbox/vk`, apiVersion: "5.199", apiRetryLimit: 0 });
  const failsWith = (code: number) => (error: unknown) => error instanceof APIError && error.code === code;
  const group = { group_id: GROUP.id };

  it("names the community and its key's rights; a person's token has neither", async () => {
    const { api } = client(COMMUNITY_KEY);
    const { groups } = (await api.call("groups.getById", {})) as { groups: { id: number; name: string }[] };
    assert.deepEqual(
      groups.map(({ id, name }) => [id, name]),
      [[GROUP.id, GROUP.name]],
    );
    const rights = (await api.call("groups.getTokenPermissions", {})) as { permissions: { name: string }[] };
    assert.deepEqual(
      rights.permissions.map(({ name }) => name),
      ["manage"],
    );
    await assert.rejects(client(USER_TOKEN).api.call("groups.getById", {}), failsWith(100));
    await assert.rejects(client("nobody").api.call("groups.getById", {}), failsWith(5));
  });

  it("opens lead forms to a person only", async () => {
    await served.sandboxes.press("vk", "lead", {});
    const { api } = client(USER_TOKEN);
    const forms = (await api.call("leadForms.list", group)) as { form_id: number; leads_count: number }[];
    assert.deepEqual(
      forms.map(({ form_id, leads_count }) => [form_id, leads_count]),
      [
        [1, 1],
        [2, 0],
      ],
    );
    const { leads } = (await api.call("leadForms.getLeads", { ...group, form_id: 1 })) as {
      leads: { lead_id: number }[];
    };
    assert.equal(leads.length, 1);
    await assert.rejects(api.call("leadForms.get", { ...group, form_id: 9 }), failsWith(104));
    await assert.rejects(api.call("leadForms.list", { group_id: 1 }), failsWith(203));
    await assert.rejects(client(COMMUNITY_KEY).api.call("leadForms.list", group), failsWith(27));
  });

  it("confirms a server of vk-io's own and is heard by it, with the secret and not without", async () => {
    const { api } = client(COMMUNITY_KEY);
    const { code } = (await api.call("groups.getCallbackConfirmationCode", group)) as { code: string };
    const listener = new VK({ token: COMMUNITY_KEY, webhookSecret: SECRET, webhookConfirmation: code });
    const hook = listener.updates.getWebhookCallback();
    const server = createServer((req, res) => void hook(req, res, () => {}));
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/vk`;
    const add = (secret_key: string) =>
      api.call("groups.addCallbackServer", { ...group, url, title: "vk-io", secret_key }) as Promise<{
        server_id: number;
      }>;
    const statusOf = async (id: number) => {
      const { items } = (await api.call("groups.getCallbackServers", group)) as {
        items: { id: number; status: string }[];
      };
      return items.find((one) => one.id === id)?.status;
    };
    try {
      const { server_id } = await add(SECRET);
      assert.equal(await statusOf(server_id), "ok");
      await api.call("groups.setCallbackSettings", { ...group, server_id, api_version: "5.199", lead_forms_new: 1 });
      const pressed = (await served.sandboxes.press("vk", "lead", {})) as { sent: string[] };
      assert.deepEqual(pressed.sent, ["ok"]);
      const other = await add("another");
      assert.equal(await statusOf(other.server_id), "failed", "vk-io refuses a secret that isn't its own");
      assert.equal(await api.call("groups.deleteCallbackServer", { ...group, server_id }), 1);
      await assert.rejects(api.call("groups.deleteCallbackServer", { ...group, server_id }), failsWith(104));
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
