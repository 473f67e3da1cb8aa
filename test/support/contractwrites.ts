/** The rule about writes: whatever fails at the request that makes the record, it is made once at most and told rightly. */
import type { Action } from "../../src/connectors/kit/define.ts";
import { ConnectorError, type ErrorClass } from "../../src/connectors/kit/errors.ts";
import { isObject } from "../../src/connectors/kit/read.ts";
import { FAULTS, type Fault, type Stand, type WriteCase, writesOf } from "./contract.ts";
import { expectClass, expectWait, failure, type Judge, type Say, within } from "./contractjudge.ts";
import type { Subject } from "./contractstand.ts";
import { mistakesInItem } from "./contractwords.ts";

const countIn = (stand: Stand, { made }: WriteCase): number =>
  typeof made === "string" ? stand.rows(made).length : made(stand);

/** The number of the request that made the record, in a run without faults. */
async function makingOf(subject: Subject, action: Action, write: WriteCase, say: Say): Promise<number | null> {
  let making: number | null = null;
  await within(subject, async (stand) => {
    const input = await write.input(stand);
    const count = () => countIn(stand, write);
    stand.counting(count);
    const before = { hits: stand.hits.length, records: count() };
    const output = await stand.run(action.key, input);
    for (const mistake of mistakesInItem(action.output, output)) say(`${action.key}: its output ${mistake}`);
    const at = stand.hits.slice(before.hits).findIndex(({ records }) => records > before.records);
    if (count() !== before.records + 1) say(`${action.key}: no single record was made`);
    // Where the service doesn't speak HTTP, its own answer breaks the one conversation.
    else if (subject.contract.answers) making = 1;
    else if (at >= 0) making = at + 1;
  });
  return making;
}

/** The faults that this service can play. */
export const faultsOf = ({ contract }: Subject): readonly Fault[] =>
  FAULTS.filter((fault) => !contract.answers || contract.answers[fault] !== undefined);

async function judgeOne(subject: Subject, action: Action, write: WriteCase, say: Say): Promise<void> {
  const making = await makingOf(subject, action, write, say);
  if (making === null) return;
  const mayRepeat = action.safe;
  const lostClass: readonly ErrorClass[] = mayRepeat ? ["temporary"] : ["unknown"];
  // A refusal by another protocol than HTTP says itself that nothing was done.
  const outageClass: readonly ErrorClass[] = subject.contract.answers ? ["temporary"] : lostClass;
  const classes: Readonly<Record<Fault, readonly ErrorClass[]>> = {
    lost: lostClass,
    cut: lostClass,
    outage: outageClass,
    html: lostClass,
    rateLimit: ["temporary"],
    expired: ["access"],
  };
  for (const fault of faultsOf(subject)) {
    const { without } = subject.contract;
    if (without?.[`writes:${fault}`] !== undefined) continue;
    await within(subject, async (stand) => {
      const input = await write.input(stand);
      stand.counting(() => countIn(stand, write));
      const before = { hits: stand.hits.length, records: countIn(stand, write) };
      stand.failAt(making, fault);
      const at = stand.now();
      const once = { key: "the-one" };
      const error = await failure(() => action.run(stand.ctx, input, once));
      stand.heal();
      const what = `${action.key} while ${fault}`;
      const made = countIn(stand, write) - before.records;
      const own = stand.hits.slice(before.hits);
      const wanted = own[making - 1];
      const repeats = own
        .slice(making - 1)
        .filter(({ method, path }) => method === wanted?.method && path === wanted.path);
      if (error === null && !(mayRepeat && (fault === "lost" || fault === "cut")))
        say(`${what}: went on as if nothing had happened`);
      if (error !== null) expectClass(say, what, error, classes[fault]);
      if (fault === "rateLimit") expectWait(say, stand, what, error);
      if (made > 1) say(`${what}: ${made} records were made`);
      if (!mayRepeat && repeats.length > 1) say(`${what}: sent ${repeats.length} times`);
      const isMade = fault === "lost";
      if (error !== null && made !== (isMade ? 1 : 0)) say(`${what}: ${made} records are there`);
      if (!action.lookup || !(error instanceof ConnectorError) || error.errorClass !== "unknown") return;
      const found = await action.lookup(stand.ctx, input, { ...once, at });
      if (isMade && found === "absent") say(`${what}: lookup says absent, and it is there`);
      if (!isMade && isObject(found)) say(`${what}: lookup found what isn't there`);
      if (isMade && isObject(found))
        for (const mistake of mistakesInItem(action.output, found)) say(`${action.key}: what lookup found ${mistake}`);
    });
  }
}

export const writes: Judge = async (subject, say) => {
  const { connector, contract } = subject;
  for (const action of writesOf(connector)) {
    if (contract.without?.[`writes:${action.key}`] !== undefined) continue;
    const write = contract.writes?.[action.key];
    if (write) await judgeOne(subject, action, write, say);
    else say(`${action.key}: the contract says neither what it leaves at the service nor why not`);
  }
};
