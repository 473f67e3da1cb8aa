/** Duplicates of a step: mode, ticked fields, all or any, rules. */
import type { DuplicateSettings } from "../../engine/index.ts";
import type { Handlers, Turn } from "../parts.ts";
import {
  type DuplicatesModel,
  duplicatesScreen,
  MODES,
  NONE,
  RULES,
  rulesScreen,
  tickable,
} from "../screens/duplicates.ts";
import { keysOf } from "../screens/mapping.ts";
import { actionOf } from "../screens/titles.ts";
import { indexOf } from "../short.ts";
import { actionIn, change, load, lookOf, stale } from "./draft.ts";

async function open(turn: Turn, id: string | undefined, stepId: string | undefined): Promise<DuplicatesModel | null> {
  const view = await load(turn, id);
  const step = await actionIn(turn, view, stepId);
  if (step === null) return null;
  const can = actionOf(turn.engine, step)?.duplicates;
  if (!can) {
    await stale(turn, "step", view.id, step.id);
    return null;
  }
  const mapping = await turn.engine.bundles.mapping(turn.member.scope, view.id, step.id);
  return {
    view,
    step: step.id,
    settings: step.duplicates ?? NONE,
    mapping,
    keys: can.keys,
    canUpdate: can.update !== undefined,
  };
}

async function save(turn: Turn, model: DuplicatesModel, duplicates: DuplicateSettings): Promise<void> {
  await change(turn, model.view, { do: "setDuplicates", step: model.step, duplicates });
}

/** Opens, changes, shows again; null from `change` means that the button is stale. */
const changing =
  (back: "dup" | "drul", next: (model: DuplicatesModel, ...args: (string | undefined)[]) => DuplicateSettings | null) =>
  async (turn: Turn, id?: string, stepId?: string, ...args: string[]): Promise<void> => {
    const model = await open(turn, id, stepId);
    if (model === null) return;
    const settings = next(model, ...args);
    if (settings === null) return stale(turn, "dup", model.view.id, model.step);
    await save(turn, model, settings);
    await turn.go(back, model.view.id, model.step);
  };

export const duplicates: Handlers = {
  places: {
    async dup(turn, id, stepId) {
      const model = await open(turn, id, stepId);
      if (model !== null) await turn.show(duplicatesScreen(lookOf(turn), model));
    },
    async drul(turn, id, stepId, page) {
      const model = await open(turn, id, stepId);
      if (model !== null) await turn.show(rulesScreen(lookOf(turn), model, page));
    },
    /** Choosing to check ticks the first field that is filled, so that one tap is enough. */
    dmode: changing("dup", (model, given) => {
      const mode = MODES.find((one) => one === given);
      if (mode === undefined || (!model.canUpdate && mode.startsWith("update"))) return null;
      const ready = tickable(model).filter((one) => one.isFilled);
      const known = model.settings.keys.filter((key) => ready.some((one) => one.key === key));
      const first = ready[0]?.key;
      const keys = known.length > 0 || mode === "create" || first === undefined ? known : [first];
      return { ...model.settings, mode, keys };
    }),
    dkey: changing("dup", (model, at, flag) => {
      const index = indexOf(at, keysOf(model.mapping));
      const key = index === null ? undefined : model.mapping[index]?.field.key;
      if (key === undefined || !tickable(model).some((one) => one.key === key && one.isFilled)) return null;
      const rest = model.settings.keys.filter((one) => one !== key);
      return { ...model.settings, keys: flag === "1" ? [...rest, key] : rest };
    }),
    dmat: changing("dup", (model, match) => (match === "all" || match === "any" ? { ...model.settings, match } : null)),
    drule: changing("drul", (model, at, given) => {
      const index = indexOf(at, keysOf(model.mapping));
      const key = index === null ? undefined : model.mapping[index]?.field.key;
      const rule = RULES.find((one) => one === given);
      if (key === undefined || rule === undefined) return null;
      return { ...model.settings, rules: { ...model.settings.rules, [key]: rule } };
    }),
  },
  answers: {},
};
