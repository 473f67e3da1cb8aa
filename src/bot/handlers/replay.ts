/** Finding a run by a value, and repeating it: from a step, from the start, with other data; what it would do comes first. */
import { z } from "zod";
import { NotFound, type RetryHow, type RunView } from "../../engine/index.ts";
import { type Changes, keyOf, leavesOf, type Plain, typedAs, withChanges } from "../eventedit.ts";
import type { Handlers, Place, Turn } from "../parts.ts";
import {
  eventFieldScreen,
  eventScreen,
  type From,
  foundScreen,
  type How,
  leafName,
  previewScreen,
  searchScreen,
} from "../screens/replay.ts";
import { indexOf } from "../short.ts";
import { pageOf } from "./connections.ts";
import { stale } from "./draft.ts";
import { fieldsOf } from "./history.ts";

const Note = z
  .object({
    search: z.string().optional(),
    run: z.string().optional(),
    changes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
  })
  .catch({});

const noteOf = async (turn: Turn) => Note.parse((await turn.note()) ?? {});
const read = (turn: Turn, id: string): Promise<RunView> => turn.engine.runs.get(turn.member.scope, id);

/** Changes belong to one run: another one begins without any. */
async function changesOf(turn: Turn, run: string): Promise<Changes> {
  const note = await noteOf(turn);
  return note.run === run ? (note.changes ?? {}) : {};
}

const FROM: readonly From[] = ["start", "event", "step", "failed"];
function howOf(from: string | undefined, step: string | undefined, version: string | undefined): How {
  const known = FROM.find((one) => one === from);
  if (known === undefined) throw new NotFound();
  return { from: known, step: step ?? "-", version: version === "own" || version === "newest" ? version : "-" };
}

async function asked(turn: Turn, run: RunView, how: How): Promise<RetryHow> {
  return {
    from: how.from === "event" ? "start" : how.from,
    ...(how.from === "step" ? { step: how.step } : {}),
    ...(how.from === "event" ? { event: withChanges(run.event, await changesOf(turn, run.id)) } : {}),
    ...(how.version === "-" ? {} : { version: how.version }),
  };
}

const preview: Place = async (turn, id = "", from, step, version) => {
  const run = await read(turn, id);
  const how = howOf(from, step, version);
  const seen = await turn.engine.runs.preview(turn.member.scope, id, await asked(turn, run, how));
  await turn.show(previewScreen(turn.t, turn.locale, run, how, seen));
};

async function edit(turn: Turn, run: RunView, page?: string): Promise<void> {
  const { output: fields } = await fieldsOf(turn, run, "trigger");
  await turn.show(eventScreen(turn.t, turn.locale, run, { fields, changes: await changesOf(turn, run.id), page }));
}

/** The value behind a button; null where the event has changed since, which ends with the fresh list. */
async function leafOf(turn: Turn, run: RunView, data: string | undefined) {
  const all = leavesOf(run.event);
  const index = indexOf(
    data,
    all.map(({ path }) => keyOf(path)),
  );
  const leaf = index === null ? undefined : all[index];
  if (leaf === undefined) await stale(turn, "evedit", run.id);
  return leaf ?? null;
}

async function put(turn: Turn, run: RunView, data: string | undefined, to: (before: Plain) => Plain) {
  const leaf = await leafOf(turn, run, data);
  if (leaf === null) return;
  const value = to(leaf.value);
  const { [keyOf(leaf.path)]: _, ...others } = await changesOf(turn, run.id);
  const changes = value === leaf.value ? others : { ...others, [keyOf(leaf.path)]: value };
  await turn.keepNote({ run: run.id, changes });
  await edit(turn, run, String(Math.floor(leavesOf(run.event).indexOf(leaf) / 8)));
}

async function found(turn: Turn, bundle: string, words: string, page: number): Promise<void> {
  const { engine, member, t, locale } = turn;
  const result = await engine.runs.list(member.scope, {
    page,
    search: words,
    ...(bundle === "all" ? {} : { bundle }),
  });
  const zone = { locale, timeZone: member.timeZone };
  const screen = foundScreen(t, zone, { bundle, words, page }, result);
  await turn.ask({ answer: "runWords", args: [bundle], longest: 200, screen });
}

export const replay: Handlers = {
  places: {
    again: preview,
    async againyes(turn, id = "", from, step, version) {
      const how = howOf(from, step, version);
      const { engine, member, t } = turn;
      const { run, already } = await engine.runs.retry(member.scope, id, await asked(turn, await read(turn, id), how));
      if (how.from === "event") await turn.keepNote({});
      turn.toast(already ? t.history.alreadyRetried : t.history.retrying);
      await turn.go("runview", run);
    },
    evedit: async (turn, id = "", page) => edit(turn, await read(turn, id), page),
    async evfield(turn, id = "", data = "") {
      const run = await read(turn, id);
      const leaf = await leafOf(turn, run, data);
      if (leaf === null) return;
      const { output: fields } = await fieldsOf(turn, run, "trigger");
      const changes = await changesOf(turn, id);
      const key = keyOf(leaf.path);
      const value = Object.hasOwn(changes, key) ? (changes[key] ?? null) : leaf.value;
      const name = leafName(turn.locale, fields, leaf);
      const screen = eventFieldScreen(turn.t, run, { name, value, data });
      await turn.ask({ answer: "eventValue", args: [id, data], screen });
    },
    evclear: async (turn, id = "", data) => put(turn, await read(turn, id), data, () => ""),
    async evreset(turn, id = "") {
      await turn.keepNote({});
      await edit(turn, await read(turn, id));
    },
    runsearch: (turn, bundle = "all") =>
      turn.ask({ answer: "runWords", args: [bundle], longest: 200, screen: searchScreen(turn.t, bundle) }),
    async found(turn, bundle = "all", page) {
      const { search } = await noteOf(turn);
      if (search === undefined) return turn.go("runsearch", bundle);
      await found(turn, bundle, search, pageOf(page));
    },
  },
  answers: {
    async eventValue(turn, text, id = "", data) {
      const run = await read(turn, id);
      await put(turn, run, data, (before) => typedAs(before, text));
    },
    async runWords(turn, text, bundle = "all") {
      await turn.keepNote({ search: text });
      await found(turn, bundle, text, 0);
    },
  },
};
