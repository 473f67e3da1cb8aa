/** Templates in people's form, `Заказ по звонку {Номер звонящего}`, and back. */
import type { Json, Locale } from "../../connectors/kit/fields.ts";
import type { Source, SourceField } from "../engine.ts";
import { toText } from "./settings.ts";
import { escapeText } from "./template.ts";

/** A reference with the names by which people know it; the first is shown. */
export interface Named {
  readonly ref: string;
  /** The Liquid reference, braces included. */
  readonly template: string;
  readonly names: readonly string[];
}

/**
 * Names for everything that earlier steps offer. A label that several steps have carries its step's number; one that a
 * step has twice, its key.
 */
export function nameSources(sources: readonly Source[], locale: Locale): readonly Named[] {
  const labels = sources.map(({ fields }) => fields.map(({ field }) => fold(field.label[locale])));
  const all = labels.flat();
  const count = (list: readonly string[], label: string): number => list.filter((other) => other === label).length;
  return sources.flatMap((source, index) =>
    source.fields.map((field) => {
      const label = plain(field.field.label[locale]);
      const isTwice = count(labels[index] ?? [], fold(label)) > 1;
      const own = isTwice ? `${label} [${plain(field.field.key)}]` : label;
      const numbered = `${source.number}. ${own}`;
      const shown = count(all, fold(label)) > count(labels[index] ?? [], fold(label)) ? numbered : own;
      return { ref: source.ref, template: field.template, names: [shown, numbered, ...otherNames(source, field, own)] };
    }),
  );
}

/** A value as people read it; references that no source offers are shown with a question mark. */
export function speak(value: Json, named: readonly Named[]): string {
  if (typeof value !== "string")
    return Array.isArray(value) ? value.map((item) => speak(item, named)).join(", ") : toText(value);
  const byTemplate = new Map(named.map((item) => [canonical(item.template), item.names[0] ?? ""]));
  return value.replace(OUTPUT, (whole, expression: string) => {
    if (expression.trim() === '"{"') return "{";
    const parts = REFERENCE.exec(expression.trim());
    if (parts === null) return whole;
    const [, reference = "", filters = ""] = parts;
    const name = byTemplate.get(canonical(reference)) ?? `?${reference}`;
    return `{${name}${filters === "" ? "" : ` ${filters.trim()}`}}`;
  });
}

/**
 * Typed text becomes a template: `{Name}` is matched against the sources, whatever its case, `{order}` also against
 * `body.order` where nothing else ends so; everything else stands for itself, braces of Liquid included. Names that match
 * nothing stay as text and are reported.
 */
export function hear(typed: string, named: readonly Named[]): { template: string; unknown: readonly string[] } {
  const byName = new Map<string, string>();
  for (const item of named)
    for (const name of item.names) if (!byName.has(fold(name))) byName.set(fold(name), item.template);
  const byEnd = endsOf(named);
  const unknown: string[] = [];
  let template = "";
  let last = 0;
  for (const match of typed.matchAll(/\{([^{}]+)\}/g)) {
    const [whole, inside = ""] = match;
    const bar = inside.indexOf("|");
    const name = bar === -1 ? inside : inside.slice(0, bar);
    const [only, ...others] = byEnd.get(fold(name)) ?? [];
    const found = byName.get(fold(name)) ?? (others.length === 0 ? only : undefined);
    if (found === undefined) {
      if (isName(name)) unknown.push(name.trim());
      continue;
    }
    const filters = bar === -1 ? "" : ` ${inside.slice(bar).trim()}`;
    template += escapeText(typed.slice(last, match.index)) + found.replace(/\s*\}\}$/, `${filters} }}`);
    last = match.index + whole.length;
  }
  return { template: template + escapeText(typed.slice(last)), unknown };
}

/** What a key ends with, dot by dot: people type `{order}` for what a webhook calls `body.order`. */
function endsOf(named: readonly Named[]): ReadonlyMap<string, ReadonlySet<string>> {
  const ends = new Map<string, Set<string>>();
  for (const { names, template } of named) {
    for (const name of names.filter((one) => /^[^\s.]+(?:\.[^\s.]+)+$/.test(one))) {
      const parts = fold(name).split(".");
      for (let from = 1; from < parts.length; from++) {
        const end = parts.slice(from).join(".");
        ends.set(end, (ends.get(end) ?? new Set()).add(template));
      }
    }
  }
  return ends;
}

/** Outputs, with braces inside quotes left alone. None begins inside another, which keeps this linear. */
const OUTPUT = /\{\{-?((?:"[^"]*"|'[^']*'|[^"'{}]|\{(?!\{)|\}(?!\}))*?)-?\}\}/g;
const REFERENCE = /^([a-z][a-z0-9]*(?:\.[A-Za-z_][\w-]*|\[\d+\]|\["[^"]*"\]|\['[^']*'\])*)\s*(\|[\s\S]*)?$/;

/** Two ways to write one reference compare equal. */
function canonical(reference: string): string {
  return reference
    .replace(/^\{\{\s*|\s*\}\}$/g, "")
    .replace(/\[(\d+)\]|\["([^"]*)"\]|\['([^']*)'\]/g, (_, index?: string, double?: string, single?: string) => {
      return `.${index ?? double ?? single ?? ""}`;
    });
}

function otherNames(source: Source, { field }: SourceField, own: string): readonly string[] {
  const labels = [field.label.ru, field.label.en].map(plain);
  return [
    own,
    ...labels,
    ...labels.map((label) => `${source.number}. ${label}`),
    field.key,
    `${source.ref}.${field.key}`,
  ];
}

/** Braces and bars would end a name too early. */
function plain(label: string): string {
  return label.replace(/[{}|]/g, " ").replace(/\s+/g, " ").trim();
}

function fold(name: string): string {
  return name
    .toLowerCase()
    .replaceAll("ё", "е")
    .replace(/\s+/g, " ")
    .replace(/^(\d+)\.\s*/, "$1. ")
    .trim();
}

/** What a person may have meant as a name, and not as JSON or code. */
function isName(text: string): boolean {
  return text.trim() !== "" && text.length <= 80 && !/["':;\n<>=]/.test(text);
}
