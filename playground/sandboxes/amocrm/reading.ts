/** Lists of amoCRM: records with their links, filters (a paid option), pages as HAL, and the event log. */
import { type Call, json, list, nested, object, objects, type Reply, type SandboxDeps } from "../kit.ts";
import type { Account, Entity, Kind } from "./account.ts";
import { problem } from "./checks.ts";
import { HOST } from "./oauth.ts";

const HAL = { "content-type": "application/hal+json" };
export const hal = (value: unknown, status = 200): Reply => json(status, value, HAL);
export const NOTHING: Reply = { status: 204, body: "" };

export function makeReading(deps: SandboxDeps, account: Account) {
  const shape = (kind: string, entity: Entity, more: readonly string[]): Record<string, unknown> => {
    const { tags, links, ...rest } = entity;
    if (kind === "tasks") return rest;
    const all = objects(links);
    const of = (type: string) => all.filter((one) => one.type === type);
    const leads = () =>
      account.records.leads
        .all()
        .filter((lead) => objects(lead.links).some((one) => one.type === kind && one.id === entity.id));
    return {
      ...rest,
      _links: { self: { href: `https://${HOST}/api/v4/${kind}/${entity.id}` } },
      _embedded: {
        tags,
        companies: of("companies").map(({ id }) => ({ id })),
        ...(kind === "leads" && more.includes("contacts")
          ? { contacts: of("contacts").map(({ id, is_main }) => ({ id, is_main: is_main === true })) }
          : {}),
        ...(kind !== "leads" && more.includes("leads") ? { leads: leads().map(({ id }) => ({ id })) } : {}),
      },
    };
  };

  /** `query` looks into everything that is filled; phones by their digits. */
  function fits(entity: Entity, query: string): boolean {
    const words = [
      entity.name,
      ...objects(entity.custom_fields_values).flatMap((field) => objects(field.values).map((one) => one.value)),
    ];
    const digits = query.replace(/\D/g, "");
    return words.some((word) => {
      const known = String(word ?? "").toLowerCase();
      return known.includes(query.toLowerCase()) || (digits.length >= 7 && known.replace(/\D/g, "").includes(digits));
    });
  }

  function filtered(entity: Entity, filter: Record<string, unknown>): boolean {
    for (const [name, wanted] of Object.entries(filter)) {
      if (name === "statuses") {
        const pairs = objects(Object.values(object(wanted) ?? {}));
        if (
          !pairs.some(
            (one) =>
              String(one.status_id) === String(entity.status_id) &&
              String(one.pipeline_id) === String(entity.pipeline_id),
          )
        )
          return false;
        continue;
      }
      const range = object(wanted);
      const value = Number(entity[name]);
      if (range && ("from" in range || "to" in range)) {
        if (range.from !== undefined && value < Number(range.from)) return false;
        if (range.to !== undefined && value > Number(range.to)) return false;
      } else {
        const some = range ? Object.values(range).map(String) : list(wanted);
        if (!some.includes(String(entity[name]))) return false;
      }
    }
    return true;
  }

  function page(kind: string, call: Call, all: readonly Entity[], more: readonly string[]): Reply {
    const limit = Number(call.query.get("limit") ?? 50);
    const number = Number(call.query.get("page") ?? 1);
    if (!(limit >= 1 && limit <= 250)) return problem(400, "Bad Request", "limit must be 1 to 250");
    const shown = all.slice((number - 1) * limit, number * limit);
    if (shown.length === 0) return NOTHING;
    const next = new URLSearchParams(call.query);
    next.set("page", String(number + 1));
    const self = `https://${HOST}/${call.path}`;
    return hal({
      _page: number,
      _links: { self: { href: self }, ...(number * limit < all.length ? { next: { href: `${self}?${next}` } } : {}) },
      _embedded: { [kind]: shown.map((one) => shape(kind, one, more)) },
    });
  }

  function read(kind: Kind, call: Call): Reply {
    const given = nested(call.query);
    const filter = object(given.filter) ?? {};
    const isPaid = kind !== "tasks" && Object.keys(filter).length > 0;
    const state = deps.choice("filters");
    if (isPaid && state === "refused") return problem(402, "Payment Required", "API filtering is not enabled");
    const isOn = kind === "tasks" || state === "on";
    const query = call.query.get("query");
    const found = account.records[kind]
      .all()
      .filter((one) => (query === null || fits(one, query)) && (!isOn || filtered(one, filter)));
    const [[key, way] = ["id", "asc"]] = Object.entries(object(given.order) ?? {});
    const sign = way === "desc" ? -1 : 1;
    found.sort((a, b) => sign * (Number(a[key]) - Number(b[key]) || a.id - b.id));
    return page(kind, call, found, (call.query.get("with") ?? "").split(","));
  }

  /** Open to every account; newest first. */
  function eventLog(call: Call): Reply {
    const filter = object(nested(call.query).filter) ?? {};
    const ids = Object.values(object(filter.entity_id) ?? {}).concat(list(filter.entity_id));
    if (ids.length > 10) return problem(400, "Bad Request", "entity_id: at most 10");
    if (ids.length > 0 && filter.entity === undefined) return problem(400, "Bad Request", "entity is missing");
    const limit = Number(call.query.get("limit") ?? 50);
    if (!(limit >= 1 && limit <= 100)) return problem(400, "Bad Request", "limit must be 1 to 100");
    const { entity: _, ...rest } = filter;
    const found = account.events.all().filter((one) => filtered(one, rest));
    found.sort((a, b) => b.created_at - a.created_at || b.id - a.id);
    const number = Number(call.query.get("page") ?? 1);
    const shown = found.slice((number - 1) * limit, number * limit);
    if (shown.length === 0) return NOTHING;
    const next =
      number * limit < found.length ? { next: { href: `https://${HOST}/${call.path}?page=${number + 1}` } } : {};
    const entries = shown.map(({ updated_at: __, ...one }) => ({ ...one, id: `01pz58t6p04ymgsgfbmf${one.id}` }));
    return hal({ _page: number, _links: { self: { href: "" }, ...next }, _embedded: { events: entries } });
  }

  return { shape, read, eventLog };
}
