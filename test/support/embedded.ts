/** A process that opens the bundled database of a directory and holds it: `node embedded.ts DIRECTORY`. */
import { startEmbedded } from "../../src/db/embedded.ts";
import { Refusal } from "../../src/refusal.ts";

const [directory = ""] = process.argv.slice(2);
const say = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`);
try {
  const embedded = await startEmbedded({ dataDir: directory });
  const alive = setInterval(() => {}, 60_000);
  process.once("SIGTERM", async () => {
    await embedded.stop();
    clearInterval(alive);
    say({ stopped: true });
  });
  say({ url: embedded.url, pid: embedded.pid });
} catch (error) {
  say(error instanceof Refusal ? { refused: error.sentence.en } : { failed: String(error) });
  process.exitCode = 1;
}
