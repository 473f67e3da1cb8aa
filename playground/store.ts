/**
 * Where the playground keeps everything: documents in named collections, in one SQLite file.
 * Synchronous on purpose: a document is on disk before the answer that speaks of it leaves, so `kill -9` loses nothing.
 */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";

export type DocId = string | number;

export interface Collection<T> {
  /** All documents in the order in which they were first put. */
  all(): T[];
  /** The newest `count` documents, oldest first. */
  last(count: number): T[];
  get(id: DocId): T | undefined;
  put(id: DocId, doc: T): void;
  remove(id: DocId): boolean;
  count(): number;
  /** 1, 2, 3 …; never gives a number twice, not even after `clear`. */
  next(): number;
  clear(): void;
}

export interface Store {
  collection<T>(name: string): Collection<T>;
  /** All writes of `work` or none. */
  together<T>(work: () => T): T;
  close(): void;
}

// Rows keep their number when they are replaced, so `all` stays in the order of arrival.
const SCHEMA = `
  pragma journal_mode = wal;
  pragma synchronous = normal;
  pragma busy_timeout = 5000;
  create table if not exists docs (
    place integer primary key,
    collection text not null,
    id text not null,
    doc text not null,
    unique (collection, id)
  );
  create index if not exists docs_by_place on docs (collection, place);
  create table if not exists sequences (collection text primary key, value integer not null);
`;

/** Opens (or makes) the file; `:memory:` gives a store that ends with the process. */
export function openStore(path: string): Store {
  if (path !== ":memory:") mkdirSync(dirname(path), { recursive: true });
  const db = new DatabaseSync(path);
  db.exec(SCHEMA);
  const sql = {
    all: db.prepare("select doc from docs where collection = ? order by place"),
    last: db.prepare("select doc from docs where collection = ? order by place desc limit ?"),
    get: db.prepare("select doc from docs where collection = ? and id = ?"),
    put: db.prepare(
      "insert into docs (collection, id, doc) values (?, ?, ?) on conflict (collection, id) do update set doc = excluded.doc",
    ),
    remove: db.prepare("delete from docs where collection = ? and id = ?"),
    count: db.prepare("select count(*) as n from docs where collection = ?"),
    clear: db.prepare("delete from docs where collection = ?"),
    next: db.prepare(
      "insert into sequences (collection, value) values (?, 1) on conflict (collection) do update set value = value + 1 returning value",
    ),
  };
  let depth = 0;

  function collection<T>(name: string): Collection<T> {
    const read = (row: unknown): T => JSON.parse(String((row as { doc: string }).doc)) as T;
    return {
      all: () => sql.all.all(name).map(read),
      last: (count) => sql.last.all(name, count).map(read).reverse(),
      get(id) {
        const row = sql.get.get(name, String(id));
        return row ? read(row) : undefined;
      },
      put: (id, doc) => void sql.put.run(name, String(id), JSON.stringify(doc)),
      remove: (id) => Number(sql.remove.run(name, String(id)).changes) > 0,
      count: () => Number(sql.count.get(name)?.n),
      next: () => Number(sql.next.get(name)?.value),
      clear: () => void sql.clear.run(name),
    };
  }

  function together<T>(work: () => T): T {
    if (depth > 0) return work();
    db.exec("begin immediate");
    depth++;
    try {
      const result = work();
      db.exec("commit");
      return result;
    } catch (error) {
      db.exec("rollback");
      throw error;
    } finally {
      depth--;
    }
  }

  return { collection, together, close: () => db.close() };
}
