/** What a group sees: cards whose buttons act, or lead to the private chat. */
import { FormattedString } from "@grammyjs/parse-mode";
import { to } from "../callback.ts";
import { placeLink } from "../deeplink.ts";
import type { Button, Screen } from "../parts.ts";
import type { Texts } from "../texts/index.ts";
import { short } from "../texts/words.ts";

/** Asks whether this member's alerts shall come here. */
export function offerScreen(t: Texts, title: string): Screen {
  const words = t.alerts.group;
  return {
    text: words.offer(short(title, 60)),
    keyboard: [[{ text: words.yes, data: to("gbind"), style: "primary" }], [{ text: words.no, data: to("gno") }]],
  };
}

export function boundScreen(t: Texts, text: string): Screen {
  return { text: new FormattedString(text), keyboard: [[{ text: t.alerts.group.stop, data: to("gstop") }]] };
}

export const wordsScreen = (text: string): Screen => ({ text: new FormattedString(text), keyboard: [] });

/** Buttons that show something open the private chat; only those that act are pressed here. */
export function forGroup(screen: Screen, bot: string): Screen {
  const led = (button: Button): Button => {
    const start = "data" in button ? placeLink(button.data) : null;
    if (start === null) return button;
    const { text, style } = button;
    return { text, url: `https://t.me/${bot}?start=${start}`, ...(style === undefined ? {} : { style }) };
  };
  return { text: screen.text, keyboard: screen.keyboard.map((row) => row.map(led)) };
}
