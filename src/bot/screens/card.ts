/** The card of a bundle: what it does, how it goes, and everything that can be done with it. */
import type { BundleView, RunState } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Button, Screen } from "../parts.ts";
import { moment } from "../texts/words.ts";
import { hasHours } from "./hours.ts";
import { bold, code, cut, grid, lines, type Piece } from "./lay.ts";
import { migrationLine } from "./migration.ts";
import { type Standing, standing } from "./standing.ts";
import { type Outline, outline } from "./steps.ts";
import { type Look, serviceName, triggerOf } from "./titles.ts";
import { isByHand } from "./trigger.ts";
import { sayHours } from "./when.ts";

const DOT: Readonly<Record<RunState, string>> = {
  succeeded: "🟢",
  failed: "🔴",
  unknown: "🟠",
  waiting: "🟡",
  running: "🔵",
  queued: "🔵",
  cancelled: "⚪️",
};

export interface CardModel extends Outline {
  readonly timeZone: string;
  readonly now: Date;
  /** A word above the card: what has just been done. */
  readonly word?: string | undefined;
}

export const periodOf = (look: Look, view: BundleView): number =>
  view.body.trigger?.everyMinutes ?? triggerOf(look, view.body)?.poll?.everyMinutes ?? 5;

export function cardScreen(look: Look, model: CardModel): Screen {
  const { view } = model;
  const words = look.t.card;
  const runs = [...view.lastRuns].reverse();
  const stand = standing(look, view, model);
  return {
    text: lines(
      model.word !== undefined && [model.word, ""],
      bold(look.t.builder.steps.title(view.number, cut(view.name, 100))),
      stand.line,
      stand.drafted,
      "",
      ...outline(look, model),
      "",
      ...(runs.length > 0
        ? [`${words.lastRuns} ${runs.map((state) => DOT[state]).join("")}`, words.counts(view.counts)]
        : view.state === "draft"
          ? []
          : [words.noRuns]),
      stand.held,
      view.body.trigger?.hours !== undefined && `🕘 ${sayHours(look.t, view.body.trigger.hours)}`,
      stand.coming,
      migrationLine(look, view),
      ...stand.troubles.flatMap((trouble): Piece[] => ["", ...trouble]),
      ...addressLines(look, view),
    ),
    keyboard: keyboard(look, view, stand),
    card: view.id,
  };
}

/** What the service was told by us needs nobody to paste it. */
const isPasted = (look: Look, view: BundleView): boolean =>
  isByHand(triggerOf(look, view.body)?.hook) && view.hook?.subscribed !== true;

/** The address itself where nothing comes without it; where there is a poll too, what pasting it would bring. */
function addressLines(look: Look, view: BundleView): Piece[] {
  const words = look.t.card;
  if (view.address === null || !isPasted(look, view)) return [];
  if (!triggerOf(look, view.body)?.poll) return ["", words.address, code(view.address)];
  return ["", words.addressWhy(serviceName(look, view.body.trigger?.connector ?? ""))];
}

function keyboard(look: Look, view: BundleView, { needsOther }: Standing): Button[][] {
  const words = look.t.card;
  const at = (place: string, ...args: (string | number)[]) => to(place, view.id, ...args);
  const drafted = view.hasDraft && view.state !== "draft";
  const go = view.state === "draft" ? words.start : words.resume;
  const main: Button =
    view.state === "active"
      ? { text: words.pause, data: at("pause") }
      : { text: go, data: at("resume"), ...(needsOther ? {} : { style: "success" as const }) };
  const copyable = view.address !== null && view.address.length <= 256 && isPasted(look, view);
  // Any service may send to a webhook of our own.
  const giver = look.catalogue.connector(view.body.trigger?.connector ?? "");
  const service = giver === undefined || giver.core === true ? null : cut(giver.name[look.locale], 30);
  return [
    ...(needsOther ? [[{ text: words.swap, data: at("swap"), style: "primary" } satisfies Button]] : []),
    ...(view.blocked
      ? [[{ text: words.mendConnection, data: to("connmend", view.blocked.id), style: "primary" } satisfies Button]]
      : []),
    ...(drafted
      ? [
          // Paused, its start publishes them.
          ...(view.state === "active"
            ? [[{ text: words.publish, data: at("pub"), style: "success" } satisfies Button]]
            : []),
          [{ text: words.discard, data: at("disc") } satisfies Button],
        ]
      : []),
    // Of a draft "now" would be the dry run, which has a button of its own.
    view.state === "draft" ? [main] : [main, { text: words.runNow, data: at("run") }],
    [
      { text: words.edit, data: at("steps") },
      { text: words.check, data: at("dry") },
    ],
    [
      { text: words.history, data: at("history") },
      { text: words.more, data: at("cmore") },
    ],
    ...(copyable && view.address !== null
      ? [[{ text: words.copyAddress(service), copy: view.address } satisfies Button]]
      : []),
    [{ text: look.t.builder.back, data: to("bundles") }],
  ];
}

/** What is done seldom. `copy` names one pressing of the copy button. */
export function moreOfCard(
  look: Look,
  model: CardModel & {
    readonly copy: string;
    /** Somebody here can draw. */
    readonly pictures?: boolean;
  },
): Screen {
  const { view } = model;
  const words = look.t.card;
  const trigger = triggerOf(look, view.body);
  const at = (place: string, ...args: (string | number)[]) => to(place, view.id, ...args);
  const repeats = view.body.trigger?.repeats ?? trigger?.repeats ?? "once";
  const order = view.body.order ?? "record";
  const row = (...given: (Button | false)[]): Button[][] => {
    const shown = given.filter((one) => one !== false);
    return shown.length > 0 ? [shown] : [];
  };
  return {
    text: lines(
      model.word !== undefined && [model.word, ""],
      bold(look.t.builder.steps.title(view.number, cut(view.name, 100))),
      standing(look, view, model).line,
      view.body.trigger?.hours !== undefined && `🕘 ${sayHours(look.t, view.body.trigger.hours)}`,
      migrationLine(look, view),
      view.polledAt !== null && words.polled(moment(look.locale, model.timeZone, view.polledAt, model.now)),
    ),
    keyboard: [
      ...row({ text: words.rename, data: at("rename") }, { text: words.copy, data: at("copy", model.copy) }),
      ...row(
        { text: words.filter, data: at("cond", "trigger") },
        hasHours(look, view) && { text: look.t.hours.button, data: at("hours") },
      ),
      ...row(trigger?.poll !== undefined && { text: words.everyMinutes(periodOf(look, view)), data: at("every") }),
      ...row(
        trigger !== undefined && {
          text: words.repeats[repeats],
          data: at("rep", repeats === "once" ? "every" : "once"),
        },
      ),
      ...row({ text: look.t.tools.order[order], data: at("order", order === "strict" ? "record" : "strict") }),
      ...row(view.migrates !== undefined && { text: look.t.migration.button, data: at("mig") }),
      ...row(
        { text: look.t.editing.versions, data: at("vers") },
        model.pictures === true && { text: words.picture, data: at("picture") },
      ),
      ...row({ text: words.export, data: at("export") }, { text: words.share, data: at("share") }),
      ...row(view.address !== null && { text: words.addressButton, data: at("hook", "m") }),
      ...row({ text: words.remove, data: at("del"), style: "danger" }),
      ...row({ text: look.t.builder.back, data: at("card") }),
    ],
  };
}

export function periodScreen(look: Look, view: BundleView): Screen {
  const words = look.t.card;
  const now = periodOf(look, view);
  const minutes = [1, 5, 15, 30, 60, 180, 720, 1440];
  return {
    text: lines(words.everyTitle(now)),
    keyboard: [
      ...grid(
        minutes.map(
          (n): Button => ({ text: `${n === now ? "✓ " : ""}${words.every(n)}`, data: to("everys", view.id, n) }),
        ),
        2,
      ),
      [{ text: look.t.builder.back, data: to("cmore", view.id) }],
    ],
  };
}

/** A yes-or-no question. */
export function askScreen(
  look: Look,
  asked: string,
  yes: { readonly text: string; readonly data: string; readonly style?: "danger" | "success" },
  no: string,
): Screen {
  return { text: lines(asked), keyboard: [[yes, { text: look.t.builder.cancel, data: no }]] };
}

/** Deliveries that came during the pause: run them or forget them. */
export function heldScreen(look: Look, view: BundleView): Screen {
  const words = look.t.card;
  return {
    text: lines(words.heldAsk(view.held)),
    keyboard: [
      [
        { text: words.heldRun, data: to("resume", view.id, "run"), style: "success" },
        { text: words.heldForget, data: to("resume", view.id, "forget"), style: "danger" },
      ],
      [{ text: look.t.builder.cancel, data: to("card", view.id) }],
    ],
  };
}
