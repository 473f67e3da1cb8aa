/**
 * The installation is reached at another address than last time. What the services were told by us follows by itself;
 * what a person pasted there leads nowhere, and they are told once, with the bundles whose addresses are meant.
 */
import { z } from "zod";
import type { Notify, Shared } from "../parts.ts";
import { lockSetting, writeSetting } from "../store/settings.ts";
import { handTriggers } from "../store/triggers.ts";

const SETTING = "hookAddress";
const Known = z.object({ url: z.string() });
const MOST = 50;

export interface MovedDeps extends Pick<Shared, "db" | "connectors" | "log"> {
  readonly settings: Pick<Shared["settings"], "publicUrl">;
  readonly notify: Notify;
}

/** At the start; the first start of all only remembers. */
export async function tellMoved({ db, connectors, settings, log, notify }: MovedDeps): Promise<void> {
  const { publicUrl } = settings;
  if (publicUrl === null) return;
  const workspaces = await db.transaction(async (tx) => {
    const known = Known.safeParse(await lockSetting(tx, SETTING));
    if (known.success && known.data.url === publicUrl) return 0;
    await writeSetting(tx, SETTING, { url: publicUrl });
    if (!known.success) return 0;
    const pasted = new Map<string, { bundles: string[]; maybe: string[] }>();
    for (const { bundle, workspace, connector, trigger } of await handTriggers(tx)) {
      const found = connectors.find(({ key }) => key === connector)?.triggers.find(({ key }) => key === trigger);
      const { hook, poll } = found ?? {};
      if (!hook || (hook.subscribe && !hook.byHandToo)) continue;
      const own = pasted.get(workspace) ?? { bundles: [], maybe: [] };
      // With a poll behind it nobody knows whether the address was ever pasted.
      (poll ? own.maybe : own.bundles).push(bundle);
      pasted.set(workspace, own);
    }
    for (const [workspace, { bundles, maybe }] of pasted) {
      const alert = { kind: "addressMoved" as const, bundles: bundles.slice(0, MOST), maybe: maybe.slice(0, MOST) };
      await notify(tx, workspace, alert, `address ${publicUrl}`);
    }
    return pasted.size;
  });
  if (workspaces > 0) log.info({ workspaces }, "people are told of the new address of their webhooks");
}
