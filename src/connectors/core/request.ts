/** A request put together from what a person wrote, and what its answer means. */
import { randomUUID } from "node:crypto";
import type { Context, HttpAnswer, HttpCall, Json, JsonObject, Once, Text } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { stringifyJson } from "../kit/json.ts";
import { isObject, numberOf, textOf } from "../kit/read.ts";
import { errorByStatus } from "../kit/status.ts";
import { readAddress, readDocument, readLines } from "../kit/syntax.ts";

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
  return read(field, readLines(value));
}

/** What was read of a field, or its mistake as an error that names the field. */
function read<T>(field: string, result: { readonly value: T } | { readonly mistake: Text }): T {
  if ("mistake" in result) throw new ConnectorError("data", result.mistake, { field });
  return result.value;
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

type Body = Pick<HttpCall, "json" | "form" | "text"> & {
  /** What the body is, where its text doesn't tell; a header that a person wrote goes before it. */
  readonly type?: string;
};

function bodyOf(input: JsonObject, method: Method): Body {
  const { body } = input;
  const isEmpty = body === undefined || body === null || body === "";
  if (isEmpty && (method === "GET" || method === "HEAD")) return {};
  switch (textOf(input.bodyKind) ?? "none") {
    case "json": {
      if (typeof body !== "string") return { json: body ?? {} };
      // Sent as it was written: reading and writing it again would change long numbers.
      const written = body.trim() === "" ? "{}" : body;
      read("body", readDocument(written));
      return { text: written, type: "application/json; charset=utf-8" };
    }
    case "form":
      return { form: pairs(body, "body") };
    case "multipart":
      return multipart(pairs(body, "body"));
    case "xml":
      return { text: writtenOf(body), type: "application/xml; charset=utf-8" };
    case "text":
      return { text: writtenOf(body) };
    default:
      return {};
  }
}

const writtenOf = (body: Json | undefined): string => (typeof body === "string" ? body : stringifyJson(body ?? ""));

/** Parts as a browser's form writes them; a list is a part for every element. */
function multipart(values: Record<string, Json>): Body {
  const all = Object.entries(values).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one): [string, string] => [
      // As HTML tells browsers to write what would end the name.
      name.replace(/[\r\n"]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`),
      one === null ? "" : typeof one === "string" ? one : stringifyJson(one),
    ]),
  );
  // Not by chance alone: no value may hold it.
  let boundary = "----svyazka";
  while (all.some(([, value]) => value.includes(boundary))) boundary += randomUUID();
  const parts = all.map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return { text: `${parts.join("")}--${boundary}--\r\n`, type: `multipart/form-data; boundary=${boundary}` };
}

function callOf(input: JsonObject, once: Once): HttpCall {
  const url = textOf(input.url) ?? "";
  read("url", readAddress(url));
  const wanted = (textOf(input.method) ?? "GET").toUpperCase();
  const method: Method =
    METHODS.find((one) => one === wanted) ??
    bad("method", `Метода «${wanted}» нет.`, `There is no method “${wanted}”.`);
  const headers = headersOf(input);
  const { type, ...body } = bodyOf(input, method);
  if (type !== undefined) {
    const own = Object.keys(headers).find((name) => name.toLowerCase() === "content-type");
    // The boundary is known only here.
    if (own !== undefined && type.startsWith("multipart/")) delete headers[own];
    if (own === undefined || type.startsWith("multipart/")) headers["Content-Type"] = type;
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
  const wanted = rule === "chosen" ? statusesOf(input) : null;
  if (wanted === null ? answer.status >= 400 : !wanted(answer.status)) throw error ?? unwanted(answer, own);
  const needed = textOf(input.mustContain);
  if (needed && !answer.text.includes(needed)) {
    throw new ConnectorError(
      "data",
      { ru: `В ответе нет «${needed}».`, en: `The answer lacks “${needed}”.` },
      { own, code: String(answer.status) },
    );
  }
}

/** `200, 201, 300-399`: whether a status is among them. */
function statusesOf(input: JsonObject): (status: number) => boolean {
  const ranges = (textOf(input.statuses) ?? "")
    .split(/[,;\s]+/)
    .filter((part) => part !== "")
    .map((part) => {
      const [, from, to = from] = /^(\d{3})(?:[-–](\d{3}))?$/.exec(part) ?? [];
      return from === undefined
        ? bad(
            "statuses",
            `«${part}» — не статус: нужно, например, 200, 404 или 200-299.`,
            `“${part}” is no status: write 200, 404 or 200-299.`,
          )
        : { from: Number(from), to: Number(to) };
    });
  return (status) => ranges.some(({ from, to }) => from <= status && status <= to);
}

function unwanted({ status }: HttpAnswer, own: string): ConnectorError {
  return new ConnectorError(
    "data",
    {
      ru: `Ответ пришёл со статусом ${status}, а его нет среди удачных.`,
      en: `The answer's status ${status} is none of the good ones.`,
    },
    { own, code: String(status) },
  );
}

function outputOf(answer: HttpAnswer): JsonObject {
  const isJson = /json/i.test(answer.headers["content-type"] ?? "") || /^\s*[[{]/.test(answer.text);
  const read = isJson ? readDocument(answer.text) : null;
  const parsed = read !== null && "value" in read ? read.value : undefined;
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
  // Said before anything is sent, not after.
  if (textOf(input.errorWhen) === "chosen") statusesOf(input);
  const answer = await ctx.http(call);
  check(answer, call, input);
  return outputOf(answer);
}
