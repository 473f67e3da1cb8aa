/** What a workspace keeps between runs: small records by name and key. The engine keeps them; bundles of one workspace share them. */
import type { Json } from "./fields.ts";

export interface Kept {
  readonly value: Json;
  readonly changedAt: Date;
  /** When it is forgotten; null: never. */
  readonly until: Date | null;
}

export interface Storage {
  /** Null where nothing is kept, or not any more. */
  get(name: string, key: string): Promise<Kept | null>;
  /** `once`: the same write asked for again (after a lost answer) changes nothing, even if another one came between. */
  set(name: string, key: string, value: Json, until: Date | null, once: string): Promise<Kept>;
  /** True when there was something. */
  remove(name: string, key: string, once: string): Promise<boolean>;
  /**
   * Adds to a number, exactly (decimal text, no rounding), and tells the sum; what isn't there counts as 0. Two at the
   * same time both count. Null: what is kept there is no number. `until` is set when the number begins, and stays.
   */
  add(name: string, key: string, amount: string, until: Date | null, once: string): Promise<string | null>;
}
