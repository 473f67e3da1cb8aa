/** What a sandbox shows and takes. Names and labels come in both languages of the page. */
import type { IncomingMessage, ServerResponse } from "node:http";

export interface Text {
  readonly ru: string;
  readonly en: string;
}

/** Durable documents; everything is written before a call returns. */
export interface Collection<T> {
  all(): T[];
  get(id: string): T | undefined;
  put(id: string, doc: T): void;
  remove(id: string): void;
  /** The next number of this collection's own sequence, from 1. */
  next(): number;
  clear(): void;
}
export interface Store {
  collection<T>(name: string): Collection<T>;
}

export interface ButtonField {
  readonly key: string;
  readonly label: Text;
  readonly value: string;
  readonly choices?: readonly { readonly value: string; readonly label: Text }[];
}
export interface SandboxButton {
  readonly key: string;
  readonly label: Text;
  readonly fields: readonly ButtonField[];
}
export interface SandboxSwitch {
  readonly key: string;
  readonly label: Text;
  readonly value: string;
  readonly choices: readonly { readonly value: string; readonly label: Text }[];
}
export interface Table {
  /** Plural English kind, as stories report it: deals, orders, customers. */
  readonly name: string;
  readonly label: Text;
  /** `key` may be a path into the row: `customer.id`. */
  readonly columns: readonly { readonly key: string; readonly label: Text }[];
  /** Newest first; whole records. */
  readonly rows: readonly Record<string, unknown>[];
}
export interface SandboxView {
  readonly key: string;
  readonly name: Text;
  /** Requests a second that it takes. */
  readonly perSecond: number;
  /** Where the service is reached. */
  readonly base: string;
  /** The same for a connector's ENDPOINT_…: with `{account}` where the address holds the account's name. */
  readonly endpoint: string;
  readonly credentials: readonly { readonly key: string; readonly label: Text; readonly value: string }[];
  /** The app registered there, for services with consent in the browser. */
  readonly app?: { readonly id: string; readonly secret: string };
  readonly tables: readonly Table[];
  readonly buttons: readonly SandboxButton[];
  readonly switches: readonly SandboxSwitch[];
}

export interface Sandboxes {
  handle(key: string, req: IncomingMessage, res: ServerResponse, path: string): Promise<void>;
  list(): SandboxView[];
  /** One of them; looking at all reads every record of every service. */
  one(key: string): SandboxView;
  /** Throws an Error with a readable message for a wrong key or field. */
  press(key: string, button: string, fields: Readonly<Record<string, string>>): Promise<unknown>;
  setSwitch(key: string, name: string, value: string): void;
  reset(key: string): void;
  has(key: string): boolean;
  /** Opens the ports of services that speak something else than HTTP (of this one alone, where it is named); their `host:port`. */
  open(only?: string): Promise<readonly string[]>;
  close(): Promise<void>;
}
