/** A bundle's file without anything of the one who shares it: a template for somebody else's accounts. Pure. */
import type { BundleFile, Condition, Connector, Field, Json, Step } from "../engine/index.ts";

/** What a person or a service gave a name or a number to: of no use elsewhere, or nobody else's business. */
const PERSONAL: readonly RegExp[] = [
  /[^\s@{}"']+@[^\s@{}"']+\.[^\s@{}"']{2,}/gu,
  /(?<![\w{.])\+?\d[\d\s().-]{8,}\d(?![\w}])/gu,
  /https?:\/\/[^\s{}"']+/giu,
  // Keys, tokens, ids: long words of letters and digits.
  /(?<![\p{L}\d_{."-])(?=[\w-]*\d)(?=[\w-]*[a-z])[\w-]{16,}(?![\w}])/giu,
];
const REFERENCE = /\{\{(?:"[^"]*"|[^"{}])*\}\}|\{%(?:"[^"]*"|[^"{}])*%\}/g;

/** Text between references, and written into them, without what is personal; what they refer to stays. */
export function impersonal(value: Json): Json {
  if (typeof value === "string") {
    const kept: string[] = [];
    let at = 0;
    const clean = (text: string) => PERSONAL.reduce((rest, pattern) => rest.replace(pattern, ""), text);
    for (const match of value.matchAll(REFERENCE)) {
      const reference = match[0].replace(/"([^"]*)"/g, (_, literal: string) => `"${clean(literal)}"`);
      kept.push(clean(value.slice(at, match.index)), reference);
      at = match.index + match[0].length;
    }
    return [...kept, clean(value.slice(at))].join("");
  }
  if (Array.isArray(value)) return value.map(impersonal);
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, impersonal(one)]));
  return typeof value === "number" && Math.abs(value) >= 1e9 ? "" : value;
}

const isReference = (value: Json): boolean => typeof value === "string" && value.includes("{{");

/** Values of the account's own lists and fields that only this account has are left to be proposed anew. */
function values(given: Readonly<Record<string, Json>>, fields: readonly Field[]): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(given).flatMap(([key, value]): [string, Json][] => {
      const field = fields.find((one) => one.key === key);
      if (field === undefined || field.secret === true) return [];
      if ((field.list || field.kind === "reference") && !isReference(value)) return [];
      const clean = field.choices ? value : impersonal(value);
      return clean === "" ? [] : [[key, clean]];
    }),
  );
}

const conditions = (when: readonly (readonly Condition[])[]): Condition[][] =>
  when.map((group) =>
    group.map((one) => ({
      ...one,
      left: impersonal(one.left),
      ...(one.right === undefined ? {} : { right: impersonal(one.right) }),
    })),
  );

/** A step's own name may say more than a stranger should read. */
function step(one: Step, find: (key: string) => Connector | undefined): Step {
  const named = one.name === undefined ? one : { ...one, name: String(impersonal(one.name)).trim() || "…" };
  switch (named.kind) {
    case "action": {
      const action = find(named.connector)?.actions.find(({ key }) => key === named.action);
      const { unsure: _, ...rest } = named;
      const input = values(named.input, action?.fields ?? []);
      if (named.duplicates === undefined) return { ...rest, input };
      const keys = named.duplicates.keys.filter((key) => action?.fields.some((field) => field.key === key));
      return { ...rest, input, duplicates: { ...named.duplicates, keys } };
    }
    case "router":
    case "stopIf":
      return { ...named, when: conditions(named.when) };
    case "loop":
      return { ...named, list: impersonal(named.list) };
    case "delay":
      return named.how.kind === "until"
        ? { ...named, how: { kind: "until", moment: impersonal(named.how.moment) } }
        : named;
    case "set":
      return {
        ...named,
        values: named.values.map((kept) => ({
          ...kept,
          ...(kept.key === undefined ? {} : { key: impersonal(kept.key) }),
          ...(kept.value === undefined ? {} : { value: impersonal(kept.value) }),
        })),
      };
    case "approval":
      return { ...named, question: impersonal(named.question), who: null };
    case "break":
    case "endLoop":
      return named;
    default:
      return named satisfies never;
  }
}

export type Template = BundleFile & { readonly template: true };

export function toTemplate({ name, bundle }: BundleFile, find: (key: string) => Connector | undefined): Template {
  const { trigger } = bundle;
  const declared = trigger && find(trigger.connector)?.triggers.find(({ key }) => key === trigger.trigger);
  return {
    svyazka: 1,
    template: true,
    name: String(impersonal(name)).trim() || "…",
    bundle: {
      ...bundle,
      trigger: trigger && {
        ...trigger,
        options: values(trigger.options, declared?.options ?? []),
        ...(trigger.filter === undefined ? {} : { filter: conditions(trigger.filter) }),
      },
      steps: bundle.steps.map((one) => step(one, find)),
    },
  };
}
