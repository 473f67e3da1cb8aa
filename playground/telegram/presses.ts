/** Pressed buttons that wait for their answer, and the answers, until a person has seen them. */
import { randomInt } from "node:crypto";
import type { Store } from "../store.ts";
import type { Place, State } from "./state.ts";
import { bad } from "./types.ts";

export interface Press {
  id: string;
  bot: number;
  person: number;
  place: Place;
  message: number;
  data: string;
  /** Milliseconds. */
  at: number;
  answer?: { text: string; alert: boolean; url?: string };
}

/** After this a query is refused as too old, and its update is forgotten. */
const LIFE_MS = 150_000;
const TOO_OLD = "query is too old and response timeout expired or query ID is invalid";

export interface Presses {
  add(press: Omit<Press, "id" | "at">): Press;
  answer(bot: number, id: string, answer: NonNullable<Press["answer"]>): void;
  /** Newest presses of a person in a conversation, answered or not, younger than the life of a query. */
  recent(place: Place, person: number): Press[];
}

export function makePresses(deps: { store: Store; state: State; clock: () => number }): Presses {
  const presses = deps.store.collection<Press>("presses");
  const isYoung = (press: Press) => deps.clock() - press.at <= LIFE_MS;
  return {
    add(press) {
      for (const old of presses.all()) if (!isYoung(old)) presses.remove(old.id);
      const added: Press = { ...press, id: `${press.person}${randomInt(1e8, 1e9)}`, at: deps.clock() };
      presses.put(added.id, added);
      deps.state.touch(press.place);
      return added;
    },
    answer(bot, id, answer) {
      const press = presses.get(id);
      if (!press || press.bot !== bot || press.answer || !isYoung(press)) throw bad(TOO_OLD);
      presses.put(id, { ...press, answer });
      deps.state.touch(press.place);
    },
    recent: (place, person) =>
      presses.all().filter((press) => press.place === place && press.person === person && isYoung(press)),
  };
}
