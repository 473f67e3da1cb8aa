/** From one step to the one beside it, without the list in between. */
import type { BundleView } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Button } from "../parts.ts";
import type { Look } from "./titles.ts";

/** With fewer steps the list is near enough. */
const MANY_STEPS = 6;

/** One row, or none. */
export function neighbours(look: Look, { id, body }: Pick<BundleView, "id" | "body">, step: string): Button[][] {
  if (body.steps.length < MANY_STEPS) return [];
  const at = body.steps.findIndex((one) => one.id === step);
  const [before, after] = [body.steps[at - 1], body.steps[at + 1]];
  return [
    [
      ...(before ? [{ text: look.t.editing.previous(at + 1), data: to("step", id, before.id) }] : []),
      ...(after ? [{ text: look.t.editing.next(at + 3), data: to("step", id, after.id) }] : []),
    ],
  ];
}
