/** Hands what node's test runner tells to `npm test`, one JSON object a line. */
import { inspect } from "node:util";

interface TestEvent {
  readonly type: string;
  readonly data: {
    readonly name?: string;
    readonly file?: string;
    readonly nesting?: number;
    readonly skip?: string | boolean;
    readonly todo?: string | boolean;
    readonly message?: string;
    readonly details?: {
      readonly type?: string;
      readonly duration_ms?: number;
      readonly error?: { readonly failureType?: string; readonly cause?: unknown };
    };
  };
}

/** What the runner counts and prints. */
export interface Told {
  readonly type: "pass" | "fail" | "output";
  readonly name: string;
  readonly file: string;
  readonly nesting: number;
  readonly isSuite: boolean;
  readonly ms: number;
  readonly skip: string | null;
  readonly failureType: string;
  readonly text: string;
}

export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const { type, data } of events) {
    const isOutput = type === "test:stdout" || type === "test:stderr";
    if (!isOutput && type !== "test:pass" && type !== "test:fail") continue;
    const error = data.details?.error;
    const skip = data.skip ?? data.todo;
    const told: Told = {
      type: isOutput ? "output" : type === "test:pass" ? "pass" : "fail",
      name: data.name ?? "",
      file: data.file ?? "",
      nesting: data.nesting ?? 0,
      isSuite: data.details?.type === "suite",
      ms: Math.round(data.details?.duration_ms ?? 0),
      skip: skip === undefined || skip === false ? null : String(skip),
      failureType: error?.failureType ?? "",
      text: isOutput ? (data.message ?? "") : error ? inspect(error.cause ?? error, { depth: 4 }) : "",
    };
    yield `${JSON.stringify(told)}\n`;
  }
}
