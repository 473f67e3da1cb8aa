/** RemOnline / RO App as its contract sheet describes it: one account behind both generations of the API. */
import type { Sandbox, SandboxDeps } from "../kit.ts";
import { makeAccount } from "./account.ts";
import { makeGeneration1 } from "./generation1.ts";
import { makeGeneration2 } from "./generation2.ts";
import { KEY } from "./reference.ts";
import { Refusal, refuse } from "./refusals.ts";
import { buttons, SWITCHES, tables } from "./screen.ts";
import { makeWebhooks } from "./webhooks.ts";

export function makeRemonline(deps: SandboxDeps): Sandbox {
  const webhooks = makeWebhooks(deps);
  const account = makeAccount(deps, webhooks.tell);
  const first = makeGeneration1(deps, account);
  const second = makeGeneration2(deps, account);

  async function press(button: string, fields: Readonly<Record<string, string>>): Promise<unknown> {
    const order = account.orders.get(fields.order ?? "");
    const client = account.clients.get(fields.client ?? "");
    const person = {
      name: fields.name ?? "",
      phone: fields.phone ? [fields.phone] : [],
      email: fields.email ?? "",
    };
    switch (button) {
      case "order": {
        const known = account.clients.all().find(({ phone }) => phone.includes(fields.phone ?? ""));
        const { id } = known ?? (await account.addClient(person));
        return account.addOrder({ client_id: id, malfunction: fields.malfunction });
      }
      case "client":
        return account.addClient(person);
      case "webhook":
        if (!/^https?:\/\//.test(fields.url ?? "")) throw new Error("the address must begin with http:// or https://");
        return webhooks.add(
          fields.url ?? "",
          (fields.events ?? "").split(",").map((event) => event.trim()),
        );
      case "again":
        return { status: await webhooks.again() };
      case "tokens":
        return account.forgetTokens();
      case "editClient":
        if (!client) throw new Error(`no client with id ${fields.client}`);
        return account.editClient(client, { notes: fields.notes ?? "" });
    }
    if (!order) throw new Error(`no order with id ${fields.order}`);
    if (button === "note") return account.editOrder(order, { manager_notes: fields.text });
    return account.setStatus(order, Number(fields.status));
  }

  return {
    key: "remonline",
    name: { ru: "РемонтОнлайн", en: "RemOnline" },
    perSecond: 3,
    credentials: [{ key: "apiKey", label: { ru: "Ключ API", en: "API key" }, value: KEY }],
    switches: SWITCHES,
    tables: () => tables(account, webhooks),
    buttons: () => buttons(account),
    press,
    async handle(call) {
      try {
        return await (call.path.startsWith("v2/") ? second(call) : first(call));
      } catch (error) {
        if (error instanceof Refusal) return error.reply;
        throw error;
      }
    },
    tooMany: () => refuse(429, 429, "Too many requests"),
    expired: () => refuse(401, 111, "Unable to log you in. Check your api_key and try again."),
    clear() {
      account.clear();
      webhooks.clear();
    },
  };
}
