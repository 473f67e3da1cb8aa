/** Published versions: which there were, what differs between them, and going back. */
import type { Field, JsonObject } from "../../connectors/kit/fields.ts";
import type { Bundles, BundleView, Connections, Problem, Scope } from "../engine.ts";
import { NotFound, UserError } from "../errors.ts";
import type { Once, Shared, Triggers } from "../parts.ts";
import { freeze, lockBundle, publishVersion, readBundle, type StoredBundle } from "../store/bundles.ts";
import { type Published, readPublished, readVersion } from "../store/versions.ts";
import { nameSources } from "../values/speak.ts";
import type { Around } from "./around.ts";
import { differences, type Side } from "./compare.ts";
import { bodyOf, noBundle } from "./drafting.ts";
import { type Bundle, TRIGGER_ID } from "./model.ts";
import type { FindConnector } from "./naming.ts";

const MOST_SHOWN = 50;

export interface VersioningDeps extends Pick<Shared, "db" | "clock"> {
  readonly find: FindConnector;
  readonly around: Around;
  readonly connections: Pick<Connections, "list">;
  readonly triggers: Pick<Triggers, "arm" | "subscribe">;
  readonly once: Once;
  readonly view: (scope: Scope, id: string) => Promise<BundleView>;
  readonly problemsOf: (scope: Scope, row: StoredBundle) => Promise<readonly Problem[]>;
  /** Names of values that were picked from the account's lists, by field. */
  readonly labels: (
    connection: string | null,
    fields: readonly Field[],
    values: JsonObject,
  ) => Promise<Readonly<Record<string, string>>>;
}
export type Versioning = Pick<Bundles, "versions" | "undo" | "compare">;

export function makeVersioning(deps: VersioningDeps): Versioning {
  const { db, clock, find, around, connections, triggers, once, view, problemsOf, labels } = deps;

  async function found(scope: Scope, id: string): Promise<StoredBundle> {
    const row = await readBundle(db, scope.workspace, id);
    if (row === undefined) throw noBundle();
    return row;
  }

  async function published(id: string, version: number): Promise<Published> {
    const [one] = await readPublished(db, id, version);
    if (one === undefined) throw new NotFound(NO_VERSION);
    return one;
  }

  /** A body with the names by which people know what is in it. */
  async function sideOf(scope: Scope, row: StoredBundle, body: Bundle): Promise<Side> {
    const [fields, sources] = await Promise.all([
      around.allFields(scope.workspace, body),
      around.sources(scope.workspace, row, body, ""),
    ]);
    const named = { ru: nameSources(sources, "ru"), en: nameSources(sources, "en") };
    const picked = body.steps.map(async (step): Promise<[string, Readonly<Record<string, string>>]> => {
      const own = step.kind === "action" ? labels(step.connection, fields.get(step.id) ?? [], step.input) : {};
      return [step.id, await own];
    });
    const { trigger } = body;
    const options = trigger ? await labels(trigger.connection, fields.get(TRIGGER_ID) ?? [], trigger.options) : {};
    return { body, fields, named, labels: new Map([...(await Promise.all(picked)), [TRIGGER_ID, options]]) };
  }

  return {
    async versions(scope, id) {
      const row = await found(scope, id);
      const all = await readPublished(db, id, { most: MOST_SHOWN });
      const bodies = new Map(all.map(({ version, body }) => [version, body]));
      return all.map(({ version, publishedAt, by, former, sameAs, body }) => {
        const before = former === null ? undefined : bodies.get(former);
        const changes =
          before === undefined
            ? 0
            : differences({ before: { body: before }, after: { body }, find, accounts: new Map() }).length;
        const isLive = version === row.version;
        return { version, publishedAt, by, isLive, changes, ...(sameAs === null ? {} : { sameAs }) };
      });
    },

    async undo(scope, id, version) {
      const before = await found(scope, id);
      if (before.version === 0) throw new UserError(NOTHING_BEFORE, { to: "bundle", id });
      const live = await published(id, before.version);
      const to = version ?? live.former;
      if (to === null) throw new UserError(NOTHING_BEFORE, { to: "bundle", id });
      const target = await published(id, to);
      // An account or a field may have gone since.
      const worst = (await problemsOf(scope, { ...before, draft: null, live: target.body })).find(({ mild }) => !mild);
      if (worst !== undefined) throw new UserError(worst.sentence, worst.door);
      const isChanged = await once(scope, `bundle.undo ${id} ${version ?? ""}`, async (tx) => {
        const row = await lockBundle(tx, scope.workspace, id);
        if (row === undefined) throw noBundle();
        // Somebody published meanwhile: undoing that is another wish.
        if (row.version !== before.version || target.version === row.version) return false;
        const made = await freeze(tx, id, target.body, scope.member);
        if (made === row.version) return false;
        // After a plain undo the next one leads further back; a version that was named is undone to this one.
        const former = version === undefined ? target.former : row.version;
        const sameAs = target.sameAs ?? target.version;
        const isNew = made !== sameAs;
        const how = { at: clock.now(), former, keepDraft: row.draft !== null, ...(isNew ? { sameAs } : {}) };
        await publishVersion(tx, id, made, how);
        if (row.state === "active") await triggers.arm(tx, { id, workspace: scope.workspace }, target.body, false);
        return true;
      });
      if (isChanged && before.state === "active") await triggers.subscribe(id);
      return view(scope, id);
    },

    async compare(scope, id, from, to) {
      const row = await found(scope, id);
      // Also one that was only tried: a run went through it.
      const bodyAt = async (which: number | "draft"): Promise<Bundle> => {
        const body = which === "draft" ? bodyOf(row) : await readVersion(db, id, which);
        if (body === undefined) throw new NotFound(NO_VERSION);
        return body;
      };
      const [before, after] = await Promise.all([bodyAt(from), bodyAt(to)]);
      const [one, other, own] = await Promise.all([
        sideOf(scope, row, before),
        sideOf(scope, row, after),
        connections.list(scope),
      ]);
      const accounts = new Map(own.map((connection) => [connection.id, connection.name]));
      return differences({ before: one, after: other, find, accounts });
    },
  };
}

const NO_VERSION = { ru: "Такой версии у связки нет.", en: "The bundle has no such version." };
const NOTHING_BEFORE = {
  ru: "Возвращаться не к чему: другой опубликованной версии не было.",
  en: "There is nothing to go back to: no other version was published.",
};
