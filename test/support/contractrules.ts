/** The rules of `contract.ts`: each answers with what is wrong, and with nothing where all is well. */
import type { JsonObject } from "../../src/connectors/kit/define.ts";
import { ConnectorError, type ErrorClass } from "../../src/connectors/kit/errors.ts";
import type { Fault, Rule } from "./contract.ts";
import { hooks } from "./contracthooks.ts";
import { makeIntake } from "./contractintake.ts";
import { items, longIds, moments } from "./contractitems.ts";
import { expectClass, expectWait, failure, initialOf, type Judge, polled, told, within } from "./contractjudge.ts";
import { lists } from "./contractlists.ts";
import type { Subject } from "./contractstand.ts";
import { mistakesInLabels, mistakesInSamples, mistakesInWords } from "./contractwords.ts";
import { faultsOf, writes } from "./contractwrites.ts";

/** Everything of an error that may reach a chat. */
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
  const { connector, contract } = subject;
  await within(subject, async (stand) => {
    const run = async () => connector.check?.(stand.ctx);
    const account = (await run())?.account ?? "";
    if (account.trim() === "") say("check names no account");
    const usual = stand.hits.length;
    const played = faultsOf(subject);
    const faults: readonly [Fault, readonly ErrorClass[]][] = [
      ["outage", ["temporary"]],
      ["rateLimit", ["temporary"]],
      ["html", ["temporary"]],
      ["expired", ["access"]],
    ];
    for (const [fault, classes] of faults) {
      // Mail servers ask for patience when a letter comes, not when somebody signs in.
      if (!played.includes(fault) || (contract.answers && fault === "rateLimit")) continue;
      await stand.settled();
      stand.failAt(1, fault);
      const error = await failure(run);
      stand.heal();
      expectClass(say, `check while ${fault}`, error, classes);
      if (fault === "rateLimit") expectWait(say, stand, "check while rateLimit", error);
    }
    for (const fault of ["cut", "lost"] as const) {
      // A conversation that isn't HTTP has other places to break off; its own tests know them.
      if (contract.answers) continue;
      await stand.settled();
      const before = stand.hits.length;
      stand.failAt(1, fault);
      const error = await failure(run);
      if (error !== null) say(`check when one request was ${fault}: ${told(error)}, though it may be asked again`);
      if (stand.hits.length - before > usual + 1) say(`check when one request was ${fault}: asked too often`);
    }
  });
};

const STATUSES = [400, 401, 403, 404, 422, 429, 500];

const secrets: Judge = async (subject, say) => {
  const { connector, contract } = subject;
  const kinds = ["json", "html"] as const;
  const echoes = contract.answers
    ? [{ status: 500, type: "json" as const }]
    : [...STATUSES, 200].flatMap((status) => kinds.map((type) => ({ status, type })));
  await within(subject, async (stand) => {
    if (stand.secrets.length === 0) say("has no secret to look for: say so in the contract");
    const leaks = (text: string) => leakIn(stand.secrets, text) !== undefined;
    const inputs = new Map<string, JsonObject>();
    for (const [key, write] of Object.entries(contract.writes ?? {})) inputs.set(key, await write.input(stand));
    const works: [string, () => Promise<unknown>][] = [
      ["check", async () => connector.check?.(stand.ctx)],
      ...Object.entries(connector.lists ?? {}).map(([name, list]): [string, () => Promise<unknown>] => [
        name,
        () => list.load(stand.ctx, contract.depends?.[name] ?? {}, undefined),
      ]),
      ...polled(connector, subject).map((trigger): [string, () => Promise<unknown>] => [
        trigger.key,
        async () => {
          const intake = makeIntake(stand, trigger, initialOf(trigger, contract.triggers?.[trigger.key]?.options));
          await intake.poll();
          return intake.given;
        },
      ]),
      ...connector.actions.map((action): [string, () => Promise<unknown>] => [
        action.key,
        () => stand.run(action.key, inputs.get(action.key) ?? action.sample),
      ]),
    ];
    const asGiven = await failure(async () => connector.check?.(stand.ctx));
    if (asGiven !== null) say(`check: ${told(asGiven)}`);
    const errors: unknown[] = [];
    // As the service is, an output is what later steps are given; nobody needs the key in there.
    for (const [name, work] of works) {
      const error = await failure(async () => {
        if (leaks(JSON.stringify(await work()) ?? "")) say(`${name}: what it brings holds a secret`);
      });
      if (error !== null) errors.push(error);
    }
    for (const as of echoes) {
      stand.echo(as);
      for (const [name, work] of works) {
        const error = await failure(work);
        const where = `${name} answered with ${as.status} and its own request as ${as.type}`;
        if (error !== null) errors.push(error);
        if (error !== null && !(error instanceof ConnectorError)) say(`${where}: crashed: ${told(error)}`);
        if (leaks(wordsOf(error))) say(`${where}: the error shows a secret`);
      }
    }
    stand.echo(null);
    if (leaks(stand.logged(errors))) say("the log shows a secret");
    if (leaks(stand.history())) say("the history shows a secret");
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
  lists,
  items,
  moments,
  longIds,
  hooks,
  writes,
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
