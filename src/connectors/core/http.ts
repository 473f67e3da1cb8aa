/** HTTP request: any service with an API that has no connector of its own. */
import { type Action, defineConnector } from "../kit/define.ts";
import { METHODS, run } from "./request.ts";

const request: Action = {
  key: "request",
  name: { ru: "HTTP-запрос", en: "HTTP request" },
  about: {
    ru: "Отправляет запрос на любой адрес и отдаёт ответ.",
    en: "Sends a request to any address and hands on the answer.",
  },
  words: ["запрос", "api", "url", "get", "post", "вебхук", "webhook"],
  kind: "other",
  safe: false,
  fields: [
    {
      key: "method",
      label: { ru: "Метод", en: "Method" },
      kind: "choice",
      required: true,
      initial: "POST",
      common: true,
      choices: METHODS.map((method) => ({ value: method, label: { ru: method, en: method } })),
    },
    {
      key: "url",
      label: { ru: "Адрес", en: "Address" },
      kind: "text",
      required: true,
      common: true,
      syntax: "url",
      hint: { ru: "Например, https://api.example.com/orders.", en: "For example https://api.example.com/orders." },
    },
    {
      key: "bodyKind",
      label: { ru: "Вид тела", en: "Body kind" },
      kind: "choice",
      initial: "json",
      common: true,
      choices: [
        { value: "json", label: { ru: "JSON", en: "JSON" } },
        { value: "form", label: { ru: "форма", en: "form" } },
        { value: "text", label: { ru: "текст", en: "text" } },
        { value: "none", label: { ru: "без тела", en: "none" } },
      ],
    },
    {
      key: "body",
      when: { field: "bodyKind", is: ["json", "form", "text"] },
      label: { ru: "Тело", en: "Body" },
      kind: "longText",
      common: true,
      syntax: { by: "bodyKind", is: { json: "json", form: "lines" } },
      hint: {
        ru: 'Для JSON: {"phone": "{поле}", "count": {поле}}. Для формы: строки «имя=значение».',
        en: 'For JSON: {"phone": "{field}", "count": {field}}. For a form: lines “name=value”.',
      },
    },
    {
      key: "query",
      label: { ru: "Параметры адреса", en: "Query" },
      kind: "longText",
      syntax: "lines",
      hint: { ru: "Строки «имя=значение».", en: "Lines “name=value”." },
    },
    {
      key: "headers",
      label: { ru: "Заголовки", en: "Headers" },
      kind: "longText",
      syntax: "lines",
      hint: { ru: "Строки «имя: значение».", en: "Lines “name: value”." },
    },
    {
      key: "auth",
      label: { ru: "Авторизация", en: "Authorization" },
      kind: "choice",
      initial: "none",
      choices: [
        { value: "none", label: { ru: "нет", en: "none" } },
        { value: "bearer", label: { ru: "Bearer-токен", en: "Bearer token" } },
        { value: "basic", label: { ru: "логин и пароль", en: "user and password" } },
        { value: "header", label: { ru: "ключ в заголовке", en: "key in a header" } },
        { value: "query", label: { ru: "ключ в параметрах адреса", en: "key in the query" } },
      ],
    },
    {
      key: "authName",
      when: { field: "auth", is: ["basic", "header", "query"] },
      label: { ru: "Логин, имя заголовка или параметра", en: "User, name of the header or parameter" },
      kind: "text",
    },
    {
      key: "authValue",
      when: { field: "auth", is: ["bearer", "basic", "header", "query"] },
      label: { ru: "Токен, ключ или пароль", en: "Token, key or password" },
      kind: "text",
      secret: true,
    },
    {
      key: "errorWhen",
      label: { ru: "Что считать ошибкой", en: "What counts as an error" },
      kind: "choice",
      initial: "status",
      choices: [
        { value: "status", label: { ru: "статус 400 и выше", en: "status 400 and above" } },
        { value: "never", label: { ru: "ничего: решу по ответу", en: "nothing: the answer decides" } },
      ],
    },
    { key: "mustContain", label: { ru: "Ответ должен содержать", en: "The answer must contain" }, kind: "text" },
    {
      key: "repeatable",
      label: { ru: "Можно повторять вслепую", en: "May be repeated blindly" },
      kind: "boolean",
      hint: {
        ru: "Если ответ потеряется, запрос уйдёт ещё раз. GET повторяется всегда.",
        en: "When the answer is lost the request is sent again. GET always is.",
      },
    },
    {
      key: "idempotencyHeader",
      label: { ru: "Заголовок ключа повтора", en: "Idempotency header" },
      kind: "text",
      hint: {
        ru: "Например, Idempotency-Key: сервис узнает повтор по нему.",
        en: "For example Idempotency-Key: by it the service knows a repeat.",
      },
    },
    { key: "timeout", label: { ru: "Ждать ответа, с", en: "Wait for the answer, s" }, kind: "integer", initial: "30" },
  ],
  output: [
    { key: "status", label: { ru: "Статус", en: "Status" }, kind: "integer", common: true },
    { key: "body", label: { ru: "Ответ", en: "Answer" }, kind: "object", common: true },
    { key: "text", label: { ru: "Ответ текстом", en: "Answer as text" }, kind: "longText" },
    { key: "headers", label: { ru: "Заголовки ответа", en: "Answer's headers" }, kind: "object" },
    { key: "truncated", label: { ru: "Ответ обрезан", en: "Answer was cut" }, kind: "boolean" },
  ],
  sample: {
    status: 200,
    body: { id: 1, ok: true },
    text: '{"id":1,"ok":true}',
    headers: { "content-type": "application/json" },
    truncated: false,
  },
  run,
};

export const http = defineConnector({
  key: "http",
  name: { ru: "HTTP-запрос", en: "HTTP request" },
  about: { ru: "Запрос к любому API.", en: "A request to any API." },
  words: ["запрос", "api", "url", "rest", "curl"],
  core: true,
  auth: { kind: "none" },
  triggers: [],
  actions: [request],
});
