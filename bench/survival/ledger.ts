/** The service that W1's bundle calls: it never dies, and it remembers every call that reached it. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

export interface Ledger {
  readonly url: string;
  /** How often `step` was called for the lead. */
  calls(step: "first" | "second", lead: number): number;
  close(): Promise<void>;
}

/** Notes a call when its last byte has come and answers up to 60 ms later, so that kills fall before, between and after. */
export async function openLedger(random: () => number): Promise<Ledger> {
  const counts = new Map<string, number>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", async () => {
      const { n } = JSON.parse(Buffer.concat(chunks).toString()) as { n: number };
      const key = `${request.url?.slice(1)} ${n}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
      await pause(random() * 60);
      response.setHeader("content-type", "application/json");
      response.end(`{"id":"${n}","state":"created"}`);
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: (step, lead) => counts.get(`${step} ${lead}`) ?? 0,
    async close() {
      const closed = new Promise<void>((done) => server.close(() => done()));
      server.closeAllConnections();
      await closed;
    },
  };
}
