/** Router, break and stop-if: decided from data alone, nothing is called. */
import type { JsonObject } from "../../connectors/kit/define.ts";
import type { Step } from "../bundle/model.ts";
import { evaluate } from "../values/conditions.ts";
import type { ValueSettings } from "../values/settings.ts";
import type { Outcome } from "./machine.ts";
import { failed, type Result } from "./result.ts";

type Tool = Exclude<Step, { kind: "action" }>;

export function doTool(step: Tool, data: JsonObject, settings: ValueSettings): Result {
  try {
    const { outcome, output } = decideTool(step, data, settings);
    return { outcome, input: null, output, exchange: null, notes: [] };
  } catch (error) {
    return failed(error, { input: null, exchange: null, isSent: false });
  }
}

function decideTool(step: Tool, data: JsonObject, settings: ValueSettings): { outcome: Outcome; output: JsonObject } {
  switch (step.kind) {
    case "router": {
      const { holds } = evaluate(step.when, data, settings);
      const to = holds ? step.onTrue : step.onFalse;
      return { outcome: { kind: "goes", to }, output: { holds, to } };
    }
    case "break":
      return { outcome: { kind: "ends", how: "break" }, output: {} };
    case "stopIf": {
      const { holds } = evaluate(step.when, data, settings);
      const stops = holds !== (step.negate ?? false);
      return {
        outcome: stops ? { kind: "ends", how: "stopIf" } : { kind: "goes", to: "next" },
        output: { holds, stops },
      };
    }
    default:
      return step satisfies never;
  }
}
