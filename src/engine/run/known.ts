/** What many runs need of the same: frozen versions, and how a workspace reads values. Kept in memory for a while. */
import type { Bundle } from "../bundle/model.ts";
import type { Shared } from "../parts.ts";
import { readManners } from "../store/connections.ts";
import { readVersion } from "../store/versions.ts";
import type { ValueSettings } from "../values/settings.ts";

export interface Known {
  /** A version never changes, so it is read once. */
  version(bundle: string, version: number): Promise<Bundle | undefined>;
  /** At most five seconds old. */
  settings(workspace: string): Promise<ValueSettings>;
}

const SETTINGS_MS = 5_000;
const MAX_VERSIONS = 500;
const MAX_WORKSPACES = 5_000;

export function makeKnown({ db, clock }: Pick<Shared, "db" | "clock">): Known {
  const versions = new Map<string, Promise<Bundle | undefined>>();
  const manners = new Map<string, { read: Promise<ValueSettings>; until: number }>();

  async function readSettings(workspace: string): Promise<ValueSettings> {
    const row = await readManners(db, workspace);
    return row ?? { timeZone: "UTC", country: "RU", locale: "ru" };
  }

  return {
    version(bundle, version) {
      const key = `${bundle} ${version}`;
      const known = versions.get(key);
      if (known) return known;
      if (versions.size >= MAX_VERSIONS) versions.clear();
      const read = readVersion(db, bundle, version);
      versions.set(key, read);
      read.then(
        (body) => body ?? versions.delete(key),
        () => versions.delete(key),
      );
      return read;
    },

    async settings(workspace) {
      const known = manners.get(workspace);
      // Real time: how fresh a copy is has nothing to do with the clock of runs.
      if (known && known.until > Date.now()) return { ...(await known.read), now: clock.now() };
      if (manners.size >= MAX_WORKSPACES) manners.clear();
      const read = readSettings(workspace);
      manners.set(workspace, { read, until: Date.now() + SETTINGS_MS });
      read.catch(() => manners.delete(workspace));
      return { ...(await read), now: clock.now() };
    },
  };
}
