/** amoCRM's webhooks: an address of the bundle's own, set up by API, and what comes to it. */
import type { Context, Hook, HookRequest, JsonObject } from "../kit/define.ts";
import { listOf, objectOf, objectsOf, textOf } from "../kit/read.ts";
import { embedded, get, send } from "./api.ts";
import type { Entity } from "./shapes.ts";

const ROOTS: Readonly<Record<Entity, readonly string[]>> = {
  contacts: ["contacts"],
  companies: ["companies", "contacts"],
  leads: ["leads"],
  tasks: ["task", "tasks"],
};

/** Companies come under `contacts` and are told by their type; tasks under `task` or `tasks`; what is gone may be a bare id. */
export function sent(request: HookRequest, kind: Entity, action: string): JsonObject[] {
  const body = objectOf(request.body);
  return ROOTS[kind].flatMap((root) => {
    const list = objectOf(body[root])[action];
    const bare = listOf(list).flatMap((one) => (textOf(one) === null ? [] : [{ id: textOf(one) }]));
    return objectsOf(list)
      .concat(bare)
      .filter((one) => root !== "contacts" || (textOf(one.type) === "company") === (kind === "companies"));
  });
}

/** amoCRM switches an address off that answered badly for a time, and says so in the list of webhooks. */
async function isAlive(ctx: Context, state: JsonObject): Promise<boolean> {
  const body = await get(ctx, "webhooks", { filter: { destination: state.destination ?? null } });
  return embedded(body, "webhooks").some((hook) => hook.destination === state.destination && hook.disabled !== true);
}

/** The subscription's life; what it brings is each trigger's own. */
export const ownHook = (events: (options: JsonObject) => readonly string[]): Omit<Hook, "deliveries"> => ({
  scope: "bundle",
  wants: events,
  async subscribe(ctx, url, options) {
    await send(ctx, "POST", "webhooks", { destination: url, settings: events(options), sort: 10 }, true);
    return { destination: url };
  },
  isAlive,
  async unsubscribe(ctx, state) {
    await send(ctx, "DELETE", "webhooks", { destination: state.destination ?? null }, true);
  },
});
