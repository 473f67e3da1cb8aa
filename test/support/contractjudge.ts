/** What all rules of the contract suite share: how a rule says what is wrong, and what failures are compared with. */
import type { Connector, JsonObject, Trigger } from "../../src/connectors/kit/define.ts";
import { ConnectorError, type ErrorClass } from "../../src/connectors/kit/errors.ts";
import { polledOf, type Stand } from "./contract.ts";
import { openStand, type Subject } from "./contractstand.ts";
import { mistakeInText } from "./contractwords.ts";

const SECOND = 1_000;
export type Say = (mistake: string) => void;

export async function failure(work: () => Promise<unknown>): Promise<unknown> {
  try {
    await work();
    return null;
  } catch (error) {
    return error ?? new Error("nothing was thrown, and yet something was");
  }
}
export const told = (error: unknown): string =>
  error instanceof ConnectorError
    ? `${error.errorClass} (${error.sentence.en})`
    : error === null
      ? "nothing"
      : String(error);

/** The class of a failure, with its words in both languages. */
export function expectClass(say: Say, what: string, error: unknown, classes: readonly ErrorClass[]): void {
  const isRight = error instanceof ConnectorError && classes.includes(error.errorClass);
  if (!isRight) say(`${what}: ${told(error)} instead of ${classes.join(" or ")}`);
  const mistake = error instanceof ConnectorError ? mistakeInText(error.sentence) : null;
  if (mistake !== null) say(`${what}: the sentence ${mistake}`);
}

/** Retry-After of the newest answer must be what the error says. */
export function expectWait(say: Say, stand: Stand, what: string, error: unknown): void {
  const history: unknown = JSON.parse(stand.history());
  const last: unknown = Array.isArray(history) ? history.at(-1) : undefined;
  const match = /"retry-after":"(\d+)"|retry_after\\*":(\d+)/i.exec(JSON.stringify(last ?? null));
  if (!match || !(error instanceof ConnectorError)) return;
  const wanted = Number(match[1] ?? match[2]) * SECOND;
  if ((error.details.retryAfterMs ?? 0) < wanted)
    say(`${what}: Retry-After of ${wanted} ms isn't passed on (${error.details.retryAfterMs ?? "none"})`);
}

export async function within(subject: Subject, work: (stand: Stand) => Promise<void>): Promise<void> {
  const stand = await openStand(subject);
  try {
    await work(stand);
  } finally {
    await stand.stop();
  }
}

export const polled = (connector: Connector, { contract }: Subject): readonly Trigger[] =>
  polledOf(connector).filter(({ key }) => contract.without?.[`items:${key}`] === undefined);
export function initialOf(trigger: Pick<Trigger, "options">, more: JsonObject = {}): JsonObject {
  const set = trigger.options.flatMap(({ key, initial }) => (initial === undefined ? [] : [[key, initial] as const]));
  return { ...Object.fromEntries(set), ...more };
}

export type Judge = (subject: Subject, say: Say) => Promise<void> | void;
