/** Joins the engine's parts. bot, web and cli import this file and nothing deeper. */
export type * from "./engine.ts";
export { NotFound, Stale, UserError } from "./errors.ts";
export { type Address, knownAddress } from "./installation.ts";
export { type EngineDeps, makeEngine } from "./join.ts";
export { makeSharedLimiter } from "./limits.ts";
export { shownPhone } from "./values/phone.ts";
