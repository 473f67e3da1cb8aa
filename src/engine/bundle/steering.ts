/** Starting, pausing, running by hand and removing bundles. */
import type { JsonObject, Text } from "../../connectors/kit/fields.ts";
import type { Bundles, BundleView, Problem, Scope } from "../engine.ts";
import { UserError } from "../errors.ts";
import { newId } from "../id.ts";
import type { Admission, Once, Shared, Triggers, Tx } from "../parts.ts";
import {
  deleteBundle,
  freeze,
  lockBundle,
  newestEvent,
  publishVersion,
  readBundle,
  type StoredBundle,
  writeBundleState,
  writeDraft,
} from "../store/bundles.ts";
import { forgetStreak } from "../store/incidents.ts";
import { forgetDrafts } from "../store/versions.ts";
import { isClock, sampleOf } from "./around.ts";
import { bodyOf, noBundle } from "./drafting.ts";
import type { Bundle } from "./model.ts";
import type { FindConnector } from "./naming.ts";

export interface SteeringDeps extends Pick<Shared, "db" | "clock" | "queue"> {
  readonly find: FindConnector;
  readonly triggers: Triggers;
  readonly admission: Admission;
  readonly once: Once;
  readonly view: (scope: Scope, id: string) => Promise<BundleView>;
  readonly problemsOf: (scope: Scope, row: StoredBundle) => Promise<readonly Problem[]>;
}
export type Steering = Pick<Bundles, "start" | "publish" | "pause" | "remove" | "runNow" | "runOnce">;

export function makeSteering(deps: SteeringDeps): Steering {
  const { db, clock, queue, find, triggers, admission, once, view, problemsOf } = deps;

  async function found(scope: Scope, id: string): Promise<StoredBundle> {
    const row = await readBundle(db, scope.workspace, id);
    if (row === undefined) throw noBundle();
    return row;
  }
  async function locked(tx: Tx, scope: Scope, id: string): Promise<StoredBundle> {
    const row = await lockBundle(tx, scope.workspace, id);
    if (row === undefined) throw noBundle();
    return row;
  }
  async function assertSound(scope: Scope, row: StoredBundle): Promise<void> {
    const worst = (await problemsOf(scope, row)).find(({ mild }) => mild !== true);
    if (worst !== undefined) throw new UserError(worst.sentence, worst.door);
  }

  /** The draft becomes the live version, where there is one. */
  async function publishDraft(tx: Tx, scope: Scope, row: StoredBundle): Promise<Bundle> {
    const body = bodyOf(row);
    if (row.draft === null) return body;
    const version = await freeze(tx, row.id, body, scope.member);
    // A draft that was edited back to what is live is no new version.
    if (version === row.version) await writeDraft(tx, row.id, null);
    else await publishVersion(tx, row.id, version, { at: clock.now(), former: row.version || null });
    await forgetDrafts(tx, row.id);
    return body;
  }

  async function admit(
    tx: Tx,
    scope: Scope,
    row: StoredBundle,
    version: number,
    event: JsonObject,
    record: string,
  ): Promise<string> {
    const runs = [{ workspace: scope.workspace, bundle: row.id, version, origin: "manual" as const, record, event }];
    const [run] = await admission.admit(tx, runs);
    if (run === undefined) throw new Error("a run was not admitted");
    return run.id;
  }

  return {
    /** A service that refuses the subscription doesn't undo the start: the card says so, and it is asked for again. */
    async start(scope, id, held) {
      const before = await found(scope, id);
      await assertSound(scope, before);
      const did = await once(scope, `bundle.start ${id}`, async (tx) => {
        const row = await locked(tx, scope, id);
        if (row.state === "active" && row.draft === null) return "nothing";
        const body = await publishDraft(tx, scope, row);
        await writeBundleState(tx, id, "active", null);
        await triggers.arm(tx, { id, workspace: scope.workspace }, body, row.version === 0);
        if (row.state === "paused") {
          await forgetStreak(tx, id);
          await triggers.release(tx, id, held ?? "run");
        }
        return row.state === "paused" ? "resumed" : "started";
      });
      if (did === "resumed") queue.wake("delivery");
      if (did !== "nothing") await triggers.subscribe(id);
      return view(scope, id);
    },

    async publish(scope, id) {
      const before = await found(scope, id);
      if (before.version === 0) throw new UserError(NOT_STARTED, { to: "bundle", id });
      await assertSound(scope, before);
      await once(scope, `bundle.publish ${id}`, async (tx) => {
        const row = await locked(tx, scope, id);
        if (row.draft === null) return null;
        const body = await publishDraft(tx, scope, row);
        if (row.state === "active") await triggers.arm(tx, { id, workspace: scope.workspace }, body, false);
        return null;
      });
      if (before.state === "active") await triggers.subscribe(id);
      return view(scope, id);
    },

    async pause(scope, id) {
      await once(scope, `bundle.pause ${id}`, async (tx) => {
        const row = await locked(tx, scope, id);
        if (row.state !== "active") return null;
        await writeBundleState(tx, id, "paused", { by: "person", who: scope.member });
        await triggers.disarm(tx, id);
        return null;
      });
      return view(scope, id);
    },

    async remove(scope, id) {
      if ((await readBundle(db, scope.workspace, id)) === undefined) return;
      // Before the bundle is gone: taking a subscription back needs its trigger and connection.
      await triggers.unsubscribe(id);
      await once(scope, `bundle.remove ${id}`, async (tx) => {
        if ((await lockBundle(tx, scope.workspace, id)) === undefined) return null;
        await triggers.disarm(tx, id);
        await deleteBundle(tx, id, clock.now());
        return null;
      });
    },

    async runNow(scope, id) {
      const row = await found(scope, id);
      if (row.version === 0) return { did: "nothing", why: NOT_STARTED };
      if (row.state === "paused") return { did: "nothing", why: IS_PAUSED };
      // Asking twice asks once: it only sets a mark.
      const did = await triggers.askNow(id);
      if (did !== "hook") return { did };
      const run = await once(scope, `bundle.repeat ${id}`, async (tx) => {
        const newest = await newestEvent(tx, id);
        return newest === undefined ? null : admit(tx, scope, row, row.version, newest.event, newest.record);
      });
      if (run === null) return { did: "nothing", why: NO_EVENT };
      queue.wake("run");
      return { did: "repeated", run };
    },

    async runOnce(scope, id) {
      const before = await found(scope, id);
      await assertSound(scope, before);
      const run = await once(scope, `bundle.once ${id}`, async (tx) => {
        const row = await locked(tx, scope, id);
        const body = bodyOf(row);
        const sample = sampleOf(row, body, find);
        // What a connector declares is made up; it must not become records in a real account.
        if (sample === null || (sample.from === "declared" && !isClock(body, find)))
          throw new UserError(NO_SAMPLE, { to: "trigger", bundle: id });
        const version = row.draft === null ? row.version : await freeze(tx, id, body, scope.member);
        return admit(tx, scope, row, version, sample.item, recordOf(body, sample.item, find));
      });
      queue.wake("run");
      return { run };
    },
  };
}

/** The record that a trigger's item is about; a new one where the item is not what the trigger expects. */
function recordOf({ trigger }: Bundle, item: JsonObject, find: FindConnector): string {
  const declared = trigger && find(trigger.connector)?.triggers.find(({ key }) => key === trigger.trigger);
  try {
    return declared?.record(item) || newId();
  } catch {
    return newId();
  }
}

const NOT_STARTED: Text = {
  ru: "Связка ещё не запущена. Сделайте пробный прогон или запустите её.",
  en: "The bundle hasn't been started yet. Make a dry run, or start it.",
};
const IS_PAUSED: Text = {
  ru: "Связка на паузе. Сначала возобновите её.",
  en: "The bundle is paused. Resume it first.",
};
const NO_EVENT: Text = {
  ru: "У связки ещё не было событий, повторять нечего.",
  en: "The bundle has had no event yet, there is nothing to repeat.",
};
const NO_SAMPLE: Text = {
  ru: "Нет настоящего примера, а с придуманным записи создавать нельзя. Получите его на экране триггера.",
  en: "There is no real sample, and a made-up one must not create records. Get one on the trigger's screen.",
};
