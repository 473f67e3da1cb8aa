/** What doing a step gave: the outcome for the machine, and what the journal keeps of it. */
import type { Json, JsonObject, Text } from "../../connectors/kit/define.ts";
import { ConnectorError } from "../../connectors/kit/errors.ts";
import { toFailure } from "../connection/failure.ts";
import type { Outcome } from "./machine.ts";

export interface Result {
  readonly outcome: Outcome;
  readonly input: Json;
  readonly output: Json;
  readonly exchange: Json;
  readonly notes: readonly Text[];
  /** How often an unknown outcome was looked up, this time included. */
  readonly looks?: number;
}

/** Event data, inputs and outputs are kept whole up to 1 MiB. */
export const MAX_BYTES = 1024 * 1024;

export function assertSize(value: Json, what: Text): void {
  const text = JSON.stringify(value) ?? "";
  // Counting bytes only where it can matter: a character has at most three in UTF-8, surrogates aside.
  if (text.length * 3 <= MAX_BYTES || Buffer.byteLength(text) <= MAX_BYTES) return;
  throw new ConnectorError("data", {
    ru: `${what.ru} больше 1 МБ: столько связка не хранит. Возьмите меньше данных за раз.`,
    en: `${what.en} is larger than 1 MiB, more than a bundle keeps. Take less data at a time.`,
  });
}

/**
 * What was done can't be taken back because much was said about it: of an answer that is too large, ids and what is small
 * are kept, with a note.
 */
export function fitted(output: JsonObject): { output: JsonObject; notes: readonly Text[] } {
  if (bytesOf(output) <= MAX_BYTES) return { output, notes: [] };
  const isId = (key: string) => /(?:^|[_-])(?:id|uuid|guid|key|number)$|[a-z]I[dD]$/i.test(key);
  const parts = Object.entries(output)
    .map(([key, value]) => ({ key, value, isId: isId(key), bytes: bytesOf(key) + bytesOf(value) + 2 }))
    .sort((a, b) => Number(b.isId) - Number(a.isId) || a.bytes - b.bytes);
  const kept: [string, Json][] = [];
  const left: string[] = [];
  let room = MAX_BYTES - 2;
  for (const { key, value, bytes } of parts) {
    if (bytes <= room) {
      kept.push([key, value]);
      room -= bytes;
    } else left.push(key);
  }
  const names = `${left.slice(0, 5).join(", ")}${left.length > 5 ? ", …" : ""}`.slice(0, 200);
  return {
    output: Object.fromEntries(kept),
    notes: [
      {
        ru: `Действие выполнено. Ответ сервиса больше 1 МБ, поэтому сохранён не весь: без ${names}.`,
        en: `It was done. The service's answer is larger than 1 MiB, so not all of it was kept: without ${names}.`,
      },
    ],
  };
}
const bytesOf = (value: Json): number => Buffer.byteLength(JSON.stringify(value) ?? "");

export function done(output: JsonObject, kept: Partial<Omit<Result, "outcome" | "output">> = {}): Result {
  return { outcome: { kind: "done", output }, input: null, exchange: null, notes: [], ...kept, output };
}

/** A thrown error as an outcome. `isSent`: an unsafe call was under way, so that an unknown class means a lost answer. */
export function failed(
  error: unknown,
  kept: { input: Json; exchange: Json; notes?: readonly Text[]; mask?: (text: string) => string; isSent: boolean },
): Result {
  const failure = toFailure(error, kept.mask);
  const retryAfterMs = error instanceof ConnectorError ? error.details.retryAfterMs : undefined;
  const base = { input: kept.input, output: null, exchange: kept.exchange, notes: kept.notes ?? [] };
  if (failure.class === "temporary" && failure.code === "turn") {
    return { ...base, outcome: { kind: "turn", retryAfterMs: retryAfterMs ?? 1_000 } };
  }
  // A bug that shows after the call was sent says nothing about the call.
  if (kept.isSent && (failure.class === "unknown" || !(error instanceof ConnectorError))) {
    return { ...base, outcome: { kind: "lost", failure: { ...failure, class: "unknown" } } };
  }
  // A repeatable call whose answer was lost is simply made again.
  const settled = failure.class === "unknown" ? { ...failure, class: "temporary" as const } : failure;
  return {
    ...base,
    outcome: { kind: "failed", failure: settled, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
  };
}
