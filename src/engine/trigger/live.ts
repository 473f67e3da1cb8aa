/** A bundle's trigger with everything that is needed to ask it or to read what it brings. */
import type { Connector, JsonObject, Trigger } from "../../connectors/kit/define.ts";
import { ConnectorError } from "../../connectors/kit/errors.ts";
import type { Trigger as Chosen } from "../bundle/model.ts";
import { renderValues } from "../bundle/secrets.ts";
import type { Shared, Vault } from "../parts.ts";
import type { Live } from "../store/triggers.ts";
import { convertInput } from "../values/convert.ts";
import type { ValueSettings } from "../values/settings.ts";

export interface Armed {
  readonly connector: Connector;
  readonly trigger: Trigger;
  readonly chosen: Chosen;
  readonly repeats: "once" | "every";
}

/** Null where the bundle has no trigger, or one that this installation doesn't know. */
export function armedOf(connectors: Shared["connectors"], chosen: Chosen | null): Armed | null {
  const connector = connectors.find((known) => known.key === chosen?.connector);
  const trigger = connector?.triggers.find((known) => known.key === chosen?.trigger);
  if (!connector || !trigger || !chosen) return null;
  return { connector, trigger, chosen, repeats: chosen.repeats ?? trigger.repeats ?? "once" };
}

export const armedLive = (connectors: Shared["connectors"], live: Live): Armed | null =>
  armedOf(connectors, live.body.trigger);

/**
 * The chosen options as the connector's functions take them; ConnectorError("data") names the first that is wrong.
 * A draft (`isDraft`) may be half chosen: what is right already is enough to look at a delivery.
 */
export function optionsOf(
  { trigger, chosen }: Armed,
  settings: ValueSettings,
  vault: Pick<Vault, "open">,
  isDraft = false,
): JsonObject {
  const { rendered } = renderValues({ fields: trigger.options, values: chosen.options, data: {}, settings }, vault);
  const { input, problems } = convertInput(trigger.options, rendered, settings);
  const [problem] = problems;
  if (problem && !isDraft) throw new ConnectorError("data", problem.sentence, { field: problem.field });
  return input;
}
