/** VK's Callback API: servers of a community, their confirmation, events and what they were answered. */
import { createHash, randomBytes } from "node:crypto";
import { collection, type SandboxDeps } from "../kit.ts";
import { type Delivery, GROUP, type Server } from "./records.ts";

const WAIT_MS = 10_000;

export function makeCallback(deps: SandboxDeps) {
  const servers = collection<Server>(deps, "vk", "servers");
  const deliveries = collection<Delivery>(deps, "vk", "deliveries");
  const changes = collection<{ count: number }>(deps, "vk", "changes");

  /** Another one after each change of the servers. */
  const code = (): string =>
    createHash("sha256")
      .update(`${GROUP.id} ${changes.get("servers")?.count ?? 0}`)
      .digest("hex")
      .slice(0, 8);
  const changed = () => changes.put("servers", { count: (changes.get("servers")?.count ?? 0) + 1 });

  async function post(
    server: Server,
    body: Record<string, unknown>,
    retries = 0,
  ): Promise<{ status: number; text: string }> {
    const headers = {
      "content-type": "application/json",
      ...(retries > 0 ? { "x-retry-counter": String(retries) } : {}),
    };
    try {
      const init = { method: "POST", headers, body: JSON.stringify(body), signal: AbortSignal.timeout(WAIT_MS) };
      const answer = await fetch(server.url, init);
      return { status: answer.status, text: await answer.text() };
    } catch {
      return { status: 0, text: "" };
    }
  }

  function note(server: Server, body: Record<string, unknown>, result: string): void {
    const id = deliveries.next();
    const at = deps.now().toISOString();
    deliveries.put(String(id), { id, at, type: String(body.type), server: server.id, result, body });
  }

  /** Who is being asked right now isn't asked again by a look at the list. */
  const asked = new Set<number>();

  async function confirm(server: Server): Promise<Server> {
    asked.add(server.id);
    const withSecret = deps.choice("confirmation") !== "noSecret" && server.secret_key !== "";
    const body = { type: "confirmation", group_id: GROUP.id, ...(withSecret ? { secret: server.secret_key } : {}) };
    const { status, text } = await post(server, body).finally(() => asked.delete(server.id));
    const isRight = status === 200 && text === code();
    note(server, body, isRight ? "ok" : `${status} ${text.slice(0, 60)}`);
    const next: Server = { ...server, status: isRight ? "ok" : "failed" };
    servers.put(String(server.id), next);
    changed();
    return next;
  }

  async function event(server: Server, body: Record<string, unknown>, retries = 0): Promise<string> {
    const { status, text } = await post(server, body, retries);
    const result = status === 200 && text === "ok" ? "ok" : `${status} ${text.slice(0, 60)}`;
    note(server, body, result);
    return result;
  }

  return {
    servers,
    deliveries,
    code,
    async add(fields: Pick<Server, "url" | "title" | "secret_key">): Promise<Server> {
      const id = servers.next();
      const server: Server = { id, ...fields, status: "wait", api_version: "5.199", events: {} };
      servers.put(String(id), server);
      // Only on the next look it is confirmed, where the switch says so.
      return deps.choice("confirmation") === "later" ? server : confirm(server);
    },
    async edit(server: Server, fields: Pick<Server, "url" | "title" | "secret_key">): Promise<Server> {
      return confirm({ ...server, ...fields, status: "wait" });
    },
    /** VK gives an address up that has answered badly for a time. */
    down(): void {
      for (const server of servers.all()) servers.put(String(server.id), { ...server, status: "failed" });
    },
    mute(): void {
      for (const server of servers.all()) servers.put(String(server.id), { ...server, events: {} });
    },
    remove(server: Server): void {
      servers.remove(String(server.id));
      changed();
    },
    /** Waiting servers are confirmed when somebody asks how they are. */
    async settled(): Promise<Server[]> {
      for (const server of servers.all()) if (server.status === "wait" && !asked.has(server.id)) await confirm(server);
      return servers.all();
    },
    async tell(type: string, object: Record<string, unknown>): Promise<string[]> {
      const wanted = servers.all().filter(({ status, events }) => status === "ok" && events[type] === 1);
      return Promise.all(
        wanted.map((server) =>
          event(server, {
            type,
            group_id: GROUP.id,
            event_id: randomBytes(20).toString("hex"),
            ...(deps.choice("event") === "2020" ? {} : { v: server.api_version }),
            ...(server.secret_key === "" ? {} : { secret: server.secret_key }),
            object,
          }),
        ),
      );
    },
    async again(): Promise<string> {
      const last = deliveries.all().findLast(({ type }) => type !== "confirmation");
      const server = last && servers.get(String(last.server));
      return last && server ? event(server, last.body, 1) : "nothing was sent yet";
    },
    clear() {
      for (const kind of [servers, deliveries, changes]) kind.clear();
    },
  };
}
export type Callback = ReturnType<typeof makeCallback>;
