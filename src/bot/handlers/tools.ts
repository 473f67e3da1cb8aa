/** Tools with settings of their own: loop, delay, set values, approval. */
import type { ApprovalStep, BundleView, DelayStep, KeptValue, LoopStep, SetStep, Step } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Button, Handlers, Turn } from "../parts.ts";
import { fieldToken } from "../screens/field.ts";
import { fromCode, readLasting } from "../screens/lasting.ts";
import { cut, lines } from "../screens/lay.ts";
import { targetsScreen, toolScreen } from "../screens/step.ts";
import { stepNumber } from "../screens/titles.ts";
import { keptKeys, keptScreen, lastingScreen } from "../screens/tools.ts";
import { checkTyped } from "../screens/typed.ts";
import { indexOf, newStepId } from "../short.ts";
import { change, load, lookOf, need, refusal, stale, stepIn } from "./draft.ts";
import { openField, openStep, putTyped } from "./field.ts";

const MOST_VALUES = 20;
const LONGEST_NAME = 60;

const sourcesOf = (turn: Turn, view: BundleView, step: Step) =>
  turn.engine.bundles.sources(turn.member.scope, view.id, step.id);

async function membersOf(turn: Turn): Promise<ReadonlyMap<string, string>> {
  const members = await turn.engine.team.members(turn.member.scope);
  return new Map(members.map(({ id, name }) => [id, name]));
}

/** What typing means on the tool's own screen: a duration, a question, a value's name. */
const TYPED: Partial<Readonly<Record<Step["kind"], { readonly answer: string; readonly longest?: number }>>> = {
  delay: { answer: "delayText", longest: 200 },
  approval: { answer: "approvalText" },
  set: { answer: "keptName", longest: LONGEST_NAME },
};

async function showTool(turn: Turn, view: BundleView, step: Step): Promise<void> {
  const members = step.kind === "approval" && step.who !== null ? await membersOf(turn) : undefined;
  const screen = toolScreen(lookOf(turn), view, step, await sourcesOf(turn, view, step), members);
  const typed = TYPED[step.kind];
  if (typed === undefined) return turn.show(screen);
  await turn.ask({ ...typed, args: [view.id, step.id], screen });
}

/** Opens the field of a tool by its key. */
async function openOwn(turn: Turn, view: BundleView, step: Step, key: string): Promise<void> {
  const opened = await openStep(turn, view.id, step.id);
  const index = opened?.mapping.findIndex((line) => line.field.key === key) ?? -1;
  const line = opened?.mapping[index];
  if (line === undefined) return showTool(turn, view, step);
  await turn.go("field", view.id, step.id, fieldToken({ line, index }));
}

type ToolPlace<S> = (turn: Turn, view: BundleView, step: S, ...args: (string | undefined)[]) => Promise<void>;
/** Runs with a tool of that kind which still exists. */
const withTool =
  <K extends Step["kind"]>(kind: K, then: ToolPlace<Extract<Step, { kind: K }>>) =>
  async (turn: Turn, id?: string, stepId?: string, ...args: string[]): Promise<void> => {
    const view = await load(turn, id);
    const step = await stepIn(turn, view, stepId);
    if (step === null) return;
    if (!isKind(step, kind)) return stale(turn, "step", view.id, step.id);
    await then(turn, view, step, ...args);
  };
const isKind = <K extends Step["kind"]>(step: Step, kind: K): step is Extract<Step, { kind: K }> => step.kind === kind;

const backTo = (turn: Turn, view: BundleView, step: Step): Button => ({
  text: turn.t.builder.back,
  data: to("step", view.id, step.id),
});

/** Saved, and the tool as it is now. */
async function saved(turn: Turn, view: BundleView, id: string): Promise<void> {
  turn.toast(turn.t.builder.saved);
  const step = await stepIn(turn, view, id);
  if (step !== null) await showTool(turn, view, step);
}

const lasting = (typed: string) => {
  const read = fromCode(typed) ?? readLasting(typed);
  if (read === null) throw refusal((t) => t.tools.badLasting(cut(typed, 40)));
  return read;
};

// ---- loop

async function setLimit(turn: Turn, view: BundleView, step: LoopStep, typed: string): Promise<void> {
  const limit = typed === "all" ? null : Number(typed.trim());
  if (limit !== null && !(Number.isInteger(limit) && limit >= 1 && limit <= 1000))
    throw refusal((t) => t.tools.loop.badLimit(cut(typed, 30)));
  await saved(turn, await change(turn, view, { do: "setLoop", step: step.id, limit }), step.id);
}

const loopPlaces = {
  llim: withTool("loop", async (turn, view, step) => {
    const words = turn.t.tools.loop;
    const keyboard = [[{ text: words.all, data: to("llims", view.id, step.id, "all") }], [backTo(turn, view, step)]];
    const screen = { text: lines(words.limitAsk), keyboard };
    await turn.ask({ answer: "loopLimit", args: [view.id, step.id], longest: 40, screen });
  }),
  llims: withTool("loop", (turn, view, step, given) => setLimit(turn, view, step, need(given))),
  /** The end of the loop after the last step that there is. */
  lend: withTool("loop", async (turn, view, step) => {
    const { steps } = view.body;
    const isEnded = steps.some(({ kind }, at) => kind === "endLoop" && at > steps.indexOf(step));
    if (!isEnded) {
      const id = newStepId(steps.map((one) => one.id));
      await change(turn, view, { do: "addTool", id, tool: "endLoop" });
    }
    await turn.go("steps", view.id, step.id);
  }),
};

// ---- delay

async function setDelay(turn: Turn, view: BundleView, step: DelayStep, typed: string): Promise<void> {
  const isDate = checkTyped({ kind: "dateTime" }, typed, turn.t).ok;
  if (isDate || typed.includes("{")) {
    // A template in a delay by duration is its amount; otherwise it is a moment.
    const isAmount = !isDate && step.how.kind === "for";
    const fresh =
      isAmount || step.how.kind === "until"
        ? view
        : await change(turn, view, { do: "setDelay", step: step.id, how: { kind: "until", moment: "" } });
    const opened = await openStep(turn, fresh.id, step.id);
    const line = opened?.mapping[0];
    if (line === undefined) return showTool(turn, view, step);
    const field = await openField(turn, fresh.id, step.id, fieldToken({ line, index: 0 }));
    if (field !== null) await putTyped(turn, field, typed);
    return;
  }
  const { amount, unit } = lasting(typed);
  const edit = { do: "setDelay", step: step.id, how: { kind: "for", amount, unit } } as const;
  await saved(turn, await change(turn, view, edit), step.id);
}

const delayPlaces = {
  dlast: withTool("delay", (turn, view, step, given) => setDelay(turn, view, step, need(given))),
  dunit: withTool("delay", async (turn, view, step, given) => {
    const unit = (["minutes", "hours", "days"] as const).find((one) => one === given);
    if (unit === undefined || step.how.kind !== "for") return stale(turn, "step", view.id, step.id);
    await saved(turn, await change(turn, view, { do: "setDelay", step: step.id, how: { ...step.how, unit } }), step.id);
  }),
  /** From a field: a moment (u) or a number of units (f). */
  dfield: withTool("delay", async (turn, view, step, which) => {
    const { how } = step;
    const wanted =
      which === "u"
        ? how.kind === "until"
          ? how
          : { kind: "until" as const, moment: "" }
        : how.kind === "for" && typeof how.amount === "string"
          ? how
          : { kind: "for" as const, amount: "", unit: how.kind === "for" ? how.unit : ("hours" as const) };
    const fresh = wanted === how ? view : await change(turn, view, { do: "setDelay", step: step.id, how: wanted });
    const now = await stepIn(turn, fresh, step.id);
    if (now !== null) await openOwn(turn, fresh, now, which === "u" ? "moment" : "amount");
  }),
};

// ---- set values

const withKept = (then: ToolPlace<{ readonly step: SetStep; readonly at: number; readonly one: KeptValue }>) =>
  withTool("set", async (turn, view, step, token, ...args) => {
    const at = indexOf(token, keptKeys(step));
    const one = at === null ? undefined : step.values[at];
    if (at === null || one === undefined) return stale(turn, "step", view.id, step.id);
    await then(turn, view, { step, at, one }, ...args);
  });

async function keep(turn: Turn, view: BundleView, step: SetStep, values: readonly KeptValue[]): Promise<BundleView> {
  return change(turn, view, { do: "setKept", step: step.id, values });
}

async function showKept(turn: Turn, view: BundleView, id: string, at: number): Promise<void> {
  const step = await stepIn(turn, view, id);
  if (step === null) return;
  if (step.kind !== "set" || step.values[at] === undefined) return showTool(turn, view, step);
  await turn.show(keptScreen(lookOf(turn), { view, sources: await sourcesOf(turn, view, step) }, step, at));
}

function freshName(step: SetStep, typed: string, except?: number): string {
  const name = typed.replace(/[{}]/g, "").replace(/\s+/g, " ").trim();
  if (name === "" || name.length > LONGEST_NAME) throw refusal((t) => t.tools.set.longName);
  if (step.values.some((one, at) => at !== except && one.name.toLowerCase() === name.toLowerCase()))
    throw refusal((t) => t.tools.set.twice(cut(name, 60)));
  return name;
}

const setPlaces = {
  kept: withKept((turn, view, { step, at }) => showKept(turn, view, step.id, at)),
  kadd: withTool("set", async (turn, view, step) => {
    if (step.values.length >= MOST_VALUES) throw refusal((t) => t.tools.set.full);
    const screen = { text: lines(turn.t.tools.set.addAsk), keyboard: [[backTo(turn, view, step)]] };
    await turn.ask({ answer: "keptName", args: [view.id, step.id], longest: LONGEST_NAME, screen });
  }),
  khow: withKept(async (turn, view, { step, at, one }, given) => {
    const how = (["set", "add", "get", "remove"] as const).find((each) => each === given);
    if (how === undefined) return stale(turn, "step", view.id, step.id);
    const values = step.values.map((each, i) => (i === at ? { ...one, how } : each));
    await showKept(turn, await keep(turn, view, step, values), step.id, at);
  }),
  kname: withKept(async (turn, view, { step, at, one }) => {
    const screen = {
      text: lines(turn.t.tools.set.renameAsk(cut(one.name, 60))),
      keyboard: [[backTo(turn, view, step)]],
    };
    await turn.ask({ answer: "keptRename", args: [view.id, step.id, String(at)], longest: LONGEST_NAME, screen });
  }),
  kdrop: withKept(async (turn, view, { step, at }) =>
    saved(turn, await keep(turn, view, step, step.values.toSpliced(at, 1)), step.id),
  ),
  kkeep: withTool("set", async (turn, view, step, given) => {
    const where = (["run", "bundle", "workspace"] as const).find((one) => one === given);
    if (where === undefined) return stale(turn, "step", view.id, step.id);
    await saved(turn, await change(turn, view, { do: "setKept", step: step.id, keep: where }), step.id);
  }),
  klife: withTool("set", async (turn, view, step) => {
    const words = turn.t.tools.set;
    const place = ["klifes", view.id, step.id] as const;
    const screen = lastingScreen(lookOf(turn), { head: words.lifetimeAsk, place, back: to("step", view.id, step.id) }, [
      { text: words.forever, data: to(...place, "ever") },
    ]);
    await turn.ask({ answer: "keptLife", args: [view.id, step.id], longest: 60, screen });
  }),
  klifes: withTool("set", async (turn, view, step, given) => {
    const lifetime = given === "ever" ? null : lasting(need(given));
    await saved(turn, await change(turn, view, { do: "setKept", step: step.id, lifetime }), step.id);
  }),
};

// ---- approval

async function setApproval(
  turn: Turn,
  view: BundleView,
  step: ApprovalStep,
  set: Partial<Pick<ApprovalStep, "who" | "deadline" | "otherwise" | "onNo">>,
): Promise<void> {
  await saved(turn, await change(turn, view, { do: "setApproval", step: step.id, ...set }), step.id);
}

const approvalPlaces = {
  awho: withTool("approval", async (turn, view, step) => {
    const words = turn.t.tools.approval;
    const members = await turn.engine.team.members(turn.member.scope);
    const row = (id: string, name: string, isNow: boolean): Button[] => [
      { text: `${isNow ? "✓ " : ""}${cut(name, 50)}`, data: to("awhos", view.id, step.id, id) },
    ];
    await turn.show({
      text: lines(words.whoAsk),
      keyboard: [
        row("any", words.anybody, step.who === null),
        ...members.slice(0, 40).map(({ id, name }) => row(id, name, step.who === id)),
        [backTo(turn, view, step)],
      ],
    });
  }),
  awhos: withTool("approval", async (turn, view, step, given) => {
    const isKnown = given === "any" || (await membersOf(turn)).has(need(given));
    if (!isKnown) return stale(turn, "awho", view.id, step.id);
    await setApproval(turn, view, step, { who: given === "any" ? null : need(given) });
  }),
  adead: withTool("approval", async (turn, view, step) => {
    const screen = lastingScreen(lookOf(turn), {
      head: turn.t.tools.approval.deadlineAsk,
      place: ["adeads", view.id, step.id],
      back: to("step", view.id, step.id),
    });
    await turn.ask({ answer: "approvalDeadline", args: [view.id, step.id], longest: 60, screen });
  }),
  adeads: withTool("approval", (turn, view, step, given) =>
    setApproval(turn, view, step, { deadline: lasting(need(given)) }),
  ),
  aelse: withTool("approval", async (turn, view, step, given) => {
    if (given !== "yes" && given !== "no") return stale(turn, "step", view.id, step.id);
    await setApproval(turn, view, step, { otherwise: given });
  }),
  ano: withTool("approval", async (turn, view, step) =>
    turn.show(
      targetsScreen(lookOf(turn), {
        view,
        step,
        head: turn.t.tools.approval.onNoAsk,
        choose: (target) => to("anos", view.id, step.id, target),
        first: [],
        withNext: true,
        back: to("step", view.id, step.id),
      }),
    ),
  ),
  anos: withTool("approval", async (turn, view, step, target) => {
    const isKnown = target === "next" || target === "end" || stepNumber(view.body, need(target)) > 1;
    if (!isKnown) return stale(turn, "step", view.id, step.id);
    await setApproval(turn, view, step, { onNo: need(target) });
  }),
};

/** An answer to a question about a tool that may have gone meanwhile. */
const answering =
  <K extends Step["kind"]>(
    kind: K,
    then: (
      turn: Turn,
      view: BundleView,
      step: Extract<Step, { kind: K }>,
      text: string,
      rest: string[],
    ) => Promise<void>,
  ) =>
  (turn: Turn, text: string, id?: string, stepId?: string, ...rest: string[]): Promise<void> =>
    withTool(kind, (_, view, step) => then(turn, view, step, text, rest))(turn, id, stepId);

export const tools: Handlers = {
  places: {
    toolview: async (turn, id, stepId) => {
      const view = await load(turn, id);
      const step = await stepIn(turn, view, stepId);
      if (step?.kind === "action") return turn.go("step", view.id, step.id);
      if (step !== null) await showTool(turn, view, step);
    },
    ...loopPlaces,
    ...delayPlaces,
    ...setPlaces,
    ...approvalPlaces,
  },
  answers: {
    loopLimit: answering("loop", setLimit),
    delayText: answering("delay", setDelay),
    keptName: answering("set", async (turn, view, step, text) => {
      if (step.values.length >= MOST_VALUES) throw refusal((t) => t.tools.set.full);
      const name = freshName(step, text);
      const fresh = await keep(turn, view, step, [...step.values, { name, how: "set" }]);
      await showKept(turn, fresh, step.id, step.values.length);
    }),
    keptRename: answering("set", async (turn, view, step, text, [place]) => {
      const at = Number(place);
      const name = freshName(step, text, at);
      if (step.values[at] === undefined) return showTool(turn, view, step);
      const values = step.values.map((one, i) => (i === at ? { ...one, name } : one));
      await showKept(turn, await keep(turn, view, step, values), step.id, at);
    }),
    keptLife: answering("set", async (turn, view, step, text) =>
      saved(turn, await change(turn, view, { do: "setKept", step: step.id, lifetime: lasting(text) }), step.id),
    ),
    approvalText: answering("approval", async (turn, view, step, text) => {
      const opened = await openStep(turn, view.id, step.id);
      const line = opened?.mapping[0];
      if (line === undefined) return;
      const field = await openField(turn, view.id, step.id, fieldToken({ line, index: 0 }));
      if (field !== null) await putTyped(turn, field, text);
    }),
    approvalDeadline: answering("approval", (turn, view, step, text) =>
      setApproval(turn, view, step, { deadline: lasting(text) }),
    ),
  },
};
