/** What an HTTP status means where a service says nothing better; the base that connectors' `error` builds on. */
import type { HttpAnswer, HttpCall } from "./define.ts";
import { ConnectorError, type ConnectorErrorDetails } from "./errors.ts";
import type { Text } from "./fields.ts";

/** A call that may be repeated blindly: as it says itself, else by its method. */
export function isSafe(call: HttpCall): boolean {
  return call.safe ?? (call.method === undefined || call.method === "GET" || call.method === "HEAD");
}

/** Retry-After in milliseconds, from seconds or an HTTP date. */
export function retryAfter(answer: HttpAnswer, now: Date = new Date()): number | undefined {
  const header = answer.headers["retry-after"]?.trim();
  if (!header) return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime());
}

/** An error for a status from 300 up, null below. `service`: its name where both languages have the same; `own`: its words. */
export function errorByStatus(
  answer: HttpAnswer,
  call: HttpCall,
  service: string | Text,
  own?: string,
): ConnectorError | null {
  const { status } = answer;
  const name = typeof service === "string" ? { ru: service, en: service } : service;
  if (status < 300) return null;
  const retry = retryAfter(answer);
  const details: ConnectorErrorDetails = {
    code: String(status),
    ...(own ? { own } : {}),
    ...(retry === undefined ? {} : { retryAfterMs: retry }),
  };
  if (status < 400) {
    return new ConnectorError(
      "not_found",
      {
        ru: `${name.ru} переадресовал запрос на другую страницу. Обычно это значит, что адрес или ID указан неверно.`,
        en: `${name.en} redirected the request to another page. Usually this means that the address or an ID is wrong.`,
      },
      details,
    );
  }
  if (status === 401) {
    return new ConnectorError(
      "access",
      {
        ru: `${name.ru} не принял ключ: в нём ошибка, или его отозвали. Скопируйте его в сервисе заново.`,
        en: `${name.en} did not accept the key: it is mistyped or was revoked. Copy it from the service again.`,
      },
      details,
    );
  }
  if (status === 402) {
    return new ConnectorError(
      "access",
      {
        ru: `Аккаунт ${name.ru} не оплачен: API закрыт. Оплатите его и проверьте подключение.`,
        en: `The ${name.en} account is unpaid and its API is closed. Pay for it and check the connection.`,
      },
      details,
    );
  }
  if (status === 403) {
    return new ConnectorError(
      "forbidden",
      {
        ru: `${name.ru}: у ключа нет права на это действие. Добавьте право в настройках сервиса.`,
        en: `${name.en}: the key lacks the right for this. Add the right in the service's settings.`,
      },
      details,
    );
  }
  if (status === 404 || status === 410) {
    return new ConnectorError(
      "not_found",
      { ru: `${name.ru}: такой записи нет.`, en: `${name.en}: there is no such record.` },
      details,
    );
  }
  if (status === 408 || status === 425 || status === 429) {
    return new ConnectorError(
      "temporary",
      {
        ru: `${name.ru} просит подождать: слишком много запросов.`,
        en: `${name.en} asks to wait: too many requests.`,
      },
      details,
    );
  }
  if (status >= 500) {
    return isSafe(call)
      ? new ConnectorError(
          "temporary",
          { ru: `${name.ru} сейчас не отвечает (${status}).`, en: `${name.en} is not answering now (${status}).` },
          details,
        )
      : new ConnectorError(
          "unknown",
          {
            ru: `${name.ru} ответил ошибкой ${status}, и неизвестно, выполнен ли запрос.`,
            en: `${name.en} answered with error ${status}; whether the request was done is unknown.`,
          },
          details,
        );
  }
  return new ConnectorError(
    "data",
    { ru: `${name.ru} не принял данные.`, en: `${name.en} did not accept the data.` },
    details,
  );
}
