import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ConnectorError } from "./errors.ts";
import { checkUrl, hostPort, isPublicAddress, publicLookup } from "./guard.ts";
import { makeDial } from "./tcp.ts";

const CLOSED = [
  "127.0.0.1",
  "127.255.1.1",
  "0.0.0.0",
  "10.1.2.3",
  "172.16.0.1",
  "172.31.255.255",
  "192.168.1.1",
  "169.254.169.254",
  "100.64.0.1",
  "100.127.255.255",
  "224.0.0.1",
  "255.255.255.255",
  "198.18.0.1",
  "::",
  "::1",
  "fc00::1",
  "fd12:3456::1",
  "fe80::1",
  "fe80::1%eth0",
  "ff02::1",
  "::ffff:127.0.0.1",
  "::ffff:a00:1",
  "::ffff:169.254.169.254",
  "64:ff9b::10.0.0.1",
  "64:ff9b::7f00:1",
  "2002:7f00:1::",
  "2001:db8::1",
  "::127.0.0.1",
  "not an address",
];
const OPEN = [
  "8.8.8.8",
  "172.32.0.1",
  "100.128.0.1",
  "1.1.1.1",
  "2a00:1450:4001::1",
  "::ffff:8.8.8.8",
  "64:ff9b::8.8.8.8",
];

describe("SSRF guard", () => {
  it("knows inner addresses in every dress", () => {
    for (const address of CLOSED) assert.equal(isPublicAddress(address), false, address);
    for (const address of OPEN) assert.equal(isPublicAddress(address), true, address);
  });

  it("refuses addresses that show themselves, in any spelling that a URL takes", () => {
    for (const text of [
      "http://127.0.0.1/",
      "http://2130706433/",
      "http://0x7f.1/",
      "http://0177.0.0.1/",
      "http://127.1/",
      "http://[::1]/",
      "http://[::ffff:7f00:1]/",
      "http://localhost:5432/",
      "http://a.localhost/",
      "http://①②⑦.0.0.1/",
      "http://0/",
      "http://127.0.0.1./",
      "http://localhost./",
      "http://0177.1/",
      "http://0x7f000001/",
      "http://017700000001/",
      "http://127.0.1/",
      "http://169.254.169.254/latest/meta-data",
      "http://0xA9FEA9FE/",
      "http://[fe80::1]/",
      "http://[::ffff:169.254.169.254]/",
      "http://[0:0:0:0:0:ffff:7f00:0001]/",
      "http://[64:ff9b::a9fe:a9fe]/",
      "http://100.100.100.200/",
      "http://[fd00:ec2::254]/",
      "http://192.168.0.1:8443/",
      "http://user:pw@10.0.0.1/",
      "gopher://example.com/",
      "ftp://example.com/",
      "file:///etc/passwd",
    ]) {
      assert.throws(() => checkUrl(new URL(text), false), ConnectorError, text);
    }
    checkUrl(new URL("https://example.com/"), false);
    checkUrl(new URL("http://127.0.0.1:8080/"), true);
  });

  it("takes no zone in an address, and no user name for a host", () => {
    assert.throws(() => new URL("http://[fe80::1%25eth0]/"));
    assert.equal(new URL("http://example.com@127.0.0.1/").hostname, "127.0.0.1");
    assert.throws(() => checkUrl(new URL("http://example.com@127.0.0.1/"), false), ConnectorError);
  });

  it("mail servers are judged by the same guard, whatever way they are written; allowed ones are let through", async () => {
    const answers: Record<string, string[]> = { "inner.test": ["10.0.0.5"], "mixed.test": ["93.184.216.34", "::1"] };
    const asked: string[] = [];
    const dial = makeDial({
      allowedHosts: ["192.168.1.5:25"],
      resolve: (host, _options, done) => {
        asked.push(host);
        done(
          null,
          (answers[host] ?? []).map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
        );
      },
    });
    const hosts = ["127.0.0.1", "127.1", "0x7f.1", "0177.1", "2130706433", "::1", "::ffff:127.0.0.1", "fe80::1"];
    for (const host of [
      ...hosts,
      "localhost",
      "localhost.",
      "169.254.169.254",
      "inner.test",
      "mixed.test",
      "a b",
      "x/y",
    ])
      await assert.rejects(dial.connect(host, 25), ConnectorError, host);
    await assert.rejects(dial.connect("example.com", 70_000), ConnectorError);
    assert.deepEqual(asked, ["inner.test", "mixed.test"]);
    assert.equal(dial.isAllowed("192.168.1.5", 25), true);
    assert.equal(dial.isAllowed("192.168.1.5", 26), false);
  });

  it("a name that answers differently the second time changes nothing: the judged address is the one that is called", async () => {
    let times = 0;
    const lookup = publicLookup((_host, _options, done) =>
      done(null, [{ address: times++ === 0 ? "93.184.216.34" : "127.0.0.1", family: 4 }]),
    );
    const ask = () =>
      new Promise<unknown>((resolve, reject) =>
        lookup("turn.test", { all: true }, (error, found) => (error ? reject(error) : resolve(found))),
      );
    // The socket is given what was judged and asks nobody again; the next socket's answer is judged anew.
    assert.deepEqual(await ask(), [{ address: "93.184.216.34", family: 4 }]);
    await assert.rejects(ask(), ConnectorError);
  });

  it("names host and port for the list of allowed ones", () => {
    assert.equal(hostPort(new URL("https://Example.com/x")), "example.com:443");
    assert.equal(hostPort(new URL("http://127.0.0.1:8080")), "127.0.0.1:8080");
  });

  it("gives a socket only addresses that it judged", async () => {
    const names: Record<string, string[]> = {
      "good.test": ["93.184.216.34"],
      "bad.test": ["10.0.0.1"],
      "mixed.test": ["93.184.216.34", "127.0.0.1"],
    };
    const lookup = publicLookup((host, _options, done) =>
      done(
        null,
        (names[host] ?? []).map((address) => ({ address, family: 4 })),
      ),
    );
    const ask = (host: string, all: boolean) =>
      new Promise((resolve, reject) =>
        lookup(host, { all }, (error, found) => (error ? reject(error) : resolve(found))),
      );
    assert.deepEqual(await ask("good.test", true), [{ address: "93.184.216.34", family: 4 }]);
    assert.equal(await ask("good.test", false), "93.184.216.34");
    for (const host of ["bad.test", "mixed.test", "empty.test"]) await assert.rejects(ask(host, true), ConnectorError);
  });
});
