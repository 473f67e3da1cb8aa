/** What a change adds to its record, and by what changes are chosen. */
import type { Field, JsonObject } from "../kit/define.ts";

export const ownToo: Field = {
  key: "ownToo",
  label: { ru: "И то, что сделано этим же API-ключом", en: "Also what this very API key did" },
  kind: "boolean",
  hint: {
    ru: "Обычно нет: иначе связка отвечает сама себе.",
    en: "Usually not: otherwise the bundle answers itself.",
  },
};

const changed: readonly Field[] = [
  { key: "changedAt", label: { ru: "Дата и время изменения", en: "Changed at" }, kind: "dateTime" },
  { key: "changeId", label: { ru: "ID изменения", en: "Change ID" }, kind: "text", meaning: "id" },
  { key: "changedBy", label: { ru: "Кто изменил", en: "Changed by" }, kind: "text" },
];
const changedSample: JsonObject = { changedAt: "2026-01-10T09:05:00.000Z", changeId: "70001", changedBy: "user" };

/** A change of status. */
export const statusChange: readonly Field[] = [
  {
    key: "oldStatus",
    label: { ru: "Прежний статус", en: "Previous status" },
    kind: "text",
    list: { name: "statuses" },
  },
  ...changed,
];
export const statusChangeSample: JsonObject = { oldStatus: "new", ...changedSample };

/** A change of a payment: it has no status before. */
export const paymentChange: readonly Field[] = changed;

/** A change of anything: several fields saved at once are one change. */
export const anyChange: readonly Field[] = [
  { key: "changedFields", label: { ru: "Что изменилось", en: "What changed" }, kind: "text" },
  { key: "oldValue", label: { ru: "Было", en: "Old value" }, kind: "text" },
  { key: "newValue", label: { ru: "Стало", en: "New value" }, kind: "text" },
  { key: "changes", label: { ru: "Все изменения", en: "All changes" }, kind: "object", many: true },
  ...changed,
];
export const anyChangeSample: JsonObject = {
  changedFields: "manager_comment",
  oldValue: "Перезвонить",
  newValue: "Перезвонили, ждёт доставку",
  changes: [{ field: "manager_comment", oldValue: "Перезвонить", newValue: "Перезвонили, ждёт доставку" }],
  ...changedSample,
};

/** What is left of a record that is no more. */
export const deletion: readonly Field[] = [
  { key: "site", label: { ru: "Магазин", en: "Shop" }, kind: "text", list: { name: "sites" } },
  { key: "managerId", label: { ru: "ID менеджера", en: "Manager ID" }, kind: "text", list: { name: "users" } },
  ...changed,
];
export const deletionSample: JsonObject = { site: "shop", managerId: "3", ...changedSample };
