/** The mapping of a step or of the trigger's options: its lines, one of them opened, answers that fill it. */
import { NotFound, UserError } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Handlers, Screen, Turn } from "../parts.ts";
import { candidates, searched } from "../screens/candidates.ts";
import { foundScreen } from "../screens/choose.ts";
import { fieldToken, foundFields, listedScreen, valueScreen } from "../screens/field.ts";
import { lines } from "../screens/lay.ts";
import { hiddenPicks, isFilled, moreScreen, shownLines } from "../screens/mapping.ts";
import { short } from "../short.ts";
import { lookOf, refusal, scopeFor, stale } from "./draft.ts";
import {
  backToMapping,
  fieldScreen,
  findOption,
  isAction,
  listed,
  type Opened,
  openField,
  openStep,
  ownerOf,
  putTyped,
  question,
  setValue,
  showMapping,
  sourceField,
  stepId,
  withChosen,
} from "./field.ts";

type FieldPlace = (turn: Turn, opened: Opened, ...args: (string | undefined)[]) => Promise<void>;
const withField =
  (then: FieldPlace) =>
  async (turn: Turn, id?: string, step?: string, at?: string, ...args: string[]): Promise<void> => {
    const opened = await openField(turn, id, step, at, { page: args[0] });
    if (opened !== null) await then(turn, opened, ...args);
  };

export const mapping: Handlers = {
  places: {
    async step(turn, id, step, page) {
      const opened = await openStep(turn, id, step);
      if (opened !== null) await showMapping(turn, opened, page);
    },
    async more(turn, id, step, page) {
      const opened = await openStep(turn, id, step);
      if (opened === null) return;
      if (!isAction(opened)) return showMapping(turn, opened);
      const screen = moreScreen(lookOf(turn), { ...opened, account: null, page });
      await turn.ask({ answer: "moreField", args: [opened.view.id, stepId(opened)], screen });
    },
    field: withField(async (turn, opened) => {
      const screen = await fieldScreen(turn, opened);
      if (opened.model.line.field.kind === "boolean") return turn.show(screen);
      await turn.ask(question(opened, opened.model.line.field.list ? "fieldSearch" : "fieldText", screen));
    }),
    /** Earlier steps for a field whose own screen is a list. */
    from: withField(async (turn, opened) => {
      await turn.ask(question(opened, "fieldFind", valueScreen(lookOf(turn), opened.model)));
    }),
    find: withField(async (turn, opened) => {
      const back = to("field", opened.view.id, stepId(opened), fieldToken(opened.model));
      const screen: Screen = {
        text: lines(turn.t.mapping.findAsk),
        keyboard: [[{ text: turn.t.builder.back, data: back }]],
      };
      await turn.ask(question(opened, "fieldFind", screen));
    }),
    type: withField(async (turn, opened) => {
      const back = to("field", opened.view.id, stepId(opened), fieldToken(opened.model));
      const screen: Screen = {
        text: lines(turn.t.mapping.typeAsk),
        keyboard: [[{ text: turn.t.builder.back, data: back }]],
      };
      await turn.ask(question(opened, "fieldOwn", screen));
    }),
    put: withField(async (turn, opened, ref, at) => {
      const one = sourceField(opened.model.sources, ref, at);
      if (one === null) return stale(turn, "field", opened.view.id, stepId(opened), fieldToken(opened.model));
      await setValue(turn, opened, one.template);
      await backToMapping(turn, opened);
    }),
    set: withField(async (turn, opened, what) => {
      const value = what === "y" ? true : what === "n" ? false : undefined;
      if (value === undefined && what !== "e") throw new NotFound();
      await setValue(turn, opened, value);
      if (value === undefined) turn.toast(turn.t.mapping.emptied);
      await backToMapping(turn, opened);
    }),
    val: withField(async (turn, opened, hash, flag) => {
      const { line } = opened.model;
      const choice = line.field.choices?.find((one) => short(one.value) === hash);
      const value =
        choice?.value ??
        (line.field.list ? (await findOption(turn, opened, (one) => short(one.value) === hash))?.value : undefined);
      if (value === undefined) return stale(turn, "field", opened.view.id, stepId(opened), fieldToken(opened.model));
      await setValue(turn, opened, withChosen(line, value, flag !== "0"));
      if (line.field.many) return turn.go("field", opened.view.id, stepId(opened), fieldToken(opened.model));
      await backToMapping(turn, opened);
    }),
    refr: withField(async (turn, opened) => {
      const connection = ownerOf(opened)?.connection;
      if (connection)
        await turn.engine.connections.refreshLists(scopeFor(turn, "lists"), connection).catch((error: unknown) => {
          if (!(error instanceof UserError)) throw error;
          turn.toast(error.sentence[turn.locale]);
        });
      await turn.go("field", opened.view.id, stepId(opened), fieldToken(opened.model));
    }),
  },
  answers: {
    async fieldText(turn, text, id, step, at) {
      const opened = await openField(turn, id, step, at);
      if (opened === null) return;
      const { field } = opened.model.line;
      const choice = field.choices?.find((one) =>
        [one.value, one.label.ru, one.label.en].some((word) => word.toLowerCase() === text.toLowerCase()),
      );
      if (choice) {
        await setValue(turn, opened, withChosen(opened.model.line, choice.value, true));
        return backToMapping(turn, opened);
      }
      if (field.choices && field.choices.length > 0 && !field.open && !text.includes("{"))
        throw refusal((t) => t.mapping.notListed(text.slice(0, 60)));
      await putTyped(turn, opened, text);
    },
    async fieldOwn(turn, text, id, step, at) {
      const opened = await openField(turn, id, step, at);
      if (opened !== null) await putTyped(turn, opened, text);
    },
    /** Typing at an account's list searches it; one exact hit is taken. */
    async fieldSearch(turn, text, id, step, at) {
      const opened = await openField(turn, id, step, at);
      if (opened === null) return;
      if (text.includes("{")) return putTyped(turn, opened, text);
      const found = await listed(turn, opened, { search: text, page: 0, size: 20 });
      const exact =
        found !== null && !("class" in found)
          ? found.items.filter((one) => one.label.toLowerCase() === text.toLowerCase() || one.value === text)
          : [];
      const only = exact[0];
      if (exact.length === 1 && only) {
        await setValue(turn, opened, withChosen(opened.model.line, only.value, true));
        return backToMapping(turn, opened);
      }
      await turn.ask(question(opened, "fieldSearch", listedScreen(lookOf(turn), opened.model, found, text)));
    },
    async fieldFind(turn, text, id, step, at) {
      const opened = await openField(turn, id, step, at);
      if (opened === null) return;
      if (text.includes("{")) return putTyped(turn, opened, text);
      const found = searched(candidates(opened.model.sources), text, turn.locale);
      await turn.ask(question(opened, "fieldFind", foundFields(lookOf(turn), opened.model, found, text, "put")));
    },
    async moreField(turn, text, id, step) {
      const opened = await openStep(turn, id, step);
      if (opened === null) return;
      if (!isAction(opened)) return showMapping(turn, opened);
      const look = lookOf(turn);
      const wanted = text.toLowerCase();
      const at = new Set(shownLines(opened.mapping).map(({ index }) => index));
      const shown = opened.mapping.filter((line, i) => at.has(i) && !isFilled(line));
      const picks = [
        ...hiddenPicks(look, { ...opened, account: null }),
        ...shown.map((line) => ({
          label: line.field.label[turn.locale],
          data: to("field", opened.view.id, stepId(opened), fieldToken({ line, index: opened.mapping.indexOf(line) })),
        })),
      ].filter((one) => one.label.toLowerCase().includes(wanted));
      const screen = foundScreen(look, { typed: text, picks, back: to("more", opened.view.id, stepId(opened)) });
      await turn.ask({ answer: "moreField", args: [opened.view.id, stepId(opened)], screen });
    },
  },
};
