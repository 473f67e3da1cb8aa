/** A bundle as what starts it and what it does, nothing more: small enough for a button or a link. Pure. */
import type { BundleFile, Connector, Step } from "../engine/index.ts";
import type { Understood } from "./sentence.ts";
import { short } from "./short.ts";

export type Skeleton = Understood & { readonly trigger: NonNullable<Understood["trigger"]> };

const SIZE = 5;
/** More don't fit into the 64 bytes of a button. */
export const MOST_ACTIONS = 9;

const hashes = (connectors: readonly Connector[], of: "triggers" | "actions") =>
  connectors.flatMap(({ key, [of]: offers }) =>
    offers.map((one) => ({ connector: key, key: one.key, hash: short(`${key} ${one.key}`) })),
  );

/** Five signs for the trigger and five for each action; null where there are too many. */
export function codeOf({ trigger, actions }: Skeleton): string | null {
  if (actions.length > MOST_ACTIONS) return null;
  return [
    short(`${trigger.connector} ${trigger.trigger}`),
    ...actions.map(({ connector, action }) => short(`${connector} ${action}`)),
  ].join("");
}

/** Null where this catalogue lacks a part of it. */
export function skeletonOf(code: string | undefined, connectors: readonly Connector[]): Skeleton | null {
  if (code === undefined || !/^(?:[a-z\d]{5}){1,10}$/.test(code)) return null;
  const [first = "", ...rest] = code.match(new RegExp(`.{${SIZE}}`, "g")) ?? [];
  const trigger = hashes(connectors, "triggers").find(({ hash }) => hash === first);
  const known = hashes(connectors, "actions");
  const actions = rest.map((part) => known.find(({ hash }) => hash === part));
  if (trigger === undefined || actions.some((one) => one === undefined)) return null;
  return {
    trigger: { connector: trigger.connector, trigger: trigger.key },
    actions: actions.flatMap((one) => (one ? [{ connector: one.connector, action: one.key }] : [])),
  };
}

/** The file of which a draft is made; every field is proposed. */
export function fileOf({ trigger, actions }: Skeleton, name: string, connectors: readonly Connector[]): BundleFile {
  const slot = (key: string): string | null =>
    connectors.find((one) => one.key === key)?.auth.kind === "none" ? null : key;
  return {
    svyazka: 1,
    name,
    bundle: {
      format: 1,
      trigger: { ...trigger, connection: slot(trigger.connector), options: {} },
      steps: actions.map(
        (one, i): Step => ({ id: `st${i + 2}`, kind: "action", ...one, connection: slot(one.connector), input: {} }),
      ),
    },
  };
}

/** What of a bundle a link can carry: only where it is nothing but a trigger and actions. */
export function skeletonIn({ bundle }: BundleFile): Skeleton | null {
  const { trigger, steps } = bundle;
  if (trigger === null || trigger.filter !== undefined || steps.length === 0) return null;
  const actions = steps.flatMap((step) =>
    step.kind === "action" ? [{ connector: step.connector, action: step.action }] : [],
  );
  if (actions.length !== steps.length) return null;
  return { trigger: { connector: trigger.connector, trigger: trigger.trigger }, actions };
}
