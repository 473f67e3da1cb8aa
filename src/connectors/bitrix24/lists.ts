/** Reference lists of the portal: what the fields with a list offer. */
import type { Json, List, ListItem, Text } from "../kit/define.ts";
import { objectOf, objectsOf, textOf } from "../kit/read.ts";
import { all, read } from "./api.ts";

const itemOf = (value: Json | undefined, label: Json | undefined, note?: Json): ListItem[] => {
  const id = textOf(value);
  const small = textOf(note);
  return id === null ? [] : [{ value: id, label: textOf(label) ?? id, ...(small ? { note: small } : {}) }];
};

const statuses = (label: Text, entity: (depends: Readonly<Record<string, string>>) => string): List => ({
  label,
  async load(ctx, depends) {
    const found = await all(ctx, "crm.status.list", {
      filter: { ENTITY_ID: entity(depends) },
      order: { SORT: "ASC" },
    });
    return { items: found.flatMap((one) => itemOf(one.STATUS_ID, one.NAME)) };
  },
});
const fixed = (ru: string, en: string, entity: string) => statuses({ ru, en }, () => entity);

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
    async load(ctx) {
      const answer = await read(ctx, "crm.category.list", { entityTypeId: 2 });
      return {
        items: objectsOf(objectOf(answer.result).categories).flatMap((one) => itemOf(one.id, one.name)),
      };
    },
  },
  stages: statuses({ ru: "Стадии сделок", en: "Deal stages" }, ({ CATEGORY_ID: pipeline = "" }) =>
    pipeline === "" || pipeline === "0" ? "DEAL_STAGE" : `DEAL_STAGE_${pipeline}`,
  ),
  currencies: {
    label: { ru: "Валюты", en: "Currencies" },
    async load(ctx) {
      const found = await all(ctx, "crm.currency.list", {});
      return { items: found.flatMap((one) => itemOf(one.CURRENCY, one.FULL_NAME, one.CURRENCY)) };
    },
  },
};
