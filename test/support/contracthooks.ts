/** The rule about webhooks: what comes that way is the poll's own item, under the same key, and counts once. */
import { setTimeout as pause } from "node:timers/promises";
import type { Hook, HookAnswer, HookRequest, HookTrust, JsonObject, Trigger } from "../../src/connectors/kit/define.ts";
import { hookedOf, type Stand, type TriggerCase } from "./contract.ts";
import { makeIntake } from "./contractintake.ts";
import { initialOf, type Judge, type Say, within } from "./contractjudge.ts";
import { mistakesInItem, valueAt } from "./contractwords.ts";

const MINUTE = 60_000;
const MADE = 3;
const SECRET = "contract-secret-of-32-characters";

/** One address at which the connector's hook listens, as the engine does it. */
async function listen(stand: Stand, trigger: Trigger, given: TriggerCase, say: Say) {
  const { ctx } = stand;
  const hook = trigger.hook as Hook;
  const trust: HookTrust = { secret: SECRET, app: stand.app };
  const requests: HookRequest[] = [];
  let count = 0;
  let options: JsonObject = initialOf(trigger, { ...given.options, ...given.hook?.options });
  async function hear(request: HookRequest): Promise<HookAnswer> {
    const atOnce = hook.answer?.(request, options, ctx.auth, trust) ?? (await hook.confirm?.(ctx, request, trust));
    if (atOnce) return atOnce;
    if (request.method === "GET" && !hook.acceptsGet) return { status: 405 };
    count++;
    if (hook.verify?.(request, options, ctx.auth, trust) === false) {
      say(`${trigger.key}: the service's own request is taken for somebody else's`);
      return { status: 401 };
    }
    const route = hook.route?.(options);
    if (route !== undefined && !hook.routes?.(request).includes(route ?? "")) return { status: 200, body: "ok" };
    requests.push(request);
    return { status: 200, body: "ok" };
  }
  stand.listen(hear);
  if (given.hook?.listen) options = { ...options, ...(await given.hook.listen(stand, stand.ear)) };
  else if (hook.subscribe) await hook.subscribe(ctx, stand.ear, options, trust);
  else say(`${trigger.key}: the contract doesn't say how the service learns of the address`);

  /** What the requests brought, read after they came, as the engine does. */
  async function arrived(): Promise<JsonObject[]> {
    const items: JsonObject[] = [];
    for (const delivery of requests.flatMap((request) => hook.deliveries(request, options))) {
      const item = hook.enrich ? await hook.enrich(ctx, delivery) : delivery;
      if (item) items.push(item);
    }
    return items;
  }
  return { requests, options, arrived, count: () => count };
}

/** Fields in which two items of one change differ. */
function differencesOf(trigger: Trigger, given: TriggerCase, hooked: JsonObject, polled: JsonObject): string[] {
  const isExcused = (key: string) => given.hook?.differs?.[key] !== undefined;
  return trigger.output.flatMap(({ key }) => {
    const [one, other] = [valueAt(hooked, key) ?? null, valueAt(polled, key) ?? null];
    if (isExcused(key) || JSON.stringify(one) === JSON.stringify(other)) return [];
    return [`${key} is ${JSON.stringify(one)} by webhook and ${JSON.stringify(other)} by poll`];
  });
}

export const hooks: Judge = async (subject, say) => {
  const { connector, contract } = subject;
  for (const trigger of hookedOf(connector)) {
    if (contract.without?.[`hooks:${trigger.key}`] !== undefined) continue;
    const given = contract.triggers?.[trigger.key];
    if (!given) {
      say(`${trigger.key}: the contract says neither how life makes an item nor why not`);
      continue;
    }
    await within(subject, async (stand) => {
      const ear = await listen(stand, trigger, given, say);
      const intake = makeIntake(stand, trigger, ear.options);
      if (trigger.poll) await intake.poll();
      stand.move(MINUTE);
      const make = given.hook?.make ?? given.make;
      for (let number = 0; number < MADE; number++) await make(stand, number);
      // Services tell in their own time; who tells less is judged below.
      for (const deadline = Date.now() + 2_000; ear.count() < MADE && Date.now() < deadline; ) await pause(5);
      if (ear.requests.length === 0) {
        say(`${trigger.key}: the service told nothing`);
        return;
      }
      const hooked = await ear.arrived();
      intake.hear(hooked);
      const names = new Set(intake.delivered.map((item) => trigger.record(item)));
      if (names.size < MADE) say(`${trigger.key}: ${names.size} of ${MADE} came by webhook`);
      for (const mistake of new Set(hooked.flatMap((item) => mistakesInItem(trigger.output, item))))
        say(`${trigger.key}: by webhook an item ${mistake}`);
      const far = hooked.find((item) => {
        const at = trigger.at(item, stand.ctx)?.getTime();
        return at !== undefined && Math.abs(at - stand.now().getTime()) > 5 * MINUTE;
      });
      if (far) say(`${trigger.key}: by webhook it happened at ${trigger.at(far, stand.ctx)?.toISOString()}`);

      const count = intake.delivered.length;
      intake.hear(await ear.arrived());
      if (intake.delivered.length > count) say(`${trigger.key}: the same request told again counts again`);
      if (!trigger.poll || given.hook?.alone !== undefined) return;
      stand.move(MINUTE);
      const before = intake.given.length;
      await intake.poll();
      if (intake.delivered.length > count)
        say(`${trigger.key}: ${intake.delivered.length - count} came by webhook and once more by poll`);
      const polled = intake.given.slice(before);
      const nameOf = (item: JsonObject) => `${trigger.record(item)}/${trigger.change(item)}`;
      const pairs = hooked.flatMap((one) => {
        const other = polled.find((item) => nameOf(item) === nameOf(one));
        return other ? [[one, other] as const] : [];
      });
      if (pairs.length === 0) say(`${trigger.key}: nothing has the same key by webhook and by poll`);
      const found = pairs.flatMap(([one, other]) => differencesOf(trigger, given, one, other));
      for (const difference of new Set(found)) say(`${trigger.key}: ${difference}`);
    });
  }
};
