/** Somebody's own server: takes whatever HTTP requests it is sent, and sends webhooks of every shape. */
import { collection, html, json, rowsOf, type Sandbox, type SandboxDeps } from "./kit.ts";

interface Received {
  readonly id: number;
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const KEY = "receiver-sandbox-key";
const TOO_LARGE = 2 * 1024 * 1024;

export function makeReceiver(deps: SandboxDeps): Sandbox {
  const requests = collection<Received>(deps, "receiver", "requests");

  return {
    key: "receiver",
    name: { ru: "Ваш сервер", en: "Your server" },
    perSecond: 1_000,
    credentials: [{ key: "key", label: { ru: "Ключ", en: "Key" }, value: KEY }],
    switches: [
      {
        key: "answer",
        label: { ru: "Ответ", en: "Answer" },
        choices: [
          { value: "ok", label: { ru: "200 и номер записи", en: "200 and the record's number" } },
          { value: "400", label: { ru: "400: поле неверно", en: "400: a field is wrong" } },
          { value: "404", label: { ru: "404", en: "404" } },
          { value: "500", label: { ru: "500", en: "500" } },
          { value: "text", label: { ru: "простой текст", en: "plain text" } },
        ],
      },
    ],
    tables: () => [
      {
        name: "requests",
        label: { ru: "Принятые запросы", en: "Requests received" },
        rows: rowsOf(requests.all()),
        columns: [
          { key: "id", label: { ru: "№", en: "#" } },
          { key: "at", label: { ru: "Время", en: "Time" } },
          { key: "method", label: { ru: "Метод", en: "Method" } },
          { key: "path", label: { ru: "Путь", en: "Path" } },
          { key: "body", label: { ru: "Тело", en: "Body" } },
        ],
      },
    ],
    buttons: () => [
      {
        key: "send",
        label: { ru: "Отправить вебхук", en: "Send a webhook" },
        fields: [
          { key: "url", label: { ru: "Адрес", en: "Address" }, value: "" },
          {
            key: "kind",
            label: { ru: "Вид", en: "Kind" },
            value: "json",
            choices: [
              { value: "json", label: { ru: "JSON", en: "JSON" } },
              { value: "form", label: { ru: "форма", en: "form" } },
              { value: "text", label: { ru: "текст", en: "text" } },
              { value: "broken", label: { ru: "битый JSON", en: "broken JSON" } },
              { value: "huge", label: { ru: "2 МиБ", en: "2 MiB" } },
            ],
          },
          {
            key: "body",
            label: { ru: "Тело", en: "Body" },
            value: '{"order":{"id":4611686018427387905,"sum":"1990.50"},"name":"Анна","phone":"+7 900 123-45-67"}',
          },
        ],
      },
    ],
    async press(_button, fields) {
      const url = fields.url ?? "";
      if (!/^https?:\/\//.test(url)) throw new Error("the address must begin with http:// or https://");
      const body = fields.body ?? "";
      // The text of a JSON body goes out as typed, so that a 19-digit number stays one.
      if (fields.kind === "json" || fields.kind === "broken") {
        const typed = fields.kind === "broken" ? `${body.slice(0, -1)},` : body;
        return { status: await postJson(url, typed) };
      }
      if (fields.kind === "huge")
        return { status: await postJson(url, JSON.stringify({ text: "я".repeat(TOO_LARGE / 2) })) };
      if (fields.kind === "form") return { status: await deps.send(url, { kind: "form", value: formOf(body) }) };
      return { status: await deps.send(url, { kind: "text", value: body }) };
    },
    handle(call) {
      const id = requests.next();
      const query = call.query.size > 0 ? `?${call.query}` : "";
      requests.put(String(id), {
        id,
        at: deps.now().toISOString(),
        method: call.method,
        path: `/${call.path}${query}`,
        headers: call.headers,
        body: call.body,
      });
      switch (deps.choice("answer")) {
        case "400":
          return json(400, { error: "phone: wrong format" });
        case "404":
          return json(404, { error: "not found" });
        case "500":
          return json(500, { error: "internal" });
        case "text":
          return { status: 200, headers: { "content-type": "text/plain" }, body: "ok" };
        default:
          return json(200, { ok: true, id });
      }
    },
    tooMany: () => html(429, "Too Many Requests", { "retry-after": "1" }),
    expired: () => json(401, { error: "unauthorized" }),
    clear: () => requests.clear(),
  };
}

/** A form is flat: what lies deeper is nested in the keys, as PHP and most senders do it. Written as JSON or as `a=1&b=2`. */
function formOf(typed: string): Record<string, string> {
  if (!typed.trimStart().startsWith("{")) return Object.fromEntries(new URLSearchParams(typed));
  const pairs: [string, string][] = [];
  const add = (key: string, value: unknown): void => {
    if (typeof value !== "object" || value === null) return void pairs.push([key, value === null ? "" : String(value)]);
    for (const [part, inner] of Object.entries(value)) add(key === "" ? part : `${key}[${part}]`, inner);
  };
  // A number goes out with the digits it was typed with: a 19-digit one would be rounded by the parser.
  add(
    "",
    JSON.parse(typed, (_key, value: unknown, at?: { source?: string }) =>
      typeof value === "number" ? (at?.source ?? value) : value,
    ),
  );
  return Object.fromEntries(pairs);
}

async function postJson(url: string, body: string): Promise<number> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
    signal: AbortSignal.timeout(10_000),
  });
  await answer.arrayBuffer();
  return answer.status;
}
