/** VK as its contract sheet describes it: one community with lead forms, its key, an administrator's token, callbacks. */
import { collection, newestFirst, rowsOf, type Sandbox, type SandboxDeps } from "../kit.ts";
import type { Table } from "../types.ts";
import { type Callback, makeCallback } from "./callback.ts";
import { leadView, makeMethods, vkError } from "./methods.ts";
import { BUTTONS, COMMUNITY_KEY, FORMS, GROUP, type Lead, shownPhone, USER_TOKEN } from "./records.ts";

const SWITCHES: Sandbox["switches"] = [
  {
    key: "multi",
    label: { ru: "Несколько ответов в событии", en: "Several answers in an event" },
    choices: [
      { value: "joined", label: { ru: "строкой через запятую", en: "one string, commas between" } },
      { value: "array", label: { ru: "списком строк", en: "list of strings" } },
      { value: "objects", label: { ru: "списком объектов", en: "list of objects" } },
    ],
  },
  {
    key: "confirmation",
    label: { ru: "Подтверждение адреса", en: "Confirmation of an address" },
    choices: [
      { value: "atOnce", label: { ru: "сразу, с секретом", en: "at once, with the secret" } },
      { value: "noSecret", label: { ru: "сразу, без секрета", en: "at once, without the secret" } },
      { value: "later", label: { ru: "позже", en: "later" } },
    ],
  },
  {
    key: "rights",
    label: { ru: "Права ключа сообщества", en: "Rights of the community key" },
    choices: [
      { value: "manage", label: { ru: "управление сообществом", en: "community management" } },
      { value: "noManage", label: { ru: "без управления", en: "no management" } },
    ],
  },
  {
    key: "userToken",
    label: { ru: "Токен пользователя", en: "User token" },
    choices: [
      { value: "groups", label: { ru: "с правом groups", en: "with the right groups" } },
      { value: "noGroups", label: { ru: "без права groups", en: "without the right groups" } },
    ],
  },
  {
    key: "order",
    label: { ru: "Порядок заявок", en: "Order of leads" },
    choices: [
      { value: "newest", label: { ru: "сначала новые", en: "newest first" } },
      { value: "oldest", label: { ru: "сначала старые", en: "oldest first" } },
    ],
  },
  {
    key: "groups",
    label: { ru: "Ответ groups.getById", en: "Answer of groups.getById" },
    choices: [
      { value: "object", label: { ru: "объект (5.199)", en: "object (5.199)" } },
      { value: "array", label: { ru: "список (до 5.139)", en: "list (before 5.139)" } },
    ],
  },
  {
    key: "event",
    label: { ru: "Вид события", en: "Shape of an event" },
    choices: [
      { value: "now", label: { ru: "нынешний", en: "today's" } },
      { value: "2020", label: { ru: "2020 года: без v, ad_id = 0", en: "of 2020: no v, ad_id = 0" } },
    ],
  },
];

export function makeVk(deps: SandboxDeps): Sandbox {
  const leads = collection<Lead>(deps, "vk", "leads");
  const callback = makeCallback(deps);
  const methods = makeMethods(deps, callback, leads);

  function addLead(fields: Readonly<Record<string, string>>): Lead {
    const form = FORMS.find(({ form_id }) => String(form_id) === fields.form);
    if (!form) throw new Error(`no form with id ${fields.form}`);
    const answers = form.questions.map(({ key, type }) => {
      const typed = fields[key] ?? "";
      const values = type === "checkbox" ? typed.split(",").map((one) => one.trim()) : [typed];
      return [key, values.filter((one) => one !== "")] as const;
    });
    const number = leads.next();
    const lead: Lead = {
      id: 1_000 + number,
      form: form.form_id,
      user: 222_000 + number,
      date: Math.floor(deps.now().getTime() / 1_000),
      ad: fields.ad ? Number(fields.ad) : null,
      answers: Object.fromEntries(answers),
    };
    leads.put(String(lead.id), lead);
    return lead;
  }

  /** As an event has it: answers with their questions, and unlike `getLeads`. */
  function eventOf(lead: Lead): Record<string, unknown> {
    const form = FORMS.find(({ form_id }) => form_id === lead.form);
    const multi = deps.choice("multi");
    const answers = (form?.questions ?? []).flatMap(({ key, label, type }) => {
      const values = (lead.answers[key] ?? []).map((value) => (key === "phone_number" ? shownPhone(value) : value));
      if (values.length === 0) return [];
      const several =
        multi === "array" ? values : multi === "objects" ? values.map((value) => ({ value })) : values.join(", ");
      return [{ key, question: label, answer: type === "checkbox" ? several : values[0] }];
    });
    const ad = lead.ad ?? (deps.choice("event") === "2020" ? 0 : null);
    return {
      lead_id: lead.id,
      group_id: GROUP.id,
      user_id: lead.user,
      form_id: lead.form,
      form_name: form?.name,
      ...(ad === null ? {} : { ad_id: ad }),
      answers,
    };
  }

  return {
    key: "vk",
    name: { ru: "ВКонтакте", en: "VK" },
    perSecond: 20,
    credentials: [
      {
        key: "communityKey",
        label: { ru: "Ключ доступа сообщества", en: "Community access key" },
        value: COMMUNITY_KEY,
      },
      { key: "userToken", label: { ru: "Токен администратора", en: "Administrator's token" }, value: USER_TOKEN },
    ],
    switches: SWITCHES,
    tables: () => tables(leads.all(), callback),
    buttons: () => BUTTONS,
    async press(button, fields) {
      if (button === "again") return { result: await callback.again() };
      if (button === "serverDown" || button === "eventOff") {
        callback[button === "serverDown" ? "down" : "mute"]();
        return {};
      }
      const lead = addLead(fields);
      return { id: lead.id, sent: await callback.tell("lead_forms_new", eventOf(lead)) };
    },
    handle: methods,
    tooMany: () => vkError(6, "Too many requests per second"),
    expired: () => vkError(5, "User authorization failed: access_token was given to another ip address."),
    clear() {
      leads.clear();
      callback.clear();
    },
  };
}

const tables = (leads: Lead[], callback: Callback): readonly Table[] => [
  {
    name: "leads",
    label: { ru: "Заявки", en: "Leads" },
    rows: newestFirst(leads).map((lead) => ({ ...leadView(lead), form_id: lead.form, ...lead.answers })),
    columns: [
      { key: "lead_id", label: { ru: "ID", en: "ID" } },
      { key: "form_id", label: { ru: "Форма", en: "Form" } },
      { key: "first_name.0", label: { ru: "Имя", en: "Name" } },
      { key: "phone_number.0", label: { ru: "Телефон", en: "Phone" } },
      { key: "email.0", label: { ru: "Почта", en: "E-mail" } },
    ],
  },
  {
    name: "servers",
    label: { ru: "Серверы Callback API", en: "Callback API servers" },
    rows: newestFirst(callback.servers.all()).map(({ secret_key, ...rest }) => ({
      ...rest,
      secret: secret_key !== "",
    })),
    columns: [
      { key: "id", label: { ru: "ID", en: "ID" } },
      { key: "title", label: { ru: "Название", en: "Title" } },
      { key: "url", label: { ru: "Адрес", en: "Address" } },
      { key: "status", label: { ru: "Статус", en: "Status" } },
    ],
  },
  {
    name: "deliveries",
    label: { ru: "Отправленные события", en: "Events sent" },
    rows: rowsOf(callback.deliveries.all()),
    columns: [
      { key: "at", label: { ru: "Время", en: "Time" } },
      { key: "type", label: { ru: "Событие", en: "Event" } },
      { key: "result", label: { ru: "Ответ", en: "Answer" } },
    ],
  },
];
