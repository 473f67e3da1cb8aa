/**
 * A wire that misbehaves between one app and its database: it delays, cuts, half-closes, truncates, drips, goes silent. Leads flow meanwhile; whatever was accepted is done once in the end.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startHand } from "../bench/survival/hand.ts";
import { calm } from "../bench/survival/kill.ts";
import { type Load, startLoad } from "../bench/survival/load.ts";
import { everyLeadOnce } from "../bench/survival/round.ts";
import { openWorld, type World } from "../bench/survival/world.ts";
import { bundle as w1 } from "../bench/w1.ts";
import { addPerson, type Person } from "../playground/person.ts";
import { socketDirectory } from "../src/db/client.ts";
import { eventually } from "./support/house.ts";
import { type Fault, openProxy, type Proxy as Wire } from "./support/proxy.ts";

const PATIENCE = 6;

/** Minutes of load: the long form. */
const skip = process.env.SURVIVAL_LONG ? false : "takes minutes of load: SURVIVAL_LONG=1 npm test -- survival-wire";

describe("bad wires", { concurrency: false, skip }, () => {
  let world: World;
  let wires: Record<"database" | "telegram" | "service", Wire>;
  let person: Person;
  let live: { id: string; path: string };
  let app: string;

  before(async () => {
    world = await openWorld({
      fleet: "alone",
      random: Math.random,
      async between(ends) {
        const socket = socketDirectory(ends.database);
        const portOf = (url: string) => Number(new URL(url).port);
        wires = {
          database: await openProxy(() => (socket ? `${socket}/.s.PGSQL.5432` : portOf(ends.database))),
          telegram: await openProxy(() => portOf(ends.telegram)),
          service: await openProxy(() => portOf(ends.ledger)),
        };
        const database = new URL(ends.database);
        database.search = "";
        database.host = `127.0.0.1:${wires.database.port}`;
        const here = ({ port }: Wire) => `http://127.0.0.1:${port}`;
        return { database: database.href, telegram: here(wires.telegram), ledger: here(wires.service) };
      },
      env: { HOOK_RATE: "1000" },
    });
    person = await addPerson(world.url, "Анна", "ru", PATIENCE);
    await person.say("/start");
    await person.sees("Соберём первую");
    live = await world.bundle(w1(`http://127.0.0.1:${wires.service.port}`), true);
    app = world.members[0]?.url() ?? "";
  });
  after(async () => {
    for (const wire of Object.values(wires ?? {})) wire.set({ kind: "none" });
    await world?.close();
    for (const wire of Object.values(wires ?? {})) await wire.close();
  });

  /** Leads flow while `bad` happens; afterwards each accepted one was done once, and the chat answers. */
  async function underLoad(bad: (load: Load) => Promise<void>): Promise<Load> {
    const load = startLoad(`${world.url}${live.path}`, 20, from);
    const hand = startHand(world, person);
    try {
      await bad(load);
    } finally {
      for (const wire of Object.values(wires)) wire.set({ kind: "none" });
      await load.stop();
    }
    from = load.sent();
    await tryNow();
    await calm(world);
    await hand.stop();
    const violations: string[] = [];
    await everyLeadOnce(world, load, live.id, violations);
    assert.deepEqual(violations, [], world.members[0]?.output().slice(-3_000));
    return load;
  }
  let from = 0;
  /** What waits for its next try is tried now, as `/status` offers it. */
  async function tryNow(): Promise<void> {
    await person.say("/status");
    await person.sees("Всё ли в порядке");
    const offered = (await person.buttons()).flat().find((text) => text.includes("Повторить сейчас"));
    if (offered !== undefined) await person.press(offered);
  }
  const ready = async () => (await fetch(`${app}/readyz`)).status;
  const accepts = (load: Load, more: number) => {
    const had = load.accepted.size;
    return eventually("leads are accepted", () => load.accepted.size >= had + more);
  };

  const DATABASE: Record<string, Fault> = {
    "answers late": { kind: "delay", ms: 150 },
    "answers byte by byte": { kind: "drip", ms: 0 },
    "is cut off": { kind: "refuse" },
    "hangs up in the middle of an answer": { kind: "truncate", bytes: 200 },
    "half-closes": { kind: "halfClose" },
    "goes silent": { kind: "silent" },
  };
  for (const [name, fault] of Object.entries(DATABASE))
    it(`the database ${name}: what isn't stored is refused with 503, what is accepted is done once`, async (t) => {
      const load = await underLoad(async (load) => {
        await accepts(load, 2);
        wires.database.set(fault);
        assert.equal((await fetch(`${app}/healthz`)).status, 200, "the process lives");
        if (fault.kind === "delay" || fault.kind === "drip") await accepts(load, 3);
        else await eventually("it is said to be not ready", async () => (await ready()) === 503);
        wires.database.set({ kind: "none" });
        await accepts(load, 3);
        await eventually("it is ready again", async () => (await ready()) === 200);
      });
      t.diagnostic(`${load.accepted.size} accepted, ${load.refused()} refused, ${load.unanswered.size} unanswered`);
      assert.equal(load.unanswered.size, 0, "every sender got an answer");
    });
});
