/** `npm run owner -- reset`: prints a new one-time owner code; the old one is void. Works beside a running app. */
import { openCommand } from "../open.ts";

await openCommand(async ({ engine }) => {
  const [command, ...rest] = process.argv.slice(2);
  if (command !== "reset" || rest.length > 0) {
    console.error("npm run owner -- reset");
    process.exitCode = 2;
    return;
  }
  console.log(await engine.people.resetOwnerCode());
});
