/** Connection by link, on the side of the person who was asked: that connection's questions and nothing else. */
import { z } from "zod";
import { fieldsOf } from "../../connectors/kit/oauth.ts";
import type { Asked, Connector, Field } from "../../engine/index.ts";
import { NotFound } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Handlers, Turn } from "../parts.ts";
import { failedScreen, asked as needed, suspect, valueScreen, waitScreen } from "../screens/connections.ts";
import { consentScreen, fieldsBefore, fieldsBeside, waysScreen } from "../screens/consent.ts";
import { forGuest, helloScreen, thanksScreen, viewFor, wordScreen } from "../screens/guest.ts";
import { pageOf } from "./connections.ts";

const Given = z.object({ given: z.array(z.string()) }).catch({ given: [] });
const givenTo = async (turn: Turn): Promise<readonly string[]> => Given.parse((await turn.note()) ?? {}).given;

const personOf = ({ member }: Turn) => ({ telegramId: member.telegramId, name: member.name });

interface Place {
  readonly asked: Asked;
  readonly connector: Connector;
}
async function placeOf(turn: Turn): Promise<Place | null> {
  const asked = await turn.engine.guests.asked(personOf(turn));
  const connector = turn.engine.catalogue.connector(asked?.connector ?? "");
  if (asked !== null && connector !== undefined) return { asked, connector };
  await turn.show(wordScreen(turn.t.connections.guest.over));
  return null;
}
const at =
  (go: (turn: Turn, place: Place, ...args: string[]) => Promise<void>) =>
  async (turn: Turn, ...args: string[]) => {
    const place = await placeOf(turn);
    if (place !== null) await go(turn, place, ...args);
  };

const fieldOf = ({ connector }: Place, key: string): Field => {
  const field = fieldsOf(connector.auth).find((one) => one.key === key);
  if (field === undefined) throw new NotFound();
  return field;
};

/** Values that stand there are somebody else's: of a connection that was there before, every one is asked for anew. */
async function nextOf(turn: Turn, { asked }: Place, fields: readonly Field[]): Promise<Field | undefined> {
  const given = await givenTo(turn);
  const has = (key: string) => given.includes(key) || (asked.state === "draft" && asked.filled.includes(key));
  return fields.find(({ key, required }) => required && !has(key));
}

async function askNext(turn: Turn, place: Place): Promise<void> {
  const { asked, connector } = place;
  const { engine, t, locale } = turn;
  if (connector.auth.kind !== "oauth2" || asked.way === "fields") return askFields(turn, place);
  const lacks = engine.consent.lacks(connector.key);
  if (lacks === null && fieldsBeside(connector).length === 0) return consent(turn, place);
  await turn.show(forGuest(t, waysScreen(t, locale, connector, viewFor(asked, connector, locale), lacks)));
}

async function askFields(turn: Turn, place: Place): Promise<void> {
  const next = await nextOf(turn, place, needed(place.connector));
  if (next === undefined) return check(turn, place);
  await askValue(turn, place, next, "fields");
}

async function askValue(turn: Turn, { asked, connector }: Place, field: Field, then: string): Promise<void> {
  const { t, locale } = turn;
  const given = await givenTo(turn);
  const view = { ...viewFor(asked, connector, locale), state: "draft" as const, filled: given };
  await turn.ask({
    answer: "guestValue",
    args: [field.key, then],
    secret: field.secret ?? false,
    screen: forGuest(t, valueScreen(t, locale, connector, view, field)),
  });
}

async function consent(turn: Turn, place: Place): Promise<void> {
  const { asked, connector } = place;
  const { engine, t, locale } = turn;
  const before = await nextOf(turn, place, fieldsBefore(connector));
  if (before !== undefined) return askValue(turn, place, before, "consent");
  const { url } = await engine.guests.consent(personOf(turn));
  const screen = consentScreen(t, locale, connector, viewFor(asked, connector, locale), url);
  const done = { text: t.connections.guest.signedIn, data: to("guestcheck"), style: "primary" } as const;
  await turn.show(forGuest(t, screen, [done]));
}

async function check(turn: Turn, { asked, connector }: Place): Promise<void> {
  const { engine, t, locale } = turn;
  const service = connector.name[locale];
  await turn.show(waitScreen(t.connections.checking(service)));
  const result = await engine.guests.check(personOf(turn));
  if (result.ok) {
    await turn.keepNote({});
    return turn.show(thanksScreen(t, service, result.account));
  }
  const view = viewFor(asked, connector, locale);
  const screen = forGuest(t, failedScreen(t, locale, connector, view, result.failure));
  const again = suspect(connector, result.failure, view);
  if (again === undefined) return turn.show(screen);
  await turn.ask({ answer: "guestValue", args: [again.key, "check"], secret: again.secret ?? false, screen });
}

async function put(turn: Turn, place: Place, key: string, value: string, then: string): Promise<void> {
  fieldOf(place, key);
  const asked = await turn.engine.guests.setValue(personOf(turn), key, value);
  await turn.keepNote({ given: [...(await givenTo(turn)), key] });
  const after = { ...place, asked };
  if (then === "check") return check(turn, after);
  await (then === "consent" ? consent(turn, after) : askFields(turn, after));
}

export const guest: Handlers = {
  places: {
    guest: at(async (turn, { asked, connector }, how) => {
      if (how === "new") await turn.keepNote({});
      await turn.show(helloScreen(turn.t, turn.locale, connector, asked));
    }),
    guestask: at(askNext),
    guestfields: at(askFields),
    guestenter: at(consent),
    guestcheck: at(check),
    guestfix: at((turn, place, key = "") => {
      const isBefore = fieldsBefore(place.connector).some((one) => one.key === key);
      return askValue(turn, place, fieldOf(place, key), isBefore ? "consent" : "check");
    }),
    guestvalue: at(async (turn, place, key = "", index) => {
      const choice = fieldOf(place, key).choices?.[pageOf(index)];
      if (choice === undefined) throw new NotFound();
      await put(turn, place, key, choice.value, "fields");
    }),
    guestno: at(async (turn) => {
      await turn.engine.guests.decline(personOf(turn));
      await turn.keepNote({});
      await turn.show(wordScreen(turn.t.connections.guest.declined));
    }),
  },
  answers: {
    async guestValue(turn, text, key = "", then = "fields") {
      const place = await placeOf(turn);
      if (place !== null) await put(turn, place, key, text, then);
    },
  },
};

/** All that somebody outside has: whatever they write or press leads back to the one thing they are asked for. */
export const guestOnly: Handlers = {
  places: { ...guest.places, home: (turn) => turn.go("guest"), said: (turn) => turn.go("guest") },
  answers: guest.answers,
  commands: Object.fromEntries(["start", "help", "cancel"].map((name) => [name, (turn: Turn) => turn.go("guest")])),
};
