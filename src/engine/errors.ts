import type { Text } from "../connectors/kit/fields.ts";

/** Where the button under an error leads. */
export type Door =
  | { readonly to: "connection"; readonly id: string }
  | { readonly to: "bundle"; readonly id: string }
  | { readonly to: "step"; readonly bundle: string; readonly step: string; readonly field?: string }
  | { readonly to: "trigger"; readonly bundle: string }
  | { readonly to: "run"; readonly id: string };

/** What a person asked for can't be done; says what to change. Anything else that is thrown is a bug. */
export class UserError extends Error {
  override readonly name = "UserError";
  readonly sentence: Text;
  readonly door: Door | undefined;

  constructor(sentence: Text, door?: Door) {
    super(sentence.en);
    this.sentence = sentence;
    this.door = door;
  }
}

/** The thing doesn't exist, or belongs to another workspace, which is the same to the one who asks. */
export class NotFound extends UserError {
  constructor(what: Text = { ru: "Этого больше нет.", en: "This no longer exists." }) {
    super(what);
  }
}

/** The draft was changed meanwhile (another device, a stale button): show it afresh. */
export class Stale extends UserError {
  constructor() {
    super({
      ru: "Пока вы думали, связка изменилась. Вот как она выглядит сейчас.",
      en: "The bundle has changed meanwhile. This is how it looks now.",
    });
  }
}
