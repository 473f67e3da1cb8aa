/** Facebook Lead Ads as the contract sheet describes them: Graph over one person's pages, and the app's webhook. */
import { collection, newestFirst, rowsOf, type Sandbox, type SandboxDeps } from "../kit.ts";
import type { Table } from "../types.ts";
import { makeGraph } from "./graph.ts";
import { makeLogin } from "./login.ts";
import { APP, BUTTONS, FORMS, type Form, type Lead, PAGES, USER_TOKEN } from "./records.ts";
import { badToken, graphError } from "./refusals.ts";
import { makeWebhooks, type Webhooks } from "./webhooks.ts";

const choice = (value: string, ru: string, en: string) => ({ value, label: { ru, en } });
const SWITCHES: Sandbox["switches"] = [
  {
    key: "ids",
    label: { ru: "ID в событиях", en: "Ids in events" },
    choices: [choice("strings", "строками", "strings"), choice("numbers", "числами", "numbers")],
  },
  {
    key: "race",
    label: { ru: "Заявка сразу после события", en: "A lead right after its event" },
    choices: [choice("ready", "уже читается", "can be read"), choice("late", "ещё не читается", "can't be read yet")],
  },
  {
    key: "delivery",
    label: { ru: "Доставка событий", en: "Delivery of events" },
    choices: [choice("once", "по разу", "once"), choice("twice", "дважды", "twice")],
  },
  {
    key: "batch",
    label: { ru: "Событие", en: "An event" },
    choices: [
      choice("alone", "одно в запросе", "alone in a request"),
      choice("mixed", "вместе с чужим", "with a stranger's"),
    ],
  },
  {
    key: "rights",
    label: { ru: "Права токена", en: "Rights of the token" },
    choices: [
      choice("full", "полные", "full"),
      choice("noLeads", "без leads_retrieval", "no leads_retrieval"),
      choice("onePage", "заявки только первой страницы", "leads of the first page only"),
    ],
  },
  {
    key: "limit",
    label: { ru: "Бюджет чтения заявок", en: "Budget of lead reads" },
    choices: [choice("free", "есть", "left"), choice("leads", "исчерпан (80005)", "used up (80005)")],
  },
  {
    key: "filter",
    label: { ru: "Фильтр по времени", en: "Filter by time" },
    choices: [choice("honoured", "действует", "honoured"), choice("ignored", "не действует", "ignored")],
  },
  {
    key: "pages",
    label: { ru: "Страницы списков", en: "Pages of lists" },
    choices: [choice("full", "полные", "full"), choice("sparse", "первая пустая", "the first is empty")],
  },
  {
    key: "proof",
    label: { ru: "Require App Secret", en: "Require App Secret" },
    choices: [
      choice("optional", "выключено", "off"),
      choice("required", "включено: без appsecret_proof отказ", "on: refused without appsecret_proof"),
    ],
  },
  {
    key: "tokenApp",
    label: { ru: "Токен выдан", en: "The token was issued by" },
    choices: [choice("ours", "нашим приложением", "our app"), choice("other", "чужим", "another app")],
  },
];

/** Seventeen digits and more: no double holds them. */
const LEAD_IDS = 90_071_992_547_409_930n;

export function makeFacebook(deps: SandboxDeps): Sandbox {
  const leads = collection<Lead>(deps, "facebook", "leads");
  const webhooks = makeWebhooks(deps);
  const login = makeLogin(deps);
  const graph = makeGraph(deps, webhooks, leads, login);

  function fieldsOf(form: Form, filled: Readonly<Record<string, string>>): Lead["fields"] {
    const byType: Record<string, string | undefined> = {
      FULL_NAME: filled.name,
      PHONE: filled.phone,
      EMAIL: filled.email,
    };
    return form.questions.flatMap(({ key, type, options }) => {
      const value = byType[type] ?? (options ? filled.when : filled.broke) ?? "";
      return value === "" ? [] : [{ name: key, values: [value] }];
    });
  }

  async function addLead(filled: Readonly<Record<string, string>>): Promise<{ id: string; sent: number[] }> {
    const form = FORMS.find(({ id }) => id === filled.form);
    if (!form) throw new Error(`no form with id ${filled.form}`);
    const days = Number(filled.daysAgo ?? 0) || 0;
    const lead: Lead = {
      id: String(LEAD_IDS + BigInt(leads.next())),
      form: form.id,
      page: form.page,
      created: Math.floor(deps.now().getTime() / 1_000) - days * 86_400,
      ad: filled.ad ? filled.ad : null,
      fields: fieldsOf(form, filled),
      refused: 0,
    };
    leads.put(lead.id, lead);
    return { id: lead.id, sent: days > 0 ? [] : await webhooks.tell(lead) };
  }

  return {
    key: "facebook",
    name: { ru: "Facebook", en: "Facebook" },
    perSecond: 50,
    app: APP,
    credentials: [
      { key: "token", label: { ru: "Токен страницы", en: "Page token" }, value: PAGES[0]?.token ?? "" },
      { key: "userToken", label: { ru: "Токен пользователя", en: "User token" }, value: USER_TOKEN },
    ],
    switches: SWITCHES,
    tables: () => tables(leads.all(), webhooks),
    buttons: () => BUTTONS,
    press: async (button, filled) => (button === "again" ? { status: await webhooks.again() } : addLead(filled)),
    isPage: (path) => path.endsWith("dialog/oauth"),
    handle: graph,
    tooMany: () => graphError(400, 4, "(#4) Application request limit reached", { isTransient: true }),
    expired: badToken,
    clear() {
      leads.clear();
      webhooks.clear();
      login.clear();
    },
  };
}

const tables = (leads: Lead[], webhooks: Webhooks): readonly Table[] => [
  {
    name: "leads",
    label: { ru: "Заявки", en: "Leads" },
    rows: newestFirst(leads).map(({ refused: _, fields, ...lead }) => ({
      ...lead,
      answers: fields.map(({ name, values }) => `${name}: ${values.join(", ")}`).join("; "),
    })),
    columns: [
      { key: "id", label: { ru: "ID", en: "ID" } },
      { key: "form", label: { ru: "Форма", en: "Form" } },
      { key: "answers", label: { ru: "Ответы", en: "Answers" } },
    ],
  },
  {
    name: "subscriptions",
    label: { ru: "Вебхук приложения и страницы", en: "The app's webhook and pages" },
    rows: [
      ...webhooks.subscriptions
        .all()
        .map(({ callback_url, fields }) => ({ what: "app", at: callback_url, fields: fields.join(", ") })),
      ...PAGES.flatMap(({ id, name }) => {
        const own = webhooks.pages.get(id);
        return own ? [{ what: "page", at: `${name} (${id})`, fields: own.fields.join(", ") }] : [];
      }),
    ],
    columns: [
      { key: "what", label: { ru: "Что", en: "What" } },
      { key: "at", label: { ru: "Где", en: "Where" } },
      { key: "fields", label: { ru: "Поля", en: "Fields" } },
    ],
  },
  {
    name: "deliveries",
    label: { ru: "Отправленные события", en: "Events sent" },
    rows: rowsOf(webhooks.deliveries.all()),
    columns: [
      { key: "at", label: { ru: "Время", en: "Time" } },
      { key: "lead", label: { ru: "Заявка", en: "Lead" } },
      { key: "status", label: { ru: "Ответ", en: "Answer" } },
    ],
  },
];
