/** When two failures have one cause. */
import { createHash } from "node:crypto";
import type { Failure } from "../engine.ts";

/** An access error belongs to its connection; any other to the place where it happened and what was said. */
export function causeOf(at: { bundle: string; step: string; connection: string | null; failure: Failure }): string {
  const { failure } = at;
  if (belongsToConnection(at)) return `connection ${at.connection}`;
  const said = createHash("sha256")
    .update(withoutValues(`${failure.sentence.en} ${failure.own ?? ""}`))
    .digest("hex")
    .slice(0, 24);
  return `${at.bundle} ${at.step} ${failure.class} ${failure.field ?? ""} ${said}`;
}

export function belongsToConnection(at: { connection: string | null; failure: Failure }): boolean {
  return at.failure.class === "access" && at.connection !== null;
}

/** A message with everything taken out that differs from one record to the next. */
export function withoutValues(message: string): string {
  return (
    message
      .toLowerCase()
      .replace(/«[^»]*»|“[^”]*”|„[^“”]*[“”]|"[^"]*"|'[^']*'|`[^`]*`/g, "…")
      .replace(/\bhttps?:\/\/\S+/g, "…")
      .replace(/\S+@\S+\.\S+/g, "…")
      .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, "…")
      // Words with a digit in them are ids, numbers, dates and phones.
      .replace(/[+\p{L}\d]*\d[\p{L}\d.,:/_+-]*/gu, "…")
      .replace(/[\s…]+/g, " ")
      .trim()
  );
}
