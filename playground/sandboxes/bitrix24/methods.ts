/** The REST methods of the portal, as far as they are documented in the sheet. */
import { object, type SandboxDeps, text } from "../kit.ts";
import { type Portal, portalTime } from "./portal.ts";
import { listed, type Page, shown } from "./query.ts";
import { CATEGORIES, CURRENCIES, FIELDS, KINDS, type Kind, STATUSES, USERS } from "./reference.ts";
import { plain, Refusal } from "./refusals.ts";

/** Who calls: the user of a webhook or of an app's token. */
export interface Caller {
  readonly user: string;
  readonly isApp: boolean;
  readonly scopes: readonly string[];
}
export type Params = Readonly<Record<string, unknown>>;
/** A list's `total` and `next` go beside its result. */
export type Answer = { readonly result: unknown } & Partial<Omit<Page, "result">>;
type Method = (params: Params, caller: Caller) => Answer;

const idOf = (params: Params) => params.id ?? params.ID;
const fieldsOf = (params: Params): Record<string, unknown> => {
  const fields = object(params.fields ?? params.FIELDS);
  if (!fields) throw plain("Parameter 'fields' must be array.");
  return fields;
};
const listOf = (value: unknown): string[] =>
  (Array.isArray(value) ? value : object(value) ? Object.values(value as object) : []).map(String);

function records(portal: Portal, deps: SandboxDeps, kind: Kind): Record<string, Method> {
  const empty = () => deps.choice("emptyCommunication");
  const name = `crm.${kind}`;
  return {
    [`${name}.list`]: (params) => listed(portal.records[kind].all(), kind, params, empty()),
    [`${name}.get`]: (params) => ({ result: shown(portal.find(kind, idOf(params)), kind, empty()) }),
    [`${name}.add`]: (params, { user }) => ({ result: portal.add(kind, fieldsOf(params), user).ID }),
    [`${name}.update`]: (params, { user }) => {
      portal.change(kind, idOf(params), fieldsOf(params), user);
      return { result: true };
    },
    [`${name}.delete`]: (params) => {
      portal.remove(kind, idOf(params));
      return { result: true };
    },
    [`${name}.fields`]: () => ({
      result: Object.fromEntries(
        Object.entries(FIELDS[kind]).map(([code, { formLabel, ...description }]) => [
          code,
          {
            isRequired: false,
            isReadOnly: false,
            isImmutable: false,
            isMultiple: false,
            isDynamic: false,
            ...description,
            ...(formLabel ? { listLabel: formLabel, formLabel, filterLabel: formLabel } : {}),
          },
        ]),
      ),
    }),
  };
}

const OWNERS: Readonly<Record<string, Kind>> = { 1: "lead", 2: "deal", 3: "contact", 4: "company" };

function duplicates(portal: Portal, params: Params): Answer {
  const type = String(params.type ?? "").toUpperCase();
  if (type !== "PHONE" && type !== "EMAIL") throw plain("Communication type is not defined");
  const values = listOf(params.values);
  if (values.length === 0) throw plain("Communication values is not defined");
  const wanted = text(params.entity_type)?.toUpperCase();
  const found: Record<string, number[]> = {};
  for (const kind of ["lead", "contact", "company"] as const) {
    if (wanted !== undefined && wanted !== kind.toUpperCase()) continue;
    const ids = portal.findByCommunication(kind, type, values.slice(0, 20));
    if (ids.length > 0) found[kind.toUpperCase()] = ids;
  }
  // An empty map is a list to PHP.
  return { result: Object.keys(found).length > 0 ? found : [] };
}

export function makeMethods(portal: Portal, deps: SandboxDeps): Readonly<Record<string, Method>> {
  return {
    profile: (_, { user }) => {
      const own = USERS.find((one) => one.ID === user);
      return {
        result: { ID: user, ADMIN: true, NAME: own?.NAME, LAST_NAME: own?.LAST_NAME, TIME_ZONE: "Europe/Moscow" },
      };
    },
    scope: (_, { scopes }) => ({ result: scopes }),
    "server.time": () => ({ result: portalTime(deps.now()) }),
    ...Object.assign({}, ...KINDS.map((kind) => records(portal, deps, kind))),
    "crm.duplicate.findbycomm": (params) => duplicates(portal, params),
    "crm.status.list": (params) => {
      const wanted = text(object(params.filter)?.ENTITY_ID);
      return { result: STATUSES.filter((one) => wanted === undefined || one.ENTITY_ID === wanted) };
    },
    "crm.category.list": (params) => {
      if (String(params.entityTypeId) !== "2") throw plain("Parameter 'entityTypeId' is wrong.");
      return { result: { categories: CATEGORIES }, total: CATEGORIES.length };
    },
    "crm.currency.list": () => ({ result: CURRENCIES, total: CURRENCIES.length }),
    "user.get": (params) => {
      const active = object(params.FILTER)?.ACTIVE;
      const found = USERS.filter((user) => active === undefined || user.ACTIVE === (String(active) === "true"));
      return { result: found, total: found.length };
    },
    "crm.timeline.comment.add": (params) => {
      const fields = fieldsOf(params);
      const kind = KINDS.find((one) => one === String(fields.ENTITY_TYPE).toLowerCase());
      if (!kind) throw plain("Unknown entity type");
      const record = portal.find(kind, fields.ENTITY_ID);
      const id = 900 + portal.comments.next();
      portal.comments.put(String(id), { id, entity: `${kind} ${record.ID}`, text: String(fields.COMMENT ?? "") });
      return { result: id };
    },
    "crm.activity.todo.add": (params, { user }) => {
      const { ownerTypeId, ownerId, deadline, title, description, responsibleId } = params;
      const kind = OWNERS[String(ownerTypeId)];
      if (!kind) throw plain("Owner is not defined");
      const record = portal.find(kind, ownerId);
      if (Number.isNaN(Date.parse(String(deadline)))) throw plain("Wrong deadline format");
      const id = 1_200 + portal.todos.next();
      portal.todos.put(String(id), {
        id,
        entity: `${kind} ${record.ID}`,
        title: String(title ?? ""),
        description: String(description ?? ""),
        deadline: String(deadline),
        responsible: String(responsibleId ?? user),
      });
      return { result: deps.choice("todoAnswer") === "number" ? id : { id } };
    },
    "event.bind": (params, { isApp }) => {
      if (!isApp) throw new Refusal(403, "WRONG_AUTH_TYPE", "Current authorization type is denied for this method");
      const event = String(params.event ?? "").toUpperCase();
      const handler = String(params.handler ?? "");
      if (!/^ONCRM(CONTACT|COMPANY|LEAD|DEAL)(ADD|UPDATE|DELETE)$/.test(event))
        throw new Refusal(400, "ERROR_EVENT_NOT_FOUND", "Event not found");
      if (portal.listeners.all().some((one) => one.url === handler && one.events.includes(event)))
        throw new Refusal(400, "ERROR_HANDLER_ALREADY_EXIST", "Handler already binded");
      portal.listen(handler, [event], null);
      return { result: true };
    },
    "event.get": () => ({
      result: portal.listeners
        .all()
        .filter((one) => one.token === null)
        .map((one) => ({ event: one.events[0], handler: one.url, auth_type: "0", offline: "0" })),
    }),
    "event.unbind": (params, { isApp }) => {
      if (!isApp) throw new Refusal(403, "WRONG_AUTH_TYPE", "Current authorization type is denied for this method");
      const event = String(params.event ?? "").toUpperCase();
      const found = portal.listeners
        .all()
        .filter((one) => one.token === null && one.url === params.handler && one.events.includes(event));
      for (const one of found) portal.listeners.remove(String(one.id));
      return { result: { count: found.length } };
    },
  };
}

/** The right that a method needs; the first ones need none. */
export function scopeOf(method: string): string | null {
  if (/^(profile|scope|server\.time|event\.\w+|batch)$/.test(method)) return null;
  return method.startsWith("user.") ? "user_brief" : "crm";
}
