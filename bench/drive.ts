/**
 * The world around W1, as a process of its own: the service that the bundle calls, and the sender of leads. It sees when
 * a lead was sent and when its second call came, so that it alone measures; app and ceiling are treated the same.
 */
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Pool } from "undici";

export type Order =
  | { readonly do: "sustain"; readonly url: string; readonly outstanding: number; readonly seconds: number }
  | { readonly do: "pace"; readonly url: string; readonly perSecond: number; readonly seconds: number };
export type Figures = {
  /** Runs whose second call came, per second of the measured time. */
  readonly runsPerSecond: number;
  /** All that were carried, those of the warm-up too. */
  readonly runs: number;
  /** From the POST's first byte to the second call, in milliseconds. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Leads that weren't taken, by the status they got. */
  readonly refused: Readonly<Record<string, number>>;
  /** Second calls beyond the first of a lead. */
  readonly doubled: number;
  /** Accepted leads whose second call never came. */
  readonly lost: number;
};

const WARM_UP_SECONDS = 3;
const DRAIN_MS = 60_000;

let serial = 0;
/** When each open lead was sent. */
const sent = new Map<number, number>();
const ended = new Set<number>();
let took: { at: number; ms: number }[] = [];
let doubled = 0;
let freed: () => void = () => {};

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const { n } = JSON.parse(Buffer.concat(chunks).toString()) as { n: number };
    response.setHeader("content-type", "application/json");
    response.end(`{"id":"${n}-${request.url?.slice(1)}","state":"created"}`);
    if (request.url !== "/second") return;
    const number = Number(n);
    const began = sent.get(number);
    if (began === undefined) {
      if (ended.has(number)) doubled++;
      return;
    }
    sent.delete(number);
    ended.add(number);
    const now = performance.now();
    took.push({ at: now, ms: now - began });
    freed();
  });
});

/** About 600 bytes, as a lead form sends it. */
function lead(n: number): string {
  const filler = "Здравствуйте! Хочу узнать цену и срок, перезвоните после шести. ".repeat(3);
  return JSON.stringify({
    n,
    name: `Анна Петрова ${n}`,
    phone: `+7900${String(n % 10_000_000).padStart(7, "0")}`,
    email: `anna${n}@example.com`,
    form: { id: "8172635", name: "Заявка с сайта" },
    utm: { source: "yandex", medium: "cpc", campaign: "autumn" },
    comment: filler,
  });
}

async function carryOut(order: Order): Promise<Figures> {
  const { origin, pathname } = new URL(order.url);
  const pool = new Pool(origin, { connections: 64, pipelining: 1 });
  const refused: Record<string, number> = {};
  const post = async () => {
    const n = ++serial;
    sent.set(n, performance.now());
    const headers = { "content-type": "application/json" };
    const answer = await pool.request({ method: "POST", path: pathname, headers, body: lead(n) });
    await answer.body.dump();
    if (answer.statusCode < 300) return;
    sent.delete(n);
    refused[answer.statusCode] = (refused[answer.statusCode] ?? 0) + 1;
    freed();
  };
  took = [];
  doubled = 0;
  const seconds = order.seconds + WARM_UP_SECONDS;
  const began = performance.now();
  const until = began + seconds * 1000;
  if (order.do === "sustain") {
    while (performance.now() < until) {
      while (sent.size < order.outstanding) void post();
      await new Promise<void>((resolve) => {
        freed = resolve;
      });
    }
  } else {
    for (let at = began; at < until; at += 1000 / order.perSecond) {
      const wait = at - performance.now();
      if (wait > 0) await sleep(wait);
      void post();
    }
  }
  freed = () => {};
  for (const limit = performance.now() + DRAIN_MS; sent.size > 0 && performance.now() < limit; ) await sleep(20);
  await pool.close();
  const measured = took.filter(({ at }) => at >= began + WARM_UP_SECONDS * 1000 && at < until);
  const sorted = measured.map(({ ms }) => ms).sort((a, b) => a - b);
  const lost = sent.size;
  sent.clear();
  ended.clear();
  return {
    runsPerSecond: measured.length / order.seconds,
    runs: took.length,
    p50Ms: sorted[Math.floor(sorted.length * 0.5)] ?? Number.NaN,
    p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN,
    refused,
    doubled,
    lost,
  };
}

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object" && address) process.send?.({ url: `http://127.0.0.1:${address.port}` });
});
process.on("message", async (order: Order) => process.send?.(await carryOut(order)));
