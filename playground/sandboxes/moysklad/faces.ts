/** Records as answers show them, and as filters see them. */
import type { Account, Doc, Hook, Order, Payment } from "./account.ts";
import type { Face } from "./query.ts";
import { ACCOUNT_ID, BASE, DIRECTORIES, type Entry, SEGMENTS, STATES, uiId } from "./reference.ts";

export const meta = (type: string, path: string, more: Record<string, unknown> = {}) => ({
  meta: { href: `${BASE}/${path}`, type, mediaType: "application/json", ...more },
});
export const entity = (type: string, id: string) =>
  meta(type, `entity/${type}/${id}`, {
    metadataHref: `${BASE}/entity/${type}/metadata`,
    uuidHref: `https://online.moysklad.ru/app/#${type}/edit?id=${uiId(id)}`,
  });

/** What a field of a record refers to. */
export const REFERS: Readonly<Record<string, string>> = {
  organization: "organization",
  agent: "counterparty",
  store: "store",
  salesChannel: "saleschannel",
  project: "project",
  owner: "employee",
};

export function makeFaces(account: Account) {
  function reference(type: string, field: string, id: string, expand: readonly string[]): unknown {
    if (field === "state") {
      const state = STATES.find((one) => one.id === id);
      const own = meta("state", `entity/${type}/metadata/states/${id}`);
      return expand.includes("state") ? { ...own, ...state } : own;
    }
    const kind = REFERS[field] ?? field;
    if (!expand.includes(field)) return entity(kind, id);
    if (kind === "counterparty") {
      const found = account.counterparties.get(id);
      return found ? record("counterparty", found) : entity(kind, id);
    }
    const found = DIRECTORIES[kind]?.find((one) => one.id === id);
    return found ? directory(kind, found) : entity(kind, id);
  }

  function attributesOf(type: string, doc: Doc): unknown[] {
    return account
      .attributes()
      .filter((one) => one.entity === type && doc.attributes[one.id] !== undefined && doc.attributes[one.id] !== null)
      .map((one) => ({
        ...meta("attributemetadata", `entity/${type}/metadata/attributes/${one.id}`),
        id: one.id,
        name: one.name,
        type: one.type,
        value: one.type === "customentity" ? element(String(doc.attributes[one.id])) : doc.attributes[one.id],
      }));
  }

  function element(id: string): unknown {
    const found = SEGMENTS.elements.find((one) => one.id === id);
    return { ...meta("customentity", `entity/customentity/${SEGMENTS.id}/${id}`), name: found?.name };
  }

  function record(type: string, doc: Doc, expand: readonly string[] = []): Record<string, unknown> {
    const { refs, attributes: _, payments, positions, operations, ...plain } = doc as Doc & Partial<Order & Payment>;
    const attributes = attributesOf(type, doc);
    return {
      ...entity(type, doc.id),
      ...plain,
      accountId: ACCOUNT_ID,
      ...Object.fromEntries(Object.entries(refs).map(([field, id]) => [field, reference(type, field, id, expand)])),
      ...(attributes.length > 0 ? { attributes } : {}),
      ...(positions
        ? {
            positions: meta("customerorderposition", `entity/customerorder/${doc.id}/positions`, {
              size: positions.length,
              limit: 1000,
              offset: 0,
            }),
          }
        : {}),
      // Linked documents are left out where there are none.
      ...(payments && payments.length > 0
        ? { payments: payments.map((path) => ({ ...meta(path.split("/")[0] ?? "", `entity/${path}`) })) }
        : {}),
      ...(operations
        ? {
            operations: operations.map((one) => ({
              ...entity("customerorder", one.order),
              linkedSum: one.linkedSum,
            })),
          }
        : {}),
    };
  }

  function directory(kind: string, one: Entry): Record<string, unknown> {
    return { ...entity(kind, one.id), accountId: ACCOUNT_ID, ...one };
  }

  return {
    record,
    directory,
    hook: (hook: Hook) => ({
      ...meta("webhook", `entity/webhook/${hook.id}`),
      accountId: ACCOUNT_ID,
      method: "POST",
      ...hook,
    }),

    /** For filters: references as hrefs, attributes by their own. */
    face(type: string, doc: Doc): Face {
      const own: Record<string, Face[string]> = {};
      for (const [field, value] of Object.entries(doc)) if (isPlain(value)) own[field] = value;
      for (const [field, id] of Object.entries(doc.refs)) {
        own[field] =
          field === "state"
            ? `${BASE}/entity/${type}/metadata/states/${id}`
            : `${BASE}/entity/${REFERS[field] ?? field}/${id}`;
        if (field === "state") own["state.name"] = account.stateName(id);
      }
      for (const [id, value] of Object.entries(doc.attributes))
        own[`${BASE}/entity/${type}/metadata/attributes/${id}`] = String(value);
      return own;
    },
  };
}
function isPlain(value: unknown): value is Face[string] {
  if (Array.isArray(value)) return value.every((one) => typeof one === "string");
  return value === null || value === undefined || typeof value !== "object";
}
export type Faces = ReturnType<typeof makeFaces>;
