/** МойСклад (JSON API 1.2) as its contract sheet describes it: routes, filters, audit, webhooks, refusals. */
import { gzipSync } from "node:zlib";
import { type Call, json, object, type Reply, type Sandbox, type SandboxDeps, text } from "../kit.ts";
import { type Doc, makeAccount, type Order, PERSON, PROGRAM } from "./account.ts";
import { makeFaces, meta } from "./faces.ts";
import { makeInput, type Written } from "./input.ts";
import { fitsFilter, ordered, pageOf } from "./query.ts";
import {
  ATTRIBUTE_TYPES,
  type Attribute,
  apiId,
  BASE,
  DIRECTORIES,
  idOf,
  LOGIN,
  PASSWORD,
  SEGMENTS,
  STATES,
} from "./reference.ts";
import { missing, Refusal, refuse } from "./refusals.ts";
import { buttons, SWITCHES, tables } from "./screen.ts";
import { makeWebhooks } from "./webhooks.ts";

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
const UNITS = 45;
const WINDOW_MS = 3_000;
/** What a request costs, and since when. */
const WEIGHTS = [
  ["2026-05-12", 2],
  ["2026-09-01", 3],
  ["2026-12-01", 4],
] as const;

export function makeMoysklad(deps: SandboxDeps): Sandbox {
  const account = makeAccount(deps);
  const faces = makeFaces(account);
  const read = makeInput(account);
  const webhooks = makeWebhooks(account, faces, () => deps.choice("rights"));
  const isAdmin = () => deps.choice("rights") !== "employee";

  // ---------------------------------------------------------------- lists

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

  // ---------------------------------------------------------------- metadata

  const attributeFace = (one: Attribute) => ({
    ...meta("attributemetadata", `entity/${one.entity}/metadata/attributes/${one.id}`),
    id: one.id,
    name: one.name,
    type: one.type,
    required: one.required,
    show: true,
    description: "",
    ...(one.type === "customentity"
      ? {
          customEntityMeta: meta(
            "customentitymetadata",
            `context/companysettings/metadata/customEntities/${SEGMENTS.id}`,
          ).meta,
        }
      : {}),
  });

  function metadata(type: Written, rest: string, call: Call, body: unknown): Reply {
    const own = account
      .attributes()
      .filter((one) => one.entity === type)
      .map(attributeFace);
    const path = `entity/${type}/metadata`;
    if (rest === "attributes") {
      if (call.method === "GET") return list(`${path}/attributes`, "attributemetadata", own, call.query);
      if (!isAdmin()) throw new Refusal(403, 1045, "Доступ запрещен: у вас нет прав на создание данного объекта");
      const made = (Array.isArray(body) ? body : [body]).map((one) => {
        const [name, kind] = [text(object(one)?.name) ?? "", text(object(one)?.type) ?? ""];
        if (name === "")
          throw new Refusal(412, 3000, "Ошибка сохранения объекта: поле 'name' не может быть пустым", "name");
        return attributeFace(
          account.addAttribute({ entity: type, name, type: kind, required: object(one)?.required === true }),
        );
      });
      return json(200, Array.isArray(body) ? made : made[0]);
    }
    if (rest !== "") throw new Refusal(404, 1002, "Неизвестный путь");
    const states = STATES.filter((state) => state.entityType === type).map((state) => ({
      ...meta("state", `${path}/states/${state.id}`),
      ...state,
    }));
    const collection = {
      ...meta("attributemetadata", `${path}/attributes`, { size: own.length, limit: 1000, offset: 0 }),
    };
    const expanded = call.query.get("expand") === "attributes" ? { ...collection, rows: own } : collection;
    return json(200, {
      ...meta("metadata", path),
      createShared: false,
      states,
      attributes: deps.choice("attributesShape") === "inline" ? own : expanded,
    });
  }

  // ---------------------------------------------------------------- records

  const docsOf = (type: Written): readonly Doc[] =>
    type === "counterparty" ? account.counterparties.all() : account.orders.all();
  function pick(type: Written, id: string): Doc {
    const found = type === "counterparty" ? account.counterparties.get(id) : account.orders.get(id);
    if (!found) throw missing(type, id);
    return found;
  }

  function create(type: Written, body: Record<string, unknown>): Doc {
    if (type === "customerorder" && deps.choice("rights") === "noOrders")
      throw new Refusal(403, 1045, "Доступ запрещен: у вас нет прав на создание данного объекта");
    const known = body.syncId === undefined ? undefined : docsOf(type).find((doc) => doc.syncId === body.syncId);
    if (known) return known;
    const data = read(type, body);
    return type === "counterparty" ? account.addCounterparty(data, PROGRAM) : account.addOrder(data, PROGRAM);
  }
  function edit(type: Written, doc: Doc, body: Record<string, unknown>): Doc {
    const next = { ...doc, ...read(type, body, doc), id: doc.id } as Doc;
    return type === "counterparty"
      ? account.editCounterparty(doc, next, PROGRAM)
      : account.editOrder(doc as Order, next as Order, PROGRAM);
  }
  function write(type: Written, body: Record<string, unknown>): Doc {
    const href = text(object(body.meta)?.href);
    return href === undefined ? create(type, body) : edit(type, pick(type, href.split("/").at(-1) ?? ""), body);
  }

  /** Many at once: each answers for itself. */
  function bulk(type: Written, items: readonly unknown[]): Reply {
    const answers = items.map((item) => {
      try {
        return faces.record(type, write(type, object(item) ?? {}));
      } catch (error) {
        if (error instanceof Refusal) return JSON.parse(error.reply.body) as unknown;
        throw error;
      }
    });
    return json(200, answers);
  }

  function auditOf(type: string, id: string, query: URLSearchParams): Reply {
    if (deps.choice("audit") === "forbidden") throw new Refusal(403, 38000, "Нет доступа к аудиту");
    const own = account.audit.all().filter((row) => row.entity === id);
    const rows = (deps.choice("auditOrder") === "newest" ? own.reverse() : own).map(
      ({ id: context, entity: _, ...row }) => ({
        ...row,
        audit: meta("audit", `audit/${context}`),
        entity: meta(type, `entity/${type}/${id}`),
      }),
    );
    const asked = new URLSearchParams(query);
    if (!asked.has("limit")) asked.set("limit", "25");
    return list(`entity/${type}/${id}/audit`, "auditevent", rows, asked, 100);
  }

  function records(type: Written, id: string, rest: string, call: Call, body: unknown): Reply {
    if (id === "metadata") return metadata(type, rest, call, body);
    if (id === "") {
      if (call.method === "GET") return documents(type, docsOf(type), call.query);
      if (call.method !== "POST") throw new Refusal(405, 1002, "Метод не поддерживается");
      if (Array.isArray(body)) return bulk(type, body);
      return json(200, faces.record(type, write(type, object(body) ?? {})));
    }
    const real = apiId(id);
    if (real !== id) return { status: 308, headers: { location: `./${real}` }, body: "" };
    const doc = pick(type, id);
    if (rest === "audit") return auditOf(type, id, call.query);
    if (rest === "positions" && type === "customerorder")
      return list(
        `entity/customerorder/${id}/positions`,
        "customerorderposition",
        (doc as Order).positions.map((one) => ({
          quantity: one.quantity,
          price: one.price,
          discount: one.discount,
          assortment: meta("product", `entity/product/${one.assortment}`),
        })),
        call.query,
      );
    if (rest !== "") throw new Refusal(404, 1002, "Неизвестный путь");
    const expand = (call.query.get("expand") ?? "").split(",").filter(Boolean);
    if (call.method === "PUT") return json(200, faces.record(type, edit(type, doc, object(body) ?? {})));
    return json(200, faces.record(type, doc, expand));
  }

  // ---------------------------------------------------------------- routes

  function bodyOf(call: Call): unknown {
    if (call.body === "") return undefined;
    if (!/^application\/json/i.test(call.headers["content-type"] ?? ""))
      throw new Refusal(415, 1037, "Неверно указан Content-Type запроса");
    try {
      return JSON.parse(call.body) as unknown;
    } catch {
      throw new Refusal(400, 2001, "Ошибка формата: входящий запрос не соответствует формату JSON");
    }
  }

  function route(call: Call): Reply {
    const [root = "", type = "", id = "", ...rest] = call.path.split("/");
    if (root === "security" && type === "token" && call.method === "POST")
      return json(deps.choice("tokenCode") === "201" ? 201 : 200, { access_token: account.newToken() });
    if (root === "context" && type === "employee") {
      const [employee] = DIRECTORIES.employee ?? [];
      return json(200, { ...(employee ? faces.directory("employee", employee) : {}), email: "olga@example.test" });
    }
    if (root !== "entity") throw new Refusal(404, 1002, "Неизвестный путь");
    const body = bodyOf(call);
    if (type === "counterparty" || type === "customerorder") return records(type, id, rest.join("/"), call, body);
    if (type === "webhook") {
      if (id === "" && call.method === "GET") return list("entity/webhook", "webhook", webhooks.all(), call.query);
      return webhooks.handle(call.method, id || undefined, body);
    }
    if (type === "paymentin" || type === "cashin") {
      const known = account.payments[type];
      if (id === "") return documents(type, known.all(), call.query);
      const found = known.get(id);
      if (!found) throw missing(type, id);
      return json(200, faces.record(type, found));
    }
    if (type === "customentity" && id === SEGMENTS.id)
      return list(
        `entity/customentity/${id}`,
        "customentity",
        SEGMENTS.elements.map((one) => faces.directory("customentity", one)),
        call.query,
      );
    const directory = DIRECTORIES[type];
    if (!directory) throw new Refusal(404, 1002, "Неизвестный путь");
    if (id === "")
      return list(
        `entity/${type}`,
        type,
        directory.map((one) => faces.directory(type, one)),
        call.query,
      );
    const found = directory.find((one) => one.id === id);
    if (!found) throw missing(type, id);
    return json(200, faces.directory(type, found));
  }

  const wrongPassword = refuse(
    401,
    1056,
    "Ошибка аутентификации: Неправильный пароль или имя пользователя или ключ авторизации",
    "Authorization",
  );
  function enter(call: Call): Reply | null {
    const [kind, value = ""] = (call.headers.authorization ?? "").split(" ");
    if (kind === "Bearer") return value === account.token() ? null : wrongPassword;
    const [login = "", ...password] = Buffer.from(value, "base64").toString("utf8").split(":");
    if (kind !== "Basic" || !login.includes("@"))
      return refuse(
        401,
        1056,
        "Ошибка аутентификации: Некорректный логин, ожидается вид user@account",
        "Authorization",
      );
    return login === LOGIN && password.join(":") === PASSWORD ? null : wrongPassword;
  }

  function answer(call: Call): Reply {
    const accept = call.headers.accept;
    if (accept !== undefined && !/^(\*\/\*|application\/json;\s*charset=utf-8)$/i.test(accept))
      return refuse(
        400,
        1062,
        "Неверное значение заголовка 'Accept'. Требуется значение 'application/json;charset=utf-8'",
        "Accept",
      );
    const refused = enter(call);
    if (refused) return refused;
    if (deps.choice("rights") === "noApi")
      return refuse(403, 1061, "Отсутствует доступ к API для данного пользователя");
    try {
      return route(call);
    } catch (error) {
      if (error instanceof Refusal) return error.reply;
      throw error;
    }
  }

  // ---------------------------------------------------------------- limits

  const tooMany: Reply = {
    ...refuse(429, 1049, "Превышено ограничение на количество запросов в единицу времени"),
    headers: {
      "content-type": "application/json; charset=utf-8",
      "x-ratelimit-remaining": "0",
      "x-lognex-retry-timeinterval": String(WINDOW_MS),
      "x-lognex-reset": "1000",
      "x-lognex-retry-after": "1000",
    },
  };
  let starts: number[] = [];
  /** What is left of 45 units in 3 s; a request's weight grows by the published dates. Null: nothing is. */
  function takeUnits(): number | null {
    const at = deps.now().getTime();
    const weight = WEIGHTS.findLast(([from]) => at >= Date.parse(from))?.[1] ?? 1;
    const most = Math.floor(UNITS / weight);
    starts = starts.filter((start) => at - start < WINDOW_MS);
    if (starts.length >= most) return null;
    starts.push(at);
    return most - starts.length;
  }

  const packed = (reply: Reply): Reply => ({
    ...reply,
    headers: { ...reply.headers, "content-encoding": "gzip" },
    bytes: gzipSync(reply.body ?? ""),
  });

  return {
    key: "moysklad",
    name: { ru: "МойСклад", en: "MoySklad" },
    // The service counts by windows of three seconds, see `takeUnits`.
    perSecond: 100,
    get credentials() {
      return [
        { key: "login", label: { ru: "Логин", en: "Login" }, value: LOGIN },
        { key: "password", label: { ru: "Пароль", en: "Password" }, value: PASSWORD },
        { key: "token", label: { ru: "Токен", en: "Token" }, value: account.token() },
      ];
    },
    switches: SWITCHES,
    tables: () => tables(account),
    buttons: () => buttons(account),
    press(button, fields) {
      if (button === "attribute") {
        const type = ATTRIBUTE_TYPES.find(([key]) => key === fields.type)?.[0];
        if (!type || !fields.name) throw new Error("a field needs a name and a type");
        const entity = fields.entity === "counterparty" ? "counterparty" : "customerorder";
        return account.addAttribute({ entity, name: fields.name, type, required: false });
      }
      if (button === "order") {
        const agent = account.addCounterparty(
          { name: fields.name, phone: fields.phone, companyType: "individual" },
          PERSON,
        );
        const positions = [
          { assortment: idOf("product", 1), quantity: 1, price: Math.round(Number(fields.total) * 100), discount: 0 },
        ];
        return account.addOrder(
          { refs: { organization: idOf("organization", 1), agent: agent.id }, positions },
          PERSON,
        );
      }
      const order = account.orders.get(fields.order ?? "");
      if (!order) throw new Error(`no order with id ${fields.order}`);
      if (button === "pay") {
        const kind = fields.kind === "cashin" ? "cashin" : "paymentin";
        return account.pay(order, kind, Math.round(Number(fields.sum) * 100), PERSON);
      }
      if (button === "comment") return account.editOrder(order, { ...order, description: fields.text }, PERSON);
      const state = STATES.find((one) => one.id === fields.state || one.name === fields.state);
      if (!state) throw new Error(`no state called ${fields.state}`);
      const total = Number(fields.total);
      const positions = [{ assortment: idOf("product", 1), quantity: 1, price: Math.round(total * 100), discount: 0 }];
      return account.editOrder(
        order,
        {
          ...order,
          refs: { ...order.refs, state: state.id },
          ...(fields.total ? { positions } : {}),
        },
        PERSON,
      );
    },
    handle(call) {
      // Nothing is answered to who can't unpack it, not even why.
      if (!/\bgzip\b/i.test(call.headers["accept-encoding"] ?? "")) return { status: 415, body: "" };
      const left = takeUnits();
      const reply = left === null ? tooMany : answer(call);
      const limits = left === null ? {} : { "x-ratelimit-remaining": String(left), "x-lognex-retry-after": "0" };
      return packed({ ...reply, headers: { ...reply.headers, ...limits } });
    },
    tooMany: () => packed(tooMany),
    expired: () => packed(wrongPassword),
    clear() {
      starts = [];
      account.clear();
    },
  };
}
