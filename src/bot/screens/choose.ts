/** Choosing a service, what it can do, and an account of it: for the trigger and for actions alike. */
import type { BundleView, ConnectionView, Connector } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Button, Screen } from "../parts.ts";
import { cut, lines, type Paged, page, pager } from "./lay.ts";
import type { Look } from "./titles.ts";

/** More rows than this are not shown for a search: another word narrows it. */
const FOUND = 20;

/** Whether every typed word begins some word of the text, endings aside: «сделку» finds «Новая сделка». */
export function fits(text: string, typed: string): boolean {
  const plain = (one: string) => one.toLowerCase().replaceAll("ё", "е");
  const words = plain(typed)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
  const all = plain(text).split(/[^\p{L}\p{N}]+/u);
  const stem = (word: string) => (word.length > 4 ? word.slice(0, -Math.min(2, word.length - 4)) : word);
  return words.length > 0 && words.every((word) => all.some((one) => one.startsWith(stem(word))));
}

export interface Pick {
  readonly label: string;
  readonly data: string;
}

/** What half the width of a phone holds on one line. */
const HALF = 14;

/** Short names stand two beside each other; a long one has a row of its own, and the order stays. */
export function pickRows(picks: readonly Pick[]): Button[][] {
  const rows: Button[][] = [];
  let isOpen = false;
  for (const one of picks) {
    const isShort = one.label.length <= HALF;
    const button: Button = { text: cut(one.label, 60), data: one.data };
    if (isShort && isOpen) rows.at(-1)?.push(button);
    else rows.push([button]);
    isOpen = isShort && !isOpen;
  }
  return rows;
}

/** Services first, built-in tools after them; both in the order of the catalogue, which is by popularity. */
export function offered(connectors: readonly Connector[], can: "trigger" | "action"): readonly Connector[] {
  const able = connectors.filter((one) => (can === "trigger" ? one.triggers : one.actions).length > 0);
  return [...able.filter((one) => !one.core), ...able.filter((one) => one.core)];
}

/** A paged list under a heading. `place` gets the page as its last argument. */
export function listScreen(model: {
  readonly head: string | ReturnType<typeof lines>;
  readonly picks: readonly Pick[];
  readonly page: number | string | undefined;
  readonly place: readonly [string, ...string[]];
  readonly below: readonly (readonly Button[])[];
}): Screen {
  const shown: Paged<Pick> = page(model.picks, model.page);
  return {
    text: lines(model.head),
    keyboard: [...pickRows(shown.items), ...pager(shown, ...model.place), ...model.below],
  };
}

/** What a typed word found. */
export function foundScreen(
  look: Look,
  model: { readonly typed: string; readonly picks: readonly Pick[]; readonly back: string },
): Screen {
  const words = look.t.builder;
  const typed = cut(model.typed, 60);
  const rest = model.picks.length - FOUND;
  return {
    text: lines(
      model.picks.length === 0 ? words.nothingFound(typed) : words.foundFor(typed),
      rest > 0 && words.moreFound(rest),
    ),
    keyboard: [...pickRows(model.picks.slice(0, FOUND)), [{ text: words.back, data: model.back }]],
  };
}

/** Accounts of one service, or the way to connect the first. */
export function accountsScreen(
  look: Look,
  model: {
    readonly service: string;
    readonly accounts: readonly ConnectionView[];
    readonly can: "trigger" | "action";
    readonly choose: (id: string) => string;
    readonly connect: string;
    readonly back: string;
    readonly page: number | string | undefined;
    readonly place: readonly [string, ...string[]];
  },
): Screen {
  const words = model.can === "trigger" ? look.t.builder.trigger : look.t.builder.action;
  const trigger = look.t.builder.trigger;
  const back: Button[] = [{ text: look.t.builder.back, data: model.back }];
  if (model.accounts.length === 0)
    return {
      text: lines(words.connectFirst(model.service)),
      keyboard: [[{ text: trigger.connect(model.service), data: model.connect, style: "primary" }], back],
    };
  return listScreen({
    head: words.chooseConnection(model.service),
    picks: model.accounts.map((one) => ({
      label: `${look.t.connections.mark[one.state]} ${one.name}${one.account && one.account !== one.name ? ` · ${one.account}` : ""}`,
      data: model.choose(one.id),
    })),
    page: model.page,
    place: model.place,
    below: [[{ text: trigger.another, data: model.connect }], back],
  });
}

/** A step's account that doesn't work: its lists can't be read, so it is mended first. */
export function brokenScreen(look: Look, view: BundleView, step: string, account: ConnectionView): Screen {
  const words = look.t.builder;
  return {
    text: lines(words.action.broken(cut(account.name, 60)), "", account.error?.sentence[look.locale] ?? false),
    keyboard: [
      [{ text: look.t.card.mendConnection, data: to("sfix", view.id, step), style: "primary" }],
      [{ text: words.action.anyway, data: to("step", view.id, step) }],
      [{ text: words.back, data: to("scons", view.id, step) }],
    ],
  };
}

/** Unfinished drafts to go on with, or a new one. */
export function unfinishedScreen(
  look: Look,
  drafts: readonly { id: string; number: number; name: string }[],
  fresh: string,
): Screen {
  const words = look.t.builder.newBundle;
  return {
    text: lines(words.title, "", words.unfinished(drafts.length)),
    keyboard: [
      ...drafts
        .slice(0, 6)
        .map((one): Button[] => [{ text: cut(words.goOn(one.number, one.name), 60), data: to("trigger", one.id) }]),
      [
        { text: words.fresh, data: fresh, style: "primary" },
        { text: look.t.templates.fromTemplate, data: to("templates") },
      ],
    ],
  };
}
