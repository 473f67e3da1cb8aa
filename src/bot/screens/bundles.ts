/** The list of bundles, and the choice among them for a command. */
import type { BundleSummary } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Button, Screen } from "../parts.ts";
import { short } from "../texts/words.ts";
import { bold, cut, lines, page, pager } from "./lay.ts";
import type { Look } from "./titles.ts";

/** Bundles that wait behind a connection whose key is dead, by id. */
export type Blocked = ReadonlySet<string>;

const isBlocked = (one: BundleSummary, blocked: Blocked): boolean => one.state === "active" && blocked.has(one.id);

const stateMark = (one: BundleSummary, blocked: Blocked): string =>
  isBlocked(one, blocked) ? "🔑" : one.state === "active" ? "🟢" : one.state === "paused" ? "⏸" : "📝";

const bundleButton = (one: BundleSummary, blocked: Blocked, place: string): Button => ({
  text: `${stateMark(one, blocked)} ${one.number} · ${short(one.name, 48)}${one.hasDraft && one.state !== "draft" ? " ✏️" : ""}`,
  data: to(place, one.id),
});

export function bundlesScreen(
  look: Look,
  all: readonly BundleSummary[],
  blocked: Blocked,
  wanted: string | undefined,
): Screen {
  const words = look.t.bundles;
  const shown = page(all, wanted);
  const below: Button[][] = [
    [{ text: words.create, data: to("new"), ...(all.length === 0 ? { style: "primary" as const } : {}) }],
    [{ text: words.home, data: to("home") }],
  ];
  if (all.length === 0) return { text: lines(words.none), keyboard: below };
  return {
    text: lines(
      bold(words.title),
      words.count(all.length),
      "",
      words.legend,
      all.some((one) => isBlocked(one, blocked)) && words.legendBlocked,
      look.t.builder.searchHint,
    ),
    keyboard: [...shown.items.map((one) => [bundleButton(one, blocked, "card")]), ...pager(shown, "bundles"), ...below],
  };
}

/** Which one is meant, for /run, /pause and /resume. */
export function whichScreen(
  look: Look,
  place: "run" | "pause" | "resume",
  fitting: readonly BundleSummary[],
  blocked: Blocked,
  typed: string,
): Screen {
  const words = look.t.bundles;
  return {
    text: lines(
      typed !== "" && fitting.every((one) => !one.name.toLowerCase().includes(typed.toLowerCase()))
        ? words.noneFits(cut(typed, 60))
        : words.which[place],
    ),
    keyboard: [
      ...fitting.slice(0, 20).map((one) => [bundleButton(one, blocked, place)]),
      ...(fitting.length > 20 ? [[{ text: words.title, data: to("bundles") }]] : []),
      [{ text: words.home, data: to("home") }],
    ],
  };
}

export function foundBundles(look: Look, fitting: readonly BundleSummary[], blocked: Blocked, typed: string): Screen {
  const word = cut(typed, 60);
  return {
    text: lines(
      fitting.length === 0 ? look.t.builder.nothingFound(word) : look.t.builder.foundFor(word),
      fitting.length > 20 && look.t.builder.moreFound(fitting.length - 20),
    ),
    keyboard: [
      ...fitting.slice(0, 20).map((one) => [bundleButton(one, blocked, "card")]),
      [{ text: look.t.builder.back, data: to("bundles") }],
    ],
  };
}
