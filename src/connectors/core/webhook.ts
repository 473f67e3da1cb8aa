/** Incoming webhook: any service that can send a request can start a bundle. */
import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import { defineConnector, type HookRequest, type Json, type JsonObject, type Trigger } from "../kit/define.ts";
import { isObject, textOf } from "../kit/read.ts";

/** Headers that carry credentials or say nothing about the event. */
const HIDDEN =
  /^(authorization|cookie|proxy-authorization|connection|host|content-length|accept.*|x-forwarded.*|forwarded|via)$/;

const same = (one: string, other: string): boolean => {
  const a = Buffer.from(one);
  const b = Buffer.from(other);
  return a.length === b.length && timingSafeEqual(a, b);
};

function isTrusted(request: HookRequest, options: JsonObject): boolean {
  const verify = textOf(options.verify) ?? "none";
  if (verify === "none") return true;
  const name = (textOf(options.header) ?? "").toLowerCase();
  const sent = request.headers[name];
  const secret = textOf(options.secret) ?? "";
  // A half-filled check must not let everybody in.
  if (name === "" || secret === "" || sent === undefined) return false;
  if (verify === "header") return same(sent.trim(), secret);
  const encoding = verify === "hmacBase64" ? "base64" : "hex";
  const prefix = textOf(options.prefix) ?? "";
  const expected = createHmac("sha256", secret).update(request.raw, "utf8").digest(encoding);
  const given = sent.trim().startsWith(prefix) ? sent.trim().slice(prefix.length) : sent.trim();
  return same(encoding === "hex" ? given.toLowerCase() : given, expected);
}

/** The value at a dotted path, list positions as numbers. */
function at(value: Json | undefined, path: string): Json | undefined {
  let here: Json | undefined = value;
  for (const part of path.split(".")) {
    if (Array.isArray(here)) here = /^\d+$/.test(part) ? here[Number(part)] : undefined;
    else if (isObject(here) && Object.hasOwn(here, part)) here = here[part];
    else return undefined;
  }
  return here;
}

/** What makes a repeated delivery the same event; without a key every delivery is an event of its own. */
function keyOf(request: HookRequest, body: Json, options: JsonObject): string {
  const from = textOf(options.keyFrom) ?? "none";
  const name = textOf(options.keyName) ?? "";
  const value =
    from === "header"
      ? textOf(request.headers[name.toLowerCase()])
      : from === "path"
        ? textOf(at(body, name.replace(/^body\./, "")))
        : null;
  return value ?? randomUUID();
}

/** Beside the body it makes the event twice as large, so there is an end to it. */
const MAX_RAW = 256 * 1024;

/** The body as text, where it is one: files and texts in another charset aren't. */
function rawOf({ raw, headers }: HookRequest): { raw?: string } {
  const isText = !/^multipart\//i.test(headers["content-type"] ?? "") && !/[\ufffd\0]/.test(raw);
  return raw !== "" && isText && Buffer.byteLength(raw) <= MAX_RAW ? { raw } : {};
}

const saysNothing = (value: Json | undefined): boolean =>
  typeof value !== "object" || value === null ? value === undefined || value === null : Object.keys(value).length === 0;

const webhookTrigger: Trigger = {
  key: "incoming",
  name: { ru: "Пришёл запрос", en: "A request came" },
  about: {
    ru: "У связки свой адрес: всё, что на него пришлют, запускает её.",
    en: "The bundle has an address of its own: whatever is sent there starts it.",
  },
  words: ["вебхук", "webhook", "хук", "запрос", "адрес"],
  options: [
    {
      key: "verify",
      label: { ru: "Кому можно слать", en: "Who may send" },
      kind: "choice",
      initial: "none",
      choices: [
        { value: "none", label: { ru: "всем, кто знает адрес", en: "everybody who knows the address" } },
        { value: "header", label: { ru: "с секретом в заголовке", en: "with a secret in a header" } },
        { value: "hmacHex", label: { ru: "с подписью HMAC SHA-256 (hex)", en: "signed, HMAC SHA-256 (hex)" } },
        { value: "hmacBase64", label: { ru: "с подписью HMAC SHA-256 (base64)", en: "signed, HMAC SHA-256 (base64)" } },
      ],
    },
    {
      key: "header",
      when: { field: "verify", is: ["header", "hmacHex", "hmacBase64"] },
      required: true,
      label: { ru: "Заголовок с секретом или подписью", en: "Header with the secret or signature" },
      kind: "text",
      hint: { ru: "Например, X-Signature.", en: "For example X-Signature." },
    },
    {
      key: "secret",
      when: { field: "verify", is: ["header", "hmacHex", "hmacBase64"] },
      required: true,
      label: { ru: "Секрет", en: "Secret" },
      kind: "text",
      secret: true,
      hint: { ru: "Тот же, что указан у отправителя.", en: "The one that the sender was given." },
    },
    {
      key: "prefix",
      when: { field: "verify", is: ["hmacHex", "hmacBase64"] },
      label: { ru: "Приставка перед подписью", en: "Prefix before the signature" },
      kind: "text",
      hint: { ru: "Например, sha256=. Обычно пусто.", en: "For example sha256=. Usually empty." },
    },
    {
      key: "keyFrom",
      label: { ru: "Как узнать повтор", en: "How a repeat is told" },
      kind: "choice",
      initial: "none",
      choices: [
        { value: "none", label: { ru: "никак: каждый запрос новый", en: "not at all: every request is new" } },
        { value: "header", label: { ru: "по заголовку", en: "by a header" } },
        { value: "path", label: { ru: "по полю тела запроса", en: "by a field of the body" } },
      ],
    },
    {
      key: "keyName",
      when: { field: "keyFrom", is: ["header", "path"] },
      required: true,
      label: { ru: "Имя заголовка или поля", en: "Name of the header or field" },
      kind: "text",
      hint: { ru: "Например, X-Request-Id или order.id.", en: "For example X-Request-Id or order.id." },
    },
    {
      key: "split",
      label: { ru: "Каждый элемент списка отдельно", en: "Each element of a list by itself" },
      kind: "boolean",
      hint: {
        ru: "Если тело запроса — список, каждый его элемент станет отдельным событием.",
        en: "When the body is a list, every element becomes an event of its own.",
      },
    },
  ],
  output: [
    { key: "id", label: { ru: "ID запроса", en: "Request's ID" }, kind: "text", meaning: "id" },
    { key: "method", label: { ru: "Метод", en: "Method" }, kind: "text" },
    { key: "body", label: { ru: "Тело запроса", en: "Body" }, kind: "object", common: true },
    { key: "query", label: { ru: "Параметры адреса", en: "Query" }, kind: "object" },
    {
      key: "raw",
      label: { ru: "Тело как есть", en: "Body as it came" },
      kind: "longText",
      hint: {
        ru: "Текст до последнего знака: порядок полей и длинные числа не меняются. До 256 КиБ.",
        en: "The text to its last sign: the order of fields and long numbers stay. Up to 256 KiB.",
      },
    },
    { key: "headers", label: { ru: "Заголовки", en: "Headers" }, kind: "object" },
  ],
  sample: {
    id: "6f1c1a52-3f0e-4c57-9f5a-0d7f5b8f3c11",
    method: "POST",
    body: { name: "Анна", phone: "+79990000001" },
    raw: '{"name":"Анна","phone":"+79990000001"}',
    query: { source: "site" },
    headers: { "content-type": "application/json" },
  },
  hook: {
    scope: "bundle",
    acceptsGet: true,
    steps: [
      {
        ru: "Скопируйте адрес и укажите его в сервисе, который будет присылать данные.",
        en: "Copy the address and give it to the service that will send data.",
      },
      {
        ru: "Отправьте оттуда пробный запрос: по нему появятся поля.",
        en: "Send a test request from there: the fields appear from it.",
      },
    ],
    verify: isTrusted,
    isBare: ({ body, query }) => saysNothing(body) && saysNothing(query),
    deliveries(request, options) {
      // Browsers and previews of links look at an address; who sends by GET sends in the query.
      if (request.method === "GET" && saysNothing(request.body) && saysNothing(request.query)) return [];
      const raw = options.split === true ? {} : rawOf(request);
      const bodies = options.split === true && Array.isArray(request.body) ? request.body : [request.body];
      const secretHeader = (textOf(options.header) ?? "").toLowerCase();
      const headers = Object.fromEntries(
        Object.entries(request.headers).filter(([name]) => !HIDDEN.test(name) && name !== secretHeader),
      );
      return bodies.map((body, index) => {
        const key = keyOf(request, body, options);
        const isShared = bodies.length > 1 && textOf(options.keyFrom) === "header";
        return {
          id: isShared ? `${key}:${index}` : key,
          method: request.method,
          body,
          query: request.query,
          headers,
          ...raw,
        };
      });
    },
  },
  record: (item) => String(item.id),
  change: (item) => String(item.id),
  at: () => null,
};

export const webhook = defineConnector({
  key: "webhook",
  name: { ru: "Входящий вебхук", en: "Incoming webhook" },
  about: { ru: "Принимает данные от любого сервиса по адресу.", en: "Takes data from any service at an address." },
  words: ["вебхук", "webhook", "хук", "hook", "http"],
  core: true,
  auth: { kind: "none" },
  triggers: [webhookTrigger],
  actions: [],
});
