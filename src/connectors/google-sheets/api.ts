/** Google Sheets API v4: address, access, quotas, and what its refusals mean. */
import type { Api, Context, HttpAnswer, HttpCall, Json, JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { objectOf, textOf } from "../kit/read.ts";
import { errorByStatus } from "../kit/status.ts";
import { makeAccess, readKey } from "./key.ts";

const NAME = { ru: "Google Таблицы", en: "Google Sheets" };
const ID = /^[\w-]{20,}$/;
/** The quota is one of a minute; without Retry-After this is a fair part of it. */
const QUOTA_MS = 20_000;

const access = makeAccess();

function said(answer: HttpAnswer): { own?: string; status: string } {
  if (!answer.text.trimStart().startsWith("{")) return { status: "" };
  const body = objectOf(answer.json());
  const error = objectOf(body.error);
  const own = textOf(error.message) ?? textOf(body.error_description) ?? textOf(body.error);
  return { ...(own ? { own: own.slice(0, 300) } : {}), status: textOf(error.status) ?? textOf(body.error) ?? "" };
}

export const api: Api = {
  base: "https://sheets.googleapis.com",
  // 60 reads and 60 writes a minute for one account, which all its bundles share: a bucket that never reaches that.
  limits: { perSecond: 0.65, burst: 20, parallel: 4 },
  error(answer, call) {
    if (answer.status < 300) return null;
    const { own, status } = said(answer);
    const details = { code: String(answer.status), ...(own ? { own } : {}) };
    if (call.path === "/token" && answer.status >= 400 && answer.status < 500 && answer.status !== 429) {
      return new ConnectorError(
        "access",
        {
          ru: "Google не принял ключ сервисного аккаунта: он удалён или отключён. Создайте новый. Если ключ свежий, проверьте часы сервера.",
          en: "Google did not accept the service account's key: it was deleted or disabled. Make a new one. If it is fresh, check the server's clock.",
        },
        { ...details, field: "key" },
      );
    }
    if (answer.status === 403 && /has not been used|is disabled|accessNotConfigured/i.test(own ?? "")) {
      return new ConnectorError(
        "access",
        {
          ru: "В проекте Google Cloud выключен Google Sheets API. Включите его: «API и сервисы» → «Библиотека» → Google Sheets API.",
          en: "The Google Sheets API is off in the Google Cloud project. Turn it on: “APIs & Services” → “Library” → Google Sheets API.",
        },
        { ...details, field: "key" },
      );
    }
    if (answer.status === 403 && status !== "RESOURCE_EXHAUSTED") {
      return new ConnectorError(
        "forbidden",
        {
          ru: "У сервисного аккаунта нет доступа к таблице. Откройте её, «Настройки доступа» → добавьте почту аккаунта редактором.",
          en: "The service account has no access to the spreadsheet. Open it, “Share” → add the account's e-mail as an editor.",
        },
        details,
      );
    }
    if (answer.status === 404) {
      return new ConnectorError(
        "not_found",
        {
          ru: "Таблица не найдена: проверьте ссылку в подключении.",
          en: "The spreadsheet was not found: check the link in the connection.",
        },
        details,
      );
    }
    if (answer.status === 429 || status === "RESOURCE_EXHAUSTED") {
      const known = errorByStatus({ ...answer, status: 429 }, call, NAME, own)?.details.retryAfterMs;
      return new ConnectorError(
        "temporary",
        {
          ru: "Исчерпана минутная квота Google Таблиц. Запрос повторится сам.",
          en: "The minute's quota of Google Sheets is used up. The request is repeated by itself.",
        },
        { ...details, retryAfterMs: known ?? QUOTA_MS },
      );
    }
    if (answer.status === 400 && /unable to parse range/i.test(own ?? "")) {
      return new ConnectorError(
        "data",
        {
          ru: "Такого листа в таблице нет: его переименовали или удалили. Выберите лист заново.",
          en: "The spreadsheet has no such sheet: it was renamed or deleted. Choose the sheet again.",
        },
        { ...details, field: "sheet" },
      );
    }
    return errorByStatus(answer, call, NAME, own);
  },
};

/** The id inside a link, or an id alone. */
export function spreadsheetOf(ctx: Pick<Context, "auth">): string {
  const typed = (ctx.auth.spreadsheet ?? "").trim();
  const id = /\/d\/([\w-]+)/.exec(typed)?.[1] ?? typed;
  if (ID.test(id)) return id;
  throw new ConnectorError(
    "access",
    {
      ru: "Это не похоже на ссылку на таблицу. Скопируйте её из адресной строки: https://docs.google.com/spreadsheets/d/…",
      en: "This is no spreadsheet's link. Copy it from the address bar: https://docs.google.com/spreadsheets/d/…",
    },
    { field: "spreadsheet" },
  );
}

/** A call to the spreadsheet. An access that died early is replaced once: Google said that it did nothing. */
export async function ask(
  ctx: Context,
  path: string,
  more: Omit<HttpCall, "path" | "headers"> = {},
): Promise<JsonObject> {
  const address = `/v4/spreadsheets/${spreadsheetOf(ctx)}${path}`;
  const send = async () =>
    ctx.http({ ...more, path: address, headers: { Authorization: `Bearer ${await access.of(ctx)}` } });
  try {
    return objectOf((await send()).json());
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.details.code !== "401") throw shared(ctx, error);
    access.forget(ctx);
    return objectOf((await send()).json());
  }
}

/** Whom to share the spreadsheet with stands only in the key. */
function shared(ctx: Context, error: unknown): unknown {
  if (!(error instanceof ConnectorError) || error.errorClass !== "forbidden") return error;
  const { email } = readKey(ctx.auth.key ?? "");
  const sentence = { ru: `${error.sentence.ru} Почта: ${email}`, en: `${error.sentence.en} E-mail: ${email}` };
  return new ConnectorError(error.errorClass, sentence, error.details);
}

export interface Sheet {
  readonly id: string;
  readonly title: string;
  readonly rowCount: number;
  readonly isHidden: boolean;
}

export async function readStructure(ctx: Context): Promise<{ title: string; sheets: readonly Sheet[] }> {
  const body = await ask(ctx, "", { query: { fields: "properties.title,sheets.properties" } });
  const listed = Array.isArray(body.sheets) ? body.sheets : [];
  return {
    title: textOf(objectOf(body.properties).title) ?? "",
    sheets: listed
      .map((one: Json) => objectOf(objectOf(one).properties))
      .filter((one) => (textOf(one.sheetType) ?? "GRID") === "GRID")
      .map((one) => ({
        id: textOf(one.sheetId) ?? "0",
        title: textOf(one.title) ?? "",
        rowCount: Number(objectOf(one.gridProperties).rowCount ?? 0),
        isHidden: one.hidden === true,
      })),
  };
}
