/** Reference lists of the portal: what the fields with a list offer. */
import type { Context, Json, JsonObject, List, ListItem } from "../kit/define.ts";
import { objectOf, objectsOf, textOf } from "../kit/read.ts";
import { all, read } from "./api.ts";

const itemOf = (value: Json | undefined, label: Json | undefined, note?: Json): ListItem[] => {
  const id = textOf(value);
  const small = textOf(note);
  return id === null ? [] : [{ value: id, label: textOf(label) ?? id, ...(small ? { note: small } : {}) }];
};

const statusesOf = (ctx: Context, entity: string): Promise<readonly JsonObject[]> =>
  all(ctx, "crm.status.list", { filter: { ENTITY_ID: entity }, order: { SORT: "ASC" } });

async function pipelinesOf(ctx: Context): Promise<ListItem[]> {
  const answer = await read(ctx, "crm.category.list", { entityTypeId: 2 });
  return objectsOf(objectOf(answer.result).categories).flatMap((one) => itemOf(one.id, one.name));
}

async function stagesOf(ctx: Context, pipeline: string, note?: string): Promise<ListItem[]> {
  const found = await statusesOf(ctx, pipeline === "0" ? "DEAL_STAGE" : `DEAL_STAGE_${pipeline}`);
  return found.flatMap((one) => itemOf(one.STATUS_ID, one.NAME, note));
}

const fixed = (ru: string, en: string, entity: string): List => ({
  label: { ru, en },
  load: async (ctx) => ({
    items: (await statusesOf(ctx, entity)).flatMap((one) => itemOf(one.STATUS_ID, one.NAME)),
  }),
});

export const lists: Readonly<Record<string, List>> = {
  users: {
    label: { ru: "Сотрудники", en: "Employees" },
    async load(ctx) {
      const found = await all(ctx, "user.get", { FILTER: { ACTIVE: true } });
      return {
        items: found.flatMap((user) => {
          const name = [user.NAME, user.LAST_NAME].map((part) => textOf(part)).filter((part) => part !== null);
          return itemOf(user.ID, name.join(" ") || textOf(user.EMAIL), user.EMAIL);
        }),
      };
    },
  },
  sources: fixed("Источники", "Sources", "SOURCE"),
  contactTypes: fixed("Типы контактов", "Contact types", "CONTACT_TYPE"),
  companyTypes: fixed("Типы компаний", "Company types", "COMPANY_TYPE"),
  industries: fixed("Сферы деятельности", "Industries", "INDUSTRY"),
  honorifics: fixed("Обращения", "Salutations", "HONORIFIC"),
  leadStatuses: fixed("Стадии лидов", "Lead stages", "STATUS"),
  dealTypes: fixed("Типы сделок", "Deal types", "DEAL_TYPE"),
  pipelines: {
    label: { ru: "Воронки", en: "Pipelines" },
    load: async (ctx) => ({ items: await pipelinesOf(ctx) }),
  },
  /** Without a pipeline those of all of them: a stage names its pipeline (`C3:NEW`), so it is enough for a new deal. */
  stages: {
    label: { ru: "Стадии сделок", en: "Deal stages" },
    async load(ctx, { CATEGORY_ID: pipeline = "" }) {
      if (pipeline !== "") return { items: await stagesOf(ctx, pipeline) };
      const items: ListItem[] = [];
      for (const { value, label } of await pipelinesOf(ctx)) items.push(...(await stagesOf(ctx, value, label)));
      return { items };
    },
  },
  currencies: {
    label: { ru: "Валюты", en: "Currencies" },
    async load(ctx) {
      const found = await all(ctx, "crm.currency.list", {});
      return { items: found.flatMap((one) => itemOf(one.CURRENCY, one.FULL_NAME, one.CURRENCY)) };
    },
  },
};
