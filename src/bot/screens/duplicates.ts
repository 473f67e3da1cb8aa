/** What to do when the record already exists: mode, ticked fields, all or any, rules for updates. */
import type { BundleView, DuplicateMode, DuplicateSettings, MappingLine } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Button, Screen } from "../parts.ts";
import { token } from "../short.ts";
import { bold, cut, lines, page, pager } from "./lay.ts";
import { isFilled } from "./mapping.ts";
import { shownAs } from "./shown.ts";
import type { Look } from "./titles.ts";

export const MODES: readonly DuplicateMode[] = ["create", "keep", "update", "updateOnly"];
export const RULES = ["replace", "add", "fill"] as const;
export const NONE: DuplicateSettings = { mode: "create", match: "all", keys: [], rules: {} };

export interface DuplicatesModel {
  readonly view: BundleView;
  readonly step: string;
  readonly settings: DuplicateSettings;
  readonly mapping: readonly MappingLine[];
  /** Fields by which the action can tell a record. */
  readonly keys: readonly string[];
  /** The action can't write into a found record: the modes that update aren't offered. */
  readonly canUpdate: boolean;
}

/** A field that may be ticked, with its place in the mapping. */
export function tickable({ mapping, keys }: Pick<DuplicatesModel, "mapping" | "keys">) {
  return keys.flatMap((key) => {
    const index = mapping.findIndex((line) => line.field.key === key);
    const line = mapping[index];
    return line ? [{ key, index, line, isFilled: isFilled(line) }] : [];
  });
}

export function duplicatesScreen(look: Look, model: DuplicatesModel): Screen {
  const { view, step, settings } = model;
  const words = look.t.duplicates;
  const all = tickable(model);
  const ready = all.filter((one) => one.isFilled);
  const modes = MODES.filter((mode) => model.canUpdate || mode === "create" || mode === "keep");
  const checks = settings.mode !== "create";
  const ticked = ready.filter((one) => settings.keys.includes(one.key));
  return {
    text: lines(
      bold(words.title),
      "",
      ...modes.map((mode, i) => `${mode === settings.mode ? "🔘" : "⚪️"} ${i + 1}. ${words.mode[mode]}`),
      checks && "",
      checks && (ready.length > 0 ? words.keysHint : words.nothingToTick),
      ...(checks && ready.length === 0 ? all.map((one) => `• ${one.line.field.label[look.locale]}`) : []),
    ),
    keyboard: [
      modes.map(
        (mode, i): Button => ({
          text: `${mode === settings.mode ? "🔘 " : ""}${i + 1}`,
          data: to("dmode", view.id, step, mode),
        }),
      ),
      ...(checks
        ? ready.map((one): Button[] => {
            const has = settings.keys.includes(one.key);
            const shown = one.line.shown ? ` · ${cut(shownAs(look, one.line.shown, one.line.field.kind), 24)}` : "";
            return [
              {
                text: `${has ? "☑️" : "⬜️"} ${cut(one.line.field.label[look.locale], 34)}${shown}`,
                data: to("dkey", view.id, step, token(one.index, one.key), has ? 0 : 1),
              },
            ];
          })
        : []),
      ...(checks && ticked.length > 1
        ? [
            [
              {
                text: settings.match === "all" ? `🔘 ${words.matchAll}` : `⚪️ ${words.matchAll}`,
                data: to("dmat", view.id, step, "all"),
              },
            ],
            [
              {
                text: settings.match === "any" ? `🔘 ${words.matchAny}` : `⚪️ ${words.matchAny}`,
                data: to("dmat", view.id, step, "any"),
              },
            ],
          ]
        : []),
      ...(settings.mode === "update" || settings.mode === "updateOnly"
        ? [[{ text: words.rules, data: to("drul", view.id, step) }]]
        : []),
      [{ text: look.t.builder.done, data: to("step", view.id, step), style: "success" }],
    ],
  };
}

/** How each filled field of a found record changes; a tap gives the next rule. */
export function rulesScreen(look: Look, model: DuplicatesModel, wanted: string | undefined): Screen {
  const words = look.t.duplicates;
  const filled = model.mapping.map((line, index) => ({ line, index })).filter(({ line }) => isFilled(line));
  const shown = page(filled, wanted);
  return {
    text: lines(words.rulesTitle),
    keyboard: [
      ...shown.items.map(({ line, index }): Button[] => {
        const rule = model.settings.rules[line.field.key] ?? "replace";
        const next = RULES[(RULES.indexOf(rule) + 1) % RULES.length] ?? "replace";
        return [
          {
            text: `${cut(line.field.label[look.locale], 30)}: ${words.rule[rule]}`,
            data: to("drule", model.view.id, model.step, token(index, line.field.key), next),
          },
        ];
      }),
      ...pager(shown, "drul", model.view.id, model.step),
      [{ text: look.t.builder.back, data: to("dup", model.view.id, model.step) }],
    ],
  };
}
