/** Templates: the list, what one will do, and the draft that came of it with its open questions. */
import type { BundleSummary, BundleView, MappingLine, Problem } from "../../engine/index.ts";
import type { ReadyBundle, TemplateSet } from "../../templates/index.ts";
import { to } from "../callback.ts";
import type { Button, Screen } from "../parts.ts";
import { short } from "../short.ts";
import { fits, listScreen, type Pick } from "./choose.ts";
import { bold, cut, grid, lines } from "./lay.ts";
import { isFilled } from "./mapping.ts";
import { doorRows, mendRows, problemLines } from "./problems.ts";
import { type Look, serviceName, stepNumber, triggerOf } from "./titles.ts";

/** Keys of connectors with an account that works. */
export type Connected = ReadonlySet<string>;

const isReady = (set: TemplateSet, connected: Connected): boolean => set.needs.every((key) => connected.has(key));

/** Those that need nothing more come first, then those that lack least. */
export function ordered(sets: readonly TemplateSet[], connected: Connected): readonly TemplateSet[] {
  const lacks = (set: TemplateSet) => set.needs.filter((key) => !connected.has(key)).length;
  const has = (set: TemplateSet) => (lacks(set) < set.needs.length ? lacks(set) : Number.POSITIVE_INFINITY);
  return sets.toSorted((a, b) => (has(a) === has(b) ? 0 : has(a) - has(b)));
}

/** Whether the typed words name the set, its services or what it is about. */
export function isMeant(look: Look, set: TemplateSet, typed: string): boolean {
  const services = set.needs.map((key) => serviceName(look, key));
  const all = [set.name, set.about, ...set.bundles.map(({ name }) => name)].map((text) => text[look.locale]);
  return fits([...all, ...services, ...(set.words ?? [])].join(" "), typed);
}

export const templatePicks = (look: Look, sets: readonly TemplateSet[], connected: Connected): Pick[] =>
  sets.map((set) => ({
    label: `${isReady(set, connected) ? "🟢 " : ""}${set.name[look.locale]}`,
    data: to("tpl", short(set.key)),
  }));

export function templatesScreen(
  look: Look,
  sets: readonly TemplateSet[],
  connected: Connected,
  page: string | undefined,
): Screen {
  const words = look.t.templates;
  return listScreen({
    head: lines(words.head, sets.some((set) => isReady(set, connected)) && words.legend, "", look.t.builder.searchHint),
    picks: templatePicks(look, sets, connected),
    page,
    place: ["templates"],
    below: [[{ text: look.t.home.toHome, data: to("home") }]],
  });
}

/** What it will do in plain words, and what it needs. `tap` names this drawing of the buttons: two taps make one. */
export function templateScreen(look: Look, set: TemplateSet, connected: Connected, tap: string): Screen {
  const words = look.t.templates;
  const { locale } = look;
  const key = short(set.key);
  const many = set.bundles.length > 1;
  const needs = set.needs.map((one) => words.needed(serviceName(look, one), connected.has(one))).join(" · ");
  const take = (which: number | "a") => to("tu", key, which, tap);
  return {
    text: lines(
      bold(set.name[locale]),
      set.about[locale],
      ...set.bundles.flatMap((one, i) =>
        many ? ["", bold(`${i + 1}. ${one.name[locale]}`), one.about[locale]] : ["", one.about[locale]],
      ),
      "",
      words.needs(needs),
      !isReady(set, connected) && words.connectsNow,
    ),
    keyboard: [
      [
        {
          text: many ? words.takeAll(set.bundles.length) : words.take,
          data: take(many ? "a" : 0),
          style: "success",
        },
      ],
      ...(many
        ? grid(
            set.bundles.map((_, i): Button => ({ text: words.takeOnly(i + 1), data: take(i) })),
            2,
          )
        : []),
      [{ text: words.back, data: to("templates") }],
    ],
  };
}

/** The drafts that came of a set. */
export function madeScreen(look: Look, drafts: readonly BundleSummary[], draft: (id: string) => string): Screen {
  return {
    text: lines(look.t.templates.made(drafts.length)),
    keyboard: [
      ...drafts.map((one): Button[] => [
        {
          text: cut(`${one.state === "active" ? "🟢" : "📝"} ${one.number} · ${one.name}`, 60),
          data: one.state === "draft" ? draft(one.id) : to("card", one.id),
        },
      ]),
      [{ text: look.t.home.toHome, data: to("home") }],
    ],
  };
}

/** A guess, or a value that only this account's list can give and that nobody has chosen. */
export const isOpen = (line: MappingLine): boolean =>
  line.unsure || (line.field.kind === "reference" && line.isCommon && line.field.required !== true && !isFilled(line));

export interface DraftModel {
  readonly view: BundleView;
  readonly one: ReadyBundle;
  readonly problems: readonly Problem[];
  /** Open lines by step. */
  readonly guesses: readonly { readonly step: string; readonly lines: readonly MappingLine[] }[];
  /** Where the other drafts of its set are. */
  readonly others: string | null;
}

/** The draft with what a person should look at before it starts. */
export function draftScreen(look: Look, { view, one, problems, guesses, others }: DraftModel): Screen {
  const words = look.t.templates;
  const { locale } = look;
  const hard = problems.filter(({ mild }) => !mild);
  const trigger = triggerOf(look, view.body);
  const guessed = guesses.flatMap(({ step, lines: found }) =>
    found.map((line) => {
      const value = isFilled(line) ? cut(line.spoken ?? line.shown ?? "", 60) : words.notChosen;
      return words.guess(stepNumber(view.body, step), line.field.label[locale], value);
    }),
  );
  const notes = (one.look ?? []).map((text) => `👀 ${text[locale]}`);
  const doors = doorRows(look, hard, 8);
  const led = new Set(doors.flat().map((button) => ("data" in button ? button.data : "")));
  const asked = guesses.filter(({ step, lines: found }) => found.length > 0 && !led.has(to("step", view.id, step)));
  return {
    text: lines(
      bold(words.draft(view.number, cut(view.name, 90))),
      one.about[locale],
      "",
      ...(hard.length > 0 ? [words.open, ...problemLines(look, hard), ""] : []),
      ...(guessed.length > 0 ? [words.guessed, ...guessed, ""] : []),
      ...(notes.length > 0 ? [words.look, ...notes, ""] : []),
      hard.length === 0 && words.allSet,
    ),
    keyboard: [
      ...doors,
      ...mendRows(look, view.id, hard),
      ...grid(
        asked.map(
          ({ step }): Button => ({
            text: words.openStep(stepNumber(view.body, step)),
            data: to("step", view.id, step),
          }),
        ),
        3,
      ),
      ...(trigger?.hook && !trigger.poll ? [[{ text: words.address, data: to("hook", view.id) }]] : []),
      [
        {
          text: look.t.builder.steps.check,
          data: to("dry", view.id),
          ...(hard.length === 0 ? { style: "primary" as const } : {}),
        },
      ],
      [
        { text: look.t.builder.trigger.toSteps, data: to("steps", view.id) },
        ...(others === null ? [] : [{ text: words.rest, data: others }]),
      ],
    ],
  };
}
