/** When a bundle works, and what it does with the past. */
import type { BundleView, Hours, MigrationCommand } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Handlers, Turn } from "../parts.ts";
import { askScreen } from "../screens/card.ts";
import { hasHours, hoursScreen, PRESETS, withDay } from "../screens/hours.ts";
import { cut } from "../screens/lay.ts";
import {
  migrationScreen,
  type Period,
  periodCode,
  periodOfCode,
  periodScreen,
  periodText,
  readPeriod,
} from "../screens/migration.ts";
import { readHours } from "../screens/when.ts";
import { change, load, lookOf, refusal, scopeFor, stale } from "./draft.ts";

const NEXT_TIMES = 3;

async function showHours(turn: Turn, view: BundleView): Promise<void> {
  if (!hasHours(lookOf(turn), view)) throw refusal((t) => t.hours.onlyHere);
  const next = await turn.engine.bundles.upcoming(turn.member.scope, view.id, NEXT_TIMES);
  const screen = hoursScreen(lookOf(turn), view, next);
  await turn.ask({ answer: "hoursText", args: [view.id], longest: 200, screen });
}

async function setHours(turn: Turn, view: BundleView, hours: Hours | null): Promise<void> {
  if (!hasHours(lookOf(turn), view)) throw refusal((t) => t.hours.onlyHere);
  const zone = view.body.trigger?.hours?.timeZone;
  const kept = hours === null || zone === undefined ? hours : { ...hours, timeZone: zone };
  await showHours(turn, await change(turn, view, { do: "setHours", hours: kept }));
}

async function showMigration(turn: Turn, view: BundleView, word?: string): Promise<void> {
  if (view.migration !== undefined) return turn.show(migrationScreen(lookOf(turn), view, view.migration, word));
  if (view.migrates === undefined) return stale(turn, "card", view.id);
  await showPeriods(turn, view);
}

async function showPeriods(turn: Turn, view: BundleView): Promise<void> {
  const screen = periodScreen(lookOf(turn), view);
  if (view.state === "draft") return turn.show(screen);
  await turn.ask({ answer: "migrationPeriod", args: [view.id], longest: 100, screen });
}

/** A yes before anything of the past is done for real; days back begin counting now. */
async function askPeriod(turn: Turn, view: BundleView, period: Period): Promise<void> {
  const words = turn.t.migration;
  const yes = { text: words.yes, data: to("migyes", view.id, periodCode(period)), style: "success" } as const;
  const look = lookOf(turn);
  await turn.show(askScreen(look, words.ask(periodText(look, period)), yes, to("mig", view.id)));
}

async function migrate(turn: Turn, view: BundleView, command: MigrationCommand, word?: string): Promise<void> {
  await turn.engine.bundles.migrate(scopeFor(turn, `migrate ${command.do}`), view.id, command);
  await showMigration(turn, await load(turn, view.id), word);
}

export const hours: Handlers = {
  places: {
    hours: async (turn, id) => showHours(turn, await load(turn, id)),
    async hset(turn, id, name) {
      const view = await load(turn, id);
      const preset = Object.hasOwn(PRESETS, name ?? "") ? PRESETS[name ?? ""] : undefined;
      if (name !== "always" && preset === undefined) return stale(turn, "hours", view.id);
      await setHours(turn, view, preset ?? null);
    },
    async hday(turn, id, given, flag) {
      const view = await load(turn, id);
      const day = Number(given);
      if (!(Number.isInteger(day) && day >= 1 && day <= 7)) return stale(turn, "hours", view.id);
      await setHours(turn, view, withDay(view.body.trigger?.hours, day, flag === "1"));
    },

    mig: async (turn, id) => showMigration(turn, await load(turn, id)),
    /** Another period, after one that is over. */
    async mignew(turn, id) {
      const view = await load(turn, id);
      await (view.migrates === undefined ? stale(turn, "card", view.id) : showPeriods(turn, view));
    },
    async migask(turn, id, code) {
      const view = await load(turn, id);
      const period = periodOfCode(code, new Date());
      if (period === null || view.migrates === undefined) return stale(turn, "mig", view.id);
      await askPeriod(turn, view, period);
    },
    async migyes(turn, id, code) {
      const view = await load(turn, id);
      const period = periodOfCode(code, new Date());
      // Pressed twice: it is under way already.
      if (period === null || view.migration?.state === "running") return stale(turn, "mig", view.id);
      await migrate(turn, view, { do: "begin", period });
    },
    async migdo(turn, id, given) {
      const view = await load(turn, id);
      if (given !== "pause" && given !== "resume") return stale(turn, "mig", view.id);
      const fits = view.migration?.state === (given === "pause" ? "running" : "paused");
      await (fits ? migrate(turn, view, { do: given }) : stale(turn, "mig", view.id));
    },
    async migreset(turn, id) {
      const view = await load(turn, id);
      const words = turn.t.migration;
      const yes = { text: words.resetYes, data: to("migresetyes", view.id), style: "danger" } as const;
      await turn.show(askScreen(lookOf(turn), words.resetAsk, yes, to("mig", view.id)));
    },
    async migresetyes(turn, id) {
      const view = await load(turn, id);
      if (view.migration === undefined) return stale(turn, "mig", view.id);
      turn.toast(turn.t.migration.wasReset);
      await migrate(turn, view, { do: "reset" });
    },
  },
  answers: {
    async hoursText(turn, text, id) {
      const view = await load(turn, id);
      const read = readHours(text);
      if (read === undefined) throw refusal((t) => t.hours.notUnderstood(cut(text, 60)));
      await setHours(turn, view, read);
    },
    async migrationPeriod(turn, text, id) {
      const view = await load(turn, id);
      const period = readPeriod(text, turn.member.timeZone, new Date());
      if (period === null) throw refusal((t) => t.migration.badPeriod(cut(text, 60)));
      if (period !== "everything" && period.from >= period.to) throw refusal((t) => t.migration.future);
      await askPeriod(turn, view, period);
    },
  },
};
