/** Steps for tests of the machine. */
import type { ActionStep } from "../bundle/model.ts";

export function act(id: string, action: string): ActionStep {
  return { id, kind: "action", connector: "crm", action, connection: null, input: {} };
}
