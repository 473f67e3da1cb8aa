/** Everything that a workspace has: told in short, handed out whole, removed for good. */
import type { Json } from "../../connectors/kit/define.ts";
import { toFailure } from "../connection/failure.ts";
import type { Data, IncidentView, Scope } from "../engine.ts";
import { UserError } from "../errors.ts";
import type { Shared, Triggers } from "../parts.ts";
import {
  bundlesLeft,
  countRuns,
  exportAttempts,
  exportBundles,
  exportConnections,
  exportIncidents,
  exportMembers,
  exportRuns,
  exportStored,
  exportVersions,
  exportWorkspace,
  markRemoved,
  readFigures,
  removeBundle,
  removedWorkspaces,
  removeHistory,
  removeRuns,
  removeWorkspace,
} from "../store/data.ts";
import { readSummaries } from "../store/history.ts";
import { mustBe } from "./member.ts";

const PAGE = 100;
const BATCH = 500;
const MOST_INCIDENTS = 20;
/** A service that doesn't answer keeps its subscription after that; the address that it calls is gone anyway. */
const PATIENCE_MS = 3_600_000;

export interface DataDeps extends Pick<Shared, "db" | "clock" | "log"> {
  readonly triggers: Pick<Triggers, "unsubscribe" | "disarm">;
  /** The process is about to stop; the rest is for the next one. */
  readonly signal?: AbortSignal;
  /** Incidents that were met within, the newest first. */
  readonly met: (scope: Scope, from: Date, to: Date, limit: number) => Promise<readonly IncidentView[]>;
}
export interface DataParts extends Data {
  /** Removes what deleted workspaces left, as far as it gets; called by the clock, goes on after a restart. */
  tick(): Promise<void>;
}

export function makeData({ db, clock, log, triggers, met, signal }: DataDeps): DataParts {
  const line = (kind: string, row: unknown): string => `${JSON.stringify({ kind, ...(row as object) } as Json)}\n`;

  async function* exported(workspace: string): AsyncGenerator<string> {
    yield line("workspace", { svyazka: 1, exportedAt: clock.now(), ...(await exportWorkspace(db, workspace)) });
    for (const row of await exportMembers(db, workspace)) yield line("member", row);
    for (const row of await exportConnections(db, workspace)) yield line("connection", row);
    for (const row of await exportBundles(db, workspace))
      yield line("bundle", { ...row, versions: await exportVersions(db, row.id) });
    for (const row of await exportStored(db, workspace)) yield line("stored", row);
    for (const row of await exportIncidents(db, workspace)) yield line("incident", row);
    for (let after = 0; ; ) {
      const page = await exportRuns(db, workspace, after, PAGE);
      for (const { seq, ...run } of page) yield line("run", { ...run, steps: await exportAttempts(db, seq) });
      const last = page.at(-1);
      if (!last || page.length < PAGE) return;
      after = last.seq;
    }
  }

  /** True when the service has nothing of it any more, or was asked for long enough. */
  async function letGo(workspace: string, bundle: string, removedAt: Date): Promise<boolean> {
    try {
      await triggers.unsubscribe(bundle);
    } catch (error) {
      log.warn({ workspace, bundle, why: toFailure(error).sentence.en }, "a subscription couldn't be taken back");
      if (clock.now().getTime() - removedAt.getTime() < PATIENCE_MS) return false;
    }
    await db.transaction((tx) => triggers.disarm(tx, bundle));
    return true;
  }

  async function inPieces(remove: () => Promise<number>): Promise<void> {
    while (signal?.aborted !== true && (await remove()) > 0);
  }

  async function removeOne({ id, removedAt }: { id: string; removedAt: Date }): Promise<void> {
    const bundles = await bundlesLeft(db, id);
    const isFree: boolean[] = [];
    for (const bundle of bundles) isFree.push(await letGo(id, bundle, removedAt));
    await inPieces(() => removeRuns(db, id, BATCH));
    // A step that is under way ends first.
    if ((await countRuns(db, id)) > 0 || isFree.includes(false)) return;
    for (const bundle of bundles) {
      await inPieces(() => removeHistory(db, bundle, BATCH));
      if (signal?.aborted) return;
      await removeBundle(db, bundle);
    }
    await db.transaction((tx) => removeWorkspace(tx, id));
    log.info({ workspace: id }, "a deleted workspace is gone");
  }

  return {
    async *exportAll(scope) {
      await mustBe(db, scope, "owner");
      yield* exported(scope.workspace);
    },

    async removeAll(scope, confirm) {
      await mustBe(db, scope, "owner");
      const row = await exportWorkspace(db, scope.workspace);
      if (row?.name.trim().toLowerCase() !== confirm.trim().toLowerCase())
        throw new UserError({
          ru: `Чтобы удалить всё, напишите название точно: ${row?.name ?? ""}`,
          en: `To delete everything, write the name exactly: ${row?.name ?? ""}`,
        });
      await db.transaction((tx) => markRemoved(tx, scope.workspace, clock.now()));
    },

    async summary(scope, from, to) {
      const [figures, incidents] = await Promise.all([
        readFigures(db, scope.workspace, from, to),
        met(scope, from, to, MOST_INCIDENTS),
      ]);
      const known = await readSummaries(
        db,
        scope.workspace,
        figures.bundles.map(({ bundle }) => bundle),
      );
      return {
        ...figures,
        from,
        to,
        incidents,
        bundles: figures.bundles.flatMap(({ bundle, ...counts }) => {
          const summary = known.find(({ id }) => id === bundle);
          return summary ? [{ bundle: summary, ...counts }] : [];
        }),
      };
    },

    async tick() {
      for (const workspace of await removedWorkspaces(db)) if (!signal?.aborted) await removeOne(workspace);
    },
  };
}
