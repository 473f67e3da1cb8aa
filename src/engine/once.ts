import type { Db, Once } from "./parts.ts";
import { claimOperation, readResult, writeResult } from "./store/operations.ts";

/**
 * Makes `scope.op` real. The effect and the note that it happened are one transaction, so a kill leaves both or
 * neither; two at once with the same op run one after the other, and the second gets the first one's result.
 */
export function makeOnce({ db }: { db: Db }): Once {
  return (scope, name, effect) =>
    db.transaction(async (tx) => {
      if (scope.op === undefined) return effect(tx);
      const key = `${scope.member} ${scope.op} ${name}`;
      if (!(await claimOperation(tx, key))) return (await readResult(tx, key)) as Awaited<ReturnType<typeof effect>>;
      const result = await effect(tx);
      await writeResult(tx, key, result);
      return result;
    });
}
