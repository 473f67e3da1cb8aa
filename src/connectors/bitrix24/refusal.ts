/** What Bitrix24's codes and texts mean, and what a person can do about them. */
import { ConnectorError, type ErrorClass } from "../kit/errors.ts";
import type { Text } from "../kit/fields.ts";

interface Said {
  readonly status: number;
  /** Lower case; classic CRM methods leave it empty. */
  readonly code: string;
  readonly text?: string | undefined;
  readonly retryAfterMs?: number | undefined;
}

const reconnect: Text = {
  ru: "Битрикс24 не принял вебхук или токен: его удалили, истёк его срок или он скопирован не целиком. Создайте новый или скопируйте его заново.",
  en: "Bitrix24 did not accept the webhook or the token: it was removed, has expired, or wasn't copied whole. Make a new one or copy it again.",
};
const unpaid: Text = {
  ru: "REST API портала закрыт: портал удалён или его тариф не даёт доступа. Проверьте тариф Битрикс24.",
  en: "The portal's REST API is closed: the portal is gone or its plan gives no access. Check the Bitrix24 plan.",
};
const lacksScope: Text = {
  ru: "У вебхука или приложения нет нужного права. Откройте его в Битрикс24 и отметьте «CRM» и «Пользователи».",
  en: "The webhook or the app lacks a right. Open it in Bitrix24 and tick “CRM” and “Users”.",
};
const denied: Text = {
  ru: "У сотрудника, от имени которого работает подключение, нет прав на это в CRM. Добавьте их или подключитесь от имени другого.",
  en: "The employee in whose name the connection works lacks the rights for this in the CRM. Add them or connect as another.",
};
const appOnly: Text = {
  ru: "Это доступно только приложению, а не вебхуку.",
  en: "This is for an app only, not for a webhook.",
};
const noMethod: Text = {
  ru: "В этом портале такого метода нет: тариф или версия Битрикс24 его не дают.",
  en: "This portal has no such method: its plan or version lacks it.",
};
const busy: Text = {
  ru: "Битрикс24 просит подождать: слишком много запросов.",
  en: "Bitrix24 asks to wait: too many requests.",
};

const CODES: Readonly<Record<string, readonly [ErrorClass, Text, wait?: number]>> = {
  expired_token: ["access", reconnect],
  invalid_token: ["access", reconnect],
  no_auth_found: ["access", reconnect],
  invalid_grant: ["access", reconnect],
  wrong_client: ["access", reconnect],
  portal_deleted: ["access", unpaid],
  payment_required: ["access", unpaid],
  insufficient_scope: ["forbidden", lacksScope],
  invalid_credentials: ["forbidden", denied],
  user_access_error: ["forbidden", denied],
  access_denied: ["forbidden", denied],
  wrong_auth_type: ["forbidden", appOnly],
  error_method_not_found: ["not_found", noMethod],
  error_manifest_is_not_available: ["not_found", noMethod],
  error_batch_method_not_allowed: ["defect", noMethod],
  query_limit_exceeded: ["temporary", busy, 1_000],
  // This method alone is stopped; the count of its running time begins anew minute by minute.
  operation_time_limit: ["temporary", busy, 60_000],
  overload_limit: ["temporary", busy, 600_000],
};

/** Field validation is written for a form: with line breaks in HTML. */
const plain = (text: string) =>
  text
    .replace(/<br\s*\/?>/gi, " ")
    .replace(/<[^>]+>/g, "")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, 500);

/** The field that a text speaks of, as far as that can be told. */
function fieldIn(text: string): string | undefined {
  if (/e-?mail|почт/i.test(text)) return "EMAIL";
  if (/телефон|phone/i.test(text)) return "PHONE";
  return /\b(UF_CRM_\w+|[A-Z]+(?:_[A-Z]+)+)\b/.exec(text)?.[1];
}

/** The error for a refusal; null where only the status can tell (the portal's own failure, an unknown page). */
export function refusal({ status, code, text, retryAfterMs }: Said): ConnectorError | null {
  const own = text === undefined ? undefined : plain(text);
  const details = { code: code || String(status), ...(own ? { own } : {}) };
  const known = CODES[code];
  if (known) {
    const [errorClass, sentence, wait] = known;
    const later = wait === undefined ? {} : { retryAfterMs: Math.max(wait, retryAfterMs ?? 0) };
    return new ConnectorError(errorClass, sentence, { ...details, ...later });
  }
  if (status === 429)
    return new ConnectorError("temporary", busy, { ...details, retryAfterMs: retryAfterMs ?? 60_000 });
  // 500 says nothing about whether it was done, and 401 to 404 say enough by themselves.
  if (status !== 400 && status >= 300) return null;
  if (/not found\.?$/i.test(own ?? "")) {
    return new ConnectorError(
      "not_found",
      { ru: "В Битрикс24 такой записи нет.", en: "Bitrix24 has no such record." },
      details,
    );
  }
  if (/access denied/i.test(own ?? "")) return new ConnectorError("forbidden", denied, details);
  const field = fieldIn(own ?? "");
  return new ConnectorError(
    "data",
    {
      ru: own ? `Битрикс24 не принял данные: ${own}` : "Битрикс24 не принял данные.",
      en: own ? `Bitrix24 did not accept the data: ${own}` : "Bitrix24 did not accept the data.",
    },
    { ...details, ...(field ? { field } : {}) },
  );
}
