/** As whom the bundled PostgreSQL runs: it refuses root. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { Refusal } from "../refusal.ts";

export interface Identity {
  readonly kind: "plain" | "namespace" | "dropped";
  /** The command line that runs `file` under this identity. */
  command(file: string, args: readonly string[]): { file: string; args: string[] };
  /** For spawn(); the owner of the cluster's files where it isn't us. */
  readonly uid?: number;
  readonly gid?: number;
}

interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * Not root: as we are. Root: inside a user namespace of our own, where root's number reads as another one (needs no
 * account, and works below directories that only root may enter); where namespaces are forbidden, as an unprivileged
 * account that can reach `directory` and the binaries. A database that belongs to somebody stays theirs: `owner`.
 */
export function chooseIdentity(ask: {
  directory: string;
  reaches: readonly string[];
  owner: { uid: number; gid: number } | null;
}): Identity {
  if (process.getuid?.() !== 0) return { kind: "plain", command: plainly };
  const paths = [ask.directory, ...ask.reaches];
  const accounts = unprivilegedAccounts();
  const isOwned = ask.owner !== null && ask.owner.uid !== 0;
  const fit = isOwned ? [{ ...ask.owner }] : accounts.filter((one) => ["postgres", "nobody"].includes(one.name));
  const namespace = isOwned ? null : namespaceAs(accounts[0]);
  if (namespace) return namespace;
  for (const { uid, gid } of fit as Account[])
    if (paths.every((path) => canReach(path, uid, gid))) return { kind: "dropped", command: plainly, uid, gid };
  throw new Refusal({
    ru: `PostgreSQL не работает от имени root, а другого способа здесь нет: пространства имён запрещены или база принадлежит другому пользователю, а он не видит ${paths.join(", ")}. Запустите Связку от обычного пользователя (владельца базы), перенесите DATA_DIR туда, куда может войти любой, или укажите DATABASE_URL.`,
    en: `PostgreSQL refuses to run as root, and there is no way round it here: user namespaces are forbidden or the database belongs to another user, who can't reach ${paths.join(", ")}. Run Svyazka as an ordinary user (the database's owner), move DATA_DIR to a place that anybody may enter, or set DATABASE_URL.`,
  });
}

const plainly: Identity["command"] = (file, args) => ({ file, args: [...args] });

/** initdb looks its number up, so the account must be one that has a name. */
function namespaceAs(account: Account | undefined): Identity | null {
  if (!account) return null;
  const flags = ["--user", `--map-user=${account.uid}`, `--map-group=${account.gid}`, "--"];
  const tried = spawnSync("unshare", [...flags, "id", "-u"], { encoding: "utf8", timeout: 10_000 });
  if (tried.status !== 0 || tried.stdout.trim() !== String(account.uid)) return null;
  return { kind: "namespace", command: (file, args) => ({ file: "unshare", args: [...flags, file, ...args] }) };
}

function canReach(path: string, uid: number, gid: number): boolean {
  const tried = spawnSync("/bin/sh", ["-c", 'test -r "$1" && test -x "$1"', "sh", path], { uid, gid, cwd: "/" });
  return tried.status === 0;
}

/** Named accounts, the ones fit for dropping first; 65534 last, because unmapped owners read as that number. */
function unprivilegedAccounts(): Account[] {
  let text = "";
  try {
    text = readFileSync("/etc/passwd", "utf8");
  } catch {
    return [];
  }
  return text
    .split("\n")
    .map((line) => line.split(":"))
    .map(([name = "", , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
    .filter((one) => one.name !== "" && one.uid > 0 && Number.isInteger(one.gid))
    .sort((a, b) => Number(a.uid === 65534) - Number(b.uid === 65534));
}
