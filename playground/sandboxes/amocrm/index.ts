/** amoCRM (API v4) as its contract sheet describes it: consent, records, lists, webhooks, refusals. */
import { type Call, list, nested, object, objects, type Reply, type Sandbox, type SandboxDeps, text } from "../kit.ts";
import { type Entity, type Kind, makeAccount } from "./account.ts";
import { flawsOf, invalid, problem, Refusal } from "./checks.ts";
import { APP, HOST, LONG_LIVED, makeOAuth } from "./oauth.ts";
import { hal, makeReading, NOTHING } from "./reading.ts";
import { ACCOUNT, FIELDS, PIPELINES, TASK_TYPES, USERS } from "./reference.ts";
import { buttons, SWITCHES, tables } from "./screen.ts";

const KINDS = ["contacts", "leads", "companies", "tasks"];
const ROBOT = 77;

export function makeAmocrm(deps: SandboxDeps): Sandbox {
  const account = makeAccount(deps);
  const oauth = makeOAuth(deps);
  const { shape, read, eventLog } = makeReading(deps, account);

  function body(call: Call): unknown {
    try {
      return JSON.parse(call.body);
    } catch {
      throw new Refusal(problem(400, "Bad Request", "Invalid JSON given"));
    }
  }
  function items(call: Call): Record<string, unknown>[] {
    const sent = body(call);
    if (!Array.isArray(sent))
      throw new Refusal(problem(400, "Bad Request", "Request validation failed: an array is expected"));
    if (sent.length === 0) throw new Refusal(problem(400, "Bad Request", "Data is empty"));
    if (sent.length > 250) throw new Refusal(problem(422, "Unprocessable Entity", "The limit is 250 items"));
    return objects(sent);
  }
  function check(kind: Kind, sent: readonly Record<string, unknown>[], isNew: boolean): void {
    for (const [at, item] of sent.entries()) {
      const flaws = flawsOf(kind, item, isNew);
      if (flaws.length > 0) throw new Refusal(invalid(item, at, flaws));
    }
  }
  const short = (kind: Kind, entity: Entity, request: unknown) => ({
    id: entity.id,
    ...(request === undefined ? {} : { request_id: request }),
    ...(kind === "tasks" ? {} : { name: entity.name }),
    updated_at: entity.updated_at,
    _links: { self: { href: `https://${HOST}/api/v4/${kind}/${entity.id}` } },
  });
  const wrap = (kind: string, found: readonly unknown[]) =>
    hal({ _links: { self: { href: "" } }, _embedded: { [kind]: found } });

  function pick(kind: Kind, id: unknown): Entity {
    const entity = account.records[kind].get(String(id));
    if (!entity) throw new Refusal(problem(400, "Bad Request", "Element not found"));
    return entity;
  }

  function webhooks(call: Call): Reply {
    if (deps.choice("webhooks") === "closed") return problem(403, "Forbidden", "You have no rights for this");
    if (call.method === "GET") {
      const wanted = text(object(nested(call.query).filter)?.destination);
      const found = account.hooks.all().filter((one) => wanted === undefined || one.destination === wanted);
      return hal({ _total_items: found.length, _embedded: { webhooks: found } });
    }
    const sent = object(body(call)) ?? {};
    const destination = text(sent.destination);
    if (!destination || !URL.canParse(destination)) return problem(400, "Bad Request", "destination is not a URL");
    if (call.method === "DELETE") {
      const known = account.hooks.all().find((one) => one.destination === destination);
      if (!known) return problem(404, "Not Found", "Webhook not found");
      account.hooks.remove(String(known.id));
      return NOTHING;
    }
    const settings = list(sent.settings);
    if (settings.length === 0) return problem(400, "Bad Request", "settings is empty");
    return hal(account.subscribe(destination, settings, Number(sent.sort ?? 10)), 201);
  }

  function route(call: Call): Reply {
    const path = call.path.replace(/^api\/v4\//, "");
    const isGet = call.method === "GET";
    if (path === "account") {
      const more = (call.query.get("with") ?? "").split(",");
      return hal({
        ...ACCOUNT,
        ...(more.includes("is_api_filter_enabled") ? { is_api_filter_enabled: deps.choice("filters") === "on" } : {}),
        _embedded: more.includes("task_types") ? { task_types: TASK_TYPES } : {},
      });
    }
    if (path === "users")
      return deps.choice("users") === "closed"
        ? problem(403, "Forbidden", "Only admins may")
        : hal({ _total_items: USERS.length, _page: 1, _page_count: 1, _links: {}, _embedded: { users: USERS } });
    if (path === "leads/pipelines") return hal({ _total_items: PIPELINES.length, _embedded: { pipelines: PIPELINES } });
    if (path === "leads/loss_reasons")
      return hal({
        _embedded: {
          loss_reasons: [
            { id: 1, name: "Дорого" },
            { id: 2, name: "Передумали" },
          ],
        },
      });
    if (path === "webhooks") return webhooks(call);
    if (path === "events" && isGet) return eventLog(call);
    const custom = /^(contacts|leads|companies)\/custom_fields$/.exec(path)?.[1];
    if (custom) {
      const all = FIELDS[custom] ?? [];
      const limit = Math.min(Number(call.query.get("limit") ?? 50), 50);
      const number = Number(call.query.get("page") ?? 1);
      const some = all.slice((number - 1) * limit, number * limit);
      return some.length === 0
        ? NOTHING
        : hal({
            _total_items: all.length,
            _page: number,
            _page_count: Math.ceil(all.length / limit),
            _links: {},
            _embedded: { custom_fields: some },
          });
    }
    const tagged = /^(contacts|leads|companies)\/tags$/.exec(path)?.[1];
    if (tagged) {
      const tags = account.tags.all().filter((one) => one.kind === tagged);
      return tags.length === 0 ? NOTHING : hal({ _page: 1, _links: {}, _embedded: { tags } });
    }
    const noted = /^(contacts|leads|companies)\/(?:(\d+)\/)?notes$/.exec(path);
    if (noted && call.method === "POST") {
      const kind = noted[1] as Kind;
      const made = items(call).map((one, at) => {
        if (!object(one.params) || typeof one.note_type !== "string")
          throw new Refusal(
            invalid(one, at, [{ code: "FieldMissing", path: "note_type", detail: "This field is missing." }]),
          );
        const entity = pick(kind, noted[2] ?? one.entity_id);
        const note = account.note(kind, entity.id, one, ROBOT);
        return { id: note.id, entity_id: entity.id, request_id: one.request_id ?? String(at) };
      });
      return wrap("notes", made);
    }
    const linked = /^(contacts|leads|companies)\/(\d+)\/link$/.exec(path);
    if (linked && call.method === "POST") {
      const entity = pick(linked[1] as Kind, linked[2]);
      const sent = items(call);
      for (const one of sent) account.link(linked[1] as Kind, pick(linked[1] as Kind, linked[2]), one);
      return hal({ _embedded: { links: sent.map((one) => ({ ...one, entity_id: entity.id })) } });
    }
    const one = /^(contacts|leads|companies|tasks)(?:\/(\d+))?$/.exec(path);
    if (!one) return problem(404, "Not Found", `Cannot ${call.method} /${call.path}`);
    const kind = one[1] as Kind;
    if (!KINDS.includes(kind)) return problem(404, "Not Found", "Unknown");
    const id = one[2];
    if (isGet && id === undefined) return read(kind, call);
    if (isGet) {
      const entity = account.records[kind].get(String(id));
      return entity ? hal(shape(kind, entity, (call.query.get("with") ?? "").split(","))) : NOTHING;
    }
    if (call.method === "POST" && id === undefined) {
      const sent = items(call);
      check(kind, sent, true);
      return wrap(
        kind,
        sent.map((item, at) => short(kind, account.create(kind, item, ROBOT), item.request_id ?? String(at))),
      );
    }
    if (call.method !== "PATCH") return problem(405, "Method Not Allowed", `${call.method} is not allowed here`);
    if (id !== undefined) {
      const item = object(body(call)) ?? {};
      check(kind, [item], false);
      const entity = account.update(kind, pick(kind, id), item, ROBOT);
      return deps.choice("single") === "list"
        ? wrap(kind, [short(kind, entity, undefined)])
        : hal(shape(kind, entity, []));
    }
    const sent = items(call);
    check(kind, sent, false);
    return wrap(
      kind,
      sent.map((item, at) =>
        short(kind, account.update(kind, pick(kind, item.id), item, ROBOT), item.request_id ?? String(at)),
      ),
    );
  }

  // ---------------------------------------------------------------- life

  const person = 78;
  const multi = (code: string, value: string | undefined) =>
    value ? [{ field_code: code, values: [{ value, enum_code: "WORK" }] }] : [];
  return {
    key: "amocrm",
    name: { ru: "amoCRM", en: "amoCRM" },
    perSecond: 7,
    isPage: (path) => path === "oauth",
    app: APP,
    credentials: [
      { key: "account", label: { ru: "Адрес аккаунта", en: "Account's address" }, value: HOST },
      { key: "token", label: { ru: "Долгосрочный токен", en: "Long-lived token" }, value: LONG_LIVED },
    ],
    switches: SWITCHES,
    tables: () => tables(account, oauth.tokens()),
    buttons: () => buttons(account),
    press(button, fields) {
      if (button === "expire" || button === "revoke") {
        oauth[button]();
        return {};
      }
      // What amoCRM does to an address that answers badly for a time.
      if (button === "hooksOff") {
        for (const hook of account.hooks.all()) account.hooks.put(String(hook.id), { ...hook, disabled: true });
        return {};
      }
      if (button === "contact")
        return account.create(
          "contacts",
          {
            name: fields.name,
            custom_fields_values: [...multi("PHONE", fields.phone), ...multi("EMAIL", fields.email)],
          },
          person,
        );
      if (button === "lead") {
        const contacts = fields.contact ? [{ id: Number(fields.contact) }] : [];
        return account.create(
          "leads",
          { name: fields.name, price: Number(fields.price), _embedded: { contacts } },
          person,
        );
      }
      const kind = button === "editContact" ? "contacts" : "leads";
      const entity = account.records[kind].get(fields.contact ?? fields.lead ?? "");
      if (!entity) throw new Error(`no record ${fields.contact ?? fields.lead}`);
      if (kind === "contacts") return account.update(kind, entity, { name: fields.name }, person);
      const status = Number(fields.status);
      const own = PIPELINES.find(({ _embedded }) => _embedded.statuses.some(({ id }) => id === status && id > 143));
      return account.update(kind, entity, { status_id: status, pipeline_id: own?.id ?? entity.pipeline_id }, person);
    },
    handle(call) {
      if (call.path === "oauth") return oauth.consent(call);
      if (call.path === "oauth2/access_token" && call.method === "POST") return oauth.token(call);
      if (call.path === "oauth2/account/current/subdomain") return oauth.whereabouts(call);
      if (!oauth.mayEnter(call)) return this.expired();
      try {
        return route(call);
      } catch (error) {
        if (error instanceof Refusal) return error.reply;
        throw error;
      }
    },
    tooMany: () => problem(429, "Too Many Requests", "Too many requests"),
    expired: () => problem(401, "Unauthorized", "Неверный логин или пароль"),
    clear() {
      account.clear();
      oauth.clear();
    },
  };
}
