/** Repeating a run: what it would do, other data for it, and runs found by a value. */
import { FormattedString } from "@grammyjs/parse-mode";
import type { Field, Locale, RetryPreview, RunSummary, RunView } from "../../engine/index.ts";
import { to } from "../callback.ts";
import { type Changes, keyOf, type Leaf, leavesOf } from "../eventedit.ts";
import type { Button, Screen } from "../parts.ts";
import { token } from "../short.ts";
import type { Texts } from "../texts/index.ts";
import { short } from "../texts/words.ts";
import { turner } from "./connections.ts";
import { runLabel, type Zone } from "./history.ts";
import { lines, page as pageOf, pager } from "./lay.ts";

const MOST_STEPS = 25;
const FIELDS = 8;

/** Where a repeat begins, as its buttons say it. */
export type From = "start" | "event" | "step" | "failed";
export interface How {
  readonly from: From;
  readonly step: string;
  readonly version: "own" | "newest" | "-";
}

/** What a repeat would do, before anything is done. */
export function previewScreen(t: Texts, locale: Locale, run: RunView, how: How, preview: RetryPreview): Screen {
  const words = t.history.replay;
  const { choose, elements } = preview;
  const first = preview.steps[0]?.number ?? 0;
  const isTwice = preview.steps.some((one) => one.wasDone && one.isUnsafe);
  const again = (version: How["version"]) => to("againyes", run.id, how.from, how.step || "-", version);
  const title = how.from === "step" || how.from === "failed" ? words.fromStep(first) : words[how.from];
  const yes: Button[][] = choose
    ? [
        [{ text: words.inOwn(choose.own), data: again("own"), style: "primary" }],
        [{ text: words.fromStartInNewest(choose.newest), data: to("again", run.id, "start", "-", "-") }],
      ]
    : [[{ text: words.yes, data: again(how.version), style: isTwice ? "danger" : "primary" }]];
  return {
    text: lines(
      title,
      "",
      preview.steps.length === 0 ? words.nothing : words.willRun,
      preview.steps.slice(0, MOST_STEPS).map((one) => {
        const mark = one.wasDone ? (one.isUnsafe ? words.twice : words.again) : "";
        return `${one.number}. ${short(one.title[locale], 60)}${mark === "" ? "" : ` · ${mark}`}`;
      }),
      preview.steps.length > MOST_STEPS && `… +${preview.steps.length - MOST_STEPS}`,
      elements !== undefined && ["", words.elements(elements.slice(0, 20).join(", "))],
      isTwice && ["", words.twiceExplained],
      choose !== undefined && ["", words.choose],
    ),
    keyboard: [...yes, [{ text: t.home.back, data: to(how.from === "event" ? "evedit" : "runview", run.id) }]],
  };
}

/** The event's values as buttons; a changed one is marked. */
export function eventScreen(
  t: Texts,
  locale: Locale,
  run: RunView,
  { fields, changes, page }: { fields: readonly Field[]; changes: Changes; page: string | undefined },
): Screen {
  const words = t.history.replay;
  const all = leavesOf(run.event);
  const keys = all.map(({ path }) => keyOf(path));
  const shown = pageOf(all, page, FIELDS);
  const count = keys.filter((key) => Object.hasOwn(changes, key)).length;
  return {
    text: lines(words.editTitle, "", words.editAbout, count > 0 && ["", words.changed(count)]),
    keyboard: [
      ...shown.items.map((leaf, at): Button[] => {
        const key = keyOf(leaf.path);
        const isChanged = Object.hasOwn(changes, key);
        const value = isChanged ? (changes[key] ?? null) : leaf.value;
        const text = `${isChanged ? "✏️ " : ""}${leafName(locale, fields, leaf)} · ${valueText(t, value)}`;
        return [{ text: short(text, 60), data: to("evfield", run.id, token(shown.from + at, key)) }];
      }),
      ...pager(shown, "evedit", run.id),
      ...(count > 0
        ? [
            [{ text: words.withThis, data: to("again", run.id, "event", "-", "-"), style: "primary" as const }],
            [{ text: words.reset, data: to("evreset", run.id) }],
          ]
        : []),
      [{ text: t.home.back, data: to("runview", run.id) }],
    ],
  };
}

/** Asks for one value of the event. */
export function eventFieldScreen(
  t: Texts,
  run: RunView,
  { name, value, data }: { name: string; value: Leaf["value"]; data: string },
): Screen {
  const words = t.history.replay;
  return {
    text: lines(words.askValue(name), "", words.now(short(valueText(t, value), 300))),
    keyboard: [
      ...(value === "" || value === null || typeof value === "boolean"
        ? []
        : [[{ text: words.empty, data: to("evclear", run.id, data) }]]),
      [{ text: t.home.back, data: to("evedit", run.id) }],
    ],
  };
}

/** A value's name: that of the field it belongs to, with the rest of its path. */
export function leafName(locale: Locale, fields: readonly Field[], { path }: Leaf): string {
  for (let end = path.length; end > 0; end--) {
    const key = path.slice(0, end).join(".");
    const field = fields.find((one) => one.key === key);
    if (field) return [field.label[locale], ...path.slice(end).map(human)].join(" · ");
  }
  return path.map(human).join(" · ");
}
const human = (part: string | number): string => (typeof part === "number" ? String(part + 1) : part);

const valueText = (t: Texts, value: Leaf["value"]): string =>
  value === null || value === ""
    ? t.history.replay.isEmpty
    : typeof value === "boolean"
      ? t.history[value ? "yes" : "no"]
      : String(value);

/** Asks what to look for. */
export function searchScreen(t: Texts, bundle: string): Screen {
  return {
    text: new FormattedString(t.history.replay.searchAsk),
    keyboard: [[{ text: t.home.back, data: to("history", bundle) }]],
  };
}

/** Runs in which the words were found; typing others searches anew. */
export function foundScreen(
  t: Texts,
  zone: Zone,
  { bundle, words, page }: { bundle: string; words: string; page: number },
  { runs, more }: { runs: readonly RunSummary[]; more: boolean },
): Screen {
  const replay = t.history.replay;
  return {
    text: lines(replay.found(short(words, 60)), "", runs.length === 0 ? replay.foundNothing : t.history.tap),
    keyboard: [
      ...runs.map((run): Button[] => [{ text: runLabel(t, zone, run, bundle === "all"), data: to("runview", run.id) }]),
      ...turner((at) => to("found", bundle, at), page, more),
      [{ text: t.home.back, data: to("history", bundle) }],
    ],
  };
}
