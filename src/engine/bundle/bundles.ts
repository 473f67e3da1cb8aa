/** Bundles as bot and shell see them: the parts joined, and everything that only reads. */

import type { Hook } from "../../connectors/kit/define.ts";
import { ConnectorError } from "../../connectors/kit/errors.ts";
import type { Field, JsonObject } from "../../connectors/kit/fields.ts";
import { labelsOf, valuesOf } from "../connection/label.ts";
import type { BundleSummary, Bundles, BundleView, Connections, Problem, Scope, Verdict } from "../engine.ts";
import { UserError } from "../errors.ts";
import type { Admission, Once, Opener, Shared, StepProbe, Triggers } from "../parts.ts";
import { listBundles, readBundle, readLocale, type StoredBundle, tallyRuns, tallyTrigger } from "../store/bundles.ts";
import { readManners } from "../store/connections.ts";
import { countHeld } from "../store/deliveries.ts";
import { readMember } from "../store/people.ts";
import { readTrigger, type TriggerRow } from "../store/triggers.ts";
import { readAside } from "../store/versions.ts";
import { evaluate } from "../values/conditions.ts";
import { isEmpty, toText, type ValueSettings } from "../values/settings.ts";
import { hear, type Named, nameSources } from "../values/speak.ts";
import { references } from "../values/template.ts";
import { makeAccount } from "./account.ts";
import { exampleRefs, isClock, makeAround, optionsOf, sampleData, sampleOf } from "./around.ts";
import { bodyOf, makeDrafting, noBundle } from "./drafting.ts";
import { mappingLines } from "./lines.ts";
import { makeMigration } from "./migration.ts";
import { type Bundle, type Conditions, TRIGGER_ID } from "./model.ts";
import { toShared } from "./share.ts";
import { makeSteering } from "./steering.ts";
import { toFile } from "./transfer.ts";
import { validate } from "./validate.ts";
import { makeVersioning } from "./versioning.ts";
import { compact } from "./words.ts";

const MAX_HELD = 50_000;
/** Bundles that are looked through for what people usually put into a step. */
const MAX_EXAMPLES = 100;

export interface BundlesDeps
  extends Pick<Shared, "db" | "clock" | "log" | "vault" | "connectors" | "settings" | "queue"> {
  readonly triggers: Triggers;
  readonly probe: StepProbe;
  readonly opener: Pick<Opener, "open">;
  readonly connections: Pick<Connections, "list" | "options">;
  readonly admission: Admission;
  readonly once: Once;
}

export function makeBundles(deps: BundlesDeps): Bundles {
  const { db, connectors, settings, triggers, probe, connections, clock } = deps;
  const find = (key: string) => connectors.find((connector) => connector.key === key);
  const account = makeAccount({ ...deps, find });
  const around = makeAround({
    find,
    account,
    localeOf: ({ member }) => readLocale(db, member),
    examples: async (workspace, but) => {
      const rows = (await listBundles(db, workspace)).filter(({ id }) => id !== but);
      return rows
        .toReversed()
        .slice(0, MAX_EXAMPLES)
        .map((row) => ({ body: bodyOf(row), isLive: row.draft === null && row.live !== null }));
    },
  });
  const migration = makeMigration(deps);

  async function found(scope: Scope, id: string): Promise<StoredBundle> {
    const row = await readBundle(db, scope.workspace, id);
    if (row === undefined) throw noBundle();
    return row;
  }

  /** The workspace's manners in the language of the one who asks. */
  async function mannersOf(scope: Scope): Promise<ValueSettings> {
    const [manners, locale] = await Promise.all([readManners(db, scope.workspace), readLocale(db, scope.member)]);
    return { timeZone: manners?.timeZone ?? "UTC", country: manners?.country ?? "RU", locale, now: clock.now() };
  }

  async function view(scope: Scope, id: string): Promise<BundleView> {
    const row = await found(scope, id);
    const who = row.pausedBy?.by === "person" ? row.pausedBy.who : null;
    const [trigger, runs, seen, held, pauser, accounts, aside] = await Promise.all([
      readTrigger(db, id),
      tallyRuns(db, id),
      tallyTrigger(db, id),
      countHeld(db, id, MAX_HELD),
      who === null ? undefined : readMember(db, scope.workspace, who),
      connections.list(scope),
      readAside(db, id),
    ]);
    const body = bodyOf(row);
    const past = row.live !== null && migration.migrates(row.live) ? await migration.shown(id) : null;
    const uses = JSON.stringify(body);
    const broken =
      row.version > 0 ? accounts.find((one) => one.state === "broken" && uses.includes(one.id)) : undefined;
    const { asked = false, leasedUntil = null } = trigger ?? {};
    const hook = hookOf(body);
    const { succeeded = 0, failed = 0, unknown = 0, queued = 0, running = 0, waiting = 0 } = runs.states;
    // The address of an app is its owner's business, not that of whoever builds a bundle.
    const address = hook && hook.scope !== "app" && trigger ? triggers.address(trigger, body) : null;
    return {
      ...summary(row),
      ...(pauser ? { pausedByName: pauser.name } : {}),
      body,
      revision: row.revision,
      version: row.version,
      address,
      hook: hook ? hookView(trigger) : null,
      refused: hook ? refusedView(trigger) : null,
      nextPollAt: row.state === "active" ? (trigger?.nextAt ?? null) : null,
      polledAt: trigger?.polledAt ?? null,
      triggerFailure: trigger?.error ?? null,
      held,
      ...(leasedUntil !== null && leasedUntil > clock.now()
        ? { asking: "going" as const }
        : asked
          ? { asking: "waits" as const }
          : {}),
      ...(broken ? { blocked: { id: broken.id, name: broken.name, failure: broken.error } } : {}),
      counts: {
        ...(runs.newest === undefined ? {} : { newest: runs.newest }),
        succeeded,
        failed: failed + unknown,
        waiting: queued + running + waiting,
        ...seen,
      },
      lastRuns: runs.last,
      ...(migration.migrates(body) ? { migrates: true as const } : {}),
      ...(past === null ? {} : { migration: past }),
      ...(aside.canUndoEdit ? { canUndoEdit: true as const } : {}),
      ...(aside.former === null ? {} : { formerVersion: aside.former }),
    };
  }

  function hookOf({ trigger }: Bundle): Hook | undefined {
    return find(trigger?.connector ?? "")?.triggers.find(({ key }) => key === trigger?.trigger)?.hook;
  }

  async function problemsOf(scope: Scope, row: StoredBundle): Promise<readonly Problem[]> {
    const body = bodyOf(row);
    const [own, fields, gives] = await Promise.all([
      connections.list(scope),
      around.allFields(scope.workspace, body),
      around.allSources(scope.workspace, row, body),
    ]);
    const isReachable = settings.publicUrl !== null;
    return validate({ bundle: row.id, body, find, isReachable, connections: own, fields, gives });
  }

  async function namedFor(
    scope: Scope,
    row: StoredBundle,
    step: string,
    locale: "ru" | "en",
  ): Promise<readonly Named[]> {
    return nameSources(await around.sources(scope.workspace, row, bodyOf(row), step), locale);
  }

  /** Labels of values that were picked from the account's lists. */
  async function pickedLabels(
    connection: string | null,
    fields: readonly Field[],
    values: JsonObject,
  ): Promise<Record<string, string>> {
    const found = await Promise.all(
      fields.map(async (field): Promise<[string, string][]> => {
        if (references(values[field.key] ?? null).length > 0) return [];
        const label = await labelsOf(db, connection, field, values);
        return label === null ? [] : [[field.key, label]];
      }),
    );
    return Object.fromEntries(found.flat());
  }

  async function listedValues(connection: string | null, fields: readonly Field[], values: JsonObject) {
    const filled = fields.filter(({ key, list }) => list !== undefined && !isEmpty(values[key] ?? null));
    const found = await Promise.all(
      filled.map(async (field) => [field.key, await valuesOf(db, connection, field, values)] as const),
    );
    return new Map(found.flatMap(([key, listed]) => (listed === null ? [] : [[key, listed]])));
  }

  /** A record may have come since the service was asked last; that there is none, or no answer, is no news. */
  async function withRealSample(scope: Scope, row: StoredBundle): Promise<StoredBundle> {
    const body = bodyOf(row);
    const { trigger } = body;
    const declared = find(trigger?.connector ?? "")?.triggers.find(({ key }) => key === trigger?.trigger);
    if (row.sample !== null || declared?.poll === undefined) return row;
    try {
      const sample = await triggers.fetchSample({ id: row.id, workspace: scope.workspace }, body);
      return sample === null ? row : found(scope, row.id);
    } catch (error) {
      if (error instanceof ConnectorError || error instanceof UserError) return row;
      throw error;
    }
  }

  function judge(when: Conditions, row: StoredBundle, manners: ValueSettings): readonly (readonly Verdict[])[] {
    try {
      return evaluate(when, sampleData(row, bodyOf(row), find), manners).verdicts;
    } catch (error) {
      if (error instanceof ConnectorError) throw new UserError(error.sentence, { to: "bundle", id: row.id });
      throw error;
    }
  }

  /** Verdicts with the names of the values that the left side's field lists. */
  async function withLabels(
    scope: Scope,
    row: StoredBundle,
    step: string,
    verdicts: readonly (readonly Verdict[])[],
  ): Promise<readonly (readonly Verdict[])[]> {
    const body = bodyOf(row);
    const [sources, locale] = await Promise.all([
      around.sources(scope.workspace, row, body, step),
      readLocale(db, scope.member),
    ]);
    const name = async (verdict: Verdict): Promise<Verdict> => {
      const { condition, left } = verdict;
      const source = sources.find(({ fields }) => fields.some(({ template }) => template === condition.left));
      const field = source?.fields.find(({ template }) => template === condition.left)?.field;
      if (source === undefined || field === undefined) return verdict;
      const giver = source.ref === TRIGGER_ID ? body.trigger : body.steps.find(({ id }) => id === source.ref);
      const connection = giver && "connection" in giver ? giver.connection : null;
      const rights = Array.isArray(condition.right) ? condition.right : [condition.right ?? null];
      const values = [left, ...rights.filter((one) => references(one).length === 0).map(toText)];
      const labels = await Promise.all(
        [...new Set(values)].map(async (value): Promise<[string, string][]> => {
          const choice = field.choices?.find((one) => one.value === value)?.label[locale];
          const label = choice ?? (await labelsOf(db, connection, field, {}, value));
          return label === null || label === undefined || label === value ? [] : [[value, label]];
        }),
      );
      return { ...verdict, labels: Object.fromEntries(labels.flat()) };
    };
    return Promise.all(verdicts.map((group) => Promise.all(group.map(name))));
  }

  const drafting = makeDrafting({ ...deps, find, around, view });
  const steering = makeSteering({ ...deps, find, view, problemsOf });
  const versioning = makeVersioning({ ...deps, find, around, view, problemsOf, labels: pickedLabels });
  return {
    ...drafting,
    ...steering,
    ...versioning,
    migration: migration.migration,
    migrate: migration.migrate,
    upcoming: migration.upcoming,

    async list(scope) {
      return (await listBundles(db, scope.workspace)).map(summary);
    },

    async match(scope, text) {
      const all = (await listBundles(db, scope.workspace)).map(summary);
      const asked = text.trim().replace(/^[#№]\s*/, "");
      const exact = all.filter(({ id, number }) => id === asked || String(number) === asked);
      if (exact.length > 0) return exact;
      const word = compact(asked);
      return word === "" ? [] : all.filter(({ name }) => compact(name).includes(word));
    },

    get: view,

    async problems(scope, id) {
      return problemsOf(scope, await found(scope, id));
    },

    async sample(scope, id) {
      const row = await found(scope, id);
      return sampleOf(row, bodyOf(row), find);
    },

    async fetchSample(scope, id) {
      const row = await found(scope, id);
      try {
        return await triggers.fetchSample({ id, workspace: scope.workspace }, bodyOf(row));
      } catch (error) {
        if (!(error instanceof ConnectorError)) throw error;
        const connection = bodyOf(row).trigger?.connection ?? null;
        throw new UserError(
          error.sentence,
          connection === null ? { to: "trigger", bundle: id } : { to: "connection", id: connection },
        );
      }
    },

    async mapping(scope, id, step) {
      const row = await found(scope, id);
      const body = bodyOf(row);
      const target = step === TRIGGER_ID ? body.trigger : body.steps.find((one) => one.id === step);
      if (target === null || target === undefined || ("kind" in target && target.kind !== "action")) return [];
      const isAction = "kind" in target;
      const values = isAction ? target.input : target.options;
      const manners = await mannersOf(scope);
      const [fields, named] = await Promise.all([
        isAction ? account.inputFields(scope.workspace, target) : optionsOf(body, find),
        isAction ? namedFor(scope, row, step, manners.locale) : [],
      ]);
      const labels = await pickedLabels(target.connection, fields, values);
      const unsure = isAction ? (target.unsure ?? []) : [];
      const data = isAction ? sampleData(row, body, find) : {};
      const examples = exampleRefs(row, body, find);
      const listed = await listedValues(target.connection, fields, values);
      return mappingLines({ fields, values, unsure, data, examples, named, settings: manners, labels, listed });
    },

    async sources(scope, id, step) {
      const row = await found(scope, id);
      const all = await around.sources(scope.workspace, row, bodyOf(row), step);
      return all.map(({ connector: _, idsOnly: __, finds: ___, ...source }) => source);
    },

    async read(scope, id, step, typed) {
      const row = await found(scope, id);
      return hear(typed, await namedFor(scope, row, step, await readLocale(db, scope.member)));
    },

    async verdicts(scope, id, step) {
      const row = await found(scope, id);
      const body = bodyOf(row);
      const target = body.steps.find((one) => one.id === step);
      const isConditional = target?.kind === "router" || target?.kind === "stopIf";
      const when = step === TRIGGER_ID ? (body.trigger?.filter ?? []) : isConditional ? target.when : [];
      return withLabels(scope, row, step, judge(when, row, await mannersOf(scope)));
    },

    async dryRun(scope, id) {
      const row = await withRealSample(scope, await found(scope, id));
      const body = bodyOf(row);
      const sample = sampleOf(row, body, find);
      if (sample === null) {
        throw new UserError(
          {
            ru: "Нет примера данных. Получите его на экране триггера.",
            en: "There is no sample. Get one on the trigger's screen.",
          },
          { to: "trigger", bundle: id },
        );
      }
      const when = body.trigger?.filter ?? [];
      const judged = judge(when, row, await mannersOf(scope));
      const verdicts = await withLabels(scope, row, TRIGGER_ID, judged);
      const holds = verdicts.some((group) => group.every((verdict) => verdict.holds));
      const steps = await probe.dry(scope.workspace, body, sample.item);
      const isReal = sample.from !== "declared" || isClock(body, find);
      return { sample, filter: when.length === 0 ? null : { holds, verdicts }, steps, isReal };
    },

    async exportFile(scope, id) {
      const row = await found(scope, id);
      return toFile(row.name, bodyOf(row), find);
    },

    async shareFile(scope, id, drop) {
      const [row, locale] = await Promise.all([found(scope, id), readLocale(db, scope.member)]);
      return toShared({ name: row.name, body: bodyOf(row), locale }, find, drop);
    },
  };
}

function refusedView(trigger: TriggerRow | undefined): NonNullable<BundleView["refused"]> | null {
  if (!trigger?.refusedAt || !trigger.refusedWhy) return null;
  return { count: trigger.refused, last: { at: trigger.refusedAt, why: trigger.refusedWhy } };
}

function hookView(trigger: TriggerRow | undefined): NonNullable<BundleView["hook"]> {
  const subscribed = Boolean(trigger?.subscription);
  if (!trigger?.subscribeError) return { subscribed };
  const { attempts: _, ...refused } = trigger.subscribeError;
  return { subscribed, refused, ...(trigger.subscribeAt ? { retryAt: trigger.subscribeAt } : {}) };
}

function summary(row: StoredBundle): BundleSummary {
  const { trigger, steps } = bodyOf(row);
  const keys = steps.flatMap((step) => (step.kind === "action" ? [step.connector] : []));
  return {
    id: row.id,
    number: row.number,
    name: row.name,
    state: row.state,
    pausedBy: row.pausedBy,
    hasDraft: row.draft !== null && row.version > 0,
    connectors: [...new Set(trigger === null ? keys : [trigger.connector, ...keys])],
  };
}
