/** What came back from the wire, as what it means: an answer to read, or a failure with the class that decides its repeat. */
import type { HttpAnswer, HttpCall } from "./define.ts";
import { ConnectorError } from "./errors.ts";
import type { Json, Text } from "./fields.ts";
import { parseJson } from "./json.ts";
import type { Mask } from "./mask.ts";
import { isSafe } from "./status.ts";
import { type WireAnswer, WireError } from "./wire.ts";

/** An answer as connectors read it; its JSON is parsed when it is asked for. */
export function toAnswer(answer: WireAnswer, call: HttpCall, name: Text, mask: Mask): HttpAnswer {
  let parsed: { value: Json } | null = null;
  return {
    ...answer,
    json() {
      if (parsed) return parsed.value;
      try {
        parsed = { value: parseJson(answer.text) };
        return parsed.value;
      } catch {
        throw noJson(answer, call, name, mask);
      }
    },
  };
}

function noJson(answer: WireAnswer, call: HttpCall, name: Text, mask: Mask): ConnectorError {
  const isPage = /^\s*</.test(answer.text);
  const own = mask(
    answer.text
      .replace(/<[^>]*>/g, " ")
      .replace(/\s+/g, " ")
      .trim()
      .slice(0, 300),
  );
  return new ConnectorError(
    isSafe(call) ? "temporary" : "unknown",
    isPage
      ? {
          ru: `${name.ru} ответил веб-страницей вместо данных. Возможно, там идут работы или адрес указан неверно.`,
          en: `${name.en} answered with a web page instead of data. It may be under maintenance, or the address is wrong.`,
        }
      : { ru: `Ответ сервиса ${name.ru} не получается прочитать.`, en: `The answer of ${name.en} can't be read.` },
    { code: String(answer.status), ...(own ? { own } : {}) },
  );
}

/** A failure without an answer, as what it means for a repeat. */
export function lost(error: unknown, call: HttpCall, name: Text, mask: Mask, maxBytes: number): ConnectorError {
  const refused = within(error, (cause) => cause instanceof ConnectorError);
  if (refused instanceof ConnectorError) return refused;
  if (!(error instanceof WireError)) throw error;
  const code = codeOf(error);
  if (error.kind === "tooLarge") {
    return new ConnectorError(
      isSafe(call) ? "data" : "unknown",
      {
        ru: `Ответ сервиса ${name.ru} больше ${Math.round(maxBytes / 1024)} КиБ и не прочитан.`,
        en: `The answer of ${name.en} is larger than ${Math.round(maxBytes / 1024)} KiB and wasn't read.`,
      },
      { code: "tooLarge" },
    );
  }
  const details = {
    code: error.kind === "timeout" ? "timeout" : code,
    cause: new Error(mask(String(error.cause ?? error.message))),
  };
  if (error.sent && !isSafe(call)) {
    return new ConnectorError(
      "unknown",
      {
        ru: `Запрос ушёл, а ответ сервиса ${name.ru} потерялся: неизвестно, выполнен ли он.`,
        en: `The request to ${name.en} went out and its answer was lost; whether it was done is unknown.`,
      },
      details,
    );
  }
  if (error.kind === "timeout") {
    return new ConnectorError(
      "temporary",
      { ru: `${name.ru} не ответил вовремя.`, en: `${name.en} did not answer in time.` },
      details,
    );
  }
  return new ConnectorError(
    "temporary",
    code === "dns"
      ? { ru: `Адрес сервиса ${name.ru} не найден в сети.`, en: `The address of ${name.en} was not found.` }
      : code === "tls"
        ? {
            ru: `У сервиса ${name.ru} неверный сертификат: соединение небезопасно.`,
            en: `${name.en} has a bad certificate: the connection isn't safe.`,
          }
        : { ru: `${name.ru} сейчас недоступен.`, en: `${name.en} can't be reached now.` },
    details,
  );
}

function within(error: unknown, test: (cause: unknown) => boolean): unknown {
  for (let cause = error, depth = 0; cause !== undefined && cause !== null && depth < 5; depth++) {
    if (test(cause)) return cause;
    if (cause instanceof AggregateError) {
      const found = cause.errors.find(test);
      if (found !== undefined) return found;
    }
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return undefined;
}

/** A short word for what went wrong: dns, tls, reset, or the system's own code. */
function codeOf(error: unknown): string {
  const coded = within(error, (cause) => cause instanceof Error && "code" in cause && typeof cause.code === "string");
  const code = coded instanceof Error && "code" in coded ? String(coded.code) : "network";
  if (/^(ENOTFOUND|EAI_AGAIN|EAI_NODATA|EAI_NONAME)$/.test(code)) return "dns";
  if (/CERT|TLS|SSL|SELF_SIGNED/.test(code)) return "tls";
  if (/^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/.test(code)) return "reset";
  return code;
}

/** The same refusal without secrets: a service may repeat in its words what it was sent. */
export function masked(error: ConnectorError, mask: Mask): ConnectorError {
  const { own, code } = error.details;
  const sentence = { ru: mask(error.sentence.ru), en: mask(error.sentence.en) };
  return new ConnectorError(error.errorClass, sentence, {
    ...error.details,
    ...(own ? { own: mask(own) } : {}),
    ...(code ? { code: mask(code) } : {}),
  });
}
