/** Where a bundle's steps lead: routers' ways and jumps on errors. */
import type { Text } from "../../connectors/kit/fields.ts";
import type { Problem } from "../engine.ts";
import { loopAround } from "../run/loops.ts";
import type { Edit } from "./edits.ts";
import type { Bundle, Step, Target } from "./model.ts";

/** Says what is wrong with a step, or with one of its fields. */
export type Report = (sentence: Text, field?: string, more?: Pick<Problem, "mild" | "mend">) => void;

/** Every jump leads forwards to a step that is there, and branches don't run on into each other unnoticed. */
export function checkJumps(body: Bundle, step: Step, index: number, report: Report): void {
  for (const [target, mend] of jumpsOf(step)) {
    const at = place(body, target, index);
    if (at > index) {
      if (target !== "end" && target !== "next") checkLoop(body, index, at, mend, report);
      continue;
    }
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
          edit: mend,
        },
      },
    );
  }
  const onError = step.onError?.kind === "goto" ? step.onError.step : null;
  if (onError !== null && onError !== "end" && onError !== "next" && place(body, onError, index) > index) {
    checkLoop(body, index, place(body, onError, index), stopOnError(step), report);
  }
  if (onError !== null && place(body, onError, index) <= index) {
    report(
      {
        ru: "при ошибке ведёт не вперёд. Выберите шаг, который идёт позже.",
        en: "doesn't lead forwards on an error. Choose a later step.",
      },
      undefined,
      {
        mend: {
          label: { ru: "Останавливать при ошибке", en: "Stop on an error" },
          edit: stopOnError(step),
        },
      },
    );
  }
  if (step.kind === "router") checkBranches(body, step, index, report);
}

const stopOnError = ({ id }: Step): Edit => ({ do: "setOnError", step: id, onError: { kind: "stop" } });

/** Every jump of a step, with the edit that makes it lead to the next one. */
function jumpsOf(step: Step): readonly (readonly [Target, Edit])[] {
  if (step.kind === "approval") return [[step.onNo, { do: "setApproval", step: step.id, onNo: "next" }]];
  if (step.kind !== "router") return [];
  return [
    [step.onTrue, { do: "setTargets", step: step.id, onTrue: "next" }],
    [step.onFalse, { do: "setTargets", step: step.id, onFalse: "next" }],
  ];
}

/** Nothing leads into a loop but its beginning, and out of it but its end: an element goes through or is left. */
function checkLoop(body: Bundle, from: number, to: number, mend: Edit, report: Report): void {
  const own = loopAround(body, from);
  const other = loopAround(body, to);
  const label: Text = { ru: "Вести к следующему шагу", en: "Lead to the next step" };
  if (own && to > own.end) {
    report(
      {
        ru: `ведёт из цикла наружу, к шагу ${to + 2}. Из цикла можно перейти только к его концу.`,
        en: `leads out of the loop, to step ${to + 2}. Inside a loop a jump leads to its end at most.`,
      },
      undefined,
      { mend: { label, edit: mend } },
    );
  } else if (other && other.step !== own?.step) {
    report(
      {
        ru: `ведёт внутрь цикла, к шагу ${to + 2}. Войти в цикл можно только через его начало, шаг ${other.first + 1}.`,
        en: `leads into a loop, to step ${to + 2}. A loop is entered by its beginning only, step ${other.first + 1}.`,
      },
      undefined,
      { mend: { label, edit: mend } },
    );
  }
}

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
