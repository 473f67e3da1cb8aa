/** What a database remembers of the installation that it belongs to. */
import { z } from "zod";
import type { Text } from "../connectors/kit/fields.ts";
import { Refusal } from "../refusal.ts";
import type { Keyring } from "./connection/vault.ts";
import type { Shared } from "./parts.ts";
import { areSessions, isSeen } from "./store/sessions.ts";
import { keepSetting, lockSetting, readSetting, writeSetting } from "./store/settings.ts";
import { forgetBot } from "./store/telegram.ts";

export interface Installation {
  readonly mode: "playground" | "telegram";
  /** Which bot: another one numbers updates and messages anew. Null: a command, which speaks for none. */
  readonly bot: string | null;
}

const Known = z.object({ mode: z.enum(["playground", "telegram"]), bot: z.string().nullable() });
const CHECK = "This text opens with the right key.";
const Checks = z.object({
  sealed: z.string(),
  /** While keys change: what the older ones open, too. */
  also: z.array(z.string()).optional(),
});
/** The setting that tells which keys a start needs. */
export const CHECKS = "vault";
const MAC = "mac";
const Mac = z.object({ sealed: z.string() });

/**
 * Throws a Refusal when the key is not the one of this database, or one of two is missing while they are changed; the
 * first start keeps a text to tell by.
 */
export async function checkKey({ db, vault }: Pick<Shared, "db"> & { readonly vault: Keyring }): Promise<void> {
  const checks = Checks.parse(await keepSetting(db, CHECKS, { sealed: vault.seal(CHECK) }));
  try {
    vault.open(checks.sealed);
  } catch (cause) {
    throw new Refusal(WRONG_KEY, cause);
  }
  try {
    for (const one of checks.also ?? []) vault.open(one);
  } catch (cause) {
    throw new Refusal(HALF_ROTATED, cause);
  }
  const mac = Mac.safeParse(await readSetting(db, MAC));
  if (mac.success) vault.keepMacKey(Buffer.from(vault.open(mac.data.sealed), "base64"));
}

/**
 * From now on a start needs both keys. Webhook addresses and their secrets are made with the first key; they stay what
 * they are, because services were told them.
 */
export async function beginRotation({ db, vault }: Pick<Shared, "db"> & { readonly vault: Keyring }): Promise<void> {
  await db.transaction(async (tx) => {
    const { sealed, also = [] } = Checks.parse(await lockSetting(tx, CHECKS));
    if (!Mac.safeParse(await readSetting(tx, MAC)).success)
      await writeSetting(tx, MAC, { sealed: vault.seal(vault.macKey(sealed).toString("base64")) });
    if (vault.reseal(sealed) === sealed) return;
    await writeSetting(tx, CHECKS, { sealed: vault.seal(CHECK), also: [...new Set([...also, sealed])] });
  });
  await checkKey({ db, vault });
}

/** Nothing is sealed with an older key any more: a start needs only the newest. */
export async function endRotation({ db, vault }: Pick<Shared, "db" | "vault">): Promise<void> {
  await writeSetting(db, CHECKS, { sealed: vault.seal(CHECK) });
}

const WRONG_KEY: Text = {
  ru: "Ключ шифрования не от этой базы: сохранённые подключения им не открыть. Верните прежний ENCRYPTION_KEY (или файл key в DATA_DIR) либо укажите другую базу.",
  en: "The encryption key doesn't belong to this database: its connections can't be opened. Bring back the old ENCRYPTION_KEY (or the file key in DATA_DIR), or use another database.",
};
const HALF_ROTATED: Text = {
  ru: "Смена ключа шифрования ещё не закончена: часть данных открывает только прежний ключ. Верните его в ENCRYPTION_KEY_OLD и выполните npm run key -- rotate до конца.",
  en: "The change of the encryption key isn't finished: some data opens only with the former key. Bring it back as ENCRYPTION_KEY_OLD and let npm run key -- rotate end.",
};

/** Throws a Refusal when playground data would become a real bot's, or the other way round. */
export async function checkInstallation({ db, log }: Pick<Shared, "db" | "log">, now: Installation): Promise<void> {
  const known = Known.parse(await keepSetting(db, "installation", { ...now }));
  if (known.mode !== now.mode)
    throw new Refusal(
      known.mode === "playground"
        ? {
            ru: "В этих данных живёт площадка, настоящему боту они не подходят. Укажите для бота другой DATA_DIR (или DATABASE_URL), а чтобы открыть площадку, уберите BOT_TOKEN.",
            en: "This data belongs to the playground and isn't fit for a real bot. Give the bot another DATA_DIR (or DATABASE_URL); to open the playground, remove BOT_TOKEN.",
          }
        : {
            ru: "В этих данных живёт настоящий бот, площадка их не тронет. Задайте BOT_TOKEN, а для площадки укажите другой DATA_DIR.",
            en: "This data belongs to a real bot, and the playground won't touch it. Set BOT_TOKEN, or give the playground another DATA_DIR.",
          },
    );
  if (now.bot === null || known.bot === now.bot) return;
  if (known.bot !== null) log.warn("another bot than before: old updates and screens are forgotten");
  await db.transaction(async (tx) => {
    if (known.bot !== null) await forgetBot(tx);
    await writeSetting(tx, "installation", { ...now });
  });
}

/** Throws a Refusal where locks and signs of life would mean nothing; before anything is taken up. */
export async function checkSessions({ db }: Pick<Shared, "db">): Promise<void> {
  if (await areSessions(db)) return;
  throw new Refusal({
    ru: "DATABASE_URL ведёт через посредника, который раздаёт соединения по транзакциям (например, PgBouncer с pool_mode=transaction). Связке нужны постоянные сессии: укажите адрес самого PostgreSQL или переведите посредника в режим session.",
    en: "DATABASE_URL leads through a pooler that hands out connections by transaction (such as PgBouncer with pool_mode=transaction). Svyazka needs lasting sessions: give the address of PostgreSQL itself, or switch the pooler to session mode.",
  });
}

/** After the queue has started. Throws a Refusal where other processes couldn't tell that this one lives. */
export async function checkPresence({ db, process }: Pick<Shared, "db" | "process">): Promise<void> {
  if (await isSeen(db, process)) return;
  throw new Refusal({
    ru: "PostgreSQL не показывает соединения этого процесса в pg_stat_activity, и другие процессы сочли бы его погибшим. Подключайте все процессы одной и той же ролью базы и напрямую: посредник, который меняет application_name, не подходит.",
    en: "PostgreSQL doesn't show the connections of this process in pg_stat_activity, so others would take it for dead. Connect all processes with one and the same database role, and directly: a pooler that changes application_name won't do.",
  });
}

const Address = z.object({
  publicUrl: z.string().nullable(),
  endpoints: z.record(z.string(), z.string()),
  allowedHosts: z.array(z.string()),
});
/** Where a running app is reached and what it reaches: commands beside it work with the same. */
export type Address = z.infer<typeof Address>;

export async function keepAddress({ db }: Pick<Shared, "db">, address: Address): Promise<void> {
  await writeSetting(db, "address", address);
}

export async function knownAddress({ db }: Pick<Shared, "db">): Promise<Address | null> {
  const parsed = Address.safeParse(await keepSetting(db, "address", {}));
  return parsed.success ? parsed.data : null;
}
