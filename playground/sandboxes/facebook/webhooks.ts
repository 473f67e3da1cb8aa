/** Meta's webhooks: one address of the app, checked when it is set, signed events of the pages that subscribed. */
import { createHmac, randomInt } from "node:crypto";
import { collection, type SandboxDeps } from "../kit.ts";
import { APP, type Delivery, type Lead, type Subscription } from "./records.ts";

const WAIT_MS = 10_000;

/** Meta escapes everything but ASCII, and slashes. */
const escaped = (value: unknown): string =>
  JSON.stringify(value)
    .replace(/[^\x20-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .replaceAll("/", "\\/");

export function makeWebhooks(deps: SandboxDeps) {
  const subscriptions = collection<Subscription>(deps, "facebook", "subscriptions");
  /** Fields that our app hears of, by page. */
  const pages = collection<{ fields: readonly string[] }>(deps, "facebook", "pages");
  const deliveries = collection<Delivery>(deps, "facebook", "deliveries");

  async function post(url: string, body: string): Promise<number> {
    const sign = (hash: string) => createHmac(hash, APP.secret).update(body).digest("hex");
    const headers = {
      "content-type": "application/json",
      "x-hub-signature": `sha1=${sign("sha1")}`,
      "x-hub-signature-256": `sha256=${sign("sha256")}`,
    };
    try {
      const answer = await fetch(url, { method: "POST", headers, body, signal: AbortSignal.timeout(WAIT_MS) });
      await answer.arrayBuffer();
      return answer.status;
    } catch {
      return 0;
    }
  }

  function note(page: string, lead: string, status: number, body: string): void {
    const id = deliveries.next();
    deliveries.put(String(id), { id, at: deps.now().toISOString(), page, lead, status, body });
  }

  function bodyOf(lead: Lead): string {
    const ids = { leadgen_id: lead.id, page_id: lead.page, form_id: lead.form };
    const ad = lead.ad === null ? {} : { ad_id: lead.ad, adgroup_id: "2000001" };
    const value = { ...ids, ...ad, created_time: lead.created };
    const change = { field: "leadgen", value };
    const entry = { id: lead.page, time: lead.created + 1, changes: [change] };
    // Another field of the page and another page may travel along.
    const more = { id: "1999999", time: lead.created, changes: [{ field: "feed", value: { item: "post" } }] };
    const body = escaped({ object: "page", entry: deps.choice("batch") === "mixed" ? [more, entry] : [entry] });
    return deps.choice("ids") === "numbers"
      ? body.replace(/"(id|leadgen_id|page_id|form_id|ad_id|adgroup_id)":"(\d+)"/g, '"$1":$2')
      : body;
  }

  return {
    subscriptions,
    pages,
    deliveries,
    /** Meta asks the address before it keeps it. */
    async set(subscription: Subscription): Promise<boolean> {
      const challenge = String(randomInt(1_000_000_000));
      const url = new URL(subscription.callback_url);
      url.searchParams.set("hub.mode", "subscribe");
      url.searchParams.set("hub.challenge", challenge);
      url.searchParams.set("hub.verify_token", subscription.verify_token);
      try {
        const answer = await fetch(url, { signal: AbortSignal.timeout(WAIT_MS) });
        if (answer.status !== 200 || (await answer.text()) !== challenge) return false;
      } catch {
        return false;
      }
      subscriptions.put("page", subscription);
      return true;
    },
    async tell(lead: Lead): Promise<number[]> {
      const at = subscriptions.get("page");
      if (!at?.fields.includes("leadgen") || !pages.get(lead.page)?.fields.includes("leadgen")) return [];
      const body = bodyOf(lead);
      const times = deps.choice("delivery") === "twice" ? 2 : 1;
      const sent: number[] = [];
      for (let time = 0; time < times; time++) {
        const status = await post(at.callback_url, body);
        note(lead.page, lead.id, status, body);
        sent.push(status);
      }
      return sent;
    },
    async again(): Promise<number> {
      const last = deliveries.all().at(-1);
      const at = subscriptions.get("page");
      if (!last || !at) return 0;
      const status = await post(at.callback_url, last.body);
      note(last.page, last.lead, status, last.body);
      return status;
    },
    clear() {
      for (const kind of [subscriptions, pages, deliveries]) kind.clear();
    },
  };
}
export type Webhooks = ReturnType<typeof makeWebhooks>;
