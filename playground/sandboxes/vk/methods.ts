/** VK's methods: parameters checked, errors inside a 200, as the contract sheet has them. */
import { type Call, json, type Reply, type SandboxDeps } from "../kit.ts";
import type { Collection } from "../types.ts";
import type { Callback } from "./callback.ts";
import { COMMUNITY_KEY, FORMS, type Form, GROUP, type Lead, type Server, shownPhone, USER_TOKEN } from "./records.ts";

const MOST_SERVERS = 10;
const USER_PER_SECOND = 3;

class Refusal {
  readonly code: number;
  readonly message: string;
  constructor(code: number, message: string) {
    this.code = code;
    this.message = message;
  }
}
const missing = (name: string) =>
  new Refusal(100, `One of the parameters specified was missing or invalid: ${name} is undefined`);

export function vkError(code: number, message: string, params: URLSearchParams = new URLSearchParams()): Reply {
  const shown = [...params].filter(([key]) => key !== "access_token").map(([key, value]) => ({ key, value }));
  return json(200, { error: { error_code: code, error_msg: message, request_params: shown } });
}

/** A lead as `getLeads` gives it. */
export function leadView(lead: Lead): Record<string, unknown> {
  const form = FORMS.find(({ form_id }) => form_id === lead.form);
  const answers = (form?.questions ?? []).map(({ key, type, options }) => {
    const values = (lead.answers[key] ?? []).map((value) => {
      const option = options?.find(({ label }) => label === value)?.key;
      return option === undefined
        ? { value: key === "phone_number" ? shownPhone(value) : value }
        : { key: option, value };
    });
    return { key, answer: type === "checkbox" ? values : (values[0] ?? { value: "" }) };
  });
  return {
    lead_id: lead.id,
    user_id: lead.user,
    date: lead.date,
    ...(lead.ad === null ? {} : { ad_id: lead.ad }),
    answers,
  };
}

export function makeMethods(deps: SandboxDeps, callback: Callback, leads: Collection<Lead>) {
  const recent: number[] = [];

  function formView(form: Form): Record<string, unknown> {
    return {
      ...form,
      group_id: GROUP.id,
      description: "",
      leads_count: leads.all().filter((lead) => lead.form === form.form_id).length,
      once_per_user: 0,
      url: `https://vk.com/app6013442_-${GROUP.id}#form_id=${form.form_id}`,
    };
  }

  function assertUserPace(): void {
    const now = deps.now().getTime();
    while (recent[0] !== undefined && now - recent[0] >= 1_000) recent.shift();
    if (recent.length >= USER_PER_SECOND) throw new Refusal(6, "Too many requests per second");
    recent.push(now);
  }

  function assertGroup(params: URLSearchParams): void {
    const id = params.get("group_id");
    if (!id) throw missing("group_id");
    if (id !== String(GROUP.id)) throw new Refusal(203, "Access to group denied");
  }

  function assertManage(isCommunity: boolean): void {
    if (isCommunity && deps.choice("rights") === "noManage")
      throw new Refusal(15, "Access denied: no access to call this method");
  }

  function serverOf(params: URLSearchParams): Server {
    const server = callback.servers.get(params.get("server_id") ?? "");
    if (!server) throw new Refusal(104, "Not found");
    return server;
  }

  function serverFields(params: URLSearchParams): Pick<Server, "url" | "title" | "secret_key"> {
    const [url, title, secret] = ["url", "title", "secret_key"].map((name) => params.get(name) ?? "");
    if (!url || !/^https?:\/\//.test(url)) throw missing("url");
    if (!title || title.length > 14) throw missing("title");
    if ((secret ?? "").length > 50) throw missing("secret_key");
    return { url, title, secret_key: secret ?? "" };
  }

  function leadsPage(params: URLSearchParams): unknown {
    const form = FORMS.find(({ form_id }) => String(form_id) === params.get("form_id"));
    if (!form) throw new Refusal(104, "Not found");
    const limit = Number(params.get("limit") ?? 10);
    if (!(limit >= 1 && limit <= 1_000)) throw missing("limit");
    const all = leads.all().filter((lead) => lead.form === form.form_id);
    if (deps.choice("order") !== "oldest") all.reverse();
    const from = Number(Buffer.from(params.get("next_page_token") ?? "", "base64url").toString("utf8") || 0);
    const next = from + limit < all.length ? Buffer.from(String(from + limit)).toString("base64url") : undefined;
    return { leads: all.slice(from, from + limit).map(leadView), ...(next ? { next_page_token: next } : {}) };
  }

  function ofUser(method: string, params: URLSearchParams): unknown {
    if (deps.choice("userToken") === "noGroups") {
      throw new Refusal(7, "Permission to perform this action is denied");
    }
    assertUserPace();
    assertGroup(params);
    switch (method) {
      case "leadForms.list":
        return FORMS.map(formView);
      case "leadForms.get": {
        const form = FORMS.find(({ form_id }) => String(form_id) === params.get("form_id"));
        if (!form) throw new Refusal(104, "Not found");
        return formView(form);
      }
      case "leadForms.getLeads":
        return leadsPage(params);
    }
    throw new Refusal(3, "Unknown method passed");
  }

  async function ofCallback(method: string, params: URLSearchParams): Promise<unknown> {
    assertGroup(params);
    switch (method) {
      case "groups.getCallbackConfirmationCode":
        return { code: callback.code() };
      case "groups.addCallbackServer": {
        const fields = serverFields(params);
        if (callback.servers.all().length >= MOST_SERVERS) throw new Refusal(2000, "Servers number limit is reached");
        return { server_id: (await callback.add(fields)).id };
      }
      case "groups.editCallbackServer":
        await callback.edit(serverOf(params), serverFields(params));
        return 1;
      case "groups.deleteCallbackServer":
        callback.remove(serverOf(params));
        return 1;
      case "groups.setCallbackSettings": {
        const server = serverOf(params);
        const known = ["lead_forms_new", "message_new", "message_reply", "group_join", "wall_post_new"];
        const names = [...params].filter(([name, value]) => known.includes(name) && ["0", "1"].includes(value));
        const events = { ...server.events, ...Object.fromEntries(names.map(([name, value]) => [name, Number(value)])) };
        callback.servers.put(String(server.id), { ...server, events });
        return 1;
      }
      case "groups.getCallbackSettings": {
        const { api_version, events } = serverOf(params);
        return { api_version, events };
      }
      case "groups.getCallbackServers": {
        const items = (await callback.settled()).map(({ id, title, url, secret_key, status }) => ({
          id,
          title,
          creator_id: 5,
          url,
          secret_key,
          status,
        }));
        return { count: items.length, items };
      }
    }
    throw new Refusal(3, "Unknown method passed");
  }

  async function answer(method: string, params: URLSearchParams, token: string): Promise<unknown> {
    const isCommunity = token === COMMUNITY_KEY;
    if (!isCommunity && token !== USER_TOKEN) {
      throw new Refusal(5, "User authorization failed: invalid access_token (4).");
    }
    if (!params.get("v")) throw new Refusal(8, "Invalid request: v (version) is required");
    if (method === "groups.getById") {
      if (!isCommunity && !params.get("group_id")) throw missing("group_ids");
      return deps.choice("groups") === "array" ? [GROUP] : { groups: [GROUP], profiles: [] };
    }
    if (method === "groups.getTokenPermissions") {
      if (!isCommunity) throw new Refusal(27, "Group authorization failed: method is unavailable with user auth.");
      const has = deps.choice("rights") !== "noManage";
      return { mask: has ? 262144 : 0, permissions: has ? [{ name: "manage", setting: 262144 }] : [] };
    }
    if (method.startsWith("leadForms.")) {
      if (isCommunity) throw new Refusal(27, "Group authorization failed: method is unavailable with group auth.");
      return ofUser(method, params);
    }
    assertManage(isCommunity);
    return ofCallback(method, params);
  }

  return async (call: Call): Promise<Reply> => {
    const params = new URLSearchParams(call.query);
    for (const [name, value] of new URLSearchParams(call.body)) params.set(name, value);
    const token = /^Bearer (.+)$/.exec(call.headers.authorization ?? "")?.[1] ?? params.get("access_token") ?? "";
    try {
      return json(200, { response: await answer(call.path, params, token) });
    } catch (error) {
      if (error instanceof Refusal) return vkError(error.code, error.message, params);
      throw error;
    }
  };
}
