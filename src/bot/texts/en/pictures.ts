/** Words in pictures: a bundle as a chart, and the week. No emoji: the font has none. */
import type { ru } from "../ru/index.ts";
import { counted } from "../words.ts";

export const pictures: (typeof ru)["pictures"] = {
  start: "Start",
  noTrigger: "No start chosen yet",
  noSteps: "No steps yet",
  filter: (n) => `Filter: ${counted("en", n, ["condition", "conditions"])}`,
  yes: "Yes",
  no: "No",
  onError: "On an error",
  goesOn: "goes on",
  ends: "the end",
  toStep: (n, title) => `step ${n}${title === "" ? "" : `, ${title}`}`,
  off: "Off",
  endsHere: "The run ends here",
  failed: (when) => `Last failure: ${when}`,
  notAsked: "Polling fails",
  lastRuns: "Last runs",
  page: (n, of) => `${n} of ${of}`,
  caption: (number) => `Bundle ${number} as a picture`,
  again: "The picture didn't work out. Try again a little later.",
  week: {
    title: "The week",
    succeeded: "succeeded",
    failed: "failed",
    bundles: "By bundle",
    more: (n) => `and ${counted("en", n, ["bundle", "bundles"])} more`,
  },
};
