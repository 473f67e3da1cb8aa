/** Tools with settings of their own: loop, delay, set values, approval. */
import type {
  ApprovalStep,
  BundleView,
  DelayStep,
  KeptValue,
  Lasting,
  LoopStep,
  SetStep,
  Source,
  Step,
} from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Button, Screen } from "../parts.ts";
import { token } from "../short.ts";
import { fieldToken } from "./field.ts";
import { fromCode, lastingCode, lastingText } from "./lasting.ts";
import { bold, cut, evenly, grid, italic, lines, type Piece } from "./lay.ts";
import { type Look, spoken, stepNumber, stepTitle, targetTitle } from "./titles.ts";
import { keyKeyAt, listBehind, onSample, toolLines, valueKeyAt } from "./toolfields.ts";

export interface ToolModel {
  readonly view: BundleView;
  readonly sources: readonly Source[];
  /** Names of members by id, for who is asked. */
  readonly members?: ReadonlyMap<string, string>;
}

/** A template in words with what it gives on the sample behind it. */
function told(look: Look, template: Parameters<typeof spoken>[0], sources: readonly Source[], most = 60): string {
  if (template === undefined || template === null || template === "") return look.t.tools.empty;
  const said = cut(spoken(template, sources, look.locale), most);
  const list = listBehind(template, sources);
  const shown = list ? look.t.tools.items(list.length) : onSample(template, sources);
  return shown === null || shown === "" || cut(shown, most) === said
    ? said
    : `${said}${look.t.tools.onSample(cut(shown, most))}`;
}

export function delayText(look: Look, { how }: DelayStep, sources: readonly Source[]): string {
  const words = look.t.tools;
  if (how.kind === "until") return words.delay.until(told(look, how.moment, sources));
  const amount = Number(how.amount);
  if (typeof how.amount !== "object" && how.amount !== "" && amount > 0)
    return lastingText(look.t, { amount, unit: how.unit });
  return `${told(look, how.amount, sources)} ${words.units[how.unit]}`;
}

function keptText(look: Look, { name, how, value, key }: KeptValue, sources: readonly Source[], most = 60): string {
  const words = look.t.tools.set;
  const does =
    how === "set" || how === "add"
      ? words.does[how](cut(name, most), how === "add" && value === undefined ? "1" : told(look, value, sources, most))
      : words.does[how](cut(name, most));
  return key === undefined ? does : `${does}${words.keyed(cut(spoken(key, sources, look.locale), most))}`;
}

/** The line of such a tool in the list of steps. */
export function toolLine(
  look: Look,
  { body }: Pick<BundleView, "body">,
  step: Step,
  sources: readonly Source[],
): string | null {
  const words = look.t.tools;
  switch (step.kind) {
    case "loop":
      return words.loop.line(cut(spoken(step.list, sources, look.locale), 70) || words.empty);
    case "delay":
      return words.delay.line(delayText(look, step, sources));
    case "set":
      return words.set.line(cut(step.values.map(({ name }) => name).join(", "), 70) || words.empty);
    case "approval": {
      const question = cut(spoken(step.question, sources, look.locale), 60);
      return words.approval.line(question === "" ? words.empty : `«${question}»`, targetTitle(look, body, step.onNo));
    }
    default:
      return null;
  }
}

const heading = (look: Look, { view }: ToolModel, step: Step): Piece[] => [
  bold(look.t.builder.step.menuTitle(stepNumber(view.body, step.id), cut(stepTitle(look, step), 90))),
  "",
];

const field = (look: Look, { view, sources }: ToolModel, step: Step, key: string): string => {
  const all = toolLines(step, sources, look.locale);
  const index = all.findIndex((line) => line.field.key === key);
  const line = all[index];
  return line === undefined ? to("step", view.id, step.id) : to("field", view.id, step.id, fieldToken({ line, index }));
};

export function loopScreen(look: Look, model: ToolModel, step: LoopStep, bottom: Button[][]): Screen {
  const { view } = model;
  const words = look.t.tools.loop;
  const { steps } = view.body;
  const first = steps.indexOf(step) + 1;
  const found = steps.findIndex(({ kind }, at) => at >= first && kind === "endLoop");
  const end = found === -1 ? steps.length : found;
  const last = steps[end - 1]?.id ?? step.id;
  const hasList = step.list !== "" && step.list !== null;
  return {
    text: lines(
      ...heading(look, model, step),
      words.about,
      "",
      words.line(told(look, step.list, model.sources)),
      end > first ? words.inside(first + 2, end + 1) : words.insideNone,
      found === -1 && end > first && italic(words.toTheEnd),
    ),
    keyboard: [
      [
        {
          text: words.chooseList,
          data: field(look, model, step, "list"),
          ...(hasList ? {} : { style: "primary" as const }),
        },
      ],
      [{ text: words.limit(step.limit ?? null), data: to("llim", view.id, step.id) }],
      [{ text: words.addInside, data: to("asvc", view.id, last) }],
      ...(found === -1 && end > first
        ? [[{ text: words.addEnd, data: to("lend", view.id, step.id) } satisfies Button]]
        : []),
      ...bottom,
    ],
  };
}

const DELAYS: readonly Lasting[] = (["5m", "30m", "1h", "1d", "3d", "7d"] as const).flatMap(
  (one) => fromCode(one) ?? [],
);

export function delayScreen(look: Look, model: ToolModel, step: DelayStep, bottom: Button[][]): Screen {
  const { view } = model;
  const words = look.t.tools;
  const { how } = step;
  const isFixed = how.kind === "for" && Number(how.amount) > 0;
  const isNow = (one: Lasting) => isFixed && Number(how.amount) === one.amount && how.unit === one.unit;
  const units = (["minutes", "hours", "days"] as const).map(
    (unit): Button => ({
      text: `${how.kind === "for" && how.unit === unit ? "🔘 " : ""}${words.units[unit]}`,
      data: to("dunit", view.id, step.id, unit),
    }),
  );
  return {
    text: lines(
      ...heading(look, model, step),
      words.delay.about,
      "",
      words.delay.line(delayText(look, step, model.sources)),
      "",
      words.delay.hint,
    ),
    keyboard: [
      ...grid(
        DELAYS.map(
          (one): Button => ({
            text: `${isNow(one) ? "✓ " : ""}${lastingText(look.t, one)}`,
            data: to("dlast", view.id, step.id, lastingCode(one)),
          }),
        ),
        3,
      ),
      [
        { text: words.delay.untilField, data: to("dfield", view.id, step.id, "u") },
        { text: words.delay.amountField, data: to("dfield", view.id, step.id, "f") },
      ],
      ...(how.kind === "for" && !isFixed ? [units] : []),
      ...bottom,
    ],
  };
}

/** A kept value under its place and name: another one in its place makes the button stale. */
export const keptToken = (step: SetStep, at: number): string => token(at, step.values[at]?.name ?? "");
export const keptKeys = (step: SetStep): string[] => step.values.map(({ name }) => name);

export function setScreen(look: Look, model: ToolModel, step: SetStep, bottom: Button[][]): Screen {
  const { view, sources } = model;
  const words = look.t.tools.set;
  const numbers = step.values.map(
    (_, i): Button => ({ text: String(i + 1), data: to("kept", view.id, step.id, keptToken(step, i)) }),
  );
  const keeps = (["run", "bundle", "workspace"] as const).map(
    (keep): Button => ({
      text: `${step.keep === keep ? "🔘 " : ""}${words.keep[keep]}`,
      data: to("kkeep", view.id, step.id, keep),
    }),
  );
  const lasts = step.lifetime === undefined ? null : lastingText(look.t, step.lifetime);
  return {
    text: lines(
      ...heading(look, model, step),
      words.about,
      "",
      ...step.values.map((one, i) => `${i + 1}. ${keptText(look, one, sources, 40)}`),
      step.values.length === 0 && words.none,
      "",
      words.keepTitle,
    ),
    keyboard: [
      ...evenly(numbers, 5),
      ...(step.values.length === 0 ? [] : [[{ text: words.add, data: to("kadd", view.id, step.id) } satisfies Button]]),
      ...keeps.map((one) => [one]),
      ...(step.keep === "run" ? [] : [[{ text: words.lifetime(lasts), data: to("klife", view.id, step.id) }]]),
      ...bottom,
    ],
  };
}

export function keptScreen(look: Look, model: ToolModel, step: SetStep, at: number): Screen {
  const { view, sources } = model;
  const words = look.t.tools.set;
  const one = step.values[at];
  const here = keptToken(step, at);
  if (one === undefined) return setScreen(look, model, step, []);
  const takes = one.how === "set" || one.how === "add";
  return {
    text: lines(...heading(look, model, step), keptText(look, one, sources, 300), "", italic(words.keyAbout)),
    keyboard: [
      ...grid(
        (["set", "add", "get", "remove"] as const).map(
          (how): Button => ({
            text: `${one.how === how ? "🔘 " : ""}${words.how[how]}`,
            data: to("khow", view.id, step.id, here, how),
          }),
        ),
        2,
      ),
      ...(takes
        ? [
            [
              {
                text: `✏️ ${one.how === "add" ? words.amount : words.value}`,
                data: field(look, model, step, valueKeyAt(at)),
                ...(one.value === undefined ? { style: "primary" as const } : {}),
              } satisfies Button,
            ],
          ]
        : []),
      ...(step.keep === "run"
        ? []
        : [[{ text: `🔑 ${words.key}`, data: field(look, model, step, keyKeyAt(at)) } satisfies Button]]),
      [
        { text: words.rename, data: to("kname", view.id, step.id, here) },
        { text: words.drop, data: to("kdrop", view.id, step.id, here), style: "danger" },
      ],
      [{ text: look.t.builder.done, data: to("step", view.id, step.id), style: "success" }],
    ],
  };
}

export function approvalScreen(look: Look, model: ToolModel, step: ApprovalStep, bottom: Button[][]): Screen {
  const { view, sources } = model;
  const words = look.t.tools.approval;
  const isAsked = step.question !== "" && step.question !== null;
  const who = step.who === null ? null : (model.members?.get(step.who) ?? words.gone);
  return {
    text: lines(
      ...heading(look, model, step),
      words.about,
      "",
      isAsked && `🙋 ${cut(spoken(step.question, sources, look.locale), 600)}`,
      isAsked &&
        onSample(step.question, sources) !== spoken(step.question, sources, look.locale) &&
        `${look.t.mapping.onSample} ${cut(onSample(step.question, sources) ?? "", 600)}`,
      !isAsked && words.ask,
    ),
    keyboard: [
      [
        {
          text: words.change,
          data: field(look, model, step, "question"),
          ...(isAsked ? {} : { style: "primary" as const }),
        },
      ],
      [{ text: words.who(who === null ? null : cut(who, 40)), data: to("awho", view.id, step.id) }],
      [{ text: words.deadline(lastingText(look.t, step.deadline)), data: to("adead", view.id, step.id) }],
      [
        {
          text: words.otherwise[step.otherwise],
          data: to("aelse", view.id, step.id, step.otherwise === "yes" ? "no" : "yes"),
        },
        { text: words.onNo(targetTitle(look, view.body, step.onNo)), data: to("ano", view.id, step.id) },
      ],
      ...bottom,
    ],
  };
}

const DEADLINES: readonly Lasting[] = (["15m", "1h", "4h", "1d", "3d", "7d"] as const).flatMap(
  (one) => fromCode(one) ?? [],
);

/** How long, by button or typed; `extra` is a row of its own. */
export function lastingScreen(
  look: Look,
  model: { readonly head: string; readonly place: readonly [string, ...string[]]; readonly back: string },
  extra: readonly Button[] = [],
): Screen {
  const [name, ...args] = model.place;
  return {
    text: lines(model.head),
    keyboard: [
      ...grid(
        DEADLINES.map((one): Button => ({ text: lastingText(look.t, one), data: to(name, ...args, lastingCode(one)) })),
        3,
      ),
      ...(extra.length > 0 ? [[...extra]] : []),
      [{ text: look.t.builder.back, data: model.back }],
    ],
  };
}
