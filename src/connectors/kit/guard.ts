/**
 * Keeps people's requests out of inner networks: a name is resolved by us, every address is judged, and the connection
 * goes to the judged address, so that a second answer of the name's server can't lead elsewhere.
 */
import { type LookupAddress, lookup as systemLookup } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { ConnectorError } from "./errors.ts";

const closed = new BlockList();
for (const [net, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const) {
  closed.addSubnet(net, bits, "ipv4");
}
for (const [net, bits] of [
  ["::", 96],
  ["64:ff9b:1::", 48],
  ["100::", 64],
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
  ["5f00::", 16],
  ["fc00::", 7],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
] as const) {
  closed.addSubnet(net, bits, "ipv6");
}

/** The sixteen-bit groups of an IPv6 address; null for anything else. The URL parser writes it in short form. */
function groupsOf(address: string): number[] | null {
  let text: string;
  try {
    text = new URL(`http://[${address.replace(/%.*$/, "")}]/`).hostname.slice(1, -1);
  } catch {
    return null;
  }
  const [head = "", tail] = text.split("::");
  const parse = (part: string) => (part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16)));
  const front = parse(head);
  if (tail === undefined) return front;
  const back = parse(tail);
  return [...front, ...new Array<number>(8 - front.length - back.length).fill(0), ...back];
}

const dotted = (high: number, low: number) => [high >> 8, high & 255, low >> 8, low & 255].join(".");

/** False for loopback, private, link-local, carrier, multicast, documentation and reserved addresses, also inside IPv6. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !closed.check(address, "ipv4");
  const groups = family === 6 ? groupsOf(address) : null;
  if (!groups) return false;
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = groups;
  const isMapped = a === 0 && b === 0 && c === 0 && d === 0 && e === 0 && f === 0xffff;
  // 64:ff9b::/96 is what NAT64 networks use to reach IPv4.
  const isNat64 = a === 0x64 && b === 0xff9b && c === 0 && d === 0 && e === 0 && f === 0;
  if (isMapped || isNat64) return !closed.check(dotted(g, h), "ipv4");
  return !closed.check(groups.map((group) => group.toString(16)).join(":"), "ipv6");
}

const refused = (host: string) =>
  new ConnectorError(
    "data",
    {
      ru: `Адрес «${host.slice(0, 80)}» ведёт во внутреннюю сеть. Такие адреса закрыты.`,
      en: `The address “${host.slice(0, 80)}” leads into an inner network. Such addresses are closed.`,
    },
    { code: "guard" },
  );

const portOf = (url: URL) => url.port || (url.protocol === "https:" ? "443" : "80");

/** `host:port` as it is compared with the list of allowed ones. */
export const hostPort = (url: URL): string => `${url.hostname.toLowerCase()}:${portOf(url)}`;

/** Judges what the address itself shows: scheme, literal addresses in any spelling (the URL parser makes them plain). */
export function checkUrl(url: URL, isAllowed: boolean): void {
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw new ConnectorError(
      "data",
      { ru: "Адрес должен начинаться с https:// или http://.", en: "An address must begin with https:// or http://." },
      { code: "guard" },
    );
  }
  if (isAllowed) return;
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const isLiteral = isIP(host) !== 0;
  if (isLiteral && !isPublicAddress(host)) throw refused(host);
  if (!isLiteral && /(^|\.)localhost\.?$/i.test(host)) throw refused(host);
}

export type Resolve = (
  host: string,
  options: { family: number | "IPv4" | "IPv6"; hints: number; all: true },
  done: (error: NodeJS.ErrnoException | null, found: LookupAddress[]) => void,
) => void;

/** A lookup for sockets that gives public addresses only; where a name has none, the connection fails. */
export function publicLookup(resolve: Resolve = systemLookup): LookupFunction {
  return (host, options, done) => {
    resolve(host, { family: options.family ?? 0, hints: options.hints ?? 0, all: true }, (error, found) => {
      if (error) return done(error, "", 0);
      const open = found.filter(({ address }) => isPublicAddress(address));
      const [first] = open;
      // One inner address among outer ones is an attempt or a broken zone: none of them is taken.
      if (!first || open.length < found.length) return done(refused(host), "", 0);
      if (options.all) return done(null, open);
      done(null, first.address, first.family);
    });
  };
}

/** Throws where the name of the address leads into an inner network, or nowhere. */
export function assertPublic(url: URL, lookup: LookupFunction): Promise<void> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) !== 0) return isPublicAddress(host) ? Promise.resolve() : Promise.reject(refused(host));
  return new Promise((resolve, reject) => {
    lookup(host, {}, (error) => (error ? reject(error) : resolve()));
  });
}
