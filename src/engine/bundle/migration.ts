/** Migrations as people steer and see them, and the times at which a bundle's trigger is asked next. */
import { ConnectorError } from "../../connectors/kit/errors.ts";
import type { Text } from "../../connectors/kit/fields.ts";
import type { Bundles, MigrationCommand, MigrationView, Scope } from "../engine.ts";
import { UserError } from "../errors.ts";
import type { Once, Shared, Tx } from "../parts.ts";
import { lockBundle, readBundle, type StoredBundle } from "../store/bundles.ts";
import { readManners } from "../store/connections.ts";
import {
  changeMigration,
  deleteMigration,
  type MigrationRow,
  putMigration,
  readMigration,
  tallyMigrated,
} from "../store/migrations.ts";
import { relist } from "../store/seen.ts";
import { armedOf, optionsOf } from "../trigger/live.ts";
import { upcoming } from "../trigger/plan.ts";
import { bodyOf, noBundle } from "./drafting.ts";
import type { Bundle } from "./model.ts";

const RELISTED = 5_000;
const MOST_UPCOMING = 20;

export interface MigrationDeps extends Pick<Shared, "db" | "clock" | "vault" | "connectors"> {
  readonly once: Once;
}
export type Migration = Pick<Bundles, "migration" | "migrate" | "upcoming"> & {
  /** Whether the past can be read by this body's trigger. */
  migrates(body: Bundle): boolean;
  shown(id: string): Promise<MigrationView | null>;
};

export function makeMigration({ db, clock, vault, connectors, once }: MigrationDeps): Migration {
  const migrates = (body: Bundle | null): boolean =>
    body !== null && armedOf(connectors, body.trigger)?.trigger.poll?.migrates === true;

  async function shown(id: string): Promise<MigrationView | null> {
    const row = await readMigration(db, id);
    return row === undefined ? null : migrationView(row, await tallyMigrated(db, id, row.startedAt));
  }

  async function obey(tx: Tx, bundle: StoredBundle, command: MigrationCommand): Promise<void> {
    const { id } = bundle;
    const row = await readMigration(tx, id);
    const now = clock.now();
    switch (command.do) {
      case "begin": {
        if (bundle.version === 0) throw new UserError(NOT_STARTED, { to: "bundle", id });
        if (!migrates(bundle.live)) throw new UserError(NO_PAST, { to: "trigger", bundle: id });
        if (row?.state === "running") throw new UserError(GOING, { to: "bundle", id });
        const { period } = command;
        const [from, to] = period === "everything" ? [null, now] : [period.from, period.to < now ? period.to : now];
        if (from !== null && !(from < to)) throw new UserError(WRONG_PERIOD, { to: "bundle", id });
        return putMigration(tx, { bundle: id, from, to, startedAt: now });
      }
      case "pause":
        if (row?.state === "running") await changeMigration(tx, id, { state: "paused", leasedUntil: null });
        return;
      case "resume":
        if (row?.state !== "paused") return;
        return changeMigration(tx, id, { state: "running", nextAt: now, leasedUntil: null, failures: 0, error: null });
      case "reset":
        return deleteMigration(tx, id);
      default:
        return command satisfies never;
    }
  }

  return {
    migrates,
    shown,

    async migration(scope: Scope, id: string) {
      if ((await readBundle(db, scope.workspace, id)) === undefined) throw noBundle();
      return shown(id);
    },

    async migrate(scope, id, command) {
      await once(scope, `bundle.migrate ${id} ${command.do}`, async (tx) => {
        const bundle = await lockBundle(tx, scope.workspace, id);
        if (bundle === undefined) throw noBundle();
        await obey(tx, bundle, command);
        return null;
      });
      // A hundred thousand keys are no matter for one transaction; cut off, the next reset does the rest.
      if (command.do === "reset") while ((await relist(db, id, RELISTED)) === RELISTED);
      return shown(id);
    },

    async upcoming(scope, id, count) {
      const row = await readBundle(db, scope.workspace, id);
      if (row === undefined) throw noBundle();
      const armed = armedOf(connectors, bodyOf(row).trigger);
      const manners = await readManners(db, scope.workspace);
      if (!armed || !manners) return [];
      try {
        const options = optionsOf(armed, manners, vault);
        return upcoming(armed, options, manners.timeZone, clock.now(), Math.min(count, MOST_UPCOMING));
      } catch (error) {
        if (error instanceof ConnectorError) return [];
        throw error;
      }
    },
  };
}

/** A row as people see it. Pure. */
export function migrationView(row: MigrationRow, runs: { waiting: number; failed: number }): MigrationView {
  const { state, from, to, mark, firstAt, startedAt, finishedAt, read, sent, filtered, repeated, isRead, error } = row;
  const start = from ?? firstAt;
  const span = start === null ? 0 : to.getTime() - start.getTime();
  const done = mark === null || start === null || span <= 0 ? null : (mark.getTime() - start.getTime()) / span;
  const { firstAt: _, isTold: __, ...failure } = error ?? { firstAt: "", isTold: false };
  return {
    ...{ state, from, to, startedAt, finishedAt, read, sent, filtered, repeated, isRead },
    ...runs,
    readTo: isRead ? to : mark,
    share: isRead ? 1 : done === null ? null : Math.min(1, Math.max(0, done)),
    failure: error === null ? null : (failure as MigrationView["failure"]),
    retryAt: error === null || state !== "running" ? null : row.nextAt,
  };
}

const NOT_STARTED: Text = {
  ru: "Сначала запустите связку: данные за прошлое пойдут через неё.",
  en: "Start the bundle first: the records of the past go through it.",
};
const NO_PAST: Text = {
  ru: "Этот триггер не умеет читать прошлое. Миграция есть у триггеров, которые опрашивают сервис.",
  en: "This trigger can't read the past. Migration is there for triggers that poll their service.",
};
const GOING: Text = {
  ru: "Миграция уже идёт. Поставьте её на паузу или сбросьте, чтобы начать другую.",
  en: "A migration is going on already. Pause or reset it to begin another one.",
};
const WRONG_PERIOD: Text = {
  ru: "Начало периода должно быть раньше его конца и раньше, чем сейчас.",
  en: "The period must begin before its end, and before now.",
};
