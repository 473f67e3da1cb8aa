/** Publishing with what it changes, and the versions that were published before. */
import type { BundleView, Text, VersionView } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Button, Screen } from "../parts.ts";
import { moment } from "../texts/words.ts";
import { bold, cut, italic, lines, type Piece, page, pager } from "./lay.ts";
import type { Look } from "./titles.ts";

const MOST_SHOWN = 20;

function differences(look: Look, all: readonly Text[]): Piece[] {
  const rest = all.length - MOST_SHOWN;
  return [
    ...all.slice(0, MOST_SHOWN).map((one) => `• ${cut(one[look.locale], 150)}`),
    ...(rest > 0 ? [look.t.editing.andMore(rest)] : []),
  ];
}

/** What publishing would change. The revision travels along: what is published is what was shown. */
export function publishScreen(look: Look, view: BundleView, changes: readonly Text[]): Screen {
  const words = look.t.editing;
  return {
    text: lines(
      bold(words.publishTitle),
      "",
      ...(changes.length === 0 ? [words.noChanges] : differences(look, changes)),
    ),
    keyboard: [
      [{ text: words.publishYes, data: to("pubyes", view.id, view.revision), style: "success" }],
      [
        { text: look.t.card.edit, data: to("steps", view.id) },
        { text: look.t.card.discard, data: to("disc", view.id) },
      ],
      [{ text: look.t.builder.back, data: to("card", view.id) }],
    ],
  };
}

export function versionsScreen(
  look: Look,
  view: BundleView,
  versions: readonly VersionView[],
  wanted: string | undefined,
): Screen {
  const words = look.t.editing;
  const shown = page(versions, wanted);
  const line = (one: VersionView): string =>
    cut(
      words.versionLine(
        one.version,
        moment(look.locale, look.timeZone, one.publishedAt),
        one.by === null ? null : cut(one.by, 20),
        one.isLive,
      ) + (one.sameAs === undefined ? words.versionChanges(one.changes) : words.versionSame(one.sameAs)),
      64,
    );
  return {
    text: lines(bold(words.versionsTitle), versions.length === 0 && words.versionsNone),
    keyboard: [
      ...shown.items.map((one): Button[] => [{ text: line(one), data: to("ver", view.id, one.version) }]),
      ...pager(shown, "vers", view.id),
      [{ text: look.t.builder.back, data: to("cmore", view.id) }],
    ],
  };
}

/** One version against the live one. */
export function versionScreen(look: Look, view: BundleView, one: VersionView, changes: readonly Text[]): Screen {
  const words = look.t.editing;
  return {
    text: lines(
      bold(words.versionTitle(one.version)),
      words.versionLine(one.version, moment(look.locale, look.timeZone, one.publishedAt), one.by, one.isLive),
      "",
      one.isLive ? words.versionIsLive : changes.length === 0 ? words.versionAlike : words.versionDiffers,
      ...differences(look, one.isLive ? [] : changes),
      !one.isLive && view.hasDraft && "",
      !one.isLive && view.hasDraft && italic(words.versionKept),
    ),
    keyboard: [
      ...(one.isLive || changes.length === 0
        ? []
        : [
            [
              {
                text: words.versionBack(one.version),
                data: to("verback", view.id, one.version, view.version),
                style: "primary",
              } satisfies Button,
            ],
          ]),
      [{ text: look.t.builder.back, data: to("vers", view.id) }],
    ],
  };
}
