/** The card of a bundle and what its buttons do. */
import { setTimeout as pause } from "node:timers/promises";
import type { BundleView } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Button, Handlers, Screen, Turn } from "../parts.ts";
import { askScreen, cardScreen, heldScreen, moreOfCard, periodOf, periodScreen } from "../screens/card.ts";
import { readLasting } from "../screens/lasting.ts";
import { cut, lines } from "../screens/lay.ts";
import { doorRows, mendRows, problemLines } from "../screens/problems.ts";
import { triggerOf } from "../screens/titles.ts";
import { nonce } from "../short.ts";
import { short } from "../texts/words.ts";
import { isAtRest } from "../watch.ts";
import { allSources, change, load, lookOf, need, refusal, scopeFor, scopeOnce, stale } from "./draft.ts";

/** So long the answer of a poll is waited for with the chat standing still; later ones come by themselves. */
const ASK_MS = 4_000;
const LOOK_MS = 250;

async function model(turn: Turn, view: BundleView, word?: string) {
  const { engine, member } = turn;
  const [sources, problems] = await Promise.all([
    allSources(turn, view),
    engine.bundles.problems(member.scope, view.id),
  ]);
  return { view, sources, problems, timeZone: member.timeZone, now: new Date(), word };
}

export async function showCard(turn: Turn, view: BundleView, word?: string): Promise<void> {
  await turn.show(cardScreen(lookOf(turn), await model(turn, view, word)));
}
const showAsking = async (turn: Turn, view: BundleView): Promise<void> =>
  turn.show({ ...cardScreen(lookOf(turn), await model(turn, view, turn.t.card.asking)), passing: true });

async function showMore(turn: Turn, view: BundleView, word?: string): Promise<void> {
  await turn.show(
    moreOfCard(lookOf(turn), {
      ...(await model(turn, view, word)),
      copy: nonce(),
      pictures: turn.pictures !== undefined,
    }),
  );
}

/** What keeps it from starting, each with the way there. */
export async function showProblems(turn: Turn, view: BundleView): Promise<boolean> {
  const problems = await turn.engine.bundles.problems(turn.member.scope, view.id);
  const hard = problems.filter((one) => !one.mild);
  if (hard.length === 0) return false;
  const look = lookOf(turn);
  const screen: Screen = {
    text: lines(turn.t.card.cannotStart, "", ...problemLines(look, hard)),
    keyboard: [
      ...doorRows(look, hard, 8),
      ...mendRows(look, view.id, hard),
      [{ text: turn.t.builder.back, data: to("steps", view.id) }],
    ],
  };
  await turn.show(screen);
  return true;
}

/** Starts a draft, resumes a paused bundle; asks first what to do with what came meanwhile. */
export async function start(turn: Turn, view: BundleView, held?: string): Promise<void> {
  const { card } = turn.t;
  if (view.state === "active" && !view.hasDraft) return showCard(turn, view, card.alreadyActive);
  if (await showProblems(turn, view)) return;
  if (view.state === "paused" && view.held > 0 && held !== "run" && held !== "forget")
    return turn.show(heldScreen(lookOf(turn), view));
  const choice = held === "run" || held === "forget" ? held : undefined;
  const started = await turn.engine.bundles.start(scopeFor(turn, "start"), view.id, choice);
  if (view.state === "paused")
    return showCard(turn, started, card.resumed(cut(started.name, 80), choice === "run" ? view.held : 0));
  const isPolled = triggerOf(lookOf(turn), started.body)?.poll !== undefined;
  const word = card.started(cut(started.name, 80));
  if (started.hook?.subscribed) return showCard(turn, started, `${word} ${card.startedLive}`);
  await showCard(turn, started, isPolled ? `${word} ${card.startedPoll(periodOf(lookOf(turn), started))}` : word);
}

async function runNow(turn: Turn, view: BundleView, sure: boolean): Promise<void> {
  const { card } = turn.t;
  if (view.state === "draft") return turn.go("dry", view.id);
  const trigger = triggerOf(lookOf(turn), view.body);
  if (trigger?.hook && !trigger.poll && !sure)
    return turn.show(
      askScreen(
        lookOf(turn),
        card.repeatAsk,
        { text: card.repeatYes, data: to("runyes", view.id, nonce()) },
        to("card", view.id),
      ),
    );
  // It would only be refused again, so it isn't asked.
  if (view.blocked && trigger?.poll)
    return showCard(turn, view, card.askFailed(view.blocked.failure?.sentence[turn.locale] ?? ""));
  const result = await turn.engine.bundles.runNow(scopeFor(turn, "run"), view.id);
  if (result.did === "asked") return asked(turn, view);
  await told(turn, view, result);
}

/** Says what the service answered rather than that it was asked. */
async function asked(turn: Turn, before: BundleView): Promise<void> {
  const { card } = turn.t;
  await showAsking(turn, before);
  for (const end = Date.now() + ASK_MS; ; await pause(LOOK_MS)) {
    const view = await load(turn, before.id);
    // Nobody asks for a bundle whose credential is dead; a poll under way ends all the same.
    const isRefused = view.asking === "waits" && view.blocked !== undefined;
    const isDone = view.asking === undefined || isRefused;
    if (!isDone && Date.now() < end) continue;
    // A poll that ended has had its answer, whatever a step met meanwhile.
    await showCard(turn, view, isDone ? answered(turn, view) : card.stillAsking);
    if (!isAtRest(view)) await turn.watch(view.id, "asked");
    return;
  }
}

/** What a poll that has ended brought. */
function answered({ t, locale }: Turn, view: BundleView): string {
  const failure = view.asking === "waits" && view.blocked ? view.blocked.failure : view.triggerFailure;
  return failure ? t.card.askFailed(failure.sentence[locale]) : t.card.asked;
}

async function told(turn: Turn, view: BundleView, result: Awaited<ReturnType<typeof turn.engine.bundles.runNow>>) {
  const { card } = turn.t;
  const word =
    result.did === "asked"
      ? card.asked
      : result.did === "fired"
        ? card.fired
        : result.did === "nothing"
          ? result.why[turn.locale]
          : card.repeated;
  await showCard(turn, await load(turn, view.id), word);
  if (result.did !== "nothing") await turn.watch(view.id, "");
}

const withBundle =
  (then: (turn: Turn, view: BundleView, ...args: (string | undefined)[]) => Promise<void>) =>
  async (turn: Turn, id?: string, ...args: string[]): Promise<void> =>
    then(turn, await load(turn, id), ...args);

export const card: Handlers = {
  places: {
    card: withBundle((turn, view) => showCard(turn, view)),
    /** Something happened that the card tells: nobody pressed anything, so only a card that is still there is drawn anew. */
    async recard(turn, id, what) {
      if (id !== undefined && (await turn.shownCard()) === id) {
        const view = await load(turn, id);
        const isTold = what === "asked" && view.state === "active" && isAtRest(view);
        await showCard(turn, view, isTold ? answered(turn, view) : undefined);
      }
      await turn.watched();
    },
    cmore: withBundle((turn, view) => showMore(turn, view)),
    resume: withBundle((turn, view, held) => start(turn, view, held)),
    run: withBundle((turn, view) => runNow(turn, view, false)),
    runyes: withBundle(async (turn, view, tap) =>
      told(turn, view, await turn.engine.bundles.runNow(scopeOnce(turn, need(tap)), view.id)),
    ),
    pause: withBundle(async (turn, view) => {
      const { card } = turn.t;
      if (view.state === "paused") return showCard(turn, view, card.alreadyPaused);
      if (view.state === "draft") return showCard(turn, view, card.neverStarted);
      await showCard(turn, await turn.engine.bundles.pause(scopeFor(turn, "pause"), view.id), card.paused);
    }),

    disc: withBundle(async (turn, view) => {
      const { card } = turn.t;
      const yes = { text: card.discardYes, data: to("discyes", view.id), style: "danger" } as const;
      await turn.show(askScreen(lookOf(turn), card.discardAsk, yes, to("card", view.id)));
    }),
    discyes: withBundle(async (turn, view) => {
      const kept = view.hasDraft && view.state !== "draft";
      const fresh = kept ? await turn.engine.bundles.discard(scopeFor(turn, "discard"), view.id) : view;
      await showCard(turn, fresh, turn.t.card.discarded);
    }),

    every: withBundle(async (turn, view) => {
      if (!triggerOf(lookOf(turn), view.body)?.poll) return stale(turn, "card", view.id);
      await turn.ask({ answer: "everyMinutes", args: [view.id], screen: periodScreen(lookOf(turn), view) });
    }),
    everys: withBundle((turn, view, given) => setEvery(turn, view, given ?? "")),
    rep: withBundle(async (turn, view, given) => {
      if (given !== "once" && given !== "every") return stale(turn, "card", view.id);
      await showMore(turn, await change(turn, view, { do: "setRepeats", repeats: given }), turn.t.builder.saved);
    }),

    order: withBundle(async (turn, view, given) => {
      if (given !== "record" && given !== "strict") return stale(turn, "card", view.id);
      await showMore(turn, await change(turn, view, { do: "setOrder", order: given }), turn.t.tools.order.set[given]);
    }),
    picture: withBundle(async (turn, view) => {
      if (turn.pictures === undefined) return stale(turn, "card", view.id);
      // A text screen can't become a picture and back, so it is a message of its own.
      await turn.pictures.bundle(turn, view);
      await showMore(turn, view);
    }),

    copy: withBundle(async (turn, view, tap) => {
      const copy = await turn.engine.bundles.copy(scopeOnce(turn, need(tap)), view.id);
      await showCard(turn, copy, turn.t.card.copied(short(copy.name, 80)));
    }),
    rename: withBundle(async (turn, view) => {
      const keyboard: Button[][] = [[{ text: turn.t.builder.back, data: to("card", view.id) }]];
      const text = lines(turn.t.card.renameAsk(cut(view.name, 120)));
      await turn.ask({ answer: "bundleRename", args: [view.id], longest: 100, screen: { text, keyboard } });
    }),
    export: withBundle(async (turn, view) => {
      const file = await turn.engine.bundles.exportFile(turn.member.scope, view.id);
      await turn.sendFile(`svyazka-${view.number}.json`, `${JSON.stringify(file, null, 2)}\n`, turn.t.card.exported);
      await showCard(turn, view);
    }),
    del: withBundle(async (turn, view) => {
      const { card } = turn.t;
      const yes = { text: card.removeYes, data: to("delyes", view.id), style: "danger" } as const;
      const asked = card.removeAsk(view.number, cut(view.name, 80));
      await turn.show(askScreen(lookOf(turn), asked, yes, to("card", view.id)));
    }),
    delyes: withBundle(async (turn, view) => {
      await turn.engine.bundles.remove(scopeFor(turn, "remove"), view.id);
      turn.toast(turn.t.card.removed(cut(view.name, 80)));
      await turn.go("bundles");
    }),
  },
  answers: {
    everyMinutes: async (turn, text, id) => setEvery(turn, await load(turn, id), text),
    async bundleRename(turn, text, id) {
      const view = await load(turn, id);
      const renamed = await turn.engine.bundles.rename(scopeFor(turn, "rename"), view.id, text);
      await showCard(turn, renamed, turn.t.card.renamed);
    },
  },
};

async function setEvery(turn: Turn, view: BundleView, given: string): Promise<void> {
  const said = readLasting(given);
  const minutes = said === null ? Number(given) : said.amount * { minutes: 1, hours: 60, days: 1440 }[said.unit];
  if ((said === null && !/^\d{1,4}$/.test(given)) || !Number.isInteger(minutes) || minutes < 1 || minutes > 1440)
    throw refusal((t) => t.card.badMinutes(cut(given, 30)));
  await showMore(turn, await change(turn, view, { do: "setEvery", minutes }), turn.t.builder.saved);
}
