import type { Text } from "./fields.ts";

/** What becomes of a failed call; the table stands in the engine's semantics and in docs/engine.md. */
export type ErrorClass = "temporary" | "access" | "forbidden" | "data" | "not_found" | "unknown" | "defect";

export interface ConnectorErrorDetails {
  /** The service's own words, already free of secrets; shown folded under our sentence. */
  readonly own?: string;
  /** The input field that must change, by key. */
  readonly field?: string;
  /** Wait at least this long, in milliseconds (Retry-After). */
  readonly retryAfterMs?: number;
  /** The service's HTTP status or error code, for the history. */
  readonly code?: string;
  readonly cause?: unknown;
}

/** A service (or the way to it) refused. The class decides the retry, the sentence is for people. */
export class ConnectorError extends Error {
  override readonly name = "ConnectorError";
  readonly errorClass: ErrorClass;
  readonly sentence: Text;
  readonly details: ConnectorErrorDetails;

  constructor(errorClass: ErrorClass, sentence: Text, details: ConnectorErrorDetails = {}) {
    super(`${errorClass}: ${sentence.en}`, { cause: details.cause });
    this.errorClass = errorClass;
    this.sentence = sentence;
    this.details = details;
  }
}
