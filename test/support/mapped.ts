/** A pair of the mapping's test set, proposed for and judged. */
import assert from "node:assert/strict";
import { columnFields } from "../../src/connectors/google-sheets/grid.ts";
import { connectors } from "../../src/connectors/index.ts";
import type { Action, Field, ListItem, Text } from "../../src/connectors/kit/define.ts";
import { ownId, type ProposalAsk, propose } from "../../src/engine/bundle/propose.ts";
import { sourceOf } from "../../src/engine/bundle/sources.ts";
import { referenceTo } from "../../src/engine/values/template.ts";

export const title: Text = { ru: "", en: "" };
const item = (value: string, label: string): ListItem => ({ value, label });
export const lists = {
  sites: [item("shop-1", "Мой магазин")],
  statuses: [item("prepayed", "Предоплачен"), item("new", "Новый"), item("complete", "Выполнен")],
  orderTypes: [item("eshop-individual", "Физическое лицо"), item("eshop-legal", "Юридическое лицо")],
  users: [item("3", "Ольга"), item("4", "Пётр")],
};
function find(connector: string, key: string) {
  const found = connectors.find((one) => one.key === connector);
  const trigger = found?.triggers.find((one) => one.key === key);
  const action = found?.actions.find((one) => one.key === key);
  return { trigger, action };
}
export type Given = ProposalAsk["sources"][number];
export function trigger(connector: string, key: string): Given {
  const { trigger: found } = find(connector, key);
  assert.ok(found, `${connector} has no trigger ${key}`);
  return { connector, ...sourceOf({ ref: "trigger", number: 1, title, declared: found.output, sample: found.sample }) };
}
export function action(connector: string, key: string): Action {
  const { action: found } = find(connector, key);
  assert.ok(found, `${connector} has no action ${key}`);
  return found;
}
export function step(ref: string, number: number, connector: string, key: string): Given {
  const { kind, output, sample } = action(connector, key);
  const finds = kind === "find" ? ownId(output) : undefined;
  return {
    connector,
    idsOnly: kind !== "find",
    ...(finds ? { finds } : {}),
    ...sourceOf({ ref, number, title, declared: output, sample }),
  };
}
/** Accounts with one shop, one pipeline, one sheet: what a person would pick there is known. */
export const accounts: Readonly<Record<string, Readonly<Record<string, readonly ListItem[]>>>> = {
  retailcrm: { ...lists, paymentTypes: [item("cash", "Наличные")], paymentStatuses: [item("paid", "Оплачен")] },
  amocrm: {
    pipelines: [item("3001", "Воронка")],
    statuses: [item("40001", "Первичный контакт"), item("40002", "Переговоры"), item("142", "Успешно")],
    users: [item("77", "Анна Менеджер"), item("78", "Пётр")],
  },
  bitrix24: { statuses: [item("NEW", "Новая"), item("WON", "Успешна")], users: [item("1", "Ольга")] },
  moysklad: {
    organizations: [item("org-1", "ООО «Велосипеды»")],
    states: [item("paid", "Оплачен"), item("new", "Новый")],
    stores: [item("st-1", "Основной"), item("st-2", "Розница")],
  },
  remonline: {
    branches: [item("b1", "Садовая")],
    orderTypes: [item("t1", "Платный"), item("t2", "Гарантийный")],
    statuses: [item("s-new", "Новый"), item("s-done", "Готов")],
  },
  "google-sheets": { sheets: [item("Лист1", "Лист1")] },
};
export interface Count {
  sure: number;
  sureRight: number;
  unsure: number;
  unsureRight: number;
  wanted: number;
  found: number;
}

/** `name{a;b=1}`: a part of a pair with fields of its own. */
function partOf(text: string) {
  const [, isWrite, connector = "", key = "", own] = /^(\+?)([\w-]+)\.(\w+)(?:\{(.*)\})?$/.exec(text.trim()) ?? [];
  const columns = (own ?? "").split(";").filter((one) => one !== "");
  const named = columns.map((one, at) => {
    const [label = "", value = ""] = one.split("=");
    return { label, value, letter: String.fromCharCode(65 + at) };
  });
  return { isWrite: isWrite === "+", connector, key, named };
}

function ownFields({ connector, named }: ReturnType<typeof partOf>): readonly Field[] {
  if (connector === "google-sheets") return columnFields(named);
  return named.map(({ label }) => ({
    key: `custom.${label}`,
    label: { ru: label, en: label },
    kind: "text",
    custom: true,
  }));
}

function triggerOf(part: ReturnType<typeof partOf>): { given: Given; path: (at: number) => string[] } {
  const { connector, key, named } = part;
  const found = find(connector, key).trigger;
  assert.ok(found, `${connector}.${key}`);
  const isForm = connector === "webhook";
  const own = Object.fromEntries(named.map(({ label, letter, value }) => [isForm ? label : `col${letter}`, value]));
  const sample = isForm ? { ...found.sample, body: own } : { ...found.sample, ...own };
  const declared = [...found.output, ...(isForm ? [] : ownFields(part))];
  const title = found.name;
  return {
    given: { connector, ...sourceOf({ ref: "trigger", number: 1, title, declared, sample }) },
    path: (at) => (isForm ? ["body", named[at]?.label ?? ""] : [`col${named[at]?.letter}`]),
  };
}

export function measured(line: string, count: Count, misses: string[]): void {
  const [route = "", wantedText = ""] = line.split(" | ");
  const [first = "", ...rest] = route.split(" > ");
  const goal = partOf(rest.at(-1) ?? "");
  const { given, path } = triggerOf(partOf(first));
  const before = rest.slice(0, -1).map((one, at) => {
    const { connector, key } = partOf(one);
    return step(`s${at + 2}`, at + 2, connector, key);
  });
  const found = action(goal.connector, goal.key);
  const own = ownFields(goal);
  const fields = [...found.fields, ...own];
  const made = propose({
    connector: goal.connector,
    fields,
    sources: [given, ...before],
    lists: accounts[goal.connector] ?? {},
    action: found,
  });
  const reference = (text: string): string => {
    const step = /^(s\d)\.(.+)$/.exec(text);
    if (step) return referenceTo(step[1] ?? "", step[2] ?? "");
    return referenceTo("trigger", text.startsWith("@") ? path(Number(text.slice(1)) - 1) : text);
  };
  const isRight = (value: unknown, alternatives: string): boolean =>
    alternatives.split("/").some((one) => {
      if (one.startsWith("'")) return value === one.slice(1, -1);
      if (one.startsWith("~"))
        return one
          .slice(1)
          .split(",")
          .every((part) => String(value).includes(reference(part)));
      return value === one.split("+").map(reference).join(" ");
    });
  const wanted = new Map<string, { alternatives: string; isOptional: boolean }>();
  for (const token of wantedText.split(" ").filter((one) => one !== "")) {
    const [, optional, name = "", alternatives = ""] = /^(\??)([^=]+)=(.*)$/.exec(token) ?? [];
    const key = name.startsWith("@") ? (own[Number(name.slice(1)) - 1]?.key ?? "") : name;
    assert.ok(
      fields.some((field) => field.key === key),
      `${route}: no field ${name}`,
    );
    wanted.set(key, { alternatives, isOptional: optional === "?" });
  }
  for (const [key, value] of Object.entries(made.values)) {
    const hope = wanted.get(key);
    // What the connector itself suggests is the same every time and no one's mapping.
    if (hope === undefined && value === fields.find((field) => field.key === key)?.initial) continue;
    const right = hope !== undefined && isRight(value, hope.alternatives);
    const isUnsure = made.unsure.includes(key);
    if (isUnsure) count.unsure++;
    else count.sure++;
    if (right && isUnsure) count.unsureRight++;
    if (right && !isUnsure) count.sureRight++;
    if (!right)
      misses.push(
        `${isUnsure ? "unsure" : "WRONG"} ${route}: ${key} = ${value}, wanted ${hope?.alternatives ?? "nothing"}`,
      );
  }
  for (const [key, { alternatives, isOptional }] of wanted) {
    if (isOptional) continue;
    count.wanted++;
    if (isRight(made.values[key], alternatives)) count.found++;
    else if (!(key in made.values)) misses.push(`empty ${route}: ${key}, wanted ${alternatives}`);
  }
}

/** Percent with one digit. */
export const share = (part: number, whole: number): number => Math.round((1000 * part) / whole) / 10;
