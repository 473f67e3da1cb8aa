/** Bitrix24 REST as its contract sheet describes it: an incoming webhook, an app with OAuth, classic CRM methods, events. */
import { randomUUID } from "node:crypto";
import { type Call, json, nested, object, type Reply, type Sandbox, type SandboxDeps } from "../kit.ts";
import { batched } from "./batch.ts";
import { type Answer, type Caller, makeMethods, type Params, scopeOf } from "./methods.ts";
import { APP, makeOauth } from "./oauth.ts";
import { HOST, makePortal, portalTime } from "./portal.ts";
import { noAuth, Refusal } from "./refusals.ts";
import { buttons, SWITCHES, tables } from "./screen.ts";

const WEBHOOK_USER = "1";
export const WEBHOOK_SECRET = "b24sandboxsecret7f";
/** Above fifty the bucket overflows; two a second run out. */
const BUCKET = { size: 50, perSecond: 2 };

export function makeBitrix24(deps: SandboxDeps): Sandbox {
  const portal = makePortal(deps);
  const methods = makeMethods(portal, deps);
  const oauth = makeOauth(deps);
  let level = 0;
  let levelAt = 0;

  const scopes = (): string[] =>
    ({ full: ["crm", "user_brief"], noUsers: ["crm"], noCrm: ["user_brief"] })[deps.choice("rights")] ?? [];

  function isOverflown(): boolean {
    const at = deps.now().getTime() / 1_000;
    level = Math.max(0, level - (at - levelAt) * BUCKET.perSecond);
    levelAt = at;
    if (level + 1 > BUCKET.size) return true;
    level += 1;
    return false;
  }

  function paramsOf(call: Call): Record<string, unknown> {
    const query = nested(call.query);
    if (call.body === "") return query;
    if (!/json/i.test(call.headers["content-type"] ?? ""))
      return { ...query, ...nested(new URLSearchParams(call.body)) };
    try {
      return { ...query, ...object(JSON.parse(call.body)) };
    } catch {
      return query;
    }
  }

  /** `rest/1/<secret>/<method>` is a webhook, `rest/<method>` with `auth` an app. */
  function calledBy(call: Call, params: Params): { caller: Caller; method: string } {
    const [, first = "", secret = "", ...rest] = call.path.split("/");
    if (/^\d+$/.test(first)) {
      if (first !== WEBHOOK_USER || secret !== WEBHOOK_SECRET)
        throw new Refusal(401, "NO_AUTH_FOUND", "Wrong authorization data");
      return { caller: { user: WEBHOOK_USER, isApp: false, scopes: scopes() }, method: rest.join("/") };
    }
    const user = oauth.userOf(String(params.auth ?? ""));
    return { caller: { user, isApp: true, scopes: scopes() }, method: first };
  }

  function run(method: string, params: Params, caller: Caller): Answer {
    const known = methods[method.toLowerCase()];
    if (!known) throw new Refusal(404, "ERROR_METHOD_NOT_FOUND", "Method not found!");
    const scope = scopeOf(method.toLowerCase());
    if (scope !== null && !caller.scopes.includes(scope))
      throw new Refusal(
        403,
        "insufficient_scope",
        "The request requires higher privileges than provided by the webhook token",
      );
    return known(params, caller);
  }

  function envelope({ result, total, next }: Answer): Reply {
    const at = deps.now();
    const seconds = at.getTime() / 1_000;
    return json(200, {
      result,
      ...(total === undefined ? {} : { total }),
      ...(next === undefined ? {} : { next }),
      time: {
        start: seconds,
        finish: seconds + 0.01,
        duration: 0.01,
        processing: 0.01,
        date_start: portalTime(at),
        date_finish: portalTime(at),
        operating_reset_at: Math.floor(seconds) + 600,
        operating: 0.01,
      },
    });
  }

  function refused(error: Refusal): Reply {
    if (deps.choice("errors") !== "v3") return error.reply;
    return json(error.status, { error: { code: error.code, message: error.words } });
  }

  function rest(call: Call): Reply {
    if (isOverflown()) return tooMany();
    const params = paramsOf(call);
    const { caller, method: named } = calledBy(call, params);
    const method = named.replace(/\.json$/, "");
    if (method === "batch") return envelope(batched(params, (one, own) => run(one, own, caller)));
    return envelope(run(method, params, caller));
  }

  const tooMany = (): Reply => refused(new Refusal(503, "QUERY_LIMIT_EXCEEDED", "Too many requests"));

  return {
    key: "bitrix24",
    name: { ru: "Битрикс24", en: "Bitrix24" },
    perSecond: BUCKET.size,
    credentials: [
      {
        key: "webhook",
        label: { ru: "Адрес входящего вебхука", en: "Incoming webhook's address" },
        value: `https://${HOST}/rest/${WEBHOOK_USER}/${WEBHOOK_SECRET}/`,
      },
      { key: "portal", label: { ru: "Адрес портала", en: "Portal's address" }, value: HOST },
    ],
    app: APP,
    switches: SWITCHES,
    tables: () => tables(portal),
    buttons: () => buttons(portal),
    press(button, fields) {
      const communication = (value: string | undefined) => (value ? [{ VALUE: value, VALUE_TYPE: "WORK" }] : []);
      switch (button) {
        case "contact":
          return portal.add(
            "contact",
            {
              NAME: fields.name,
              LAST_NAME: fields.lastName,
              PHONE: communication(fields.phone),
              EMAIL: communication(fields.email),
              SOURCE_ID: "WEB",
              TYPE_ID: "CLIENT",
            },
            "7",
          );
        case "change":
          return portal.change("contact", fields.contact, { NAME: fields.name, POST: fields.post }, "7");
        case "lead":
          return portal.add(
            "lead",
            { TITLE: fields.title, NAME: fields.name, PHONE: communication(fields.phone), SOURCE_ID: "WEB" },
            "7",
          );
        case "deal":
          return portal.add(
            "deal",
            {
              TITLE: fields.title,
              OPPORTUNITY: fields.sum,
              ...(fields.contact ? { CONTACT_ID: fields.contact } : {}),
            },
            "7",
          );
        case "stage":
          return portal.change("deal", fields.deal, { STAGE_ID: fields.stage }, "7");
        case "webhook": {
          if (!fields.url) throw new Error("an address is needed");
          const events = String(fields.events)
            .split(/[\s,]+/)
            .filter(Boolean);
          return portal.listen(fields.url, events, randomUUID().replaceAll("-", ""));
        }
        default:
          oauth.register(fields.redirect ?? "");
          return {};
      }
    },
    handle(call) {
      try {
        if (call.path.startsWith("oauth/")) return oauth.handle(call);
        if (call.path.startsWith("rest/")) return rest(call);
        throw noAuth();
      } catch (error) {
        if (error instanceof Refusal) return refused(error);
        throw error;
      }
    },
    tooMany,
    expired: () => refused(noAuth()),
    clear() {
      portal.clear();
      oauth.clear();
      level = 0;
    },
  };
}
