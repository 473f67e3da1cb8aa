/** How the bot's parts meet: screens are pure, places handle a button or a command, answers take what was typed. */
import type { FormattedString } from "@grammyjs/parse-mode";
import type { BundleView, Engine, Json, Locale, Member, Scope } from "../engine/index.ts";
import type { Texts } from "./texts/index.ts";

export type Button = { readonly text: string; readonly style?: "danger" | "success" | "primary" } & (
  | { readonly data: string }
  | { readonly url: string }
  | { readonly copy: string }
);

/** A message with buttons. Text and entities travel together, so third-party words can't break it. */
export interface Screen {
  readonly text: FormattedString;
  readonly keyboard: readonly (readonly Button[])[];
  /** The bundle whose card this is: it is drawn anew when something happens there meanwhile. */
  readonly card?: string;
  /** Says that something is under way: sent anew it begins as a word that stays true, should nobody be left to edit it. */
  readonly passing?: true;
  /** Of a connection that has keys: a single long word sent under it is taken for one. */
  readonly keys?: true;
}

/** A question whose answer is typed. It survives a restart; a secret answer is deleted from the chat and stored nowhere but encrypted. */
export interface Question {
  /** Key in the answers of all handlers. */
  readonly answer: string;
  readonly args: readonly string[];
  readonly screen: Screen;
  readonly secret?: boolean;
  /** The most characters that its answer may have, where they are fewer than of any answer. */
  readonly longest?: number;
}

/** One update being handled: who, where, and the ways to reply. */
export interface Turn {
  readonly engine: Engine;
  readonly member: Member;
  readonly locale: Locale;
  readonly t: Texts;
  readonly chatId: number;
  readonly pictures?: Pictures;
  /** The question that this command broke off. */
  readonly interrupted: Question | null;
  /** Edits the live screen, or sends it where there is none or where the person has typed something below it. */
  show(screen: Screen): Promise<void>;
  /** Edits the message whose button was pressed, also where it isn't the live screen: the card of an alert. */
  here(screen: Screen): Promise<void>;
  /** A message of its own; returns its id. */
  send(screen: Screen): Promise<number>;
  /** Pictures as messages of their own; the screen shown after them stands below. */
  sendPictures(pictures: readonly Uint8Array[], caption: string): Promise<void>;
  sendFile(name: string, content: string | Uint8Array, caption?: string): Promise<void>;
  /** A file that was sent to the chat, by Telegram's id of it; null where Telegram doesn't give it. */
  readFile(id: string): Promise<Uint8Array | null>;
  /** Words in the answer to the pressed button (≤ 200 characters); ignored for typed text. */
  toast(text: string): void;
  ask(question: Question): Promise<void>;
  /** Handles another place as if its button had been pressed. */
  go(place: string, ...args: (string | number)[]): Promise<void>;
  /** Before a detour (`go("connect", …)`): where to go on afterwards; what the detour made is appended as the last argument. */
  returnTo(place: string, ...args: (string | number)[]): Promise<void>;
  /**
   * At the end of a detour: goes where `returnTo` said, with what was made; `word` stays above as a message.
   * False: there was no such place, and nothing was shown.
   */
  goBack(made: string, word?: FormattedString): Promise<boolean>;
  /** A key sent when nothing asked for it: a stored one, or one that looks like what was asked a moment ago. */
  isSecret(words: string): Promise<boolean>;
  /** The question that was broken off, and the detour that it belongs to, may be taken up again. */
  setAside(): Promise<void>;
  /** Asks what was set aside; false where there is nothing. */
  takeUp(): Promise<boolean>;
  /** Once the bundle has come to rest its card is drawn anew, if it still is the live screen; `word`: what `recard` says. */
  watch(bundle: string, word: string): Promise<void>;
  /** What was watched has come to rest, and that is told. */
  watched(): Promise<void>;
  /** The bundle whose card is the live screen, if it is one. */
  shownCard(): Promise<string | null>;
  /** The detour was left; what is made from now on belongs to nothing. */
  forgetReturn(): Promise<void>;
  /** Goes on as another member, of another workspace of the same person. */
  as(member: Member, place: string, ...args: string[]): Promise<void>;
  /** An address that opens this bot: with a code, or (`group`) the choice of a group to add it to. */
  link(code: string, group?: "group"): string;
  /** A small thing that buttons are too narrow for: words that were searched, changes not yet applied. One a chat. */
  note(): Promise<Json>;
  keepNote(note: Json): Promise<void>;
}

/** Draws bundles and weeks; handed in where that is possible. */
export interface Pictures {
  /** Sends the picture of a bundle as a message of its own. */
  bundle(turn: Turn, view: BundleView): Promise<void>;
  /** A PNG of the seven days before a moment; null where nothing happened. */
  week(engine: Pick<Engine, "data">, of: WeekAsked): Promise<Uint8Array | null>;
}
export interface WeekAsked {
  readonly scope: Scope;
  readonly locale: Locale;
  readonly timeZone: string;
  readonly to: Date;
}

/** Handles a button or a command; arguments are checked by the handler: they come from outside. */
export type Place = (turn: Turn, ...args: string[]) => Promise<void>;
/** Takes the text typed as the answer to a question. A UserError is shown above the question, which stays open. */
export type Answer = (turn: Turn, text: string, ...args: string[]) => Promise<void>;

/**
 * Handles `/name rest`. `replied`: callback data of the buttons under the message that was replied to, so that a
 * command works as a reply to a card.
 */
export type Command = (turn: Turn, rest: string, replied: readonly string[]) => Promise<void>;

export interface Handlers {
  readonly places: Readonly<Record<string, Place>>;
  readonly answers: Readonly<Record<string, Answer>>;
  /** By name without the slash. */
  readonly commands?: Readonly<Record<string, Command>>;
}
