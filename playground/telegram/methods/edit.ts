/** Edits and deletions, with the refusals that a bot must expect of them. */
import { isDeepStrictEqual } from "node:util";
import { readMarkup } from "../keyboard.ts";
import { bad, type Message } from "../types.ts";
import { type Call, type MethodDeps, type Methods, messageId, seconds, shown, targetOf } from "./method.ts";
import { readCaption, readMessageText, textFields } from "./send.ts";

const NOT_MODIFIED =
  "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message";
const DELETABLE_S = 48 * 3600;
const MAX_DELETED = 100;

export function editing(deps: MethodDeps): Methods {
  const { state, limits, clock } = deps;

  function edit(call: Call, change: (message: Message) => Partial<Message>, cleared: (keyof Message)[]): Message {
    const target = targetOf(deps, call);
    const id = messageId(call.params);
    const markup = readMarkup(call.params.json("reply_markup"), "edit");
    const before = state.messages(target.place).get(id)?.message;
    if (!before) throw bad("message to edit not found");
    if (before.from?.id !== call.bot.id) throw bad("message can't be edited");
    const kept = { ...before };
    const fields = change(before);
    for (const name of [...cleared, "reply_markup" as const]) delete kept[name];
    const after: Message = { ...kept, ...fields, ...(markup ? { reply_markup: markup } : {}) };
    if (isDeepStrictEqual(after, before)) throw bad(NOT_MODIFIED);
    limits.take(call.bot.id, target.chat.id);
    // An edit of the buttons alone leaves no "edited" mark, here as there.
    if (cleared.length > 0) after.edit_date = seconds(clock());
    state.replace(target.place, after);
    return shown(after);
  }

  function remove(call: Call, id: number): boolean {
    const target = targetOf(deps, call);
    const message = state.messages(target.place).get(id)?.message;
    if (!message) throw bad("message to delete not found");
    const isOld = seconds(clock()) - message.date > DELETABLE_S;
    const isForeign = target.chat.type !== "private" && message.from?.id !== call.bot.id;
    if (isOld || isForeign) throw bad("message can't be deleted for everyone");
    state.drop(target.place, id);
    return true;
  }

  return {
    editMessageText: (call) =>
      edit(
        call,
        (message) => {
          if (message.text === undefined) throw bad("there is no text in the message to edit");
          return textFields(readMessageText(call));
        },
        ["text", "entities"],
      ),
    editMessageCaption: (call) =>
      edit(
        call,
        (message) => {
          if (!message.photo && !message.document) throw bad("there is no caption in the message to edit");
          return readCaption(call);
        },
        ["caption", "caption_entities"],
      ),
    editMessageReplyMarkup: (call) => edit(call, () => ({}), []),
    deleteMessage: (call) => remove(call, messageId(call.params)),
    deleteMessages(call) {
      const ids = call.params.json("message_ids");
      if (!Array.isArray(ids) || ids.length < 1 || ids.length > MAX_DELETED)
        throw bad("message identifiers are not specified");
      targetOf(deps, call);
      for (const id of ids) {
        try {
          remove(call, Number(id));
        } catch {
          // Those that can't be deleted are skipped, as the reference says.
        }
      }
      return true;
    },
    pinChatMessage(call) {
      const { place } = targetOf(deps, call);
      if (!state.messages(place).get(messageId(call.params))) throw bad("message to pin not found");
      return true;
    },
    unpinChatMessage: (call) => targetOf(deps, call) !== undefined,
    unpinAllChatMessages: (call) => targetOf(deps, call) !== undefined,
  };
}
