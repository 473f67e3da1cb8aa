import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, describe, it } from "node:test";
import { findBinaries } from "./binaries.ts";
import { makeClient } from "./client.ts";
import { findEmbedded, startEmbedded } from "./embedded.ts";

const IS_ROOT = process.getuid?.() === 0;
const HOLDER = join(import.meta.dirname, "../../test/support/embedded.ts");
/** Any ordinary account that has a name. */
const OTHER = IS_ROOT ? accountOf("nobody") : null;

interface Said {
  url?: string;
  pid?: number;
  refused?: string;
  failed?: string;
  stopped?: boolean;
}

describe("the bundled PostgreSQL", { concurrency: false }, () => {
  const directories: string[] = [];
  const servers = new Set<number>();
  const children = new Set<ChildProcess>();
  after(() => {
    for (const child of children) child.kill("SIGKILL");
    for (const pid of servers) quietly(() => process.kill(pid, "SIGKILL"));
    for (const directory of directories) rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  });

  const newDirectory = (name = "svyazka-pg-") => {
    const directory = mkdtempSync(join(tmpdir(), name));
    directories.push(directory);
    return directory;
  };
  /** Starts an app-like process on the directory; resolves with its first word. */
  const hold = async (directory: string, as?: { uid: number; gid: number }) => {
    const child = spawn(process.execPath, [HOLDER, directory], {
      stdio: ["ignore", "pipe", "inherit"],
      ...(as ? { ...as, env: { PATH: process.env.PATH, HOME: "/" } } : {}),
    });
    children.add(child);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const said: Said = JSON.parse((await lines.next()).value ?? "{}");
    if (said.pid) servers.add(said.pid);
    return {
      ...said,
      kill: async () => {
        child.kill("SIGKILL");
        await once(child, "exit");
      },
      stop: async () => {
        const ended = once(child, "exit");
        child.kill("SIGTERM");
        assert.deepEqual(JSON.parse((await lines.next()).value ?? "{}"), { stopped: true });
        await ended;
      },
    };
  };
  const query = async <T extends object>(url: string | undefined, text: string): Promise<T[]> => {
    const client = makeClient({ url: url ?? "", max: 1 });
    try {
      return [...(await client.sql.unsafe<T[]>(text))];
    } finally {
      await client.end();
    }
  };

  it("starts, keeps what was written, stops, and starts again", async () => {
    const directory = newDirectory();
    const first = await startEmbedded({ dataDir: directory });
    await query(first.url, "create table kept (id int); insert into kept values (1)");
    await first.stop();
    assert.ok(isDead(first.pid), "the server has stopped");
    const second = await startEmbedded({ dataDir: directory });
    assert.deepEqual(await query(second.url, "select id from kept"), [{ id: 1 }]);
    await second.stop();
  });

  it("lets nobody else in: no TCP, closed directories, durable", async () => {
    const directory = newDirectory();
    const one = await hold(directory);
    const [row] = await query<Record<string, string>>(
      one.url,
      "select current_setting('listen_addresses') tcp, current_setting('fsync') fsync, current_setting('full_page_writes') full_pages",
    );
    assert.deepEqual(row, { tcp: "", fsync: "on", full_pages: "on" });
    const socket = new URL(one.url ?? "").searchParams.get("host") ?? "";
    for (const path of [socket, join(directory, "postgres")]) assert.equal(statSync(path).mode & 0o777, 0o700, path);
    await one.stop();
  });

  it("kill -9 of the app: the next start takes the running server over", async () => {
    const directory = newDirectory();
    const one = await hold(directory);
    await query(one.url, "create table kept (id int); insert into kept values (7)");
    await one.kill();
    const two = await hold(directory);
    assert.equal(two.pid, one.pid, "the same server");
    assert.deepEqual(await query(two.url, "select id from kept"), [{ id: 7 }]);
    await two.stop();
    assert.equal(existsSync(join(directory, "postgres", "postmaster.pid")), false);
  });

  it("kill -9 of app and server: the next start recovers", async () => {
    const directory = newDirectory();
    const one = await hold(directory);
    await query(one.url, "create table kept (id int); insert into kept values (7)");
    await one.kill();
    process.kill(one.pid ?? 0, "SIGKILL");
    const two = await hold(directory);
    assert.ok(two.url, JSON.stringify(two));
    assert.notEqual(two.pid, one.pid);
    assert.deepEqual(await query(two.url, "select id from kept"), [{ id: 7 }]);
    await two.stop();
  });

  it("kill -9 of the server alone: it comes back at the same address", async () => {
    const directory = newDirectory();
    const one = await hold(directory);
    await query(one.url, "create table kept (id int); insert into kept values (7)");
    process.kill(one.pid ?? 0, "SIGKILL");
    let rows: object[] = [];
    for (const deadline = Date.now() + 20_000; rows.length === 0 && Date.now() < deadline; ) {
      rows = await query(one.url, "select id from kept").catch(() => []);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.deepEqual(rows, [{ id: 7 }]);
    await one.stop();
    assert.equal(await findEmbedded(directory), null);
  });

  it("a postmaster.pid whose number another process has by now doesn't keep it from starting", async () => {
    const directory = newDirectory();
    const one = await hold(directory);
    await one.kill();
    process.kill(one.pid ?? 0, "SIGKILL");
    const file = join(directory, "postgres", "postmaster.pid");
    const [, ...rest] = readFileSync(file, "utf8").split("\n");
    await settled(() => isDead(one.pid ?? 0));
    writeFileSync(file, [process.pid, ...rest].join("\n"));
    const two = await hold(directory);
    assert.ok(two.url, JSON.stringify(two));
    await two.stop();
  });

  it("two starts at once on one directory: one works, the other says why it doesn't", async () => {
    const directory = newDirectory();
    const both = await Promise.all([hold(directory), hold(directory)]);
    const [works] = both.filter((one) => one.url);
    const [refused] = both.filter((one) => one.refused);
    assert.ok(works && refused, JSON.stringify(both));
    assert.match(refused.refused ?? "", /Another Svyazka.*DATABASE_URL/);
    assert.deepEqual(await findEmbedded(directory), { url: works.url }, "commands find the running server");
    await works.stop();
    assert.equal(await findEmbedded(directory), null);
  });

  it("a directory that initdb left half made is made anew", async () => {
    const directory = newDirectory();
    const half = join(directory, "postgres.new-abc");
    mkdirSync(join(half, "base"), { recursive: true });
    writeFileSync(join(half, "PG_VERSION"), "18\n");
    const one = await hold(directory);
    assert.ok(one.url, JSON.stringify(one));
    assert.equal(existsSync(half), false);
    await one.stop();
  });

  it("kill -9 in the middle of the very first start", async () => {
    const directory = newDirectory();
    const child = spawn(process.execPath, [HOLDER, directory], { stdio: "ignore" });
    await settled(() => halfMade(directory).some((name) => existsSync(join(directory, name, "global"))));
    child.kill("SIGKILL");
    await once(child, "exit");
    const two = await hold(directory);
    assert.ok(two.url, JSON.stringify(two));
    await two.stop();
  });

  it("never touches what it doesn't know", async () => {
    const directory = newDirectory();
    mkdirSync(join(directory, "postgres"));
    writeFileSync(join(directory, "postgres", "diary.txt"), "mine");
    assert.match((await hold(directory)).refused ?? "", /PG_VERSION/);
    writeFileSync(join(directory, "postgres", "PG_VERSION"), "17\n");
    assert.match((await hold(directory)).refused ?? "", /PostgreSQL 17.*brings 18/);
    assert.deepEqual(readdirSync(join(directory, "postgres")).sort(), ["PG_VERSION", "diary.txt"]);
  });

  it("works below a long path, one with spaces and letters of any kind, and one that only its owner may enter", async () => {
    const closed = newDirectory();
    chmodSync(closed, 0o700);
    const directory = join(closed, "Мои данные, вот они", "x".repeat(120), "data");
    const one = await hold(directory);
    assert.ok(one.url, JSON.stringify(one));
    assert.deepEqual(await query(one.url, "select 1 as one"), [{ one: 1 }]);
    const socket = new URL(one.url ?? "").searchParams.get("host") ?? "";
    assert.ok(Buffer.byteLength(socket) < 90);
    assert.equal(statSync(socket).mode & 0o777, 0o700);
    await one.stop();
    assert.equal(existsSync(socket), false, "the socket's directory is gone");
  });

  it("a place that can't be a directory", async () => {
    const file = join(newDirectory(), "file");
    writeFileSync(file, "");
    assert.match((await hold(file)).refused ?? "", /isn't a directory/);
    assert.match((await hold(join(file, "below"))).refused ?? "", /isn't a directory/);
  });

  it("a full disk", needsMount(), async () => {
    const directory = newDirectory();
    mount(["-t", "tmpfs", "-o", "size=12m", "tmpfs", directory]);
    try {
      assert.match((await hold(directory)).refused ?? "", /disk.*is full/);
      assert.deepEqual(halfMade(directory), [], "nothing half made is left");
    } finally {
      execFileSync("umount", [directory]);
    }
  });

  it("a read-only disk", needsMount(), async () => {
    const directory = newDirectory();
    mount(["-t", "tmpfs", "-o", "ro", "tmpfs", directory]);
    try {
      assert.match((await hold(directory)).refused ?? "", /read-only/);
    } finally {
      execFileSync("umount", [directory]);
    }
  });

  it("as another user", { skip: needsOther() }, async () => {
    assert.ok(OTHER);
    const directory = newDirectory();
    chownSync(directory, OTHER.uid, OTHER.gid);
    const one = await hold(directory, OTHER);
    assert.ok(one.url, JSON.stringify(one));
    assert.deepEqual(await query(one.url, "select 1 as one"), [{ one: 1 }]);
    await one.kill();
    // Root comes to a directory of another user: the server goes on as that user.
    const two = await hold(directory);
    assert.equal(two.pid, one.pid);
    await two.stop();
    const three = await hold(directory);
    assert.ok(three.url, JSON.stringify(three));
    assert.equal(statSync(`/proc/${three.pid}`).uid, OTHER.uid);
    await three.stop();
  });

  it("another user's directory, not as root", { skip: needsOther() }, async () => {
    assert.ok(OTHER);
    const directory = newDirectory();
    chmodSync(directory, 0o700);
    assert.match((await hold(directory, OTHER)).refused ?? "", /No permission for the data directory/);
  });

  it("library links that no install script made", () => {
    const root = newDirectory();
    const links = join(newDirectory(), "lib");
    mkdirSync(join(root, "native", "lib"), { recursive: true });
    writeFileSync(
      join(root, "native", "pg-symlinks.json"),
      JSON.stringify([{ source: "native/lib/libpq.so.5.18", target: "native/lib/libpq.so.5" }]),
    );
    writeFileSync(join(root, "native", "lib", "libpq.so.5.18"), "library");
    for (let times = 0; times < 2; times++) assert.equal(Object.values(findBinaries(links, root).env)[0], links);
    assert.equal(readFileSync(join(links, "libpq.so.5"), "utf8"), "library");
  });
});

function needsMount(): { skip: string | false } {
  const isAble = IS_ROOT && spawnSync("unshare", ["--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).status === 0;
  return { skip: isAble ? false : "needs root and the right to mount" };
}
function needsOther(): string | false {
  if (!OTHER) return "needs root, to become another user";
  const reaches = spawnSync(process.execPath, ["-e", `require("fs").accessSync(${JSON.stringify(HOLDER)})`], {
    uid: OTHER.uid,
    gid: OTHER.gid,
    cwd: "/",
  });
  return reaches.status === 0 ? false : "another user can't read this directory";
}
function accountOf(name: string): { uid: number; gid: number } | null {
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((one) => one.split(":"))
    .find((one) => one[0] === name);
  return line ? { uid: Number(line[2]), gid: Number(line[3]) } : null;
}
function halfMade(directory: string): string[] {
  return readdirSync(directory).filter((name) => name.startsWith("postgres.new-"));
}
function mount(args: string[]): void {
  execFileSync("mount", args, { stdio: "ignore" });
}
function isDead(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return /^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return true;
  }
}
function quietly(act: () => void): void {
  try {
    act();
  } catch {}
}
async function settled(is: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 20_000; !is(); ) {
    assert.ok(Date.now() < deadline, "waited too long");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
