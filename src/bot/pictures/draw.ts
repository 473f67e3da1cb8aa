/** SVG to PNG, in a process that lives as long as that takes. */
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { Drawing } from "./svg.ts";

const RENDER = fileURLToPath(new URL("render.ts", import.meta.url));
/** Ten pages take 3 s on a busy machine. */
const LONGEST_MS = 30_000;

export type Draw = (drawings: readonly Drawing[]) => Promise<readonly Uint8Array[]>;

/** Draws one after another: a hundred people who press at once shall not start a hundred processes. */
export function makeDraw(longestMs = LONGEST_MS): Draw {
  let last: Promise<unknown> = Promise.resolve();
  return (drawings) => {
    const mine = last.then(() => render(drawings, longestMs));
    last = mine.catch(() => undefined);
    return mine;
  };
}

async function render(drawings: readonly Drawing[], longestMs: number): Promise<readonly Uint8Array[]> {
  // Nothing of the environment goes along: what only draws needs no key and no address.
  const child = spawn(process.execPath, [RENDER], { env: {}, stdio: ["pipe", "pipe", "pipe"], timeout: longestMs });
  const ended = new Promise<number | string | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(code ?? signal));
  });
  // One that died before it read everything is told of by how it ended.
  child.stdin.on("error", () => undefined);
  child.stdin.end(JSON.stringify(drawings.map(({ svg }) => svg)));
  const [said, complaint, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (code !== 0) throw new Error(`the picture can't be drawn (${code}): ${complaint.slice(0, 500)}`);
  return (JSON.parse(said) as readonly string[]).map((picture) => Buffer.from(picture, "base64"));
}
