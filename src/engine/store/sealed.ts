/** Everything in the database that is sealed, as text, for a change of keys. */
import { type SQL, sql } from "drizzle-orm";
import { bundles, connections, consents, drafts, inbox, settings, versions } from "../../db/schema.ts";
import type { Db } from "../parts.ts";

/** A column with sealed texts in it. */
export interface SealedPlace {
  readonly name: string;
  readonly table: SQL;
  /** Tells its rows apart, as one text. */
  readonly key: SQL;
  readonly column: SQL;
  readonly isJson: boolean;
}
const place = (name: string, table: SQL, key: SQL, column: SQL, isJson = false): SealedPlace => ({
  name,
  table,
  key,
  column,
  isJson,
});

export const SEALED_PLACES: readonly SealedPlace[] = [
  place("settings", sql`${settings}`, sql`${settings.key}`, sql`value`, true),
  place("connections", sql`${connections}`, sql`${connections.id}`, sql`secret`),
  place("consents", sql`${consents}`, sql`${consents.hash}`, sql`verifier`),
  place("inbox", sql`${inbox}`, sql`${inbox.updateId}::text`, sql`body`),
  place("bundles", sql`${bundles}`, sql`${bundles.id}`, sql`draft`, true),
  place("versions", sql`${versions}`, sql`${versions.bundle} || ':' || ${versions.version}`, sql`body`, true),
  place("drafts", sql`${drafts}`, sql`${drafts.bundle} || ':' || ${drafts.revision}`, sql`body`, true),
];

const holds = (column: SQL, heads: readonly string[]): SQL =>
  sql.join(
    heads.map((head) => sql`position(${head} in ${column}::text) > 0`),
    sql` or `,
  );

/** Rows after `after` in which something begins like one of `heads`. */
export async function sealedRows(
  db: Db,
  { table, key, column }: SealedPlace,
  heads: readonly string[],
  after: string,
  limit: number,
): Promise<readonly { key: string; text: string }[]> {
  return db.execute<{ key: string; text: string }>(sql`
    select ${key} as key, ${column}::text as text from ${table}
    where (${key}) collate "C" > ${after} and (${holds(column, heads)})
    order by (${key}) collate "C" limit ${limit}`);
}

/** Writes rows back and counts them; what was changed meanwhile stays as whoever changed it left it. */
export async function writeSealed(
  db: Db,
  { table, key, column, isJson }: SealedPlace,
  rows: readonly { readonly key: string; readonly before: string; readonly after: string }[],
): Promise<number> {
  const changed = await db.execute(sql`
    update ${table} set ${column} = new.after${isJson ? sql`::jsonb` : sql``}
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as new(key text, before text, after text)
    where ${key} = new.key and ${column}::text = new.before returning 1`);
  return changed.length;
}
