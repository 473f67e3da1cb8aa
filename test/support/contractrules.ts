/** The rules of `contract.ts`: each answers with what is wrong, and with nothing where all is well. */
import { ConnectorError, type ErrorClass } from "../../src/connectors/kit/errors.ts";
import type { Fault, Rule } from "./contract.ts";
import { create } from "./contractcreate.ts";
import { makeIntake } from "./contractintake.ts";
import { items, longIds, moments } from "./contractitems.ts";
import { expectClass, expectWait, failure, initialOf, type Judge, polled, told, within } from "./contractjudge.ts";
import type { Subject } from "./contractstand.ts";
import { mistakesInLabels, mistakesInSamples, mistakesInWords } from "./contractwords.ts";

/** Everything of an error that may reach a log or a chat. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const more =
    error instanceof ConnectorError ? JSON.stringify([error.sentence, { ...error.details, cause: null }]) : "";
  return [error.message, error.stack ?? "", more, error.cause === undefined ? "" : wordsOf(error.cause)].join("\n");
}

function leakIn(secrets: readonly string[], text: string): string | undefined {
  return secrets.find((secret) => {
    const bare = (encoded: string) => encoded.replace(/=+$/, "");
    const dresses = [secret, encodeURIComponent(secret), bare(Buffer.from(secret).toString("base64"))];
    return dresses.some((dress) => text.includes(dress));
  });
}

const words: Judge = ({ connector }, say) => {
  for (const mistake of [...mistakesInWords(connector), ...mistakesInLabels(connector)]) say(mistake);
};
const samples: Judge = ({ connector }, say) => {
  for (const mistake of mistakesInSamples(connector)) say(mistake);
};

const check: Judge = async (subject, say) => {
  const { connector } = subject;
  await within(subject, async (stand) => {
    const run = async () => connector.check?.(stand.ctx);
    const account = (await run())?.account ?? "";
    if (account.trim() === "") say("check names no account");
    const usual = stand.hits.length;
    const faults: readonly [Fault, readonly ErrorClass[]][] = [
      ["outage", ["temporary"]],
      ["rateLimit", ["temporary"]],
      ["html", ["temporary"]],
      ["expired", ["access"]],
    ];
    for (const [fault, classes] of faults) {
      stand.failAt(1, fault);
      const error = await failure(run);
      stand.heal();
      expectClass(say, `check while ${fault}`, error, classes);
      if (fault === "rateLimit") expectWait(say, stand, "check while rateLimit", error);
    }
    for (const fault of ["cut", "lost"] as const) {
      const before = stand.hits.length;
      stand.failAt(1, fault);
      const error = await failure(run);
      if (error !== null) say(`check when one request was ${fault}: ${told(error)}, though it may be asked again`);
      if (stand.hits.length - before > usual + 1) say(`check when one request was ${fault}: asked too often`);
    }
  });
};

const secrets: Judge = async (subject, say) => {
  const { connector, contract } = subject;
  const echoes = [400, 401, 403, 404, 422, 429, 500].flatMap((status) => [
    { status, type: "json" as const },
    { status, type: "html" as const },
  ]);
  await within(subject, async (stand) => {
    if (stand.secrets.length === 0) say("has no secret to look for: say so in the contract");
    const input = (await contract.create?.input(stand)) ?? {};
    const works: [string, () => Promise<unknown>][] = [
      ["check", async () => connector.check?.(stand.ctx)],
      ...polled(connector, subject).map((trigger): [string, () => Promise<unknown>] => [
        trigger.key,
        () => makeIntake(stand, trigger, initialOf(trigger, contract.triggers?.[trigger.key]?.options)).poll(),
      ]),
      ...connector.actions.map((action): [string, () => Promise<unknown>] => [
        action.key,
        () => stand.run(action.key, action.key === contract.create?.action ? input : action.sample),
      ]),
    ];
    const asGiven = await failure(async () => connector.check?.(stand.ctx));
    if (asGiven !== null) say(`check: ${told(asGiven)}`);
    for (const as of [...echoes, { status: 200, type: "json" as const }, { status: 200, type: "html" as const }]) {
      stand.echo(as);
      for (const [name, work] of works) {
        const error = await failure(work);
        const where = `${name} answered with ${as.status} and its own request as ${as.type}`;
        if (error !== null && !(error instanceof ConnectorError)) say(`${where}: crashed: ${told(error)}`);
        if (leakIn(stand.secrets, wordsOf(error)) !== undefined) say(`${where}: the error shows a secret`);
      }
    }
    if (leakIn(stand.secrets, stand.history()) !== undefined) say("the history shows a secret");
    if (!stand.history().includes("•••")) say("nothing was masked in the history: the secret travels unseen");
  });
};

const limits: Judge = async (subject, say) => {
  const { connector } = subject;
  await within(subject, async (stand) => {
    const own = connector.api?.limits;
    const most = (own?.burst ?? 0) + (own?.perSecond ?? 0);
    if (most === 0 && own?.parallel === undefined) say("declares no limit");
    if (most > stand.perSecond) say(`may send ${most} requests in a second, and the service takes ${stand.perSecond}`);
    for (const trigger of polled(connector, subject))
      await makeIntake(stand, trigger, initialOf(trigger, subject.contract.triggers?.[trigger.key]?.options)).poll();
    await connector.check?.(stand.ctx);
    if (stand.left.length !== stand.hits.length)
      say(`${stand.hits.length - stand.left.length} calls went past the limit`);
    if (stand.left.some((one) => JSON.stringify(one) !== JSON.stringify(own))) say("a call left under another limit");
  });
};

export const JUDGES: Readonly<Record<Rule, Judge>> = {
  words,
  samples,
  check,
  secrets,
  limits,
  items,
  moments,
  longIds,
  create,
};

/** What is wrong by one rule. A crash of the connector counts as a mistake, with its words. */
export async function mistakesOf(rule: Rule, subject: Subject): Promise<string[]> {
  const found: string[] = [];
  try {
    await JUDGES[rule](subject, (mistake) => found.push(mistake));
  } catch (error) {
    found.push(
      `stopped by ${told(error)}${error instanceof Error && !(error instanceof ConnectorError) ? ` ${error.stack}` : ""}`,
    );
  }
  return [...new Set(found)];
}
