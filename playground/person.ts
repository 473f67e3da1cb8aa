/**
 * A person at the playground, for tests and stories: writes, presses, reads – over the HTTP API, like the page.
 * Whatever doesn't come in time fails with the screen that the person was looking at.
 */
import { setTimeout as pause } from "node:timers/promises";

export interface Seen {
  readonly message_id: number;
  readonly change: number;
  readonly mine: boolean;
  readonly text?: string;
  readonly caption?: string;
  readonly photo?: readonly { readonly file_id: string }[];
  readonly document?: { readonly file_id: string; readonly file_name: string; readonly mime_type: string };
  readonly reply_markup?: {
    readonly inline_keyboard?: readonly (readonly SeenButton[])[];
    readonly keyboard?: readonly (readonly ({ readonly text: string } | string)[])[];
  };
}
export interface SeenButton {
  readonly text: string;
  readonly callback_data?: string;
  readonly url?: string;
  readonly copy_text?: { readonly text: string };
  readonly style?: string;
  readonly disabled?: unknown;
}
interface Chat {
  readonly revision: string;
  readonly messages: readonly Seen[];
  readonly commands: readonly { readonly command: string; readonly description: string }[];
  readonly presses: readonly {
    readonly id: string;
    readonly message: number;
    readonly answer?: { readonly text: string; readonly alert: boolean };
  }[];
}

export interface Waiting {
  /** Milliseconds; 10 000 by default. */
  within?: number;
}
export interface Person {
  readonly id: number;
  say(text: string): Promise<void>;
  /** Writes as a reply to the newest bot message with these words. */
  reply(words: string | RegExp, text: string): Promise<void>;
  /** Presses the button in the newest message that has it (a link or a copy button gives what it holds) and waits until the bot has answered the press; returns the answer's words. */
  press(label: string | RegExp, waiting?: Waiting): Promise<string>;
  /** Waits for words in what the bot has sent, edited or answered since this person last did something. */
  sees(words: string | RegExp, waiting?: Waiting): Promise<string>;
  /** Waits until the words are nowhere in the chat. */
  missing(words: string | RegExp, waiting?: Waiting): Promise<void>;
  /** The newest bot message with buttons, or the newest at all. */
  screen(): Promise<Seen | undefined>;
  /** Labels of the screen's buttons, row by row. */
  buttons(): Promise<string[][]>;
  messages(): Promise<readonly Seen[]>;
  commands(): Promise<string[]>;
  sendFile(
    name: string,
    content: string | Uint8Array,
    more?: { as?: "photo" | "document"; caption?: string; type?: string },
  ): Promise<void>;
  /** Bytes of the newest file that the bot sent. */
  download(): Promise<{ name: string; bytes: Buffer }>;
  block(isBlocked: boolean): Promise<void>;
  /** How much was written and pressed so far. */
  readonly counts: { sent: number; pressed: number };
}

const PATIENCE_MS = 10_000;
const SHOWN = 4;
/** A person looks at the end of a chat; asked for its messages, they scroll up. */
const LOOKED = 40;
const ALL = 5000;

/** `patience`: how many times longer than usual the person waits, where the app is killed and started meanwhile. */
export async function addPerson(baseUrl: string, name: string, language: string, patience = 1): Promise<Person> {
  const { id } = await ask<{ id: number }>(`${baseUrl}/api/people`, { name, language });
  return makePerson(baseUrl, id, undefined, patience);
}

async function ask<T>(url: string, body?: unknown): Promise<T> {
  const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(url, body === undefined ? {} : init);
  const value = (await answer.json()) as T & { error?: string };
  if (!answer.ok) throw new Error(`${new URL(url).pathname}: ${value.error}`);
  return value;
}

/** `chat` is a bot's or a group's id; the main bot by default. */
export function makePerson(baseUrl: string, id: number, chat?: number, patience = 1): Person {
  const at = `${baseUrl}/api/chats/${id}`;
  const to = chat === undefined ? {} : { chat };
  const query = chat === undefined ? "" : `&chat=${chat}`;
  const counts = { sent: 0, pressed: 0 };
  /** Changes up to this one were there before the person's last doing. */
  let before = 0;
  let pressesBefore = new Set<string>();

  const look = (limit = LOOKED) => ask<Chat>(`${at}?limit=${limit}${query}`);

  async function act(): Promise<void> {
    const now = await look();
    before = newest(now);
    pressesBefore = new Set(now.presses.map((press) => press.id));
  }

  /** Looks again after each change until `find` gives something. */
  async function until<T>(
    find: (chat: Chat) => T | undefined,
    { within: usual = PATIENCE_MS }: Waiting,
    wanted: string,
  ): Promise<T> {
    const within = usual * patience;
    const deadline = Date.now() + within;
    let now = await look();
    for (;;) {
      const found = find(now);
      if (found !== undefined) return found;
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`${wanted} did not come within ${within} ms. The chat:\n${asRead(now)}`);
      now = await ask<Chat>(`${at}?limit=${LOOKED}${query}&revision=${now.revision}&wait=${Math.max(left, 1)}`);
    }
  }

  const person: Person = {
    id,
    counts,

    async say(text) {
      await act();
      counts.sent += 1;
      await ask(`${at}/text`, { ...to, text });
    },

    async reply(words, text) {
      const isMeant = (message: Seen) => !message.mine && has(textOf(message), words);
      const meant = await until((now) => now.messages.findLast(isMeant), {}, `A message with ${words}`);
      await act();
      counts.sent += 1;
      await ask(`${at}/text`, { ...to, text, reply: meant.message_id });
    },

    async press(label, waiting = {}) {
      const { message, button } = await until((now) => findButton(now.messages, label), waiting, `A button ${label}`);
      if (button.url) return button.url;
      if (button.copy_text) return button.copy_text.text;
      if (button.callback_data === undefined) throw new Error(`The button ${label} can't be pressed`);
      await act();
      counts.pressed += 1;
      const { id: press } = await ask<{ id: string }>(`${at}/press`, {
        ...to,
        message: message.message_id,
        data: button.callback_data,
      });
      const answered = (now: Chat) => now.presses.find((one) => one.id === press)?.answer;
      const answer = await until(answered, waiting, `An answer to the pressed button ${label}`);
      return answer.text;
    },

    sees: (words, waiting = {}) =>
      until((now) => news(now, before, pressesBefore).find((text) => has(text, words)), waiting, `${words}`),

    async missing(words, waiting = {}) {
      const isGone = (now: Chat) => (now.messages.some((one) => has(textOf(one), words)) ? undefined : true);
      await until(isGone, waiting, `The end of ${words}`);
    },

    async screen() {
      const theirs = (await look()).messages.filter((message) => !message.mine);
      return theirs.findLast((message) => message.reply_markup?.inline_keyboard) ?? theirs.at(-1);
    },
    async buttons() {
      const rows = (await person.screen())?.reply_markup?.inline_keyboard ?? [];
      return rows.map((row) => row.map(({ text }) => text));
    },
    messages: async () => (await look(ALL)).messages,
    commands: async () => (await look()).commands.map(({ command }) => command),

    async sendFile(name, content, more = {}) {
      await act();
      counts.sent += 1;
      const form = new FormData();
      if (chat !== undefined) form.set("chat", String(chat));
      form.set("as", more.as ?? "document");
      if (more.caption) form.set("caption", more.caption);
      const type = more.type ?? "application/octet-stream";
      form.set("file", new File([typeof content === "string" ? content : new Uint8Array(content)], name, { type }));
      const answer = await fetch(`${at}/file`, { method: "POST", body: form });
      if (!answer.ok) throw new Error(`sendFile: ${await answer.text()}`);
    },

    async download() {
      const file = await until(
        (now) => now.messages.findLast((message) => !message.mine && (message.document || message.photo)),
        {},
        "A file",
      );
      const fileId = file.document?.file_id ?? file.photo?.at(-1)?.file_id;
      const answer = await fetch(`${baseUrl}/api/files/${fileId}?download=1`);
      return { name: file.document?.file_name ?? "photo", bytes: Buffer.from(await answer.arrayBuffer()) };
    },

    async block(blocked) {
      await ask(`${baseUrl}/api/people/${id}/block`, { blocked, ...(chat === undefined ? {} : { bot: chat }) });
      // The bot hears of it as an update; nothing in the chat tells when it has.
      await pause(0);
    },
  };
  return person;
}

const textOf = (message: Seen): string => message.text ?? message.caption ?? message.document?.file_name ?? "";
const has = (text: string, words: string | RegExp) =>
  typeof words === "string" ? text.includes(words) : words.test(text);
const newest = (chat: Chat) => Math.max(0, ...chat.messages.map(({ change }) => change));

function news(chat: Chat, before: number, pressesBefore: ReadonlySet<string>): string[] {
  const fresh = chat.messages.filter((message) => !message.mine && message.change > before).reverse();
  const answers = chat.presses.filter((press) => !pressesBefore.has(press.id)).map(({ answer }) => answer?.text ?? "");
  return [...fresh.map((message) => [textOf(message), ...buttonLines(message)].join("\n")), ...answers];
}

function findButton(
  messages: readonly Seen[],
  label: string | RegExp,
): { message: Seen; button: SeenButton } | undefined {
  const fits = ({ text, disabled }: SeenButton) =>
    !disabled &&
    (typeof label === "string" ? text === label || text.replace(/^[^\p{L}\p{N}]+/u, "") === label : label.test(text));
  for (const message of messages.toReversed()) {
    const button = message.reply_markup?.inline_keyboard?.flat().find(fits);
    if (button) return { message, button };
  }
  return undefined;
}

const buttonLines = (message: Seen): string[] =>
  (message.reply_markup?.inline_keyboard ?? []).map((row) => row.map(({ text }) => `[ ${text} ]`).join(" "));

/** The end of the chat as a person would read it. */
function asRead(chat: Chat): string {
  const lines = chat.messages.slice(-SHOWN).map((message) => {
    const who = message.mine ? "me" : "bot";
    return [`${who}: ${textOf(message)}`, ...buttonLines(message)].join("\n      ");
  });
  const toasts = chat.presses.flatMap(({ answer }) => (answer?.text ? [`(answer: ${answer.text})`] : []));
  return [...lines, ...toasts.slice(-2)].join("\n") || "(empty)";
}
