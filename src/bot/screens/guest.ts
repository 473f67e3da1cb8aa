/** Connection by link: the link for the one who asks, and the questions for the one who is asked. */
import type { Asked, ConnectionView, Connector, Link, Locale } from "../../engine/index.ts";
import { parse, to } from "../callback.ts";
import type { Button, Screen } from "../parts.ts";
import type { Texts } from "../texts/index.ts";
import { moment, short } from "../texts/words.ts";
import { code, lines } from "./lay.ts";
import { linkRows } from "./team.ts";

/** What the one who asks passes on. */
export function sharedScreen(
  t: Texts,
  { locale, timeZone }: { locale: Locale; timeZone: string },
  connector: Connector,
  { link, made }: { link: string; made: Link & { connection: string } },
): Screen {
  const service = connector.name[locale];
  return {
    text: lines(
      t.connections.guest.shared(service, moment(locale, timeZone, made.until)),
      "",
      link,
      "",
      t.settings.team.orCode,
      code(made.code),
    ),
    keyboard: [...linkRows(t, link), [{ text: t.home.back, data: to("connection", made.connection) }]],
  };
}

/** What the person is asked for, before anything is asked. */
export function helloScreen(t: Texts, locale: Locale, connector: Connector, asked: Asked): Screen {
  const words = t.connections.guest;
  return {
    text: words.hello(short(asked.workspace, 60), connector.name[locale]),
    keyboard: [
      [{ text: words.begin, data: to("guestask"), style: "primary" }],
      [{ text: words.decline, data: to("guestno") }],
    ],
  };
}

/** The connection as far as its guest may know it: for screens that are made for its owner. */
export const viewFor = (asked: Asked, connector: Connector, locale: Locale): ConnectionView => ({
  id: "-",
  connector: asked.connector,
  name: connector.name[locale],
  state: asked.state === "draft" ? "draft" : "broken",
  account: null,
  error: null,
  checkedAt: null,
  filled: asked.filled,
  values: {},
  missing: asked.missing,
  way: asked.way,
});

/** Places of the owner's screens and what stands for them here; a button that isn't named is not for guests. */
const PLACES: Readonly<Record<string, string>> = {
  connvalue: "guestvalue",
  connfix: "guestfix",
  conncheck: "guestcheck",
  connoauth: "guestenter",
  connfields: "guestfields",
};

/** The owner's screen with its buttons led to the guest's places; nothing else of the workspace is offered. */
export function forGuest(t: Texts, screen: Screen, more: readonly Button[] = []): Screen {
  const led = (button: Button): Button[] => {
    if (!("data" in button)) return [button];
    const { place, args } = parse(button.data);
    const there = PLACES[place];
    return there === undefined ? [] : [{ ...button, data: to(there, ...args.slice(1)) }];
  };
  return {
    text: screen.text,
    keyboard: [
      ...screen.keyboard.map((row) => row.flatMap(led)).filter((row) => row.length > 0),
      ...more.map((button) => [button]),
      [{ text: t.connections.guest.decline, data: to("guestno") }],
    ],
  };
}

export function thanksScreen(t: Texts, service: string, account: string): Screen {
  return { text: t.connections.guest.thanks(service, short(account, 100)), keyboard: [] };
}

export const wordScreen = (text: string): Screen => ({ text: lines(text), keyboard: [] });
