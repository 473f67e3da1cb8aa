/** The way out for what isn't HTTP (mail): a socket to a judged address. The same guard, nothing sent yet. */
import { lookup as systemLookup } from "node:dns";
import { connect, isIP, type Socket } from "node:net";
import { ConnectorError } from "./errors.ts";
import type { Text } from "./fields.ts";
import { checkUrl, hostPort, publicLookup, type Resolve } from "./guard.ts";
import type { Exchange } from "./recording.ts";

/** What a connector is given for protocols of its own. */
export interface Tcp {
  /** A connected socket; its owner ends it. Throws ConnectorError: the guard's refusal, or "temporary" where nobody answers. */
  connect(host: string, port: number): Promise<Socket>;
  /** The administrator lets this server be an inner one; there a connection without encryption is his business. */
  isAllowed(host: string, port: number): boolean;
  /** Keeps an exchange for the history; secrets of the connection are masked. */
  record(exchange: Exchange): void;
}
export type Dial = Pick<Tcp, "connect" | "isAllowed">;

const CONNECT_MS = 10_000;

function unreachable(host: string, code: string, cause?: unknown): ConnectorError {
  const said = (text: Text) =>
    new ConnectorError("temporary", text, { code, ...(cause === undefined ? {} : { cause }) });
  if (code === "dns")
    return said({ ru: `Адрес ${host} не найден в сети.`, en: `The address of ${host} was not found.` });
  return said({ ru: `${host} сейчас недоступен.`, en: `${host} can't be reached now.` });
}

export function makeDial(deps: { readonly allowedHosts: readonly string[]; readonly resolve?: Resolve }): Dial {
  const allowed = new Set(deps.allowedHosts.map((host) => host.toLowerCase()));
  const resolve = deps.resolve ?? systemLookup;

  /** As an address, so that one spelling of a host is judged: the URL parser makes 0x7f.1 plain. */
  function placeOf(host: string, port: number): URL {
    const isGood = /^[\w.:-]+$/.test(host) && Number.isInteger(port) && port > 0 && port < 65_536;
    const url = isGood ? URL.parse(`http://${isIP(host) === 6 ? `[${host}]` : host}:${port}/`) : null;
    if (url) return url;
    throw new ConnectorError("access", {
      ru: `«${host.slice(0, 80)}:${port}» не похоже на адрес сервера.`,
      en: `“${host.slice(0, 80)}:${port}” is no server's address.`,
    });
  }
  const isAllowed = (host: string, port: number) => allowed.has(hostPort(placeOf(host, port)));

  return {
    isAllowed,
    async connect(host, port) {
      const url = placeOf(host, port);
      const isInner = isAllowed(host, port);
      checkUrl(url, isInner);
      const plain = url.hostname.replace(/^\[|\]$/g, "");
      const socket = connect({ host: plain, port, ...(isInner ? {} : { lookup: publicLookup(resolve) }) });
      return new Promise((done, fail) => {
        const timer = setTimeout(() => give(unreachable(plain, "timeout")), CONNECT_MS);
        const give = (error: Error) => {
          clearTimeout(timer);
          socket.destroy();
          fail(error);
        };
        socket.once("error", (error: NodeJS.ErrnoException) => {
          if (error instanceof ConnectorError) return give(error);
          const isName = /^(ENOTFOUND|EAI_\w+)$/.test(error.code ?? "");
          give(unreachable(plain, isName ? "dns" : (error.code ?? "network"), error));
        });
        socket.once("connect", () => {
          clearTimeout(timer);
          socket.removeAllListeners("error");
          done(socket);
        });
      });
    },
  };
}
