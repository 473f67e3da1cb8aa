/** The part of Graph that lead forms need: pages, forms, leads, subscriptions of pages and of the app. */
import { createHmac } from "node:crypto";
import { type Call, json, type Reply, type SandboxDeps } from "../kit.ts";
import type { Collection } from "../types.ts";
import type { Login } from "./login.ts";
import { APP, FORMS, type Form, type Lead, PAGES, type Page, USER, USER_TOKEN } from "./records.ts";
import { badParam, badToken, graphError, noObject, noRight, Refusal, refuse } from "./refusals.ts";
import type { Webhooks } from "./webhooks.ts";

const DAY_S = 86_400;
/** Leads can be read for so long. */
const KEPT_S = 90 * DAY_S;
const APP_TOKEN = `${APP.id}|${APP.secret}`;

type Who = { readonly kind: "user" } | { readonly kind: "app" } | { readonly kind: "page"; readonly page: Page };

export function makeGraph(deps: SandboxDeps, webhooks: Webhooks, leads: Collection<Lead>, login: Login) {
  function whoIs(token: string): Who {
    if (token === USER_TOKEN || login.isAlive(token)) return { kind: "user" };
    if (token === APP_TOKEN) return { kind: "app" };
    const page = PAGES.find((one) => one.token === token);
    if (page) return { kind: "page", page };
    throw new Refusal(
      token === "" ? graphError(400, 104, "An access token is required to request this resource.") : badToken(),
    );
  }

  function assertProof(params: URLSearchParams, token: string): void {
    const given = params.get("appsecret_proof");
    if (given === null) {
      if (deps.choice("proof") !== "required" || token === APP_TOKEN) return;
      throw refuse(400, 100, "API calls from the server require an appsecret_proof argument", {
        type: "GraphMethodException",
      });
    }
    if (given !== createHmac("sha256", APP.secret).update(token).digest("hex")) {
      throw refuse(400, 100, "Invalid appsecret_proof provided in the API argument", { type: "GraphMethodException" });
    }
  }

  /** Only asked-for fields; `id` always. */
  function picked(
    record: Record<string, unknown>,
    params: URLSearchParams,
    usual: readonly string[],
  ): Record<string, unknown> {
    const asked = params.get("fields")?.split(",") ?? usual;
    const names = new Set(["id", ...asked]);
    return Object.fromEntries(Object.entries(record).filter(([name, value]) => names.has(name) && value !== undefined));
  }

  function paged(rows: readonly Record<string, unknown>[], call: Call, params: URLSearchParams): Reply {
    const limit = Math.min(Number(params.get("limit") ?? 25), 500);
    const from = Number(Buffer.from(params.get("after") ?? "", "base64url").toString("utf8") || 0);
    // A page may hold less than was asked for, even nothing, and still not be the last.
    const size = deps.choice("pages") === "sparse" && !params.has("after") ? 0 : limit;
    const isLast = from + size >= rows.length;
    const after = Buffer.from(String(from + size)).toString("base64url");
    const next = `https://graph.facebook.com/v25.0/${call.path}?access_token=${params.get("access_token") ?? ""}&after=${after}`;
    const data = rows.slice(from, from + size);
    if (rows.length === 0) return json(200, { data: [] });
    return json(200, { data, paging: { cursors: { before: "MAo", after }, ...(isLast ? {} : { next }) } });
  }

  function pageFor(id: string, who: Who): Page {
    const page = PAGES.find((one) => one.id === id);
    if (!page || who.kind === "app" || (who.kind === "page" && who.page.id !== id)) throw noObject(id);
    return page;
  }

  /** Edges of a page are asked with the page's own token. */
  function asPage(id: string, who: Who): Page {
    const page = pageFor(id, who);
    if (who.kind !== "page") throw refuse(400, 190, "(#190) This method must be called with a Page Access Token");
    return page;
  }

  function formView(form: Form): Record<string, unknown> {
    const count = leads.all().filter((lead) => lead.form === form.id).length;
    const { page: _, ...rest } = form;
    return { ...rest, created_time: "2026-01-10T09:00:00+0000", leads_count: count };
  }

  function leadView(lead: Lead): Record<string, unknown> {
    return {
      id: lead.id,
      created_time: new Date(lead.created * 1_000).toISOString().replace(/\.\d+Z$/, "+0000"),
      form_id: lead.form,
      is_organic: lead.ad === null,
      platform: "fb",
      field_data: lead.fields,
      ...(lead.ad === null
        ? {}
        : { ad_id: lead.ad, ad_name: "Объявление 1", campaign_id: "2100001", campaign_name: "Ремонт, весна" }),
    };
  }

  const isReadable = (lead: Lead) => lead.created > deps.now().getTime() / 1_000 - KEPT_S;

  function assertLeads(page: string): void {
    const rights = deps.choice("rights");
    if (rights === "noLeads" || (rights === "onePage" && page !== PAGES[0]?.id)) throw noRight("leads_retrieval");
    if (deps.choice("limit") === "leads") {
      const usage = [
        { type: "leadgen", call_count: 100, total_cputime: 3, total_time: 5, estimated_time_to_regain_access: 7 },
      ];
      throw refuse(400, 80005, "(#80005) There have been too many leadgen api calls to this Page account.", {
        headers: { "x-business-use-case-usage": JSON.stringify({ [PAGES[0]?.id ?? ""]: usage }) },
      });
    }
  }

  function leadsOf(form: Form, call: Call, params: URLSearchParams): Reply {
    assertLeads(form.page);
    let rows = leads
      .all()
      .filter((lead) => lead.form === form.id && isReadable(lead))
      .reverse();
    const filtering = JSON.parse(params.get("filtering") ?? "[]") as {
      field: string;
      operator: string;
      value: number;
    }[];
    for (const { field, operator, value } of filtering) {
      if (field !== "time_created" || typeof value !== "number") throw badParam(`Filtering field ${field} is invalid`);
      if (deps.choice("filter") === "ignored") continue;
      if (operator === "GREATER_THAN") rows = rows.filter(({ created }) => created > value);
      else if (operator === "LESS_THAN") rows = rows.filter(({ created }) => created < value);
      else if (operator === "GREATER_THAN_OR_EQUAL") rows = rows.filter(({ created }) => created >= value);
      else throw badParam(`Filtering operator ${operator} is invalid`);
    }
    const shown = rows.map((lead) => picked(leadView(lead), params, ["created_time", "field_data"]));
    return paged(shown, call, params);
  }

  function oneLead(lead: Lead, params: URLSearchParams): Reply {
    assertLeads(lead.page);
    if (deps.choice("race") === "late" && lead.refused === 0) {
      leads.put(lead.id, { ...lead, refused: 1 });
      throw noObject(lead.id);
    }
    return json(200, picked(leadView(lead), params, ["created_time", "field_data"]));
  }

  function appsOfPage(page: Page, call: Call, params: URLSearchParams): Reply {
    if (call.method === "DELETE") {
      webhooks.pages.remove(page.id);
      return json(200, { success: true });
    }
    if (call.method === "POST") {
      const fields = (params.get("subscribed_fields") ?? "").split(",").filter((field) => field !== "");
      if (fields.length === 0) throw badParam("Param subscribed_fields must be non-empty.");
      webhooks.pages.put(page.id, { fields });
      return json(200, { success: true });
    }
    const own = webhooks.pages.get(page.id);
    const app = { id: APP.id, name: "Связка", link: "https://example.test/", category: "Business" };
    return json(200, { data: own ? [{ ...app, subscribed_fields: own.fields }] : [] });
  }

  async function subscriptions(call: Call, params: URLSearchParams, who: Who): Promise<Reply> {
    if (who.kind !== "app") throw refuse(400, 15, "(#15) This method must be called with an app access_token.");
    if (call.method === "DELETE") {
      webhooks.subscriptions.clear();
      return json(200, { success: true });
    }
    if (call.method === "POST") {
      const [object, url, token] = ["object", "callback_url", "verify_token"].map((name) => params.get(name) ?? "");
      const fields = (params.get("fields") ?? "").split(",").filter((field) => field !== "");
      if (object !== "page" || !url || !token || fields.length === 0) throw badParam("Invalid parameter");
      const isKept = await webhooks.set({ callback_url: url, verify_token: token, fields });
      if (!isKept)
        throw refuse(
          400,
          2200,
          "(#2200) Callback verification failed with the following errors: HTTP Status Code = 403",
        );
      return json(200, { success: true });
    }
    const kept = webhooks.subscriptions.get("page");
    const fields = kept?.fields.map((name) => ({ name, version: "v25.0" }));
    const data = kept ? [{ object: "page", callback_url: kept.callback_url, active: true, fields }] : [];
    return json(200, { data });
  }

  function me(who: Who, params: URLSearchParams): Reply {
    if (who.kind === "app") throw noObject("me");
    return json(
      200,
      picked({ ...(who.kind === "page" ? { id: who.page.id, name: who.page.name } : USER) }, params, ["name"]),
    );
  }

  function accounts(who: Who, call: Call, params: URLSearchParams): Reply {
    if (who.kind !== "user") throw badParam("Tried accessing nonexisting field (accounts) on node type (Page)");
    const rows = PAGES.map(({ id, name, token }) => ({
      id,
      name,
      access_token: token,
      category: "Repair",
      tasks: ["ADVERTISE", "MANAGE"],
    }));
    return paged(
      rows.map((row) => picked(row, params, ["name", "access_token", "tasks"])),
      call,
      params,
    );
  }

  function debugToken(params: URLSearchParams, who: Who): Reply {
    if (who.kind !== "app") throw badParam("You must provide an app access token");
    const token = params.get("input_token") ?? "";
    const page = PAGES.find((one) => one.token === token);
    if (!page && token !== USER_TOKEN && !login.isAlive(token))
      return json(200, { data: { is_valid: false, error: { code: 190 } } });
    const app = deps.choice("tokenApp") === "other" ? "7999999" : APP.id;
    return json(200, {
      data: { app_id: app, type: page ? "PAGE" : "USER", is_valid: true, expires_at: 0, scopes: [] },
    });
  }

  async function answer(call: Call, params: URLSearchParams, who: Who): Promise<Reply> {
    const [id = "", edge] = call.path.split("/");
    if (id === "me") return edge === "accounts" ? accounts(who, call, params) : me(who, params);
    if (id === "debug_token") return debugToken(params, who);
    if (id === APP.id && edge === "subscriptions") return subscriptions(call, params, who);
    const form = FORMS.find((one) => one.id === id);
    if (form) {
      asPage(form.page, who);
      return edge === "leads"
        ? leadsOf(form, call, params)
        : json(200, picked(formView(form), params, ["name", "status"]));
    }
    const lead = leads.get(id);
    if (lead && isReadable(lead)) {
      asPage(lead.page, who);
      return oneLead(lead, params);
    }
    if (edge === "leadgen_forms") {
      const page = asPage(id, who);
      assertLeads(page.id);
      const rows = FORMS.filter((one) => one.page === page.id).map(formView);
      return paged(
        rows.map((row) => picked(row, params, ["name", "status", "locale"])),
        call,
        params,
      );
    }
    if (edge === "subscribed_apps") return appsOfPage(asPage(id, who), call, params);
    const page = pageFor(id, who);
    return json(200, picked({ id: page.id, name: page.name, access_token: page.token }, params, ["name"]));
  }

  return async (sent: Call): Promise<Reply> => {
    const call = { ...sent, path: sent.path.replace(/^v\d+\.\d+\//, "") };
    const params = new URLSearchParams(call.query);
    if (call.path === "dialog/oauth") return login.consent(call);
    for (const [name, value] of new URLSearchParams(call.body)) params.set(name, value);
    if (call.path === "oauth/access_token") return login.token(params);
    const token = /^Bearer (.+)$/.exec(call.headers.authorization ?? "")?.[1] ?? params.get("access_token") ?? "";
    try {
      const who = whoIs(token);
      assertProof(params, token);
      return await answer(call, params, who);
    } catch (error) {
      if (error instanceof Refusal) return error.reply;
      throw error;
    }
  };
}
