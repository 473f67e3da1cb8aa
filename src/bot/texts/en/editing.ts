/** Words about editing a large bundle: jumping, moving, undoing, publishing, versions. */
import { enForm } from "../plural.ts";

const changes = (n: number) => `${n} ${enForm(n, "difference", "differences")}`;

export const editing = {
  jumpHint: "Press a number to change a step, or type a number or a word of its name.",
  noStep: (n: number, last: number) => `There is no step ${n}: the last one is ${last}.`,
  moreSteps: (n: number) => `…and ${n} more ${enForm(n, "step", "steps")}`,
  previous: (n: number) => `‹ Step ${n}`,
  next: (n: number) => `Step ${n} ›`,
  undo: "↩️ Undo the edit",
  undone: "↩️ The last edit is undone.",
  removed: (n: number, title: string) =>
    `🗑 Step ${n} “${title}” is removed. Fields that took data from it are without them now.`,
  bringBack: "↩️ Bring it back",
  insertBefore: "⬆️ Insert before",
  insertAfter: "⬇️ Insert after",
  moveTo: "↕️ To another place",
  moveAsk: (n: number, last: number) => `Step ${n}: to which place? Type a number from 2 to ${last}.`,
  badPlace: (text: string, last: number) => `“${text}” won't do: a number from 2 to ${last} is needed.`,
  tryAlone: "🧪 Try this step",
  trying: "⏳ Trying one step. Nothing is written…",
  tried: (n: number, title: string) => `🧪 Step ${n} · ${title}`,
  notReached: "On this sample the run doesn't reach the step: conditions, a break or an error stop it before.",
  isOff: "The step is switched off, so it is passed over.",
  publishTitle: "✏️ What changes when you publish",
  noChanges: "Nothing differs from the live version.",
  andMore: (n: number) => `…and ${changes(n)} more`,
  publishYes: "✅ Publish",
  versions: "🕰 Versions",
  versionsTitle: "🕰 Published versions",
  versionsNone: "The bundle was never published: there are no versions.",
  versionLine: (n: number, when: string, by: string | null, isLive: boolean) =>
    `${isLive ? "🟢" : "▫️"} ${n} · ${when}${by === null ? "" : ` · ${by}`}`,
  versionChanges: (n: number) => (n === 0 ? "" : ` · ${changes(n)}`),
  versionSame: (n: number) => ` · as ${n}`,
  versionTitle: (n: number) => `🕰 Version ${n}`,
  versionIsLive: "It is the live one.",
  versionDiffers: "How it differs from the live one. Going back to it changes this:",
  versionAlike: "It is the same as the live one.",
  versionBack: (n: number) => `↩️ Go back to version ${n}`,
  versionKept: "Unpublished edits stay beside it.",
  versionIsBack: (n: number) => `↩️ Version ${n} is live again. Edits, if there were any, are kept.`,
};
