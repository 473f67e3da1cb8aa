/** Facts about this installation, by key. */
import { eq } from "drizzle-orm";
import type { Json } from "../../connectors/kit/define.ts";
import { settings } from "../../db/schema.ts";
import type { Sql, Tx } from "../parts.ts";

/** The value, or undefined; whoever asks checks its shape. */
export async function readSetting(db: Sql, key: string): Promise<unknown> {
  const [row] = await db.select({ value: settings.value }).from(settings).where(eq(settings.key, key));
  return row?.value;
}

/** As readSetting, and nobody else changes it until the transaction ends. */
export async function lockSetting(tx: Tx, key: string): Promise<unknown> {
  await tx.insert(settings).values({ key, value: {} }).onConflictDoNothing();
  const [row] = await tx.select({ value: settings.value }).from(settings).where(eq(settings.key, key)).for("update");
  return row?.value;
}

export async function writeSetting(db: Sql, key: string, value: Json): Promise<void> {
  await db.insert(settings).values({ key, value }).onConflictDoUpdate({ target: settings.key, set: { value } });
}

/** The value that the key has from now on: the one that lies there, or else this. */
export async function keepSetting(db: Sql, key: string, value: Json): Promise<unknown> {
  await db.insert(settings).values({ key, value }).onConflictDoNothing();
  return readSetting(db, key);
}

export async function deleteSetting(db: Sql, key: string): Promise<void> {
  await db.delete(settings).where(eq(settings.key, key));
}
