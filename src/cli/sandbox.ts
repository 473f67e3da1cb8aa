/** `npm run sandbox -- [service…] [--port N]`: the sandboxes alone; prints one JSON object with each one's base URL and credentials. */
import { parseArgs } from "node:util";
import { serveSandboxes } from "../../playground/sandboxes/serve.ts";
import { openStore } from "../../playground/store.ts";

const { values, positionals } = parseArgs({
  options: { port: { type: "string", default: "0" } },
  allowPositionals: true,
});
const port = Number(values.port);
if (!Number.isInteger(port) || port < 0 || port > 65_535)
  fail(`--port must be a number from 0 to 65535, not ${values.port}`);

const served = await serveSandboxes({ store: openStore(":memory:"), port }).catch((error: NodeJS.ErrnoException) =>
  fail(error.code === "EADDRINUSE" ? `port ${port} is in use: choose another with --port` : error.message),
);
const all = served.sandboxes.list();
const unknown = positionals.filter((key) => !all.some((one) => one.key === key));
if (unknown.length > 0)
  fail(`no sandbox called ${unknown.join(", ")}; there are ${all.map((one) => one.key).join(", ")}`);

const chosen = all.filter((one) => positionals.length === 0 || positionals.includes(one.key));
const told = chosen.map((one) => [
  one.key,
  { base: one.base, credentials: Object.fromEntries(one.credentials.map((c) => [c.key, c.value])) },
]);
console.log(JSON.stringify(Object.fromEntries(told)));

for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void served.stop().then(() => process.exit(0)));

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
