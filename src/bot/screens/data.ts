/** What is kept and for how long; handing it out, deleting it. */
import type { Workspace } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Screen } from "../parts.ts";
import type { Texts } from "../texts/index.ts";
import { short } from "../texts/words.ts";
import { grid, lines } from "./lay.ts";

const DAYS = [7, 14, 30, 90, 180, 365] as const;

export function dataScreen(t: Texts, { retentionDays }: Workspace): Screen {
  const words = t.settings.team;
  return {
    text: lines(words.dataTitle, "", words.dataAbout(retentionDays)),
    keyboard: [
      [{ text: words.keep(retentionDays), data: to("keepdays") }],
      [{ text: words.exportAll, data: to("exportall") }],
      [{ text: words.wipe, data: to("wipeall"), style: "danger" }],
      [{ text: t.home.back, data: to("settings") }],
    ],
  };
}

export function keepScreen(t: Texts): Screen {
  const words = t.settings.team;
  return {
    text: words.keepAsk,
    keyboard: [
      ...grid(
        DAYS.map((days) => ({ text: words.keepDays(days), data: to("setdays", days) })),
        3,
      ),
      [{ text: t.home.back, data: to("alldata") }],
    ],
  };
}

export function wipeScreen(t: Texts, { name }: Workspace): Screen {
  return { text: t.settings.team.wipeAsk(short(name, 200)), keyboard: [[{ text: t.home.back, data: to("alldata") }]] };
}
