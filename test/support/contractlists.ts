/** The rule about reference lists and the account's own fields: what a person is offered has an end, names and no doubles. */
import type { Connector, Field, List, ListItem } from "../../src/connectors/kit/define.ts";
import type { ErrorClass } from "../../src/connectors/kit/errors.ts";
import type { Stand } from "./contract.ts";
import { expectClass, expectWait, failure, initialOf, type Judge, type Say, within } from "./contractjudge.ts";
import type { Subject } from "./contractstand.ts";
import { faultsOf } from "./contractwrites.ts";

const MOST_PAGES = 100;
const doubled = (names: readonly string[]): string[] => [
  ...new Set(names.filter((name, at) => names.indexOf(name) !== at)),
];

/** Groups of fields that stand beside each other, where one may depend on another. */
const groupsOf = ({ triggers, actions }: Connector): readonly (readonly Field[])[] => [
  ...triggers.map(({ options }) => options),
  ...actions.map(({ fields }) => fields),
];

async function all(stand: Stand, list: List, depends: Readonly<Record<string, string>>): Promise<ListItem[]> {
  const items: ListItem[] = [];
  let page: string | undefined;
  for (let turn = 0; turn < MOST_PAGES; turn++) {
    const read = await list.load(stand.ctx, depends, page);
    items.push(...read.items);
    if (read.next === undefined) return items;
    page = read.next;
  }
  throw new Error(`has no end after ${MOST_PAGES} pages`);
}

/** What a list depends on: the first value that the account has for each of its siblings. */
async function dependsOf(stand: Stand, name: string): Promise<Record<string, string>> {
  const { connector, contract } = stand;
  const given = contract.depends?.[name];
  if (given) return { ...given };
  for (const group of groupsOf(connector)) {
    const keys = group.find(({ list }) => list?.name === name)?.list?.dependsOn;
    if (!keys) continue;
    const found = await Promise.all(
      keys.map(async (key): Promise<[string, string]> => {
        const sibling = group.find((one) => one.key === key);
        const own = sibling?.list && connector.lists?.[sibling.list.name];
        const [first] = own ? await all(stand, own, await dependsOf(stand, sibling.list?.name ?? "")) : [];
        return [key, first?.value ?? sibling?.initial ?? sibling?.choices?.[0]?.value ?? ""];
      }),
    );
    return Object.fromEntries(found);
  }
  return {};
}

function judgeItems(say: Say, name: string, items: readonly ListItem[]): void {
  if (items.some(({ label }) => label.trim() === "")) say(`${name}: something in it has no name`);
  if (items.some(({ value }) => value.trim() === "")) say(`${name}: something in it has no value`);
  const twice = doubled(items.map(({ value }) => value));
  if (twice.length > 0) say(`${name}: ${twice.join(", ")} stands in it twice`);
}

function judgeFields(say: Say, place: string, fields: readonly Field[], declared: readonly Field[]): void {
  for (const { key, label } of fields)
    if (label.ru.trim() === "" || label.en.trim() === "") say(`${place}: the account's own field ${key} has no name`);
  const twice = doubled([...declared, ...fields].map(({ key }) => key));
  if (twice.length > 0) say(`${place}: the field ${twice.join(", ")} is there twice`);
}

async function judgeFaults(subject: Subject, stand: Stand, what: string, ask: () => Promise<unknown>, say: Say) {
  const faults: readonly (readonly ["outage" | "rateLimit" | "html" | "expired", ErrorClass])[] = [
    ["outage", "temporary"],
    ["rateLimit", "temporary"],
    ["html", "temporary"],
    ["expired", "access"],
  ];
  for (const [fault, errorClass] of faults) {
    if (!faultsOf(subject).includes(fault)) continue;
    await stand.settled();
    stand.failAt(1, fault);
    const error = await failure(ask);
    stand.heal();
    expectClass(say, `${what} while ${fault}`, error, [errorClass]);
    if (fault === "rateLimit") expectWait(say, stand, `${what} while ${fault}`, error);
  }
}

export const lists: Judge = async (subject, say) => {
  const { connector, contract } = subject;
  for (const [name, list] of Object.entries(connector.lists ?? {})) {
    if (contract.without?.[`lists:${name}`] !== undefined) continue;
    await within(subject, async (stand) => {
      const depends = await dependsOf(stand, name);
      const before = stand.hits.length;
      const items = await all(stand, list, depends);
      judgeItems(say, name, items);
      const wanted = contract.lists?.[name] ?? 1;
      if (items.length < wanted) say(`${name}: ${items.length} of at least ${wanted} are in it`);
      // A list that is known without asking can't fail.
      if (stand.hits.length > before) await judgeFaults(subject, stand, name, () => all(stand, list, depends), say);
    });
  }
  await within(subject, async (stand) => {
    for (const { key, options, output, outputOf } of connector.triggers) {
      const given = initialOf({ options }, contract.triggers?.[key]?.options);
      if (outputOf) judgeFields(say, key, await outputOf(stand.ctx, given), output);
    }
    for (const { key, fields, fieldsOf } of connector.actions) {
      const input = (await contract.writes?.[key]?.input(stand)) ?? {};
      if (fieldsOf) judgeFields(say, key, await fieldsOf(stand.ctx, input), fields);
    }
  });
};
