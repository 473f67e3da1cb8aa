/** How a bundle stands: one decision from which every line and button about its state is made, so that none contradicts another. */
import type { BundleView } from "../../engine/index.ts";
import { moment } from "../texts/words.ts";
import { cut, type Piece } from "./lay.ts";
import { type Look, triggerOf } from "./titles.ts";

export interface Standing {
  /** What it does now. */
  readonly line: string;
  /** Unpublished changes: what becomes of them. */
  readonly drafted: string | null;
  readonly held: string | null;
  /** How and when the next events come. */
  readonly coming: string | null;
  /** What is wrong, each with its heading. */
  readonly troubles: readonly (readonly Piece[])[];
  /** A deleted connection has to be replaced first. */
  readonly needsOther: boolean;
}

const WEEK_MS = 7 * 24 * 3_600_000;

/** Deleted, and the newest version still names it. */
const isGone = ({ state, pausedBy, body }: BundleView): boolean =>
  state === "paused" && pausedBy?.by === "connection" && JSON.stringify(body).includes(pausedBy.connection);

export function standing(
  look: Look,
  view: BundleView,
  { timeZone, now }: { readonly timeZone: string; readonly now: Date },
): Standing {
  const words = look.t.card;
  const { blocked, hook, nextPollAt, triggerFailure } = view;
  // Behind a dead key nothing is asked or subscribed: what failed there has that one cause.
  const runs = view.state === "active" && blocked === undefined;
  const refused = runs ? hook?.refused : undefined;
  const failed = runs ? triggerFailure : null;
  const isLive = runs && hook?.subscribed === true && refused === undefined;
  const isPolled = triggerOf(look, view.body)?.poll !== undefined;
  const isDeaf = !isLive && (failed !== null || (refused !== undefined && !isPolled));
  const time = (at: Date) => moment(look.locale, timeZone, at, now);
  const name = cut(blocked?.name ?? "", 60);
  const troubles: Piece[][] = [];
  if (blocked !== undefined && view.state !== "active") troubles.push([words.mendFirst(name)]);
  if (failed) troubles.push([`⚠️ ${words.pollFailed}`, cut(failed.sentence[look.locale], 300)]);
  if (refused)
    troubles.push([
      `⚠️ ${isPolled ? words.notSubscribedPolled : words.notSubscribed}`,
      cut(refused.sentence[look.locale], 300),
      ...(hook?.retryAt ? [words.subscribeAgain(time(hook.retryAt))] : []),
    ]);
  // Nobody reads the sender's log; what was refused long ago is of no use to anybody, either.
  const lost = view.refused?.last;
  if (view.refused && lost && now.getTime() - lost.at.getTime() < WEEK_MS)
    troubles.push([`⚠️ ${words.refused(view.refused.count, time(lost.at))}`, cut(lost.why[look.locale], 300)]);
  return {
    line:
      view.state === "draft"
        ? words.state.draft
        : view.state === "paused"
          ? pausedLine(look, view)
          : blocked !== undefined
            ? words.blocked(name)
            : isDeaf
              ? words.state.deaf
              : words.state.active,
    drafted: !view.hasDraft || view.state === "draft" ? null : words.drafted[view.state],
    held: view.held > 0 ? words.held(view.held) : null,
    coming: isLive ? words.live : runs && nextPollAt !== null ? words.nextPoll(time(nextPollAt)) : null,
    troubles,
    needsOther: isGone(view),
  };
}

function pausedLine(look: Look, view: BundleView): string {
  const words = look.t.card.state;
  const by = view.pausedBy?.by ?? "person";
  const why = by === "connection" && !isGone(view) ? words.replaced : words[by];
  return view.pausedByName ? `${why} · ${cut(view.pausedByName, 40)}` : why;
}
