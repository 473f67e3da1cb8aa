/** One request on the wire, with undici's dispatch: the fastest way there is, and the only one that tells whether anything was sent. */

import type { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { Agent, type Dispatcher, ProxyAgent } from "undici";
import { assertPublic, publicLookup, type Resolve } from "./guard.ts";

export interface WireRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** The text of the answer is its bytes in base64. */
  readonly base64?: boolean;
  /** The host is one that an administrator allowed, though it may be private. */
  readonly isAllowed: boolean;
}
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Why there is no answer. `sent`: the service may have acted on the request. */
export class WireError extends Error {
  override readonly name = "WireError";
  readonly kind: "timeout" | "tooLarge" | "network";
  readonly sent: boolean;

  constructor(kind: WireError["kind"], sent: boolean, cause?: unknown) {
    super(kind, { cause });
    this.kind = kind;
    this.sent = sent;
  }
}

export interface Wire {
  send(request: WireRequest): Promise<WireAnswer>;
  close(): Promise<void>;
}

const CONNECT_MS = 10_000;

/**
 * Allowed hosts are reached directly. Everything else goes through the proxy where there is one: it looks names up by
 * itself, so the guard judges beforehand what they lead to here.
 */
export function makeWire(deps: { resolve?: Resolve; proxy?: string } = {}): Wire {
  const options = {
    connections: 64,
    pipelining: 1,
    // Below the five seconds after which Node's own server hangs up, so that a call rarely meets a dying connection.
    keepAliveTimeout: 4_000,
    keepAliveMaxTimeout: 30_000,
  };
  const inner = new Agent({ ...options, connect: { timeout: CONNECT_MS } });
  const { proxy, resolve } = deps;
  const lookup = publicLookup(resolve);
  const outer =
    proxy === undefined
      ? new Agent({ ...options, connect: { timeout: CONNECT_MS, lookup } })
      : new ProxyAgent({ ...options, uri: proxy, proxyTunnel: true, connect: { timeout: CONNECT_MS } });
  return {
    async send(request) {
      if (request.isAllowed) return exchange(inner, request);
      if (proxy !== undefined) {
        await assertPublic(request.url, lookup).catch((error: unknown) => {
          throw new WireError("network", false, error);
        });
      }
      return exchange(outer, request);
    },
    async close() {
      await Promise.all([inner.destroy(), outer.destroy()]);
    },
  };
}

function exchange(agent: Dispatcher, request: WireRequest): Promise<WireAnswer> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | null = null;
    let isOver = false;
    let status = 0;
    let headers: Record<string, string> = {};
    const chunks: Buffer[] = [];
    let size = 0;

    const fail = (kind: WireError["kind"], cause?: unknown) => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      const error = new WireError(kind, controller !== null, cause);
      controller?.abort(error);
      reject(error);
    };
    const timer = setTimeout(() => fail("timeout"), request.timeoutMs);

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(own) {
        // Given up while it waited for a connection: nothing may go out any more.
        if (isOver) return own.abort(new WireError("timeout", false));
        controller = own;
      },
      onResponseStart(_, code, found) {
        status = code;
        headers = Object.fromEntries(
          Object.entries(found).map(([name, value]) => [
            name.toLowerCase(),
            Array.isArray(value) ? value.join(", ") : String(value ?? ""),
          ]),
        );
        if (request.method !== "HEAD" && Number(headers["content-length"] ?? 0) > request.maxBytes) fail("tooLarge");
      },
      onResponseData(_, chunk) {
        size += chunk.length;
        if (size > request.maxBytes) return fail("tooLarge");
        chunks.push(Buffer.from(chunk));
      },
      onResponseEnd() {
        if (isOver) return;
        const whole = Buffer.concat(chunks);
        unpack(whole, headers["content-encoding"], request.maxBytes).then(
          (plain) => {
            if (isOver) return;
            isOver = true;
            clearTimeout(timer);
            const text = request.base64 ? plain.toString("base64") : decode(plain, headers["content-type"]);
            resolve({ status, headers, text });
          },
          (error: unknown) => fail(error instanceof RangeError ? "tooLarge" : "network", error),
        );
      },
      onResponseError(_, error) {
        fail("network", error);
      },
    };
    try {
      agent.dispatch(
        {
          origin: request.url.origin,
          path: request.url.pathname + request.url.search,
          method: request.method as Dispatcher.HttpMethod,
          headers: { ...request.headers },
          body: request.body,
          headersTimeout: request.timeoutMs,
          bodyTimeout: request.timeoutMs,
        },
        handler,
      );
    } catch (error) {
      fail("network", error);
    }
  });
}

const unpackers: Readonly<Record<string, () => NodeJS.ReadWriteStream & Readable>> = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** Some services compress though nobody asked; the plain size is bounded while it grows. */
async function unpack(data: Buffer, encoding: string | undefined, maxBytes: number): Promise<Buffer> {
  const make = unpackers[encoding?.trim().toLowerCase() ?? ""];
  if (!make || data.length === 0) return data;
  const stream = make();
  stream.end(data);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const part = chunk as Buffer;
    size += part.length;
    if (size > maxBytes) throw new RangeError("too large");
    chunks.push(part);
  }
  return Buffer.concat(chunks);
}

/** UTF-8 unless the answer says otherwise: older Russian services still write windows-1251. */
function decode(data: Buffer, type: string | undefined): string {
  const charset = /charset="?([\w-]+)/i.exec(type ?? "")?.[1]?.toLowerCase();
  if (charset && charset !== "utf-8" && charset !== "utf8") {
    try {
      return new TextDecoder(charset).decode(data);
    } catch {
      // An unknown name: UTF-8 is the best guess left.
    }
  }
  return new TextDecoder().decode(data);
}
