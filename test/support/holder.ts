/** A process that fetches jobs and never ends them: `node holder.ts DATABASE_URL`. */
import { makeQueue } from "../../src/engine/queue.ts";
import { makeLog } from "../../src/log.ts";

const queue = makeQueue({ url: process.argv[2] ?? "", process: `holder ${process.pid}`, log: makeLog("silent") });
queue.work("run", 4, (id) => {
  process.send?.(id);
  return new Promise(() => {});
});
await queue.start();
// Not left behind when the test is killed.
process.once("disconnect", () => process.exit());
process.send?.("ready");
