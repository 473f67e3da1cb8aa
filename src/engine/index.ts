/** Joins the engine's parts. bot, web and cli import this file and engine/engine.ts, nothing deeper. */
export type * from "./engine.ts";
export { NotFound, Stale, UserError } from "./errors.ts";
