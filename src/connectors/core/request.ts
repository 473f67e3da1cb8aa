/** A request put together from what a person wrote, and what its answer means. */
import type { Context, HttpAnswer, HttpCall, Json, JsonObject, Once } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { parseJson, stringifyJson } from "../kit/json.ts";
import { isObject, numberOf, textOf } from "../kit/read.ts";
import { errorByStatus } from "../kit/status.ts";

export const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"] as const;
type Method = (typeof METHODS)[number];
const MAX_OUTPUT = 900 * 1024;

function bad(field: string, ru: string, en: string): never {
  throw new ConnectorError("data", { ru, en }, { field });
}

/** Pairs out of an object, or out of lines `name: value` (headers) and `name=value` (query, form). */
function pairs(value: Json | undefined, field: string): Record<string, Json> {
  if (value === undefined || value === null || value === "") return {};
  if (isObject(value)) return value;
  if (typeof value !== "string")
    bad(field, "Здесь нужны строки вида «имя: значение».", "Lines such as “name: value” are needed here.");
  const trimmed = value.trim();
  if (trimmed.startsWith("{")) {
    const parsed = tryJson(trimmed);
    if (isObject(parsed)) return parsed;
  }
  const found: Record<string, Json> = {};
  for (const line of trimmed.split(/\r?\n/)) {
    if (line.trim() === "") continue;
    const cut = /[:=]/.exec(line)?.index;
    if (cut === undefined)
      bad(
        field,
        `В строке «${line.slice(0, 60)}» нет значения: нужно «имя: значение».`,
        `The line “${line.slice(0, 60)}” has no value: “name: value” is needed.`,
      );
    found[line.slice(0, cut).trim()] = line.slice(cut + 1).trim();
  }
  return found;
}

function tryJson(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

function headersOf(input: JsonObject): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(pairs(input.headers, "headers"))) {
    const text = typeof value === "string" ? value : stringifyJson(value);
    if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(name))
      bad(
        "headers",
        `«${name.slice(0, 60)}» не может быть именем заголовка.`,
        `“${name.slice(0, 60)}” can't be a header's name.`,
      );
    headers[name] = text;
  }
  const secret = textOf(input.authValue) ?? "";
  switch (textOf(input.auth) ?? "none") {
    case "bearer":
      headers.Authorization = `Bearer ${secret}`;
      break;
    case "basic":
      headers.Authorization = `Basic ${Buffer.from(`${textOf(input.authName) ?? ""}:${secret}`).toString("base64")}`;
      break;
    case "header":
      headers[textOf(input.authName) ?? "X-Api-Key"] = secret;
      break;
  }
  for (const [name, value] of Object.entries(headers)) {
    if (/[\r\n\0]/.test(value))
      bad(
        "headers",
        `Значение заголовка «${name}» не может содержать перевод строки.`,
        `The value of header “${name}” can't hold a line break.`,
      );
  }
  return headers;
}

function bodyOf(input: JsonObject, method: Method): Pick<HttpCall, "json" | "form" | "text"> {
  const { body } = input;
  const isEmpty = body === undefined || body === null || body === "";
  if (isEmpty && (method === "GET" || method === "HEAD")) return {};
  switch (textOf(input.bodyKind) ?? "none") {
    case "json": {
      if (typeof body !== "string") return { json: body ?? {} };
      // Sent as it was written: reading and writing it again would change long numbers.
      const written = body.trim() === "" ? "{}" : body;
      if (tryJson(written) === undefined) {
        bad(
          "body",
          "Тело запроса не похоже на JSON: проверьте кавычки и скобки.",
          "The body is no JSON: check its quotes and brackets.",
        );
      }
      return { text: written };
    }
    case "form":
      return { form: pairs(body, "body") };
    case "text":
      return { text: typeof body === "string" ? body : stringifyJson(body ?? "") };
    default:
      return {};
  }
}

function callOf(input: JsonObject, once: Once): HttpCall {
  const url = textOf(input.url) ?? "";
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return bad(
      "url",
      `«${url.slice(0, 100)}» не похоже на адрес: он начинается с https://.`,
      `“${url.slice(0, 100)}” is no address: it begins with https://.`,
    );
  }
  if (parsed.protocol !== "https:" && parsed.protocol !== "http:")
    bad("url", "Адрес должен начинаться с https:// или http://.", "The address must begin with https:// or http://.");
  if (parsed.username !== "" || parsed.password !== "")
    bad(
      "url",
      "Логин и пароль укажите в авторизации, а не в адресе.",
      "Give user and password under authorization, not in the address.",
    );
  const wanted = (textOf(input.method) ?? "GET").toUpperCase();
  const method: Method =
    METHODS.find((one) => one === wanted) ??
    bad("method", `Метода «${wanted}» нет.`, `There is no method “${wanted}”.`);
  const headers = headersOf(input);
  const body = bodyOf(input, method);
  if (textOf(input.bodyKind) === "json" && body.text !== undefined) {
    const isNamed = Object.keys(headers).some((name) => name.toLowerCase() === "content-type");
    if (!isNamed) headers["Content-Type"] = "application/json; charset=utf-8";
  }
  const secret = textOf(input.authValue);
  const idempotency = textOf(input.idempotencyHeader);
  if (idempotency) headers[idempotency] = once.key;
  const isSafe = ["GET", "HEAD"].includes(method) || input.repeatable === true || idempotency !== null;
  const secretQuery = textOf(input.auth) === "query" ? { [textOf(input.authName) ?? "apiKey"]: secret } : {};
  const seconds = Math.min(Math.max(numberOf(input.timeout) ?? 30, 1), 120);
  return {
    method,
    path: url,
    query: { ...pairs(input.query, "query"), ...secretQuery },
    headers,
    ...body,
    safe: isSafe,
    ...(secret ? { secrets: [secret] } : {}),
    timeoutMs: seconds * 1000,
  };
}

/** What counts as an error, as the person chose it. */
function check(answer: HttpAnswer, call: HttpCall, input: JsonObject): void {
  const rule = textOf(input.errorWhen) ?? "status";
  if (rule === "never") return;
  const own = answer.text.slice(0, 500);
  const error = errorByStatus(answer, call, new URL(call.path).host, own);
  if (answer.status >= 400 && error) throw error;
  const needed = textOf(input.mustContain);
  if (needed && !answer.text.includes(needed)) {
    throw new ConnectorError(
      "data",
      { ru: `В ответе нет «${needed}».`, en: `The answer lacks “${needed}”.` },
      { own, code: String(answer.status) },
    );
  }
}

function outputOf(answer: HttpAnswer): JsonObject {
  const isJson = /json/i.test(answer.headers["content-type"] ?? "") || /^\s*[[{]/.test(answer.text);
  const parsed = isJson ? tryJson(answer.text) : undefined;
  const isTooLong = answer.text.length > MAX_OUTPUT;
  return {
    status: answer.status,
    body: isTooLong ? null : (parsed ?? answer.text),
    text: answer.text.slice(0, parsed === undefined ? MAX_OUTPUT : 2_000),
    headers: { ...answer.headers },
    truncated: isTooLong,
  };
}

/** The action itself. */
export async function run(ctx: Context, input: JsonObject, once: Once): Promise<JsonObject> {
  const call = callOf(input, once);
  const answer = await ctx.http(call);
  check(answer, call, input);
  return outputOf(answer);
}
