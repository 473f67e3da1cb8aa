/** A member's own alerts: how often, when not, where to, and the summaries. */
import type { Group, Member } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Button, Screen } from "../parts.ts";
import type { Texts } from "../texts/index.ts";
import { short } from "../texts/words.ts";
import { grid, lines } from "./lay.ts";

const MODES = ["now", "hourly", "daily", "off"] as const;
const QUIET = ["22:00-08:00", "23:00-07:00", "21:00-09:00", "20:00-10:00"] as const;
const MOST_GROUPS = 10;

const marked = (isOn: boolean, text: string): string => (isOn ? `• ${text}` : text);
const titleOf = (group: Group | undefined): string => short(group?.title || "?", 40);

export function noticesScreen(t: Texts, { alerts }: Pick<Member, "alerts">, groups: readonly Group[]): Screen {
  const words = t.settings.team;
  const { mode, quiet, summaries, chatId } = alerts;
  const at = groups.find((group) => group.chatId === chatId);
  const place = chatId === undefined ? words.whereHere : words.whereGroup(titleOf(at));
  return {
    text: lines(words.noticesTitle, "", words.noticesAbout[mode], at?.isGone && words.whereGone(titleOf(at))),
    keyboard: [
      ...grid(
        MODES.map((one) => ({ text: marked(one === mode, words.mode[one]), data: to("setnotice", "mode", one) })),
        2,
      ),
      [{ text: quiet === null ? words.quietNone : words.quietOn(quiet.from, quiet.to), data: to("quiet") }],
      [{ text: place, data: to("where") }],
      [
        {
          text: words.summaryDaily(summaries.daily),
          data: to("setnotice", "daily", summaries.daily ? "off" : "on"),
        },
        {
          text: words.summaryWeekly(summaries.weekly),
          data: to("setnotice", "weekly", summaries.weekly ? "off" : "on"),
        },
      ],
      [{ text: t.home.back, data: to("settings") }],
    ],
  };
}

export function quietScreen(t: Texts): Screen {
  const words = t.settings.team;
  const pick = (hours: string): Button => ({
    text: hours.replace("-", "–"),
    data: to("setquiet", ...hours.replaceAll(":", "").split("-")),
  });
  return {
    text: words.quietAsk,
    keyboard: [
      ...grid(QUIET.map(pick), 2),
      [{ text: words.quietOff, data: to("setquiet", "none") }],
      [{ text: t.home.back, data: to("notices") }],
    ],
  };
}

/** `2200`, `22:00`, `22` → `22:00`; anything else as it is, for the engine to refuse. */
export function hourOf(typed: string): string {
  const [, hour, minute = "00"] = /^\s*(\d{1,2})[:.]?(\d{2})?\s*$/.exec(typed) ?? [];
  return hour === undefined ? typed : `${hour.padStart(2, "0")}:${minute}`;
}

/** "22:30–8:00", "с 22 до 8", "22-8": two times; null where there aren't two. */
export function quietOf(typed: string): { from: string; to: string } | null {
  const [from, to, more] = typed.match(/\d{1,2}(?:[:.]\d{2})?/g) ?? [];
  return from === undefined || to === undefined || more !== undefined ? null : { from: hourOf(from), to: hourOf(to) };
}

/** `add`: where Telegram lets a group be chosen. */
export function whereScreen(
  t: Texts,
  { alerts }: Pick<Member, "alerts">,
  groups: readonly Group[],
  add: string,
): Screen {
  const words = t.settings.team;
  return {
    text: words.whereTitle,
    keyboard: [
      [{ text: marked(alerts.chatId === undefined, words.whereMine), data: to("setwhere", "mine") }],
      ...groups.slice(0, MOST_GROUPS).map((group): Button[] => {
        const name = group.isGone ? words.whereGone(titleOf(group)) : titleOf(group);
        return [{ text: marked(alerts.chatId === group.chatId, name), data: to("setwhere", group.chatId) }];
      }),
      [{ text: words.addGroup, url: add }],
      [{ text: t.home.back, data: to("notices") }],
    ],
  };
}
