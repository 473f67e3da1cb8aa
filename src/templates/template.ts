/** Ready bundles as data: what a set is, and how one of its bundles becomes a file that the engine takes. */
import type { Bundle, BundleFile, Json, Locale, Text } from "../engine/index.ts";

export interface TemplateSet {
  /** Lower-case letters, digits and hyphens; never changes. */
  readonly key: string;
  readonly name: Text;
  /** One sentence: what the person gets. */
  readonly about: Text;
  /** Connectors in the order in which their accounts are asked for. */
  readonly needs: readonly string[];
  /** Other words by which people look for it, lower case, both languages. */
  readonly words?: readonly string[];
  readonly bundles: readonly ReadyBundle[];
}
export interface ReadyBundle {
  readonly name: Text;
  /** What it will do, in plain words. */
  readonly about: Text;
  /** What the person should look at before the start: where accounts differ in a way that no list tells. */
  readonly look?: readonly Text[];
  /**
   * As in a bundle's file: slots are called like their connectors. A value may be `{ ru, en }`: the words of the one who
   * takes it. Fields that aren't named are proposed; null keeps a field empty.
   */
  readonly bundle: Bundle;
}

/** The bundle's file in the language of the one who takes it. */
export function fileOf({ name, bundle }: ReadyBundle, locale: Locale): BundleFile {
  const { trigger } = bundle;
  const said = (values: Readonly<Record<string, Json>>) =>
    Object.fromEntries(Object.entries(values).map(([key, value]) => [key, inWords(value, locale)]));
  return {
    svyazka: 1,
    name: name[locale],
    bundle: {
      ...bundle,
      trigger: trigger === null ? null : { ...trigger, options: said(trigger.options) },
      steps: bundle.steps.map((step) => {
        if (step.kind === "action") return { ...step, input: said(step.input) };
        return step.kind === "approval" ? { ...step, question: inWords(step.question, locale) } : step;
      }),
    },
  };
}

/** Words in both languages become those of one. */
function inWords(value: Json, locale: Locale): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const isWorded = Object.keys(value).toSorted().join() === "en,ru";
  return isWorded ? (value[locale] ?? null) : value;
}
