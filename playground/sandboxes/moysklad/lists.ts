/** Answers that are lists: paged, and for records filtered, searched and ordered. */
import { json, type Reply, type SandboxDeps } from "../kit.ts";
import type { Doc } from "./account.ts";
import { type Faces, meta } from "./faces.ts";
import { fitsFilter, ordered, pageOf } from "./query.ts";
import { BASE } from "./reference.ts";

const COMMON = ["id", "syncId", "name", "code", "externalCode", "description", "created", "updated"];
const FILTERED: Readonly<Record<string, readonly string[]>> = {
  counterparty: [
    ...COMMON,
    "phone",
    "email",
    "fax",
    "companyType",
    "tags",
    "archived",
    "state",
    "owner",
    "inn",
    "actualAddress",
  ],
  customerorder: [
    ...COMMON,
    "moment",
    "applicable",
    "sum",
    "organization",
    "agent",
    "store",
    "state",
    "state.name",
    "owner",
    "project",
    "salesChannel",
    "isDeleted",
  ],
  paymentin: [...COMMON, "moment", "sum", "organization", "agent"],
  cashin: [...COMMON, "moment", "sum", "organization", "agent"],
};
const ORDERED: Readonly<Record<string, string[]>> = {
  counterparty: [
    "id",
    "version",
    "updated",
    "updatedBy",
    "name",
    "description",
    "code",
    "externalCode",
    "archived",
    "created",
    "phone",
    "email",
    "fax",
  ],
  customerorder: [
    "id",
    "syncId",
    "version",
    "updated",
    "updatedBy",
    "name",
    "description",
    "externalCode",
    "moment",
    "applicable",
    "sum",
    "created",
    "deliveryPlannedMoment",
  ],
};
const EXPAND_LIMIT = 100;

export function makeLists(deps: Pick<SandboxDeps, "choice">, faces: Faces) {
  function list(path: string, type: string, rows: readonly unknown[], query: URLSearchParams, most = 1000): Reply {
    const { limit, offset } = pageOf(query, most);
    const shown = rows.slice(offset, offset + limit);
    const next =
      offset + limit < rows.length ? { nextHref: `${BASE}/${path}?limit=${limit}&offset=${offset + limit}` } : {};
    const previous =
      offset > 0 ? { previousHref: `${BASE}/${path}?limit=${limit}&offset=${Math.max(0, offset - limit)}` } : {};
    return json(200, {
      context: { employee: meta("employee", "context/employee") },
      meta: {
        href: `${BASE}/${path}`,
        type,
        mediaType: "application/json",
        size: rows.length,
        limit,
        offset,
        ...next,
        ...previous,
      },
      rows: shown,
    });
  }

  /** Too large a page forgets to expand, without a word. */
  const expandOf = (query: URLSearchParams): string[] =>
    Number(query.get("limit") ?? 1000) <= EXPAND_LIMIT ? (query.get("expand") ?? "").split(",").filter(Boolean) : [];

  function documents(type: string, docs: readonly Doc[], query: URLSearchParams): Reply {
    const faced = docs.map((doc) => ({ doc, face: faces.face(type, doc) }));
    const seconds = deps.choice("updatedCompare") === "seconds";
    const fits = fitsFilter(
      faced.map(({ face }) => looseFace(face)),
      query.get("filter") ?? "",
      FILTERED[type] ?? COMMON,
      seconds,
    );
    const search = query.get("search")?.toLowerCase();
    const found = faced.filter(({ doc }, at) => fits[at] && (search === undefined || isFound(doc, search)));
    const sorted = ordered(found, ({ face }) => face, query.get("order"), ORDERED[type] ?? COMMON);
    const expand = expandOf(query);
    // Rows are made only for the page that is asked for.
    const { limit, offset } = pageOf(query);
    const rows = sorted.map(({ doc }, at) =>
      at >= offset && at < offset + limit ? faces.record(type, doc, expand) : null,
    );
    return list(`entity/${type}`, type, rows, query);
  }
  const looseFace = (face: ReturnType<typeof faces.face>) =>
    deps.choice("phoneFilter") === "digits" && typeof face.phone === "string"
      ? { ...face, phone: [face.phone, face.phone.replace(/\D/g, "")] }
      : face;
  const isFound = (doc: Doc, search: string) =>
    [doc.name, doc.code, doc.legalTitle, doc.email, doc.phone].some((value) =>
      String(value ?? "")
        .toLowerCase()
        .includes(search),
    );

  return { list, documents };
}
export type Lists = ReturnType<typeof makeLists>;
