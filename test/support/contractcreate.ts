/** The rule about creates: whatever fails at the request that makes the record, it is made once at most and told rightly. */
import { ConnectorError, type ErrorClass } from "../../src/connectors/kit/errors.ts";
import { isObject } from "../../src/connectors/kit/read.ts";
import type { Fault } from "./contract.ts";
import { expectClass, expectWait, failure, type Judge, type Say, within } from "./contractjudge.ts";
import type { Subject } from "./contractstand.ts";
import { mistakesInItem } from "./contractwords.ts";

/** The number of the request that made the record, in a run without faults. */
async function makingOf(subject: Subject, say: Say): Promise<number | null> {
  const { create } = subject.contract;
  let making: number | null = null;
  await within(subject, async (stand) => {
    if (!create) return;
    const input = await create.input(stand);
    const before = { hits: stand.hits.length, records: stand.rows(create.table).length };
    const output = await stand.run(create.action, input);
    const action = stand.connector.actions.find(({ key }) => key === create.action);
    for (const mistake of mistakesInItem(action?.output ?? [], output)) say(`${create.action}: its output ${mistake}`);
    const own = stand.hits.slice(before.hits);
    const at = own.findIndex(({ records }) => records > before.records);
    if (at >= 0 && stand.rows(create.table).length === before.records + 1) making = at + 1;
    else say(`${create.action}: no single record in ${create.table}`);
  });
  return making;
}

export const create: Judge = async (subject, say) => {
  const declared = subject.contract.create;
  if (!declared) {
    say("the contract names no create");
    return;
  }
  const action = subject.connector.actions.find(({ key }) => key === declared.action);
  const making = await makingOf(subject, say);
  if (!action || making === null) return;
  const mayRepeat = action.safe;
  const lostClass: readonly ErrorClass[] = mayRepeat ? ["temporary"] : ["unknown"];
  const faults: readonly [Fault, readonly ErrorClass[]][] = [
    ["lost", lostClass],
    ["cut", lostClass],
    ["outage", lostClass],
    ["html", lostClass],
    ["rateLimit", ["temporary"]],
    ["expired", ["access"]],
  ];
  for (const [fault, classes] of faults) {
    if (subject.contract.without?.[`create:${fault}`] !== undefined) continue;
    await within(subject, async (stand) => {
      const input = await declared.input(stand);
      const before = { hits: stand.hits.length, records: stand.rows(declared.table).length };
      stand.failAt(making, fault);
      const at = stand.now();
      const once = { key: "the-one" };
      const error = await failure(() => action.run(stand.ctx, input, once));
      stand.heal();
      const what = `${action.key} while ${fault}`;
      const made = stand.rows(declared.table).length - before.records;
      const own = stand.hits.slice(before.hits);
      const wanted = own[making - 1];
      const repeats = own
        .slice(making - 1)
        .filter(({ method, path }) => method === wanted?.method && path === wanted.path);
      if (error === null && !(mayRepeat && (fault === "lost" || fault === "cut")))
        say(`${what}: went on as if nothing had happened`);
      if (error !== null) expectClass(say, what, error, classes);
      if (fault === "rateLimit") expectWait(say, stand, what, error);
      if (made > 1) say(`${what}: ${made} records were made`);
      if (!mayRepeat && repeats.length > 1) say(`${what}: sent ${repeats.length} times`);
      const isMade = fault === "lost";
      if (error !== null && made !== (isMade ? 1 : 0)) say(`${what}: ${made} records are there`);
      if (!action.lookup || !(error instanceof ConnectorError) || error.errorClass !== "unknown") return;
      const found = await action.lookup(stand.ctx, input, { ...once, at });
      if (isMade && found === "absent") say(`${what}: lookup says absent, and it is there`);
      if (!isMade && isObject(found)) say(`${what}: lookup found what isn't there`);
    });
  }
};
