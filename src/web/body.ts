/** The body of a webhook, whatever it was sent as. */
import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";
import { parseJson } from "../connectors/kit/json.ts";
import type { Json, JsonObject, Text } from "../engine/index.ts";
import { decoderOf, nest, parseForm } from "./form.ts";
import { mistakeAt } from "./mistake.ts";

/** Bytes, also after decompression. */
export const MAX_BODY = 1_048_576;

/** The request can't be read; says so to its sender. */
export class Unreadable extends Error {
  override readonly name = "Unreadable";
  readonly status: 400 | 413 | 415;
  readonly sentence: Text;

  constructor(status: 400 | 413 | 415, sentence: Text) {
    super(sentence.en);
    this.status = status;
    this.sentence = sentence;
  }
}

export interface Body {
  readonly body: Json;
  /** As it came, for signatures. */
  readonly raw: string;
}

/** JSON exactly, forms nested, multipart with files by name and size, anything else as `{ body: text }`. */
export async function readBody(bytes: Buffer, contentType: string, encoding: string): Promise<Body> {
  const plain = decompress(bytes, encoding);
  const [type = "", ...parameters] = contentType.split(";").map((part) => part.trim());
  const charset = parameters.find((part) => /^charset=/i.test(part))?.replace(/^charset="?|"$/gi, "") || "utf-8";
  const raw = plain.toString("utf8");
  const text = () => decoderOf(charset).decode(plain);
  const media = type.toLowerCase();
  if (plain.length === 0) return { body: {}, raw };
  if (media === "application/json" || media === "text/json" || media.endsWith("+json")) {
    return { body: readJson(text()), raw };
  }
  if (media === "application/x-www-form-urlencoded") {
    return { body: jsonInDisguise(text()) ?? parseForm(plain.toString("latin1"), charset), raw };
  }
  if (media === "multipart/form-data") return { body: await readMultipart(plain, contentType), raw };
  return { body: jsonInDisguise(text()) ?? { body: text() }, raw };
}

function decompress(bytes: Buffer, encoding: string): Buffer {
  const limit = { maxOutputLength: MAX_BODY };
  try {
    switch (encoding.trim().toLowerCase()) {
      case "":
      case "identity":
        return bytes;
      case "gzip":
      case "x-gzip":
        return gunzipSync(bytes, limit);
      case "deflate":
        return inflateSync(bytes, limit);
      case "br":
        return brotliDecompressSync(bytes, limit);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") throw tooLarge();
    throw new Unreadable(400, {
      ru: `Тело запроса не распаковывается как ${encoding}.`,
      en: `The body doesn't decompress as ${encoding}.`,
    });
  }
  throw new Unreadable(415, {
    ru: `Сжатие ${encoding} здесь не поддерживается: подойдут gzip, deflate и br.`,
    en: `Compression ${encoding} isn't supported here: gzip, deflate and br are.`,
  });
}

export const tooLarge = (): Unreadable =>
  new Unreadable(413, {
    ru: "Тело запроса больше 1 МиБ. Пришлите меньше данных за один раз.",
    en: "The body is larger than 1 MiB. Send less at a time.",
  });

function readJson(text: string): Json {
  const json = text.replace(/^\ufeff/, "");
  try {
    return parseJson(json);
  } catch {
    const { line, column, found } = mistakeAt(json);
    throw new Unreadable(400, {
      ru: `Это не JSON: ошибка в строке ${line}, столбце ${column} (${found.ru}).`,
      en: `This isn't JSON: there is a mistake at line ${line}, column ${column} (${found.en}).`,
    });
  }
}

/** Many scripts send JSON without saying so (`curl -d` calls it a form). Only whole objects and lists are taken for it. */
function jsonInDisguise(text: string): Json | null {
  if (!/^\s*[[{]/.test(text)) return null;
  try {
    return parseJson(text);
  } catch {
    return null;
  }
}

async function readMultipart(bytes: Buffer, contentType: string): Promise<JsonObject> {
  try {
    const form = await new Response(new Uint8Array(bytes), { headers: { "content-type": contentType } }).formData();
    return nest(
      [...form].map(([key, value]): [string, Json] => [
        key,
        typeof value === "string" ? value : { name: value.name, size: value.size },
      ]),
    );
  } catch {
    throw new Unreadable(400, {
      ru: "Тело запроса не читается как multipart/form-data: проверьте boundary.",
      en: "The body can't be read as multipart/form-data: check its boundary.",
    });
  }
}
