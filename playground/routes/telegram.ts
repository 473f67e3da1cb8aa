/** Who is on this Telegram, groups, bad days on request, the clock, and events for pages. */
import type { Fault } from "../telegram/faults.ts";
import { bad } from "../telegram/types.ts";
import { ANSWERED, body, makeChatOf, type Route, type RouteDeps, text } from "./route.ts";

export function telegramRoutes({ telegram, sandboxes, views, watch }: RouteDeps): Route[] {
  const { state, people, faults, limits } = telegram;
  const chatOf = makeChatOf(state);

  return [
    [
      "GET",
      /^\/api\/state$/,
      () => ({
        people: state.people.all().map(views.person),
        bots: state.bots.all().map(({ id, name, username, token }) => ({ id, name, username, token })),
        groups: state.groups.all(),
        sandboxes: sandboxes.list().map(({ key, name }) => ({ key, name })),
        strict: limits.strict,
      }),
    ],
    [
      "GET",
      /^\/api\/events$/,
      ({ response }) => {
        watch.listen(response);
        return ANSWERED;
      },
    ],
    [
      "POST",
      /^\/api\/people$/,
      async ({ request }) => {
        const { name, language, first } = await body(request);
        // A page that opens on an empty playground makes its person; two pages at once make one.
        const known = first === true ? state.people.all()[0] : undefined;
        if (known) return { id: known.id };
        if (text(name).trim() === "" || text(name).length > 64) throw bad("a name has 1 to 64 characters");
        const code = /^[a-z]{2}$/.test(text(language)) ? text(language) : "en";
        const { id } = state.addPerson(text(name), code);
        watch.tell({ type: "people" });
        return { id };
      },
    ],
    [
      "POST",
      /^\/api\/people\/(\d+)\/block$/,
      async ({ request, args: [id] }) => {
        const { blocked, bot } = await body(request);
        people.block(Number(id), chatOf(bot), blocked !== false);
        return {};
      },
    ],
    [
      "POST",
      /^\/api\/groups$/,
      async ({ request }) => {
        const given = await body(request);
        const members = Array.isArray(given.people) ? given.people.map(Number) : [];
        const bots = Array.isArray(given.bots) ? given.bots.map(Number) : [chatOf(undefined)];
        const group = people.makeGroup(text(given.title) || "Group", members, bots);
        watch.tell({ type: "people" });
        return { id: group.id };
      },
    ],
    [
      "POST",
      /^\/api\/groups\/(-\d+)\/bots$/,
      async ({ request, args: [id] }) => {
        const given = await body(request);
        people.setMember(Number(id), chatOf(given.bot), given.member !== false);
        return {};
      },
    ],
    [
      "POST",
      /^\/api\/groups\/(-\d+)\/migrate$/,
      ({ args: [id] }) => {
        const group = people.migrate(Number(id));
        watch.tell({ type: "people" });
        return { id: group.id };
      },
    ],
    [
      "POST",
      /^\/api\/groups\/(-\d+)\/topics$/,
      async ({ request, args: [id] }) => ({
        topic: people.makeTopic(Number(id), text((await body(request)).name) || "Topic"),
      }),
    ],
    [
      "POST",
      /^\/api\/faults$/,
      async ({ request }) => {
        const given = await body(request);
        if (given.clear === true) faults.clear();
        if (typeof given.strict === "boolean") limits.strict = given.strict;
        if (given.kind !== undefined) faults.add(readFault(given));
        return { strict: limits.strict };
      },
    ],
    ["GET", /^\/api\/calls$/, () => faults.calls()],
    [
      "POST",
      /^\/api\/clock$/,
      async ({ request }) => {
        const { advance } = await body(request);
        if (typeof advance !== "number" || advance < 0) throw bad("advance is a number of milliseconds");
        telegram.advance(advance);
        return {};
      },
    ],
  ];
}

function readFault(given: Record<string, unknown>): Fault {
  const number = (value: unknown, fallback: number) => (typeof value === "number" && value >= 0 ? value : fallback);
  const common = {
    ...(typeof given.method === "string" ? { method: given.method } : {}),
    ...(typeof given.bot === "number" ? { bot: given.bot } : {}),
    times: number(given.times, 1),
  };
  const { kind } = given;
  if (kind === "drop" || kind === "cut") return { ...common, kind };
  if (kind === "delay") return { ...common, kind, ms: number(given.ms, 1000) };
  if (kind === "flood") return { ...common, kind, retryAfter: number(given.retryAfter, 1) };
  if (kind === "error") {
    const description = typeof given.description === "string" ? { description: given.description } : {};
    return { ...common, kind, code: number(given.code, 500), ...description };
  }
  throw bad("kind is one of drop, cut, delay, flood, error");
}
