/** Events of the portal: an app subscribes to them by itself, with an inbound webhook a person adds an outbound one by hand. */
import { timingSafeEqual } from "node:crypto";
import type { Context, Field, Hook, HookRequest, JsonObject, Text } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { listOf, objectOf, objectsOf, textOf } from "../kit/read.ts";
import { batch, call, hostOf, read } from "./api.ts";
import { customsOf } from "./custom.ts";
import type { Entity } from "./fields.ts";
import { namesCommand, namesIn } from "./names.ts";
import { outputOf } from "./records.ts";

export type Happened = "add" | "update";
const CODES: Readonly<Record<Happened, string>> = { add: "ADD", update: "UPDATE" };

/** The option EVENTS as what is listened to. */
export function wanted(options: JsonObject): readonly Happened[] {
  const events = textOf(options.EVENTS) ?? "add";
  return events === "both" ? ["add", "update"] : [events === "update" ? "update" : "add"];
}
const codes = (entity: Entity, options: JsonObject): string[] =>
  wanted(options).map((event) => `ONCRM${entity.toUpperCase()}${CODES[event]}`);

export const applicationToken: Field = {
  key: "applicationToken",
  label: { ru: "Токен исходящего вебхука", en: "Outbound webhook's token" },
  kind: "text",
  secret: true,
  common: true,
  hint: {
    ru: "Битрикс24 показывает его в форме исходящего вебхука. С ним бот принимает только запросы вашего портала.",
    en: "Bitrix24 shows it in the outbound webhook's form. With it the bot takes requests of your portal only.",
  },
};
export const exceptUser: Field = {
  key: "exceptUser",
  label: { ru: "Кроме сделанного сотрудником", en: "Except what this employee did" },
  kind: "reference",
  list: { name: "users" },
  common: true,
  hint: {
    ru: "Выберите того, от чьего имени пишет бот, если связка меняет то же, за чем следит.",
    en: "Choose the one in whose name the bot writes when the bundle changes what it watches.",
  },
};
/** Made or changed by somebody whose doings aren't wanted. */
export function isExcepted(item: JsonObject, user: string | null): boolean {
  return user !== null && (item.EVENT === "add" ? item.CREATED_BY_ID : item.MODIFY_BY_ID) === user;
}

const steps = (names: Text): readonly Text[] => [
  {
    ru: "Если подключение сделано входом через приложение, ничего делать не нужно: бот подпишется сам.",
    en: "When the connection was made by signing in through the app there is nothing to do: the bot subscribes by itself.",
  },
  {
    ru: "Иначе откройте в Битрикс24 «Приложения → Разработчикам → Готовые сценарии → Другое → Исходящий вебхук».",
    en: "Otherwise open in Bitrix24 “Applications → Developer resources → Common use cases → Other → Outbound webhook”.",
  },
  {
    ru: `Вставьте адрес в «URL вашего обработчика», выберите события (${names.ru}) и нажмите «Создать».`,
    en: `Paste the address as the handler's URL, choose the events (${names.en}) and press “Create”.`,
  },
  {
    ru: "Скопируйте показанный токен в настройку «Токен исходящего вебхука». Опрос останется и подхватит пропущенное.",
    en: "Copy the token shown there into “Outbound webhook's token”. The poll stays and brings what was missed.",
  },
];

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** There is no signature. The token decides where it is known, else which portal the request says it is from. */
function verify(request: HookRequest, options: JsonObject, auth: Readonly<Record<string, string>>): boolean {
  const sent = objectOf(objectOf(request.body).auth);
  const token = textOf(options.applicationToken);
  if (token !== null) return isSame(textOf(sent.application_token) ?? "", token);
  if (auth.way === "oauth" && auth.memberId) return textOf(sent.member_id) === auth.memberId;
  const domain = textOf(sent.domain);
  return domain === null || domain.toLowerCase() === hostOf(auth);
}

/** The record as it is now; it may be gone already. */
async function enrich(ctx: Context, entity: Entity, delivery: JsonObject): Promise<JsonObject | null> {
  const result = await batch(ctx, {
    fields: { method: `crm.${entity}.fields` },
    names: namesCommand,
    record: { method: `crm.${entity}.get`, params: { id: delivery.ID ?? null } },
  });
  try {
    const record = objectOf(result("record"));
    const names = namesIn(entity, result, "names")(record);
    const item = { ...outputOf(entity, record, customsOf(result("fields"))), ...names, EVENT: delivery.EVENT ?? "add" };
    return isExcepted(item, textOf(delivery.except)) ? null : item;
  } catch (error) {
    if (error instanceof ConnectorError && error.errorClass === "not_found") return null;
    throw error;
  }
}

export const hookOf = (entity: Entity, names: Text): Hook => ({
  scope: "bundle",
  byHandToo: true,
  steps: steps(names),
  wants: (options) => codes(entity, options),
  async subscribe(ctx, url, options) {
    // A webhook can't subscribe; there the person has pasted the address, or the poll brings everything.
    if (ctx.auth.way !== "oauth") return {};
    const events = codes(entity, options);
    for (const event of events) {
      await call(ctx, "event.bind", { event, handler: url }, true).catch((error: unknown) => {
        const isThere = error instanceof ConnectorError && /already/i.test(error.details.code ?? "");
        if (!isThere) throw error;
      });
    }
    return { url, events };
  },
  /** A portal that was moved or restored, or whose app was installed anew, has lost its handlers. */
  async isAlive(ctx, state) {
    if (ctx.auth.way !== "oauth") return true;
    const { result } = await read(ctx, "event.get");
    const bound = objectsOf(result).filter(({ handler }) => handler === state.url);
    const events = new Set(bound.map(({ event }) => (textOf(event) ?? "").toUpperCase()));
    return listOf(state.events).every((event) => events.has(textOf(event) ?? ""));
  },
  async unsubscribe(ctx, state) {
    for (const event of listOf(state.events)) {
      await call(ctx, "event.unbind", { event, handler: state.url ?? null }, true);
    }
  },
  verify,
  deliveries(request, options) {
    const body = objectOf(request.body);
    const code = (textOf(body.event) ?? "").toUpperCase();
    const id = textOf(objectOf(objectOf(body.data).FIELDS).ID);
    if (!codes(entity, options).includes(code) || id === null || !/^\d+$/.test(id)) return [];
    return [{ ID: id, EVENT: code.endsWith("ADD") ? "add" : "update", except: textOf(options.exceptUser) }];
  },
  enrich: (ctx, delivery) => enrich(ctx, entity, delivery),
});
