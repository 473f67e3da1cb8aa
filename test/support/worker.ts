/** A process that runs bundles until it is killed, or kills itself: `node worker.ts DATABASE_URL SERVICE_URL [WHERE]`. */
import { makeClient } from "../../src/db/client.ts";
import { makeStage } from "./stage.ts";

const [url = "", service = "", where = ""] = process.argv.slice(2);
const client = makeClient({ url, max: 6, name: "test worker" });
const stage = makeStage({
  client,
  url,
  service,
  clock: { now: () => new Date() },
  // "before POST /deals": the note is stored, nothing is sent.
  before: (path) => {
    if (where === `before ${path}`) process.kill(process.pid, "SIGKILL");
  },
});
stage.worker.start();
await stage.queue.start();
setInterval(() => stage.worker.tick(), 300);
// Not left behind when the test is killed.
process.once("disconnect", () => process.exit());
process.send?.("ready");
