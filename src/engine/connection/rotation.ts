/** A change of the key: everything that an older one sealed is sealed anew, row by row, so that it may be cut off anywhere. */
import { beginRotation, CHECKS, endRotation } from "../installation.ts";
import type { Shared } from "../parts.ts";
import { SEALED_PLACES, sealedRows, writeSealed } from "../store/sealed.ts";
import { countOthers } from "../store/sessions.ts";
import type { Keyring } from "./vault.ts";

export interface Rotated {
  /** Rows that were sealed anew by this call. */
  readonly resealed: number;
  /** Rows that only an older key opens; 0: the older keys may be thrown away. */
  readonly left: number;
  /** Other processes of the app on this database: what doesn't know the new key yet goes on sealing with the old one. */
  readonly others: number;
}

const BATCH = 500;

export function makeRotation(deps: Pick<Shared, "db" | "process"> & { readonly vault: Keyring }) {
  const { db, vault, process } = deps;

  async function pass(): Promise<{ resealed: number; left: number }> {
    const heads = vault.olderHeads();
    let [resealed, left] = [0, 0];
    for (const place of heads.length > 0 ? SEALED_PLACES : []) {
      for (let after = ""; ; ) {
        const rows = await sealedRows(db, place, heads, after, BATCH);
        const changes = rows.flatMap(({ key, text: before }) => {
          // What tells that both keys are still needed.
          if (place.name === "settings" && key === CHECKS) return [];
          const after = vault.reseal(before);
          // A person may have typed something that only looks sealed: no key opens it, so none is needed for it.
          return after === before ? [] : [{ key, before, after }];
        });
        const written = changes.length > 0 ? await writeSealed(db, place, changes) : 0;
        resealed += written;
        left += changes.length - written;
        after = rows.at(-1)?.key ?? "";
        if (rows.length < BATCH) break;
      }
    }
    return { resealed, left };
  }

  return {
    async rotate(): Promise<Rotated> {
      await beginRotation({ db, vault });
      let resealed = 0;
      // The second pass takes what was changed during the first; a busy row may need some more.
      for (let passes = 0; passes < 10; passes++) {
        const done = await pass();
        resealed += done.resealed;
        if (done.resealed + done.left > 0) continue;
        const others = await countOthers(db, process);
        await endRotation({ db, vault });
        return { resealed, left: 0, others };
      }
      return { resealed, left: (await pass()).left, others: await countOthers(db, process) };
    },
  };
}
