/** What a route of the playground's API gets, and how it reads its body. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Sandboxes } from "../sandboxes/types.ts";
import type { Telegram } from "../telegram/index.ts";
import { isObject, readBody } from "../telegram/params.ts";
import type { State } from "../telegram/state.ts";
import { bad } from "../telegram/types.ts";
import type { Views } from "../view.ts";
import type { Watch } from "../watch.ts";

export interface Ask {
  request: IncomingMessage;
  response: ServerResponse;
  query: URLSearchParams;
  /** Groups of the route's path. */
  args: string[];
}
export type Route = readonly [method: string, path: RegExp, run: (ask: Ask) => unknown];

export interface RouteDeps {
  telegram: Telegram;
  sandboxes: Sandboxes;
  views: Views;
  watch: Watch;
}

/** A route that has answered by itself (a file, a stream) returns this. */
export const ANSWERED = Symbol("answered");

const MAX_JSON = 4 * 1024 * 1024;

export async function body(request: IncomingMessage): Promise<Record<string, unknown>> {
  const given = (await readBody(request, MAX_JSON)).toString();
  try {
    const value: unknown = given === "" ? {} : JSON.parse(given);
    if (isObject(value)) return value;
  } catch {
    // Said below.
  }
  throw bad("the body must be a JSON object");
}

export const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** A chat named in a call; the main bot's when none is. */
export const makeChatOf = (state: State) => (value: unknown) =>
  value === undefined || value === null || value === "" ? (state.bots.all()[0]?.id ?? 0) : Number(value);
