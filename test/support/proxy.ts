/** A wire that misbehaves on request: TCP between the app and whatever it talks to. */

import type { AddressInfo } from "node:net";
import { connect, createServer, type Socket } from "node:net";

export type Fault =
  | { readonly kind: "none" }
  /** Everything comes this much later. */
  | { readonly kind: "delay"; readonly ms: number }
  /** Answers come byte by byte; `ms` between two of them. */
  | { readonly kind: "drip"; readonly ms: number }
  /** Connections that are open are reset, new ones as well. */
  | { readonly kind: "refuse" }
  /** An answer is reset after so many bytes of it. */
  | { readonly kind: "truncate"; readonly bytes: number }
  /** The other side says goodbye (FIN) instead of answering, and never hangs up. */
  | { readonly kind: "halfClose" }
  /** Nothing comes back; with the next fault the connections that met it are reset, as a firewall does that forgot them. */
  | { readonly kind: "silent" }
  /** Nothing arrives: these bytes are the answer. */
  | { readonly kind: "says"; readonly bytes: string | Buffer };

export interface Proxy {
  readonly port: number;
  /** From now on, for new connections and for those that are open. */
  set(fault: Fault): void;
  /** How many connections came since the last `set`. */
  met(): number;
  close(): Promise<void>;
}

/** `to`: a port on this machine or a unix socket, asked for at every connection. */
export async function openProxy(to: () => number | string): Promise<Proxy> {
  let fault: Fault = { kind: "none" };
  let met = 0;
  /** Ends towards the app; each takes its other end with it. */
  const open = new Set<Socket>();
  const stuck = new Set<Socket>();
  const reset = (sockets: Iterable<Socket>) => {
    for (const socket of sockets) socket.resetAndDestroy();
  };

  const server = createServer({ allowHalfOpen: true }, (near) => {
    met++;
    open.add(near);
    near.on("close", () => open.delete(near));
    near.on("error", () => {});
    if (fault.kind === "refuse") return void near.resetAndDestroy();
    const target = to();
    const far = typeof target === "string" ? connect(target) : connect(target, "127.0.0.1");
    far.on("close", () => {
      if (fault.kind !== "halfClose" && fault.kind !== "silent") near.destroy();
    });
    far.on("error", () => near.resetAndDestroy());
    near.on("close", () => far.destroy());
    near.on("data", (bytes) => {
      if (fault.kind === "silent") {
        stuck.add(near);
        return;
      }
      if (fault.kind === "says") return void near.end(fault.bytes);
      if (fault.kind === "delay") return later(fault.ms, () => far.write(bytes));
      far.write(bytes);
      if (fault.kind === "halfClose") {
        stuck.add(near);
        near.end();
      }
    });
    near.on("end", () => far.end());
    let passed = 0;
    let line = Promise.resolve();
    far.on("data", (bytes) => {
      const now = fault;
      if (now.kind === "silent" || now.kind === "halfClose" || now.kind === "says") stuck.add(near);
      if (now.kind === "halfClose") near.end();
      if (now.kind === "silent" || now.kind === "halfClose" || now.kind === "says") return;
      if (now.kind === "delay") return later(now.ms, () => near.write(bytes));
      if (now.kind === "truncate") {
        near.write(bytes.subarray(0, Math.max(now.bytes - passed, 0)), () => {
          passed += bytes.length;
          if (passed >= now.bytes) near.resetAndDestroy();
        });
        return;
      }
      if (now.kind === "drip") {
        line = line.then(() => drip(near, bytes, now.ms));
        return;
      }
      line = line.then(() => void (near.writable && near.write(bytes)));
    });
    far.on("end", () => {
      if (fault.kind !== "silent") line = line.then(() => void near.end());
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));

  return {
    port: (server.address() as AddressInfo).port,
    set(next) {
      met = 0;
      fault = next;
      reset(stuck);
      stuck.clear();
      if (next.kind === "refuse") reset(open);
    },
    met: () => met,
    async close() {
      const closed = new Promise<void>((done) => server.close(() => done()));
      reset(open);
      await closed;
    },
  };
}

function later(ms: number, act: () => void): void {
  setTimeout(act, ms).unref();
}

async function drip(to: Socket, bytes: Buffer, ms: number): Promise<void> {
  for (const byte of bytes) {
    if (!to.writable) return;
    to.write(Buffer.of(byte));
    await new Promise<void>((done) => (ms > 0 ? setTimeout(done, ms) : setImmediate(done)));
  }
}

/** An HTTP answer as bytes. */
export function httpAnswer(status: number, type: string, body: string, more: Record<string, string> = {}): string {
  const headers = {
    "content-type": type,
    "content-length": `${Buffer.byteLength(body)}`,
    connection: "close",
    ...more,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} Whatever\r\n${lines.join("")}\r\n${body}`;
}

/** What PostgreSQL says before it hangs up, e.g. 53300: it is out of connections. */
export function postgresError(code: string, words: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${words}\0\0`);
  const head = Buffer.alloc(5);
  head.write("E");
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}
