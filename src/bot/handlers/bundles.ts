/** The list of bundles, and /run, /pause, /resume that find theirs by number, name or the card replied to. */
import type { BundleSummary } from "../../engine/index.ts";
import { parse } from "../callback.ts";
import type { Command, Handlers, Turn } from "../parts.ts";
import { type Blocked, bundlesScreen, foundBundles, whichScreen } from "../screens/bundles.ts";
import { lookOf } from "./draft.ts";

/** A dead key holds back every bundle that uses its connection. */
async function blockedOnes({ engine, member: { scope } }: Turn): Promise<Blocked> {
  const broken = (await engine.connections.list(scope)).filter(({ state }) => state === "broken");
  const users = await Promise.all(broken.map(({ id }) => engine.connections.usedBy(scope, id)));
  return new Set(users.flat().map(({ id }) => id));
}

async function showBundles(turn: Turn, page?: string): Promise<void> {
  const all = await turn.engine.bundles.list(turn.member.scope);
  const screen = bundlesScreen(lookOf(turn), all, await blockedOnes(turn), page);
  if (all.length === 0) return turn.show(screen);
  await turn.ask({ answer: "bundleName", args: [], screen });
}

type Verb = "run" | "pause" | "resume";
const able: Readonly<Record<Verb, (one: BundleSummary) => boolean>> = {
  run: () => true,
  pause: (one) => one.state === "active",
  resume: (one) => one.state !== "active",
};

/** One that fits is taken; several are offered; none shows the whole list. */
const command =
  (verb: Verb): Command =>
  async (turn, rest, replied) => {
    const { bundles } = turn.engine;
    const { scope } = turn.member;
    const all = await bundles.list(scope);
    if (rest === "") {
      const card = replied.map(parse).find(({ args }) => all.some((one) => one.id === args[0]))?.args[0];
      if (card !== undefined) return turn.go(verb, card);
      if (all.length === 0) return showBundles(turn);
      const fitting = all.filter(able[verb]);
      return turn.show(
        whichScreen(lookOf(turn), verb, fitting.length > 0 ? fitting : all, await blockedOnes(turn), ""),
      );
    }
    const found = await bundles.match(scope, rest);
    const only = found[0];
    if (found.length === 1 && only) return turn.go(verb, only.id);
    if (all.length === 0) return showBundles(turn);
    await turn.show(whichScreen(lookOf(turn), verb, found.length > 0 ? found : all, await blockedOnes(turn), rest));
  };

export const bundles: Handlers = {
  places: { bundles: showBundles },
  answers: {
    async bundleName(turn, text) {
      const found = await turn.engine.bundles.match(turn.member.scope, text);
      const only = found[0];
      if (found.length === 1 && only) return turn.go("card", only.id);
      const screen = foundBundles(lookOf(turn), found, await blockedOnes(turn), text);
      await turn.ask({ answer: "bundleName", args: [], screen });
    },
  },
  commands: {
    bundles: (turn) => showBundles(turn),
    run: command("run"),
    pause: command("pause"),
    resume: command("resume"),
  },
};
