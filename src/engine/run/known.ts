/** What many runs need of the same: frozen versions, and how a workspace reads values. Kept in memory for a while. */
import type { Bundle } from "../bundle/model.ts";
import { makeManners } from "../connection/manners.ts";
import type { Shared } from "../parts.ts";
import { readVersion } from "../store/versions.ts";
import type { ValueSettings } from "../values/settings.ts";

export interface Known {
  /** A version never changes, so it is read once. */
  version(bundle: string, version: number): Promise<Bundle | undefined>;
  /** At most a second old. */
  settings(workspace: string): Promise<ValueSettings>;
}

const MAX_VERSIONS = 500;

export function makeKnown({ db, clock }: Pick<Shared, "db" | "clock">): Known {
  const versions = new Map<string, Promise<Bundle | undefined>>();
  const mannersOf = makeManners(db);

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
      const manners = await mannersOf(workspace);
      return { ...(manners ?? { timeZone: "UTC", country: "RU", locale: "ru" }), now: clock.now() };
    },
  };
}
