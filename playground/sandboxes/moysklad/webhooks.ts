/** `entity/webhook`: who is told of what. */
import { randomUUID } from "node:crypto";
import { json, object, type Reply, text } from "../kit.ts";
import type { Account, Hook } from "./account.ts";
import type { Faces } from "./faces.ts";
import { missing, Refusal } from "./refusals.ts";

const TYPES = ["counterparty", "customerorder", "paymentin", "cashin", "product"];
const ACTIONS = ["CREATE", "UPDATE", "DELETE"];
const MOST = 5;

export function makeWebhooks(account: Account, faces: Faces, right: () => string) {
  function check(body: Record<string, unknown>): Omit<Hook, "id"> {
    const [url, action, entityType] = [text(body.url) ?? "", text(body.action) ?? "", text(body.entityType) ?? ""];
    const diffType = text(body.diffType);
    if (!TYPES.includes(entityType))
      throw new Refusal(
        412,
        30000,
        `Ошибка сохранения webhook: неподдерживаемый тип сущности '${entityType}'`,
        "entityType",
      );
    if (!ACTIONS.includes(action))
      throw new Refusal(412, 30002, `Ошибка сохранения webhook: неизвестное действие '${action}'`, "action");
    if (url.length > 255)
      throw new Refusal(412, 30010, "Ошибка сохранения webhook: длина url адреса больше 255 символов", "url");
    if (!/^https?:\/\/[^\s]+$/.test(url))
      throw new Refusal(
        412,
        30005,
        "Ошибка сохранения webhook: значение поля url не является корректным адресом запроса",
        "url",
      );
    if (diffType !== undefined && action !== "UPDATE")
      throw new Refusal(
        412,
        30009,
        `Ошибка сохранения webhook: поле 'diffType' не поддерживается для действия '${action}'`,
        "diffType",
      );
    const same = account.hooks.all().filter((one) => one.entityType === entityType && one.action === action);
    if (same.some((one) => one.url === url))
      throw new Refusal(412, 30003, "Ошибка сохранения webhook: webhook с данным набором параметров уже существует");
    if (same.length >= MOST)
      throw new Refusal(412, 30007, "Нельзя создать больше '5' веб-хуков одинакового типа на одну сущность");
    return { url, action, entityType, enabled: true, ...(action === "UPDATE" ? { diffType: diffType ?? "NONE" } : {}) };
  }

  return {
    all: () => account.hooks.all().map(faces.hook),

    handle(method: string, id: string | undefined, body: unknown): Reply {
      if (right() === "employee") throw new Refusal(403, 30004, "Необходимы права администратора для работы с webhook");
      if (id === undefined) {
        if (right() === "free")
          throw new Refusal(403, 30006, "Ваш тарифный план не позволяет создавать или обновлять веб-хуки");
        const hook = { id: randomUUID(), ...check(object(body) ?? {}) };
        account.hooks.put(hook.id, hook);
        return json(200, faces.hook(hook));
      }
      const known = account.hooks.get(id);
      if (!known) throw missing("webhook", id);
      if (method === "DELETE") {
        account.hooks.remove(id);
        return { status: 200, body: "" };
      }
      if (method === "PUT") {
        const next = { ...known, enabled: object(body)?.enabled !== false };
        account.hooks.put(id, next);
        return json(200, faces.hook(next));
      }
      return json(200, faces.hook(known));
    },
  };
}
