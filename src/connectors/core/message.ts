/** Telegram's Bot API as far as sending needs it: calls, refusals, parts of a long text. */
import type { Api, Context, HttpAnswer, Json, JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { numberOf, objectOf, textOf } from "../kit/read.ts";
import { errorByStatus } from "../kit/status.ts";
import { splitText } from "./split.ts";

export const BUTTONS = [1, 2, 3] as const;

function said(answer: HttpAnswer): { own?: string; parameters: JsonObject } {
  if (!answer.text.trimStart().startsWith("{")) return { parameters: {} };
  const body = objectOf(answer.json());
  const own = textOf(body.description);
  return { ...(own ? { own } : {}), parameters: objectOf(body.parameters) };
}

const REFUSALS: readonly (readonly [
  pattern: RegExp,
  cls: "data" | "forbidden" | "not_found",
  ru: string,
  en: string,
  field: string,
])[] = [
  [
    /chat not found/i,
    "not_found",
    "Telegram не знает этого чата. Напишите боту /start или добавьте его в чат и проверьте номер.",
    "Telegram doesn't know this chat. Send /start to the bot or add it to the chat, and check the number.",
    "chat",
  ],
  [
    /message thread not found/i,
    "not_found",
    "Темы с таким номером в чате нет: она закрыта или удалена.",
    "The chat has no such topic: it is closed or deleted.",
    "topic",
  ],
  [
    /bot was blocked|user is deactivated/i,
    "forbidden",
    "Получатель заблокировал бота или удалил аккаунт.",
    "The recipient blocked the bot or deleted the account.",
    "chat",
  ],
  [
    /kicked|not a member|can't initiate/i,
    "forbidden",
    "Бота нет в этом чате. Добавьте его или напишите ему /start.",
    "The bot is not in this chat. Add it or send it /start.",
    "chat",
  ],
  [
    /not enough rights|have no rights/i,
    "forbidden",
    "У бота нет права писать в этот чат. Дайте его в настройках чата.",
    "The bot may not write to this chat. Allow it in the chat's settings.",
    "chat",
  ],
  [/message text is empty/i, "data", "Текст сообщения пуст.", "The message's text is empty.", "text"],
  [
    /can't parse entities/i,
    "data",
    "Telegram не понял разметку текста: проверьте теги.",
    "Telegram did not understand the text's markup: check its tags.",
    "text",
  ],
  [
    /button_url_invalid|url.*invalid|wrong http url/i,
    "data",
    "Адрес кнопки неверен: нужен https://…",
    "A button's address is wrong: https://… is needed.",
    "button1Url",
  ],
];

export const api: Api = {
  base: "https://api.telegram.org",
  // Telegram advises at most thirty messages a second for a bot; one chat takes one, which its 429 enforces.
  limits: { perSecond: 25, parallel: 8 },
  error(answer, call) {
    if (answer.status < 300) return null;
    const { own, parameters } = said(answer);
    const details = { code: String(answer.status), ...(own ? { own } : {}) };
    if (answer.status === 401 || (answer.status === 404 && /getMe$/.test(call.path))) {
      return new ConnectorError(
        "access",
        {
          ru: "Telegram не принял токен бота. Возьмите его у @BotFather: /mybots → API Token.",
          en: "Telegram did not accept the bot's token. Take it from @BotFather: /mybots → API Token.",
        },
        { ...details, field: "token" },
      );
    }
    if (answer.status === 429) {
      const seconds = numberOf(parameters.retry_after) ?? numberOf(answer.headers["retry-after"]) ?? 5;
      return new ConnectorError(
        "temporary",
        { ru: "Telegram просит подождать: слишком много сообщений.", en: "Telegram asks to wait: too many messages." },
        { ...details, retryAfterMs: seconds * 1000 },
      );
    }
    // A group that became a supergroup names its new number; the action repeats with it.
    if (parameters.migrate_to_chat_id !== undefined) {
      return new ConnectorError(
        "data",
        {
          ru: `У чата новый номер: ${parameters.migrate_to_chat_id}.`,
          en: `The chat has a new number: ${parameters.migrate_to_chat_id}.`,
        },
        { ...details, code: "migrate", own: String(parameters.migrate_to_chat_id), field: "chat" },
      );
    }
    for (const [pattern, errorClass, ru, en, field] of REFUSALS) {
      if (own && pattern.test(own)) return new ConnectorError(errorClass, { ru, en }, { ...details, field });
    }
    return errorByStatus(answer, call, "Telegram", own);
  },
};

function tokenOf(ctx: Context): string {
  const token = (ctx.auth.token ?? "").trim();
  if (/^\d+:[\w-]{20,}$/.test(token)) return token;
  throw new ConnectorError(
    "access",
    {
      ru: "Токен бота выглядит как 123456789:AA… — скопируйте его у @BotFather целиком.",
      en: "A bot's token looks like 123456789:AA… — copy it whole from @BotFather.",
    },
    { field: "token" },
  );
}

/** One method of the Bot API; gives its `result`. */
export async function call(ctx: Context, method: string, json: JsonObject): Promise<JsonObject> {
  const answer = await ctx.http({
    method: "POST",
    path: `/bot${tokenOf(ctx)}/${method}`,
    json,
    safe: method === "getMe",
  });
  return objectOf(objectOf(answer.json()).result);
}

/** A numeric id, `@channel`, or a link to a public channel. */
function chatOf(value: Json | undefined): Json {
  const text = textOf(value) ?? "";
  const name = /^(?:https?:\/\/)?t\.me\/(\w{4,})\/?$/.exec(text)?.[1] ?? /^@?([A-Za-z]\w{3,})$/.exec(text)?.[1];
  if (name) return `@${name}`;
  return /^-?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : text;
}

function keyboard(input: JsonObject): JsonObject | undefined {
  const rows = BUTTONS.map((number) => ({
    text: textOf(input[`button${number}Text`]),
    url: textOf(input[`button${number}Url`]),
  }))
    .filter((button) => button.text !== null && button.url !== null)
    .map((button) => [{ text: button.text, url: button.url }]);
  return rows.length > 0 ? { inline_keyboard: rows } : undefined;
}

/** Sends one part; a moved group and broken markup are put right once, because nothing was sent then. */
async function sendPart(ctx: Context, message: JsonObject): Promise<JsonObject> {
  try {
    return await call(ctx, "sendMessage", message);
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    if (error.details.code === "migrate") {
      return call(ctx, "sendMessage", { ...message, chat_id: chatOf(error.details.own ?? null) });
    }
    if (message.parse_mode !== undefined && /can't parse entities/i.test(error.details.own ?? "")) {
      const { parse_mode: _, ...plain } = message;
      return call(ctx, "sendMessage", plain);
    }
    throw error;
  }
}

/** The action itself: one message, or as many as the text needs. */
export async function send(ctx: Context, input: JsonObject): Promise<JsonObject> {
  const isHtml = textOf(input.format) === "html";
  const text = String(input.text ?? "");
  // A tag cut in two would break the whole message, so marked text isn't split.
  const parts = isHtml ? [text] : splitText(text);
  const topic = numberOf(input.topic);
  const markup = keyboard(input);
  let last: JsonObject = {};
  for (const [index, part] of parts.entries()) {
    const message: JsonObject = {
      chat_id: last.chat ? (objectOf(last.chat).id ?? null) : chatOf(input.chat),
      text: part,
      ...(topic === null ? {} : { message_thread_id: topic }),
      ...(isHtml ? { parse_mode: "HTML" } : {}),
      ...(input.silent === true ? { disable_notification: true } : {}),
      ...(input.noPreview === true ? { link_preview_options: { is_disabled: true } } : {}),
      ...(markup && index === parts.length - 1 ? { reply_markup: markup } : {}),
    };
    try {
      last = await sendPart(ctx, message);
    } catch (error) {
      if (index === 0 || !(error instanceof ConnectorError)) throw error;
      throw new ConnectorError(
        "unknown",
        {
          ru: `Сообщение ушло не целиком: частей ${parts.length}, отправлено ${index}. ${error.sentence.ru}`,
          en: `The message went out in part: ${index} of ${parts.length} parts were sent. ${error.sentence.en}`,
        },
        { ...error.details, cause: error },
      );
    }
  }
  const at = numberOf(last.date);
  return {
    messageId: textOf(last.message_id),
    chatId: textOf(objectOf(last.chat).id),
    date: at === null ? ctx.now().toISOString() : new Date(at * 1000).toISOString(),
  };
}
