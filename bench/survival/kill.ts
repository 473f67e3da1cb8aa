/** What is killed, and the calm that must come afterwards. */
import { setTimeout as pause } from "node:timers/promises";
import type { World } from "./world.ts";

/** Runs that met a kill wait for their next try, and cards come one a second: something must move within this time. */
const STILL_MS = 300_000;

export interface Target {
  readonly name: string;
  kill(): void | Promise<void>;
}

/** Half of them hit a process; the others the database's server or one of its sessions. */
export function choose(world: World, random: () => number): Target {
  const kind = random();
  if (kind < 0.3) return { name: "database", kill: () => world.killDatabase("server", random) };
  if (kind < 0.5) return { name: "a session of the database", kill: () => world.killDatabase("session", random) };
  const alive = world.members.filter((one) => one.isAlive());
  const ready = alive.filter((one) => one.isReady());
  const from = ready.length > 0 && random() < 0.9 ? ready : alive.length > 0 ? alive : world.members;
  const one = from[Math.floor(random() * from.length)];
  if (!one) throw new Error("a fleet has processes");
  return { name: one.name, kill: () => one.kill() };
}

export async function someIsReady({ members }: World): Promise<void> {
  while (!members.some((one) => one.isReady())) await pause(20);
}

/** Until nothing is open: no delivery, run, question, message or update. Fails when nothing moves any more. */
export async function calm(world: World): Promise<void> {
  let before = "";
  for (let deadline = Date.now() + STILL_MS; Date.now() < deadline; await pause(300)) {
    const [open] = await world.ask(
      () => world.client.sql<Record<string, number>[]>`
        select (select count(*)::int from telegram_inbox where done_at is null) as updates,
               (select count(*)::int from runs where state not in ('succeeded', 'failed', 'cancelled')) as runs,
               (select count(*)::int from outbox where sent_at is null) as messages,
               (select count(*)::int from deliveries) as deliveries`,
    );
    if (open && Object.values(open).every((count) => count === 0)) return;
    const now = JSON.stringify(open);
    if (now !== before) deadline = Date.now() + STILL_MS;
    before = now;
  }
  throw new Error(`nothing moves for ${STILL_MS / 1000} s: ${before}`);
}
