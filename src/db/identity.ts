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
 * account that can reach `directory` and the binaries.
 */
export function chooseIdentity(ask: { directory: string; reaches: readonly string[]; uid?: number }): Identity {
  const uid = ask.uid ?? process.getuid?.() ?? 1;
  const plain = (file: string, args: readonly string[]) => ({ file, args: [...args] });
  if (uid !== 0) return { kind: "plain", command: plain };

  const accounts = unprivilegedAccounts();
  // initdb looks its number up, so it must be one that has a name.
  for (const account of accounts.slice(0, 1)) {
    const flags = ["--user", `--map-user=${account.uid}`, `--map-group=${account.gid}`, "--"];
    const tried = spawnSync("unshare", [...flags, "id", "-u"], { encoding: "utf8", timeout: 10_000 });
    if (tried.status === 0 && tried.stdout.trim() === String(account.uid))
      return { kind: "namespace", command: (file, args) => ({ file: "unshare", args: [...flags, file, ...args] }) };
  }
  for (const account of accounts.filter((one) => ["postgres", "nobody"].includes(one.name))) {
    const reachable = [ask.directory, ...ask.reaches].every(
      (path) =>
        spawnSync("/bin/sh", ["-c", 'test -r "$1" && test -x "$1"', "sh", path], {
          uid: account.uid,
          gid: account.gid,
          cwd: "/",
        }).status === 0,
    );
    if (reachable) return { kind: "dropped", command: plain, uid: account.uid, gid: account.gid };
  }
  throw new Refusal({
    ru: `PostgreSQL не работает от имени root, а другого способа здесь нет: пространства имён запрещены, и непривилегированный пользователь не видит ${ask.directory}. Запустите Связку от обычного пользователя, перенесите DATA_DIR туда, куда может войти nobody, или укажите DATABASE_URL.`,
    en: `PostgreSQL refuses to run as root, and there is no way round it here: user namespaces are forbidden, and an unprivileged user can't reach ${ask.directory}. Run Svyazka as an ordinary user, move DATA_DIR to a place that nobody may enter, or set DATABASE_URL.`,
  });
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
