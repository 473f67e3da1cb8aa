/** Who and what there is on this Telegram: bots, people, groups, and the messages of every conversation. */
import { randomBytes } from "node:crypto";
import type { Collection, Store } from "../store.ts";
import type { Chat, Message, User } from "./types.ts";

export interface BotCommand {
  command: string;
  description: string;
}
export interface Webhook {
  url: string;
  secret?: string;
  maxConnections: number;
  lastErrorAt?: number;
  lastError?: string;
}
export interface Bot {
  id: number;
  token: string;
  name: string;
  username: string;
  /** Kinds asked for by the last getUpdates or setWebhook that named them. */
  allowed: string[];
  webhook?: Webhook;
  /** Lists of commands by `scope` and language, as `{"type":"default"} ru`. */
  commands: Record<string, BotCommand[]>;
  /** name, description, short_description by language; "" is for everyone. */
  texts: Record<string, Record<string, string>>;
  menuButton?: unknown;
}
export interface Person {
  id: number;
  first_name: string;
  last_name?: string;
  username?: string;
  language_code: string;
}
export interface Group {
  id: number;
  type: "group" | "supergroup";
  title: string;
  people: number[];
  bots: number[];
  kicked: number[];
  migratedTo?: number;
  /** Of a forum: the number of the message that made it, and its name. */
  topics?: { id: number; name: string }[];
}
/** What a person made of a bot. */
export interface Link {
  state: "new" | "started" | "blocked";
}
export interface Stored {
  message: Message;
  /** Number of the change that made it so; later changes are greater. */
  change: number;
}

/** Messages between a bot and a person are theirs; those of a group are everybody's. */
export type Place = string;
export const placeOf = (bot: number, chat: number): Place => (chat < 0 ? `${chat}` : `${bot}.${chat}`);

export interface State {
  readonly bots: Collection<Bot>;
  readonly people: Collection<Person>;
  readonly groups: Collection<Group>;
  botByToken(token: string): Bot | undefined;
  /** Names by language, "" for every other. */
  addBot(names: Record<string, string>, username: string): Bot;
  addPerson(name: string, language: string): Person;
  addGroup(title: string, people: number[], bots: number[]): Group;
  link(bot: number, person: number): Link;
  setLink(bot: number, person: number, link: Link): void;
  messages(place: Place): Collection<Stored>;
  /** Gives the message its number, keeps it, and tells the watchers. */
  keep(place: Place, message: Omit<Message, "message_id">): Message;
  replace(place: Place, message: Message): void;
  drop(place: Place, id: number): boolean;
  chat(id: number): Chat | undefined;
  botUser(bot: Bot, language?: string): User;
  personUser(person: Person): User;
  /** Says that a conversation looks different now. */
  touch(place: Place): void;
  watch(watcher: (place: Place) => void): () => void;
}

/** Ids as Telegram's look: people and bots are positive, groups negative, supergroups below -100…  */
const FIRST_BOT = 7_000_000_000;
const FIRST_PERSON = 500_000_000;
const FIRST_SUPERGROUP = -1_001_500_000_000;

export function makeState(store: Store): State {
  const bots = store.collection<Bot>("bots");
  const people = store.collection<Person>("people");
  const groups = store.collection<Group>("groups");
  const links = store.collection<Link>("links");
  const changes = store.collection("changes");
  const watchers = new Set<(place: Place) => void>();
  const messages = (place: Place) => store.collection<Stored>(`messages ${place}`);

  const state: State = {
    bots,
    people,
    groups,
    messages,
    botByToken: (token) => bots.all().find((bot) => bot.token === token),

    addBot(names, username) {
      const id = FIRST_BOT + bots.next();
      const token = `${id}:AA${randomBytes(25).toString("base64url").slice(0, 33)}`;
      const name = names[""] ?? username;
      const bot: Bot = { id, token, name, username, allowed: [], commands: {}, texts: { name: names } };
      bots.put(id, bot);
      return bot;
    },
    addPerson(name, language) {
      const [first = "", ...rest] = name.trim().split(/\s+/);
      const person: Person = {
        id: FIRST_PERSON + people.next(),
        first_name: first,
        ...(rest.length > 0 ? { last_name: rest.join(" ") } : {}),
        language_code: language,
      };
      people.put(person.id, person);
      return person;
    },
    addGroup(title, members, robots) {
      const id = -(4_000_000_000 + groups.next());
      const group: Group = { id, type: "group", title, people: members, bots: robots, kicked: [] };
      groups.put(id, group);
      return group;
    },

    link: (bot, person) => links.get(`${bot}.${person}`) ?? { state: "new" },
    setLink(bot, person, link) {
      links.put(`${bot}.${person}`, link);
      state.touch(placeOf(bot, person));
    },

    keep(place, message) {
      const kept = messages(place);
      const whole: Message = { message_id: kept.next(), ...message };
      kept.put(whole.message_id, { message: whole, change: changes.next() });
      state.touch(place);
      return whole;
    },
    replace(place, message) {
      messages(place).put(message.message_id, { message, change: changes.next() });
      state.touch(place);
    },
    drop(place, id) {
      const gone = messages(place).remove(id);
      if (gone) state.touch(place);
      return gone;
    },

    chat(id) {
      const group = groups.get(id);
      if (group) return chatOf(group);
      const person = people.get(id);
      if (!person) return undefined;
      const { language_code: _, ...names } = person;
      return { ...names, type: "private" };
    },
    botUser(bot, language = "") {
      const names = bot.texts.name ?? {};
      const name = names[language] || names[""] || bot.name;
      return { id: bot.id, is_bot: true, first_name: name, username: bot.username };
    },
    personUser: (person) => ({ ...person, is_bot: false }),

    touch: (place) => {
      for (const watcher of watchers) watcher(place);
    },
    watch(watcher) {
      watchers.add(watcher);
      return () => void watchers.delete(watcher);
    },
  };
  return state;
}

/** A group as its messages name it. */
export const chatOf = ({ id, type, title, topics }: Group): Chat => ({
  id,
  type,
  title,
  ...(topics === undefined ? {} : { is_forum: true }),
});

/** A new id for a group that becomes a supergroup. */
export const supergroupId = (group: Group): number => FIRST_SUPERGROUP + group.id + 4_000_000_000;
