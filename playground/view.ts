/** What a person sees: their list of chats, and one chat with its messages, commands and pressed buttons. */
import type { Store } from "./store.ts";
import type { Telegram } from "./telegram/index.ts";
import { commandsFor } from "./telegram/methods/settings.ts";
import { type Bot, type Person, placeOf, type Stored } from "./telegram/state.ts";
import { bad, type Message } from "./telegram/types.ts";

export interface ChatLine {
  id: number;
  kind: "bot" | "group";
  name: string;
  username?: string;
  state: "new" | "started" | "blocked";
  unread: number;
  last?: { text: string; date: number; mine: boolean };
}
export interface SeenMessage extends Message {
  /** Number of the change that made the message what it is; greater means later. */
  change: number;
  mine: boolean;
}
export interface ChatView extends ChatLine {
  description: string;
  messages: SeenMessage[];
  commands: { command: string; description: string }[];
  presses: { id: string; message: number; data: string; answer?: { text: string; alert: boolean; url?: string } }[];
  /** What the bot is doing, as `typing`. */
  doing?: string;
}
export interface PersonView {
  id: number;
  name: string;
  language: string;
  chats: ChatLine[];
}

const SHOWN_MESSAGES = 200;

export interface Views {
  person(person: Person): PersonView;
  chat(person: number, chat: number, limit?: number): ChatView;
  read(person: number, chat: number): void;
}

export function makeViews(store: Store, telegram: Telegram): Views {
  const { state } = telegram;
  const reads = store.collection<number>("reads");

  const personOf = (id: number): Person => {
    const person = state.people.get(id);
    if (!person) throw bad("there is no such person");
    return person;
  };

  function last(stored: Stored | undefined, person: number): Pick<ChatLine, "last"> {
    if (!stored) return {};
    const { message } = stored;
    return { last: { text: summary(message), date: message.date, mine: message.from?.id === person } };
  }

  function line(person: Person, chat: number): ChatLine {
    const place = placeOf(chat, chat < 0 ? chat : person.id);
    const messages = state.messages(place);
    const newest = messages.last(100);
    const read = reads.get(`${person.id} ${chat}`) ?? 0;
    const unread = newest.filter(({ message }) => message.message_id > read && message.from?.id !== person.id).length;
    const bot = state.bots.get(chat);
    return {
      id: chat,
      ...(bot
        ? { kind: "bot", name: nameOf(bot, person), username: bot.username, state: state.link(chat, person.id).state }
        : { kind: "group", name: state.groups.get(chat)?.title ?? "", state: "started" }),
      unread,
      ...last(newest.at(-1), person.id),
    };
  }

  return {
    person(person) {
      // The main bot first, then chats with something in them, then bots that could be started.
      const [main, ...rest] = state.bots.all();
      const isUsed = (bot: Bot) => state.messages(placeOf(bot.id, person.id)).count() > 0;
      const bots = [...(main ? [main] : []), ...rest.filter(isUsed)];
      const others = rest.filter((bot) => !isUsed(bot));
      const groups = state.groups
        .all()
        .filter((group) => group.people.includes(person.id) && group.migratedTo === undefined);
      const ids = [...bots, ...groups, ...others].map(({ id }) => id);
      return {
        id: person.id,
        name: [person.first_name, person.last_name].filter(Boolean).join(" "),
        language: person.language_code,
        chats: ids.map((id) => line(person, id)),
      };
    },

    chat(id, chat, limit = SHOWN_MESSAGES) {
      const person = personOf(id);
      const bot = state.bots.get(chat);
      const group = state.groups.get(chat);
      if (!bot && !group?.people.includes(id)) throw bad("there is no such chat");
      const place = placeOf(chat, chat < 0 ? chat : id);
      const doing = telegram.doing(place);
      const asked = group ? group.bots.map((each) => state.bots.get(each)) : [bot];
      return {
        ...line(person, chat),
        description: bot ? textOf(bot, "description", person) : "",
        messages: state
          .messages(place)
          .last(limit)
          .map(({ message, change }) => ({ ...message, change, mine: message.from?.id === id })),
        commands: asked.flatMap((each) =>
          each ? commandsFor(each, chat < 0 ? chat : id, id, person.language_code) : [],
        ),
        presses: telegram.presses
          .recent(place, id)
          .map(({ id: press, message, data, answer }) => ({ id: press, message, data, ...(answer ? { answer } : {}) })),
        ...(doing ? { doing } : {}),
      };
    },

    read(id, chat) {
      const place = placeOf(chat, chat < 0 ? chat : personOf(id).id);
      const newest = state.messages(place).last(1)[0]?.message.message_id ?? 0;
      const known = reads.get(`${id} ${chat}`) ?? 0;
      if (newest > known) reads.put(`${id} ${chat}`, newest);
    },
  };
}

const textOf = (bot: Bot, field: string, person: Person): string =>
  bot.texts[field]?.[person.language_code] || bot.texts[field]?.[""] || "";
const nameOf = (bot: Bot, person: Person): string => textOf(bot, "name", person) || bot.name;

function summary(message: Message): string {
  if (message.photo) return `🖼 ${message.caption ?? ""}`.trim();
  if (message.document) return `📎 ${message.document.file_name}`;
  return (message.text ?? "").slice(0, 100);
}
