/**
 * The least program that does W1's work durably: HTTP in, the run stored before the answer, two HTTP calls, each result
 * stored, all writes committed in groups. What the engine is measured against; it has no retries, no history, no chat.
 */
import { createServer } from "node:http";
import { Pool } from "undici";
import { makeClient } from "../src/db/client.ts";

const GROUP = 500;
const { sql } = makeClient({ url: process.env.DATABASE_URL ?? "", max: 10 });
const service = new Pool(process.env.SERVICE ?? "", { connections: 64, pipelining: 1 });
let next = 0;

await sql`create table if not exists ceiling_runs (id bigint primary key, body text not null, first text, second text)`;

/** Writes what has gathered while the last group was being written, in one statement. */
function grouped<T>(write: (items: readonly T[]) => Promise<unknown>): (item: T) => Promise<void> {
  const waiting: { item: T; done: () => void; fail: (error: unknown) => void }[] = [];
  let isBusy = false;
  const flush = async () => {
    if (isBusy) return;
    isBusy = true;
    while (waiting.length > 0) {
      const group = waiting.splice(0, GROUP);
      try {
        await write(group.map(({ item }) => item));
        for (const { done } of group) done();
      } catch (error) {
        for (const { fail } of group) fail(error);
      }
    }
    isBusy = false;
  };
  return (item) =>
    new Promise((done, fail) => {
      waiting.push({ item, done, fail });
      queueMicrotask(flush);
    });
}

interface Result {
  readonly id: number;
  readonly answer: string;
}
const admit = grouped<{ id: number; body: string }>(
  (runs) =>
    sql`insert into ceiling_runs (id, body) select * from unnest(${runs.map(({ id }) => id)}::bigint[], ${runs.map(({ body }) => body)}::text[])`,
);
const storeFirst = grouped<Result>(
  (results) =>
    sql`update ceiling_runs r set first = v.answer from unnest(${results.map(({ id }) => id)}::bigint[], ${results.map(({ answer }) => answer)}::text[]) v(id, answer) where r.id = v.id`,
);
const storeSecond = grouped<Result>(
  (results) =>
    sql`update ceiling_runs r set second = v.answer from unnest(${results.map(({ id }) => id)}::bigint[], ${results.map(({ answer }) => answer)}::text[]) v(id, answer) where r.id = v.id`,
);

async function call(path: string, body: unknown): Promise<string> {
  const headers = { "content-type": "application/json" };
  const answer = await service.request({ method: "POST", path, headers, body: JSON.stringify(body) });
  return answer.body.text();
}

async function carry(id: number, lead: { n: number; name: string; phone: string }): Promise<void> {
  const first = await call("/first", { n: lead.n, name: lead.name, phone: lead.phone });
  await storeFirst({ id, answer: first });
  const second = await call("/second", { n: lead.n, about: JSON.parse(first).id });
  await storeSecond({ id, answer: second });
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", async () => {
    const body = Buffer.concat(chunks).toString();
    const id = next++;
    await admit({ id, body });
    response.end("ok");
    await carry(id, JSON.parse(body));
  });
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object" && address) console.log(`ready http://127.0.0.1:${address.port}/`);
});
process.once("SIGTERM", () => process.exit(0));
