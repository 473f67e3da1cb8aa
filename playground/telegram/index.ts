/** Telegram on this machine: joins state, updates, methods and people. */
import type { Store } from "../store.ts";
import { type Faults, makeFaults } from "./faults.ts";
import { type Files, makeFiles } from "./files.ts";
import { type Limits, makeLimits } from "./limits.ts";
import { chats } from "./methods/chats.ts";
import { editing } from "./methods/edit.ts";
import type { MethodDeps } from "./methods/method.ts";
import { receiving } from "./methods/receiving.ts";
import { sending } from "./methods/send.ts";
import { settings } from "./methods/settings.ts";
import { makePeople, type People } from "./people.ts";
import { makePresses, type Presses } from "./presses.ts";
import { type BotApi, makeBotApi } from "./server.ts";
import { makeState, type Place, type State } from "./state.ts";
import { makeUpdates } from "./updates.ts";
import { makeDelivery } from "./webhook.ts";

export interface Telegram {
  readonly api: BotApi;
  readonly state: State;
  readonly people: People;
  readonly presses: Presses;
  readonly files: Files;
  readonly faults: Faults;
  readonly limits: Limits;
  /** What a bot is doing in a place just now: "typing", "upload_document" … */
  doing(place: Place): string | undefined;
  /** Moves this Telegram's clock forward, so that 24 h and 48 h pass in a test. */
  advance(ms: number): void;
  stop(): void;
}

/** An action such as "typing" is shown this long, or until a message comes. */
const ACTION_MS = 5_000;

export function makeTelegram(deps: {
  store: Store;
  filesDir: string;
  clock: () => number;
  strict: boolean;
  fetch: typeof fetch;
}): Telegram {
  const { store } = deps;
  const shift = store.collection<number>("clock");
  let ahead = shift.get("ahead") ?? 0;
  const clock = () => deps.clock() + ahead;
  const actions = new Map<Place, { action: string; until: number }>();

  const state = makeState(store);
  const updates = makeUpdates({ store, state, clock });
  const files = makeFiles(store, deps.filesDir);
  const limits = makeLimits(clock, deps.strict);
  const faults = makeFaults();
  const presses = makePresses({ store, state, clock });
  const typing: MethodDeps["typing"] = (place, action) => {
    if (action === undefined) actions.delete(place);
    else actions.set(place, { action, until: clock() + ACTION_MS });
    state.touch(place);
  };
  const shared: MethodDeps = { state, updates, files, limits, presses, clock, typing };
  const delivery = makeDelivery({
    state,
    updates,
    clock,
    fetch: deps.fetch,
    answerCall: (bot, call) => api.answerCall(bot, call),
  });
  const methods = {
    ...chats(shared),
    ...sending(shared),
    ...editing(shared),
    ...settings(shared),
    ...receiving(shared, delivery.look),
  };
  const api = makeBotApi({ state, files, faults, methods, clock });
  for (const bot of state.bots.all()) delivery.look(bot.id);

  return {
    api,
    state,
    people: makePeople({ state, updates, files, presses, clock }),
    presses,
    files,
    faults,
    limits,
    doing(place) {
      const now = actions.get(place);
      return now && now.until > clock() ? now.action : undefined;
    },
    advance(ms) {
      ahead += ms;
      shift.put("ahead", ahead);
    },
    stop: delivery.stop,
  };
}
