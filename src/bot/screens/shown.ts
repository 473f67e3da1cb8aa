/** Values of the sample as people read them: moments in their zone, phones with a plus. What is sent stays as it is. */
import { type Field, shownPhone } from "../../engine/index.ts";
import { dayAndTime } from "../texts/words.ts";
import type { Look } from "./titles.ts";

const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})$/;

/** Without a kind only what can't be anything else is changed. */
export function shownAs(look: Look, shown: string, kind?: Field["kind"]): string {
  if (ISO.test(shown)) {
    const at = new Date(shown);
    if (!Number.isNaN(at.getTime())) return dayAndTime(look.locale, look.timeZone, at);
  }
  return kind === "phone" ? shownPhone(shown) : shown;
}
