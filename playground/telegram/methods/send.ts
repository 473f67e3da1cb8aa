/** sendMessage, sendPhoto, sendDocument, sendMediaGroup, sendChatAction. */
import { readFormatted } from "../entities.ts";
import { asDocument, asPhoto, checkPhoto, type StoredFile } from "../files.ts";
import { readMarkup } from "../keyboard.ts";
import type { Upload } from "../multipart.ts";
import { isObject } from "../params.ts";
import { bad, type Formatted, type Message, Refusal } from "../types.ts";
import { type Call, envelope, type MethodDeps, type Methods, shown, targetOf } from "./method.ts";

export const MAX_TEXT = 4096;
export const MAX_CAPTION = 1024;
const MOST_IN_ALBUM = 10;
const MAX_UPLOAD = 50 * 1024 * 1024;

const ACTIONS =
  "typing upload_photo record_video upload_video record_voice upload_voice upload_document choose_sticker find_location record_video_note upload_video_note".split(
    " ",
  );

export function readMessageText({ params }: Call): Formatted {
  const raw = params.text("text");
  if (raw === undefined || raw === "") throw bad("message text is empty");
  const formatted = readFormatted(raw, params.text("parse_mode"), params.json("entities"));
  if (formatted.text === "") throw bad("message text is empty");
  if (formatted.text.length > MAX_TEXT) throw bad("message is too long");
  return formatted;
}

type Captioned = Pick<Message, "caption" | "caption_entities">;

export const readCaption = ({ params }: Call): Captioned =>
  captionOf(params.text("caption"), params.text("parse_mode"), params.json("caption_entities"));

function captionOf(text: string | undefined, parseMode: string | undefined, entities: unknown): Captioned {
  const formatted = readFormatted(text ?? "", parseMode, entities);
  if (formatted.text.length > MAX_CAPTION) throw bad("message caption is too long");
  return formatted.text === ""
    ? {}
    : {
        caption: formatted.text,
        ...(formatted.entities.length > 0 ? { caption_entities: formatted.entities } : {}),
      };
}

export const textFields = ({ text, entities }: Formatted): Pick<Message, "text" | "entities"> => ({
  text,
  ...(entities.length > 0 ? { entities } : {}),
});

export function sending(deps: MethodDeps): Methods {
  const { state, files, limits } = deps;

  function send(call: Call, content: () => Partial<Message>): Message {
    const target = targetOf(deps, call);
    const markup = readMarkup(call.params.json("reply_markup"), "send");
    const fields = content();
    const head = envelope(deps, call, target);
    limits.take(call.bot.id, target.chat.id);
    deps.typing(target.place, undefined);
    return shown(state.keep(target.place, { ...head, ...fields, ...(markup ? { reply_markup: markup } : {}) }));
  }

  const takeFile = ({ params }: Call, name: "photo" | "document"): StoredFile =>
    fileOf(params.file(name), params.text(name), name);

  function fileOf(upload: Upload | undefined, given: string | undefined, name: "photo" | "document"): StoredFile {
    if (upload) {
      if (upload.bytes.length === 0) throw bad("file must be non-empty");
      if (upload.bytes.length > MAX_UPLOAD) throw new Refusal(413, "Request Entity Too Large");
      if (name === "photo") checkPhoto(upload.bytes);
      return files.keep(upload, name);
    }
    if (given === undefined || given === "") throw bad(`there is no ${name} in the request`);
    if (/^https?:/i.test(given)) throw bad("failed to get HTTP URL content");
    const known = files.get(given);
    if (!known) {
      throw bad("wrong file identifier/HTTP URL specified");
    }
    return known;
  }

  /** An album of photos. All of them are looked at before the first one is kept. */
  function sendAlbum(call: Call): Message[] {
    const given = call.params.json("media");
    if (!Array.isArray(given)) throw bad("parameter media is required and must be an array");
    if (given.length < 2 || given.length > MOST_IN_ALBUM) throw bad("wrong number of media in the album");
    const text = (value: unknown) => (typeof value === "string" ? value : undefined);
    const contents = given.map((item): Partial<Message> => {
      if (!isObject(item) || item.type !== "photo") throw bad("only photos are known here in an album");
      const media = text(item.media);
      const upload = media?.startsWith("attach://") ? call.params.file(media.slice("attach://".length)) : undefined;
      return {
        photo: asPhoto(fileOf(upload, media, "photo")),
        ...captionOf(text(item.caption), text(item.parse_mode), item.caption_entities),
      };
    });
    return contents.map((content) => send(call, () => content));
  }

  return {
    sendMediaGroup: sendAlbum,
    sendMessage: (call) => send(call, () => textFields(readMessageText(call))),
    sendPhoto: (call) => send(call, () => ({ photo: asPhoto(takeFile(call, "photo")), ...readCaption(call) })),
    sendDocument: (call) =>
      send(call, () => ({ document: asDocument(takeFile(call, "document")), ...readCaption(call) })),
    sendChatAction(call) {
      const { place } = targetOf(deps, call);
      const action = call.params.text("action") ?? "";
      if (!ACTIONS.includes(action)) throw bad("wrong parameter action in request");
      deps.typing(place, action);
      return true;
    },
  };
}
