/** Fields that customers and orders of retailCRM share, named as in its own interface. */
import type { Field } from "../kit/define.ts";

export const site: Field = {
  key: "site",
  label: { ru: "Магазин", en: "Shop" },
  kind: "reference",
  list: { name: "sites" },
  common: true,
  hint: {
    ru: "Обязателен, если ключу доступно несколько магазинов.",
    en: "Required when the key can see more than one shop.",
  },
};
export const manager: Field = {
  key: "managerId",
  label: { ru: "Менеджер", en: "Manager" },
  kind: "reference",
  list: { name: "users" },
  meaning: "manager",
};

/**
 * The five marks of a source that retailCRM itself knows, for inputs and outputs alike. Shops often have custom fields
 * of the same names, so these say where they belong.
 */
export const sourceFields: readonly Field[] = [
  { key: "source", label: { ru: "Маркетинг: источник", en: "Marketing: source" }, kind: "text", meaning: "source" },
  { key: "medium", label: { ru: "Маркетинг: канал", en: "Marketing: medium" }, kind: "text", meaning: "medium" },
  {
    key: "campaign",
    label: { ru: "Маркетинг: кампания", en: "Marketing: campaign" },
    kind: "text",
    meaning: "campaign",
  },
  {
    key: "keyword",
    label: { ru: "Маркетинг: ключевое слово", en: "Marketing: keyword" },
    kind: "text",
    meaning: "utm.term",
  },
  {
    key: "content",
    label: { ru: "Маркетинг: содержание", en: "Marketing: content" },
    kind: "text",
    meaning: "utm.content",
  },
];
export const SOURCE_KEYS = ["source", "medium", "campaign", "keyword", "content"] as const;

export const externalId: Field = {
  key: "externalId",
  label: { ru: "Внешний ID", en: "External ID" },
  kind: "text",
  meaning: "externalId",
  common: true,
};
export const createdAt: Field = {
  key: "createdAt",
  label: { ru: "Дата и время создания", en: "Created at" },
  kind: "dateTime",
};

/** By which of its two ids a record is addressed. */
export const addressed = (id: Field, external: Field): readonly Field[] => [id, external];

/** What narrows a trigger or a search to a part of the orders. */
export const sites: Field = {
  key: "sites",
  label: { ru: "Только из магазинов", en: "Only of these shops" },
  kind: "reference",
  list: { name: "sites" },
  many: true,
};
export const statuses: Field = {
  key: "statuses",
  label: { ru: "Только статусы", en: "Only these statuses" },
  kind: "reference",
  list: { name: "statuses" },
  many: true,
};
