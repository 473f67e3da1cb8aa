/** МойСклад (JSON API 1.2) as its contract sheet describes it: routes, filters, audit, webhooks, refusals. */
import { gzipSync } from "node:zlib";
import { type Call, json, type Reply, type Sandbox, type SandboxDeps } from "../kit.ts";
import { makeAccount } from "./account.ts";
import { makeFaces } from "./faces.ts";
import { makeUnits, tooMany } from "./limits.ts";
import { makeLists } from "./lists.ts";
import { press } from "./press.ts";
import { makeRecords } from "./records.ts";
import { DIRECTORIES, LOGIN, PASSWORD, SEGMENTS } from "./reference.ts";
import { missing, Refusal, refuse } from "./refusals.ts";
import { buttons, tables } from "./screen.ts";
import { SWITCHES } from "./switches.ts";
import { makeWebhooks } from "./webhooks.ts";

export function makeMoysklad(deps: SandboxDeps): Sandbox {
  const account = makeAccount(deps);
  const faces = makeFaces(account);
  const lists = makeLists(deps, faces);
  const { list, documents } = lists;
  const records = makeRecords(deps, account, faces, lists);
  const webhooks = makeWebhooks(account, faces, () => deps.choice("rights"));
  const units = makeUnits(deps);

  // ---------------------------------------------------------------- routes

  function bodyOf(call: Call): unknown {
    if (call.body === "") return undefined;
    if (!/^application\/json/i.test(call.headers["content-type"] ?? ""))
      throw new Refusal(415, 1037, "Неверно указан Content-Type запроса");
    try {
      return JSON.parse(call.body) as unknown;
    } catch {
      throw new Refusal(400, 2001, "Ошибка формата: входящий запрос не соответствует формату JSON");
    }
  }

  function route(call: Call): Reply {
    const [root = "", type = "", id = "", ...rest] = call.path.split("/");
    if (root === "security" && type === "token" && call.method === "POST")
      return json(deps.choice("tokenCode") === "201" ? 201 : 200, { access_token: account.newToken() });
    if (root === "context" && type === "employee") {
      const [employee] = DIRECTORIES.employee ?? [];
      return json(200, { ...(employee ? faces.directory("employee", employee) : {}), email: "olga@example.test" });
    }
    if (root !== "entity") throw new Refusal(404, 1002, "Неизвестный путь");
    const body = bodyOf(call);
    if (type === "counterparty" || type === "customerorder") return records(type, id, rest.join("/"), call, body);
    if (type === "webhook") {
      if (id === "" && call.method === "GET") return list("entity/webhook", "webhook", webhooks.all(), call.query);
      return webhooks.handle(call.method, id || undefined, body);
    }
    if (type === "paymentin" || type === "cashin") {
      const known = account.payments[type];
      if (id === "") return documents(type, known.all(), call.query);
      const found = known.get(id);
      if (!found) throw missing(type, id);
      return json(200, faces.record(type, found));
    }
    if (type === "customentity" && id === SEGMENTS.id)
      return list(
        `entity/customentity/${id}`,
        "customentity",
        SEGMENTS.elements.map((one) => faces.directory("customentity", one)),
        call.query,
      );
    const directory = DIRECTORIES[type];
    if (!directory) throw new Refusal(404, 1002, "Неизвестный путь");
    if (id === "")
      return list(
        `entity/${type}`,
        type,
        directory.map((one) => faces.directory(type, one)),
        call.query,
      );
    const found = directory.find((one) => one.id === id);
    if (!found) throw missing(type, id);
    return json(200, faces.directory(type, found));
  }

  const wrongPassword = refuse(
    401,
    1056,
    "Ошибка аутентификации: Неправильный пароль или имя пользователя или ключ авторизации",
    "Authorization",
  );
  function enter(call: Call): Reply | null {
    const [kind, value = ""] = (call.headers.authorization ?? "").split(" ");
    if (kind === "Bearer") return value === account.token() ? null : wrongPassword;
    const [login = "", ...password] = Buffer.from(value, "base64").toString("utf8").split(":");
    if (kind !== "Basic" || !login.includes("@"))
      return refuse(
        401,
        1056,
        "Ошибка аутентификации: Некорректный логин, ожидается вид user@account",
        "Authorization",
      );
    return login === LOGIN && password.join(":") === PASSWORD ? null : wrongPassword;
  }

  function answer(call: Call): Reply {
    const accept = call.headers.accept;
    if (accept !== undefined && !/^(\*\/\*|application\/json;\s*charset=utf-8)$/i.test(accept))
      return refuse(
        400,
        1062,
        "Неверное значение заголовка 'Accept'. Требуется значение 'application/json;charset=utf-8'",
        "Accept",
      );
    const refused = enter(call);
    if (refused) return refused;
    if (deps.choice("rights") === "noApi")
      return refuse(403, 1061, "Отсутствует доступ к API для данного пользователя");
    try {
      return route(call);
    } catch (error) {
      if (error instanceof Refusal) return error.reply;
      throw error;
    }
  }

  const packed = (reply: Reply): Reply => ({
    ...reply,
    headers: { ...reply.headers, "content-encoding": "gzip" },
    bytes: gzipSync(reply.body ?? ""),
  });

  return {
    key: "moysklad",
    name: { ru: "МойСклад", en: "MoySklad" },
    // The service counts by windows of three seconds, see limits.ts.
    perSecond: 100,
    get credentials() {
      return [
        { key: "login", label: { ru: "Логин", en: "Login" }, value: LOGIN },
        { key: "password", label: { ru: "Пароль", en: "Password" }, value: PASSWORD },
        { key: "token", label: { ru: "Токен", en: "Token" }, value: account.token() },
      ];
    },
    switches: SWITCHES,
    tables: () => tables(account),
    buttons: () => buttons(account),
    press: (button, fields) => press(account, button, fields),
    handle(call) {
      // Nothing is answered to who can't unpack it, not even why.
      if (!/\bgzip\b/i.test(call.headers["accept-encoding"] ?? "")) return { status: 415, body: "" };
      const left = units.take();
      const reply = left === null ? tooMany : answer(call);
      const limits = left === null ? {} : { "x-ratelimit-remaining": String(left), "x-lognex-retry-after": "0" };
      return packed({ ...reply, headers: { ...reply.headers, ...limits } });
    },
    tooMany: () => packed(tooMany),
    expired: () => packed(wrongPassword),
    clear() {
      units.clear();
      account.clear();
    },
  };
}
