/** What keeps a bundle from starting: sentences, doors to their places, and repairs that one tap makes. */
import type { Problem } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Button } from "../parts.ts";
import { token } from "../short.ts";
import { doorButton } from "./doors.ts";
import { cut, type Piece } from "./lay.ts";
import type { Look } from "./titles.ts";

export const mendKeys = (problems: readonly Problem[]): string[] =>
  problems.map((one) => JSON.stringify(one.mend?.edit ?? null));

/** A button for each repair that the engine offers. */
export function mendRows(look: Look, bundle: string, problems: readonly Problem[], most = 3): Button[][] {
  const keys = mendKeys(problems);
  return problems
    .flatMap((one, i) => (one.mend ? [{ label: one.mend.label, at: token(i, keys[i] ?? "") }] : []))
    .slice(0, most)
    .map(({ label, at }) => [{ text: `🩹 ${cut(label[look.locale], 50)}`, data: to("mend", bundle, at) }]);
}

/** Numbered doors, so that a button and its sentence belong together; one door per place. */
export function doorRows(look: Look, problems: readonly Problem[], most = 3): Button[][] {
  const seen = new Set<string>();
  return problems
    .flatMap((one, i): Button[][] => {
      const shown = doorButton(look.t, one.door);
      // What is wrong with a bundle as a whole is mended in its list of steps.
      const door = one.door.to === "bundle" ? { ...shown, data: to("steps", one.door.id) } : shown;
      const place = "data" in door ? door.data : door.text;
      if (seen.has(place)) return [];
      seen.add(place);
      return [[{ ...door, text: `${i + 1}. ${door.text}` }]];
    })
    .slice(0, most);
}

export function problemLines(look: Look, problems: readonly Problem[], most = 8): Piece[] {
  return problems
    .slice(0, most)
    .map((one, i) => `${i + 1}. ${one.mild ? "💡" : "⚠️"} ${cut(one.sentence[look.locale], 250)}`);
}
