/** Makes a sandbox's short ids long on their way out and short again on their way in: 19 digits, which no double holds. */
import type { IncomingMessage, ServerResponse } from "node:http";

const LONG = "4611686018427";
const OUT = /"((?:\w*_)?id|\w*Id|ID|\w*_ID)":("?)(\d{1,6})\2(?=[,}])/g;
const IN = new RegExp(`${LONG}(\\d{6})(?!\\d)`, "g");

export const shortIds = (text: string): string => text.replace(IN, (_, end: string) => String(Number(end)));

/** The request with ids as the sandbox knows them. */
export function shortIn(req: IncomingMessage): IncomingMessage {
  async function* read() {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    yield Buffer.from(shortIds(Buffer.concat(chunks).toString("utf8")));
  }
  return over(req, (name) => (name === Symbol.asyncIterator ? read : undefined));
}

/** The answer with long ids; each is noted in `given`. */
export function longOut(res: ServerResponse, given: Set<string>): ServerResponse {
  const long = (body: unknown) =>
    typeof body === "string" && /^\s*[[{]/.test(body)
      ? body.replace(OUT, (_, name: string, quote: string, id: string) => {
          const whole = `${LONG}${id.padStart(6, "0")}`;
          given.add(whole);
          return `"${name}":${quote}${whole}${quote}`;
        })
      : body;
  const self = over(res, (name) => {
    if (name === "end") return (body: unknown) => res.end(long(body));
    if (name !== "writeHead") return undefined;
    return (status: number, headers: Record<string, string>) => {
      res.writeHead(status, headers);
      return self;
    };
  });
  return self;
}

function over<T extends object>(target: T, own: (name: string | symbol) => unknown): T {
  return new Proxy(target, {
    get(_, name) {
      const found = own(name);
      if (found !== undefined) return found;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
