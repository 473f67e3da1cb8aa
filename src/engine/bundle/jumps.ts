/** Where a bundle's steps lead: routers' ways and jumps on errors. */
import type { Text } from "../../connectors/kit/fields.ts";
import type { Problem } from "../engine.ts";
import type { Bundle, Step, Target } from "./model.ts";

/** Says what is wrong with a step, or with one of its fields. */
export type Report = (sentence: Text, field?: string, more?: Pick<Problem, "mild" | "mend">) => void;

/** Every jump leads forwards to a step that is there, and branches don't run on into each other unnoticed. */
export function checkJumps(body: Bundle, step: Step, index: number, report: Report): void {
  const jumps: [keyof Jumps, Target][] =
    step.kind === "router"
      ? [
          ["onTrue", step.onTrue],
          ["onFalse", step.onFalse],
        ]
      : [];
  for (const [way, target] of jumps) {
    const at = place(body, target, index);
    if (at > index) continue;
    report(
      at === -1
        ? { ru: "ведёт к шагу, которого больше нет.", en: "leads to a step that no longer exists." }
        : {
            ru: `ведёт назад, к шагу ${at + 2}. Переходить можно только вперёд.`,
            en: `leads back to step ${at + 2}. Jumps go forwards only.`,
          },
      undefined,
      {
        mend: {
          label: { ru: "Вести к следующему шагу", en: "Lead to the next step" },
          edit: { do: "setTargets", step: step.id, [way]: "next" },
        },
      },
    );
  }
  if (step.onError?.kind === "goto" && place(body, step.onError.step, index) <= index) {
    report(
      {
        ru: "при ошибке ведёт не вперёд. Выберите шаг, который идёт позже.",
        en: "doesn't lead forwards on an error. Choose a later step.",
      },
      undefined,
      {
        mend: {
          label: { ru: "Останавливать при ошибке", en: "Stop on an error" },
          edit: { do: "setOnError", step: step.id, onError: { kind: "stop" } },
        },
      },
    );
  }
  if (step.kind === "router") checkBranches(body, step, index, report);
}
type Jumps = { onTrue: Target; onFalse: Target };

/** The branch that comes first must not run on into the other one by accident. */
function checkBranches(body: Bundle, step: Extract<Step, { kind: "router" }>, index: number, report: Report): void {
  const [first, second] = [place(body, step.onTrue, index), place(body, step.onFalse, index)].toSorted((a, b) => a - b);
  if (first === undefined || second === undefined || first <= index || first === second || second >= body.steps.length)
    return;
  const last = body.steps[second - 1];
  if (last === undefined || last.kind === "break" || last.kind === "router") return;
  const ids = new Set(body.steps.map(({ id }) => id));
  const id =
    ["", "2", "3", "4"].map((end) => `b${step.id.slice(0, 6)}${end}`).find((one) => !ids.has(one)) ??
    `b${step.id.slice(0, 5)}zz`;
  report(
    {
      ru: `ветка с шага ${first + 2} продолжится в ветке с шага ${second + 2}. Если так не задумано, поставьте между ними «Конец».`,
      en: `the branch from step ${first + 2} runs on into the branch from step ${second + 2}. If that isn't meant, put a Break between them.`,
    },
    undefined,
    {
      mild: true,
      mend: {
        label: { ru: "Поставить «Конец»", en: "Put a Break" },
        edit: { do: "addTool", id, tool: "break", at: second },
      },
    },
  );
}

/** Index of the step a jump leads to; past the last for the end, -1 for a step that is gone. */
function place(body: Bundle, target: Target, from: number): number {
  if (target === "end") return body.steps.length;
  if (target === "next") return from + 1;
  return body.steps.findIndex(({ id }) => id === target);
}
