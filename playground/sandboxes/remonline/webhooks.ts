/** RemOnline's webhooks: made by a person in the settings, signed by their id alone. */
import { createHmac, randomBytes, randomUUID } from "node:crypto";
import { collection, type SandboxDeps } from "../kit.ts";
import type { Happening } from "./account.ts";

export interface Webhook {
  readonly id: number;
  readonly url: string;
  readonly secret: string;
  readonly events: readonly string[];
}
export interface Delivery {
  readonly id: number;
  readonly at: string;
  readonly event: string;
  readonly url: string;
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly webhook: number;
}
export const EVENTS = ["Order.Created", "Order.Status.Changed", "Client.Created"];

export function makeWebhooks(deps: SandboxDeps) {
  const hooks = collection<Webhook>(deps, "remonline", "webhooks");
  const deliveries = collection<Delivery>(deps, "remonline", "deliveries");

  function bodyOf({ name, client, order, old }: Happening): Record<string, unknown> {
    const isSparse = deps.choice("hookBody") === "sparse";
    return {
      id: randomUUID(),
      created_at: deps.now().toISOString(),
      event_name: name,
      context: order ? { object_id: order.id, object_type: "order" } : { object_id: client?.id, object_type: "client" },
      metadata: {
        ...(order ? { order: { id: order.id, name: order.id_label, type: order.order_type_id } } : {}),
        ...(client && !isSparse ? { client: { id: client.id, fullname: client.name } } : {}),
        ...(order && !isSparse ? { status: { id: order.status_id } } : {}),
        ...(old === undefined ? {} : { old: { id: old }, new: { id: order?.status_id } }),
      },
      ...(isSparse ? {} : { employee: { id: 3, full_name: "Ольга Иванова", email: "olga@example.test" } }),
    };
  }

  async function send(hook: Webhook, body: Record<string, unknown>): Promise<number> {
    const id = String(body.id);
    const signature = createHmac("sha256", hook.secret).update(id).digest("hex");
    const headers = { "x-webhook-id": id, "x-signature": signature };
    const status = await deps.send(hook.url, { kind: "json", value: body }, headers).catch(() => 0);
    const number = deliveries.next();
    deliveries.put(String(number), {
      id: number,
      at: deps.now().toISOString(),
      event: String(body.event_name),
      url: hook.url,
      status,
      body,
      webhook: hook.id,
    });
    return status;
  }

  return {
    hooks,
    deliveries,
    add(url: string, events: readonly string[]): Webhook {
      const id = hooks.next();
      const hook = { id, url, events, secret: randomBytes(16).toString("hex") };
      hooks.put(String(id), hook);
      return hook;
    },
    /** A slow receiver holds nobody up for long; whether a failed one is tried again isn't known, so it isn't. */
    async tell(happening: Happening): Promise<void> {
      const body = bodyOf(happening);
      const wanted = hooks.all().filter(({ events }) => events.includes(happening.name));
      await Promise.all(wanted.map((hook) => send(hook, body)));
    },
    /** The newest delivery once more, as after an answer that was lost. */
    async again(): Promise<number> {
      const last = deliveries.all().at(-1);
      const hook = last && hooks.get(String(last.webhook));
      if (!last || !hook) throw new Error("nothing was sent yet");
      return send(hook, last.body);
    },
    clear() {
      hooks.clear();
      deliveries.clear();
    },
  };
}
export type Webhooks = ReturnType<typeof makeWebhooks>;
