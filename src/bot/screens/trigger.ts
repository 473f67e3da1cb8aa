/** The trigger of a bundle in the making: its sample, or how to get one. */
import type { BundleView, Failure, Locale, Sample, SourceField } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Button, Screen } from "../parts.ts";
import { bold, code, cut, italic, join, lines, type Piece } from "./lay.ts";
import { shownAs } from "./shown.ts";
import { type Look, serviceName, triggerOf, triggerTitle } from "./titles.ts";

const SHOWN_FIELDS = 10;

export interface TriggerModel {
  readonly view: BundleView;
  readonly account: string | null;
  readonly sample: Sample | null;
  /** The trigger's fields with their values on the sample. */
  readonly fields: readonly SourceField[];
  readonly failure?: Failure | undefined;
  /** Rows under the sample: what to do next. */
  readonly next: readonly (readonly Button[])[];
  readonly nextHead?: string;
}

export function triggerHead(look: Look, view: BundleView, account: string | null): Piece[] {
  const words = look.t.builder.trigger;
  const [service = "", event = ""] = (triggerTitle(look, view.body) ?? "").split(" · ");
  return [bold(words.when(service, event)), ...(account ? [words.account(cut(account, 60))] : [])];
}

/** What the sample holds, the filled fields first; the rest is counted. */
export function sampleLines(look: Look, fields: readonly SourceField[], most = SHOWN_FIELDS): Piece[] {
  const filled = fields.filter((one) => one.shown !== null && one.shown !== "");
  const rest = filled.length - most;
  return [
    ...filled
      .slice(0, most)
      .map((one) =>
        join(
          "  ",
          `${cut(one.field.label[look.locale], 40)}: `,
          bold(cut(shownAs(look, one.shown ?? "", one.field.kind), 50)),
        ),
      ),
    ...(rest > 0 ? [`  ${look.t.builder.trigger.moreFields(rest)}`] : []),
  ];
}

export const failureWords = (failure: Failure, locale: Locale): Piece[] => [
  failure.sentence[locale],
  ...(failure.own ? [italic(cut(failure.own, 300))] : []),
];

/** Trigger chosen and connected, sample at hand: shows it and goes on. */
export function triggerScreen(look: Look, model: TriggerModel): Screen {
  const { view, sample } = model;
  const words = look.t.builder.trigger;
  const trigger = triggerOf(look, view.body);
  const settings: Button[] = [
    ...(trigger && trigger.options.length > 0 ? [{ text: words.options, data: to("step", view.id, "trigger") }] : []),
    { text: words.other, data: to("tsvc", view.id) },
  ];
  if (sample === null) return waitingScreen(look, model, settings);
  return {
    text: lines(
      ...triggerHead(look, view, model.account),
      "",
      ...(model.failure ? [words.askFailed, ...failureWords(model.failure, look.locale), ""] : []),
      // Without an account there is nothing that could be empty, and nobody knows whether one that didn't answer is.
      sample.from !== "declared"
        ? words.sampleFrom[sample.from]
        : model.failure
          ? words.sampleMadeUp
          : view.body.trigger?.connection === null
            ? words.sampleAlike
            : words.sampleFrom.declared,
      ...sampleLines(look, model.fields),
      model.nextHead !== undefined && "",
      model.nextHead,
    ),
    keyboard: [
      ...mendRow(look, model),
      ...model.next,
      ...(trigger?.poll
        ? [
            [
              { text: words.otherSample, data: to("fetch", view.id) },
              ...(isByHand(trigger.hook) && view.address ? [{ text: words.hook, data: to("hook", view.id) }] : []),
            ],
          ]
        : trigger?.hook
          ? [[{ text: words.oneMore, data: to("fetch", view.id) }]]
          : []),
      settings,
    ],
  };
}

/** The way to an account that didn't answer, and back here. */
const mendRow = (look: Look, { view, failure }: TriggerModel): Button[][] =>
  failure && view.body.trigger?.connection
    ? [[{ text: look.t.card.mendConnection, data: to("tfix", view.id), style: "primary" }]]
    : [];

/** A person may have to paste the address: nobody, or not for every connection, subscribes by itself. */
export const isByHand = (hook: { readonly subscribe?: unknown; readonly byHandToo?: boolean } | undefined): boolean =>
  hook !== undefined && (hook.subscribe === undefined || hook.byHandToo === true);

/** The address that the person pastes at the service, and how. */
function addressLines(look: Look, view: BundleView): Piece[] {
  const words = look.t.builder.trigger;
  const hook = triggerOf(look, view.body)?.hook;
  if (hook && !isByHand(hook)) return [words.subscribed];
  const how = hook?.steps ?? [];
  return [
    ...(view.address ? [words.address, code(view.address)] : [words.noAddress]),
    ...(how.length > 0 ? ["", words.steps, ...how.map((step, i) => `${i + 1}. ${step[look.locale]}`)] : []),
  ];
}

const copyRow = (look: Look, view: BundleView): Button[][] =>
  view.address !== null && view.address.length <= 256 && isByHand(triggerOf(look, view.body)?.hook)
    ? [[{ text: look.t.builder.trigger.copyAddress, copy: view.address }]]
    : [];

/** `back`: where it was asked for. */
export function hookScreen(look: Look, view: BundleView, back: "trigger" | "cmore" = "trigger"): Screen {
  return {
    // Without a poll there is no other way than this address.
    text: lines(
      ...(triggerOf(look, view.body)?.poll ? [look.t.builder.trigger.hookAbout, ""] : []),
      ...addressLines(look, view),
    ),
    keyboard: [...copyRow(look, view), [{ text: look.t.builder.back, data: to(back, view.id) }]],
  };
}

function waitingScreen(look: Look, model: TriggerModel, settings: Button[]): Screen {
  const { view } = model;
  const words = look.t.builder.trigger;
  const trigger = triggerOf(look, view.body);
  const made: Button[] = [{ text: words.useDeclared, data: to("made", view.id) }];
  const head = triggerHead(look, view, model.account);
  if (trigger?.hook && !trigger.poll) {
    return {
      text: lines(...head, "", ...addressLines(look, view), "", words.waiting),
      keyboard: [
        ...copyRow(look, view),
        [{ text: look.t.builder.refresh, data: to("trigger", view.id) }, ...made],
        settings,
      ],
    };
  }
  return {
    text: lines(
      ...head,
      "",
      ...(model.failure ? [words.askFailed, ...failureWords(model.failure, look.locale)] : [words.noSample]),
    ),
    keyboard: [...mendRow(look, model), [{ text: words.askNow, data: to("fetch", view.id) }], made, settings],
  };
}

/** While the service is asked. */
export const askingScreen = (look: Look, view: BundleView): Screen => ({
  text: lines(look.t.builder.trigger.asking(serviceName(look, view.body.trigger?.connector ?? ""))),
  keyboard: [],
  passing: true,
});
