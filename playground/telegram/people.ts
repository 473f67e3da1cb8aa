/** What people do on this Telegram: write, press, send files, block, make groups. Each doing becomes updates for bots. */
import { plain } from "./entities.ts";
import { asDocument, asPhoto, checkPhoto, type Files } from "./files.ts";
import { findButton } from "./keyboard.ts";
import { inTopic, seconds, shown } from "./methods/method.ts";
import { MAX_CAPTION, MAX_TEXT, textFields } from "./methods/send.ts";
import type { Upload } from "./multipart.ts";
import type { Presses } from "./presses.ts";
import { chatOf, type Group, type Person, placeOf, type State, supergroupId } from "./state.ts";
import { bad, type Chat, forbidden, type Message, type User } from "./types.ts";
import type { Updates } from "./updates.ts";

export interface People {
  /** `chat` is a bot's id or a group's. A text over Telegram's limit goes as several messages, as from a real phone. */
  say(person: number, chat: number, text: string, replyTo?: number, topic?: number): Message[];
  press(person: number, chat: number, message: number, data: string): string;
  sendFile(person: number, chat: number, upload: Upload, as: "photo" | "document", caption: string): Message;
  block(person: number, bot: number, isBlocked: boolean): void;
  makeGroup(title: string, people: number[], bots: number[]): Group;
  /** A bot comes into a group or is thrown out of it. */
  setMember(group: number, bot: number, isIn: boolean): void;
  /** The group becomes a supergroup: a new id, and the old one refuses with `migrate_to_chat_id`. */
  migrate(group: number): Group;
  /** A topic in a supergroup, which is a forum from then on; returns its number. */
  makeTopic(group: number, name: string): number;
}

export function makePeople(deps: {
  state: State;
  updates: Updates;
  files: Files;
  presses: Presses;
  clock: () => number;
}): People {
  const { state, updates, files, presses, clock } = deps;

  const personOf = (id: number): Person => {
    const person = state.people.get(id);
    if (!person) throw bad("there is no such person");
    return person;
  };
  const groupOf = (id: number): Group => {
    const group = state.groups.get(id);
    if (!group) throw bad("there is no such group");
    return group;
  };

  /** Where a person writes to, and which bots hear what is said there. */
  function place(id: number, chat: number): { chat: Chat; place: string; bots: number[]; person: Person } {
    const person = personOf(id);
    if (chat < 0) {
      const group = groupOf(chat);
      if (group.migratedTo !== undefined) return place(id, group.migratedTo);
      if (!group.people.includes(id)) throw forbidden("the person is not in this group");
      return {
        chat: chatOf(group),
        place: placeOf(0, chat),
        bots: group.bots,
        person,
      };
    }
    if (!state.bots.get(chat)) throw bad("there is no such bot");
    if (state.link(chat, id).state === "blocked") throw forbidden("the person has blocked this bot");
    const own = state.chat(id);
    if (!own) throw bad("there is no such person");
    return { chat: own, place: placeOf(chat, id), bots: [chat], person };
  }

  function send(id: number, to: number, content: Partial<Message>): Message {
    const { chat, place: where, bots, person } = place(id, to);
    if (to > 0 && state.link(to, id).state === "new") state.setLink(to, id, { state: "started" });
    const message = state.keep(where, { from: state.personUser(person), chat, date: seconds(clock()), ...content });
    for (const bot of bots) if (to > 0 || hears(bot, message)) updates.add(bot, "message", chat.id, message);
    return message;
  }

  // Privacy mode: in a group a bot hears commands, its name and replies to it, nothing else.
  function hears(bot: number, message: Message): boolean {
    const name = `@${state.bots.get(bot)?.username.toLowerCase()}`;
    const text = (message.text ?? message.caption ?? "").toLowerCase();
    if (text.startsWith("/")) return !/^\/\w+@/.test(text) || text.includes(name);
    return text.includes(name) || message.reply_to_message?.from?.id === bot;
  }

  function memberChanged(bot: number, chat: Chat, by: User, [was, is]: [string, string]): void {
    const self = state.bots.get(bot);
    if (!self) return;
    const user = state.botUser(self);
    const member = (status: string) => ({ user, status, ...(status === "kicked" ? { until_date: 0 } : {}) });
    const body = { chat, from: by, date: seconds(clock()), old_chat_member: member(was), new_chat_member: member(is) };
    updates.add(bot, "my_chat_member", chat.id, body);
  }

  function enter(group: Group, bot: number, by: User): void {
    const self = state.bots.get(bot);
    if (!self) throw bad("there is no such bot");
    const chat: Chat = { id: group.id, type: group.type, title: group.title };
    const message = { from: by, chat, date: seconds(clock()), new_chat_members: [state.botUser(self)] };
    updates.add(bot, "message", group.id, state.keep(placeOf(0, group.id), message));
    memberChanged(bot, chat, by, ["left", "member"]);
  }

  return {
    say(person, chat, text, replyTo, topic) {
      if (topic !== undefined && !state.groups.get(chat)?.topics?.some(({ id }) => id === topic))
        throw bad("there is no such topic");
      if (text.trim() === "") throw bad("message text is empty");
      const original =
        replyTo === undefined ? undefined : state.messages(place(person, chat).place).get(replyTo)?.message;
      return inPieces(text.trim(), MAX_TEXT).map((piece) =>
        send(person, chat, {
          ...textFields(plain(piece)),
          ...(original ? { reply_to_message: withoutReply(original) } : {}),
          ...inTopic(topic),
        }),
      );
    },

    press(id, to, number, data) {
      const { chat, place: where, person, bots } = place(id, to);
      const message = state.messages(where).get(number)?.message;
      const hasButton = findButton(message?.reply_markup, data);
      const isDead = message?.reply_markup?.inline_keyboard?.flat().some((b) => b.callback_data === data && b.disabled);
      if (isDead && !hasButton) throw bad("this button is disabled");
      const bot = message?.from?.is_bot ? message.from.id : bots[0];
      if (bot === undefined) throw bad("no bot to press a button of");
      const press = presses.add({ bot, person: id, place: where, message: number, data });
      updates.add(bot, "callback_query", chat.id, {
        id: press.id,
        from: state.personUser(person),
        message: message ? shown(message) : { chat, message_id: number, date: 0 },
        chat_instance: `${BigInt(chat.id) * 7919n}`,
        data,
      });
      return press.id;
    },

    sendFile(person, chat, upload, as, caption) {
      if (as === "photo") checkPhoto(upload.bytes);
      const file = files.keep(upload, as);
      const { text, entities } = plain(caption.slice(0, MAX_CAPTION));
      return send(person, chat, {
        ...(as === "photo" ? { photo: asPhoto(file) } : { document: asDocument(file) }),
        ...(text ? { caption: text, ...(entities.length > 0 ? { caption_entities: entities } : {}) } : {}),
      });
    },

    block(id, bot, isBlocked) {
      const person = personOf(id);
      const { state: before } = state.link(bot, id);
      if (before === "new" || (before === "blocked") === isBlocked) return;
      state.setLink(bot, id, { state: isBlocked ? "blocked" : "started" });
      const chat = state.chat(id);
      if (chat)
        memberChanged(bot, chat, state.personUser(person), isBlocked ? ["member", "kicked"] : ["kicked", "member"]);
    },

    makeGroup(title, people, bots) {
      const owner = personOf(people[0] ?? 0);
      const group = state.addGroup(
        title,
        people.map((id) => personOf(id).id),
        bots,
      );
      const by = state.personUser(owner);
      const chat: Chat = { id: group.id, type: "group", title };
      state.keep(placeOf(0, group.id), { from: by, chat, date: seconds(clock()), group_chat_created: true });
      for (const bot of bots) enter(group, bot, by);
      return group;
    },

    setMember(id, bot, isIn) {
      const group = groupOf(id);
      if (group.bots.includes(bot) === isIn) return;
      const bots = group.bots.filter((other) => other !== bot);
      const kicked = group.kicked.filter((other) => other !== bot);
      const changed = isIn ? { ...group, bots: [...bots, bot], kicked } : { ...group, bots, kicked: [...kicked, bot] };
      state.groups.put(id, changed);
      const by = state.personUser(personOf(group.people[0] ?? 0));
      if (isIn) return enter(changed, bot, by);
      const self = state.bots.get(bot);
      const chat: Chat = { id, type: group.type, title: group.title };
      if (self)
        state.keep(placeOf(0, id), { from: by, chat, date: seconds(clock()), left_chat_member: state.botUser(self) });
      memberChanged(bot, chat, by, ["member", "kicked"]);
    },

    migrate(id) {
      const group = groupOf(id);
      if (group.type === "supergroup" || group.migratedTo !== undefined) throw bad("the group is a supergroup already");
      const next: Group = { ...group, id: supergroupId(group), type: "supergroup" };
      state.groups.put(next.id, next);
      state.groups.put(id, { ...group, migratedTo: next.id });
      const by = state.personUser(personOf(group.people[0] ?? 0));
      const date = seconds(clock());
      const left = {
        from: by,
        chat: { id, type: "group", title: group.title } as Chat,
        date,
        migrate_to_chat_id: next.id,
      };
      const come = {
        from: by,
        chat: { id: next.id, type: "supergroup", title: group.title } as Chat,
        date,
        migrate_from_chat_id: id,
      };
      const [old, fresh] = [state.keep(placeOf(0, id), left), state.keep(placeOf(0, next.id), come)];
      for (const bot of group.bots) {
        updates.add(bot, "message", id, old);
        updates.add(bot, "message", next.id, fresh);
      }
      return next;
    },

    makeTopic(id, name) {
      const group = groupOf(id);
      if (group.type !== "supergroup") throw bad("only supergroups have topics");
      const from = state.personUser(personOf(group.people[0] ?? 0));
      const chat: Chat = { ...chatOf(group), is_forum: true };
      const made = state.keep(placeOf(0, id), {
        from,
        chat,
        date: seconds(clock()),
        forum_topic_created: { name },
      });
      state.groups.put(id, { ...group, topics: [...(group.topics ?? []), { id: made.message_id, name }] });
      return made.message_id;
    },
  };
}

/** A quoted message quotes nothing itself. */
function withoutReply({ reply_to_message: _, ...message }: Message): Message {
  return message;
}

/** Cuts a long text where a phone would: not through a surrogate pair, at a line's end when one is near. */
function inPieces(text: string, size: number): string[] {
  if (text.length <= size) return [text];
  const line = text.lastIndexOf("\n", size);
  let cut = line > size / 2 ? line : size;
  if ((text.charCodeAt(cut - 1) & 0xfc00) === 0xd800) cut -= 1;
  const rest = text.slice(cut).trimStart();
  return [text.slice(0, cut), ...(rest ? inPieces(rest, size) : [])];
}
