/** What a ready bundle gets once its accounts are known: a sample, and the values that differ per account. */
import { ConnectorError } from "../../connectors/kit/errors.ts";
import type { Scope } from "../engine.ts";
import type { Shared, Triggers } from "../parts.ts";
import { readBundle, type StoredBundle } from "../store/bundles.ts";
import type { Around } from "./around.ts";
import { applyEdit } from "./edits.ts";
import { type Bundle, EMPTY_BUNDLE, type Values } from "./model.ts";
import type { FindConnector } from "./naming.ts";

interface Deps extends Pick<Shared, "db"> {
  readonly find: FindConnector;
  readonly around: Pick<Around, "optionProposals" | "proposal">;
  readonly triggers: Pick<Triggers, "fetchSample">;
}

export function makeTemplateFilling({ db, find, around, triggers }: Deps) {
  /** Asks the account for its newest record, so that proposals see real data; one that gives none keeps nothing up. */
  async function fetchSample(scope: Scope, id: string, body: Bundle): Promise<void> {
    const { trigger } = body;
    const connector = trigger === null ? undefined : find(trigger.connector);
    const declared = connector?.triggers.find(({ key }) => key === trigger?.trigger);
    const isReachable = trigger?.connection !== null || connector?.auth.kind === "none";
    if (declared?.poll === undefined || !isReachable) return;
    try {
      await triggers.fetchSample({ id, workspace: scope.workspace }, body);
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
    }
  }

  return {
    /** The draft with everything proposed that can be; asks services, so never inside a transaction. */
    async fill(scope: Scope, row: StoredBundle): Promise<Bundle> {
      const body = row.draft ?? EMPTY_BUNDLE;
      let filled = (await around.optionProposals(scope, body)).reduce(applyEdit, body);
      await fetchSample(scope, row.id, filled);
      const sampled = (await readBundle(db, scope.workspace, row.id)) ?? row;
      for (const { id } of body.steps) {
        const step = filled.steps.find((one) => one.id === id);
        if (step?.kind !== "action") continue;
        const edit = await around.proposal(scope, sampled, filled, step, true);
        if (edit !== null) filled = applyEdit(filled, edit);
      }
      return filled;
    },
  };
}

/** Without the nulls by which a template keeps fields empty. */
export function emptied(body: Bundle): Bundle {
  const { trigger } = body;
  return {
    ...body,
    trigger: trigger === null ? null : { ...trigger, options: filledOnly(trigger.options) },
    steps: body.steps.map((step) => (step.kind === "action" ? { ...step, input: filledOnly(step.input) } : step)),
  };
}

const filledOnly = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
