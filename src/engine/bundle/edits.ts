/** What can be done to a bundle's draft, as data; `applyEdit` is pure. */
import type { Json } from "../../connectors/kit/fields.ts";
import type { Bundle, Conditions, DuplicateSettings, OnError, StepId, Target } from "./model.ts";

export type Edit =
  /** Choosing another trigger keeps the steps; references to it that no longer exist become problems, not losses. */
  | {
      readonly do: "setTrigger";
      readonly connector: string;
      readonly trigger: string;
      readonly connection: string | null;
    }
  | { readonly do: "setTriggerConnection"; readonly connection: string }
  | { readonly do: "setOption"; readonly field: string; readonly value: Json | undefined }
  | { readonly do: "setEvery"; readonly minutes: number }
  | { readonly do: "setRepeats"; readonly repeats: "once" | "every" }
  /** The filter (`step: "trigger"`), or the conditions of a router or stop-if. */
  | { readonly do: "setConditions"; readonly step: string; readonly when: Conditions }
  /** `at`: index among the steps; the end when absent. The id is given so that a repeated edit is recognised. */
  | {
      readonly do: "addAction";
      readonly id: StepId;
      readonly connector: string;
      readonly action: string;
      readonly connection: string | null;
      readonly at?: number;
    }
  | { readonly do: "addTool"; readonly id: StepId; readonly tool: "router" | "break" | "stopIf"; readonly at?: number }
  | { readonly do: "setConnection"; readonly step: StepId; readonly connection: string }
  /** Undefined empties the field. Takes the field off the unsure ones. */
  | { readonly do: "setField"; readonly step: StepId; readonly field: string; readonly value: Json | undefined }
  /** What the engine proposes for a step that was just added. */
  | {
      readonly do: "propose";
      readonly step: StepId;
      readonly values: Readonly<Record<string, Json>>;
      readonly unsure: readonly string[];
      readonly duplicates?: DuplicateSettings;
    }
  | { readonly do: "setDuplicates"; readonly step: StepId; readonly duplicates: DuplicateSettings }
  | { readonly do: "setTargets"; readonly step: StepId; readonly onTrue?: Target; readonly onFalse?: Target }
  | { readonly do: "setNegate"; readonly step: StepId; readonly negate: boolean }
  | { readonly do: "setOnError"; readonly step: StepId; readonly onError: OnError }
  | { readonly do: "setDisabled"; readonly step: StepId; readonly disabled: boolean }
  | { readonly do: "renameStep"; readonly step: StepId; readonly name: string }
  | { readonly do: "moveStep"; readonly step: StepId; readonly to: number }
  | { readonly do: "removeStep"; readonly step: StepId };

export type ApplyEdit = (bundle: Bundle, edit: Edit) => Bundle;
