/** `metadata` of counterparties and orders: states, and the fields that the account added. */
import { type Call, json, object, type Reply, type SandboxDeps, text } from "../kit.ts";
import type { Account } from "./account.ts";
import { meta } from "./faces.ts";
import type { Written } from "./input.ts";
import type { Lists } from "./lists.ts";
import { type Attribute, SEGMENTS, STATES } from "./reference.ts";
import { Refusal } from "./refusals.ts";

export function makeMetadata(deps: Pick<SandboxDeps, "choice">, account: Account, { list }: Lists) {
  const isAdmin = () => deps.choice("rights") !== "employee";

  const attributeFace = (one: Attribute) => ({
    ...meta("attributemetadata", `entity/${one.entity}/metadata/attributes/${one.id}`),
    id: one.id,
    name: one.name,
    type: one.type,
    required: one.required,
    show: true,
    description: "",
    ...(one.type === "customentity"
      ? {
          customEntityMeta: meta(
            "customentitymetadata",
            `context/companysettings/metadata/customEntities/${SEGMENTS.id}`,
          ).meta,
        }
      : {}),
  });

  return function metadata(type: Written, rest: string, call: Call, body: unknown): Reply {
    const own = account
      .attributes()
      .filter((one) => one.entity === type)
      .map(attributeFace);
    const path = `entity/${type}/metadata`;
    if (rest === "attributes") {
      if (call.method === "GET") return list(`${path}/attributes`, "attributemetadata", own, call.query);
      if (!isAdmin()) throw new Refusal(403, 1045, "Доступ запрещен: у вас нет прав на создание данного объекта");
      const made = (Array.isArray(body) ? body : [body]).map((one) => {
        const [name, kind] = [text(object(one)?.name) ?? "", text(object(one)?.type) ?? ""];
        if (name === "")
          throw new Refusal(412, 3000, "Ошибка сохранения объекта: поле 'name' не может быть пустым", "name");
        return attributeFace(
          account.addAttribute({ entity: type, name, type: kind, required: object(one)?.required === true }),
        );
      });
      return json(200, Array.isArray(body) ? made : made[0]);
    }
    if (rest !== "") throw new Refusal(404, 1002, "Неизвестный путь");
    const states = STATES.filter((state) => state.entityType === type).map((state) => ({
      ...meta("state", `${path}/states/${state.id}`),
      ...state,
    }));
    const collection = {
      ...meta("attributemetadata", `${path}/attributes`, { size: own.length, limit: 1000, offset: 0 }),
    };
    const expanded = call.query.get("expand") === "attributes" ? { ...collection, rows: own } : collection;
    return json(200, {
      ...meta("metadata", path),
      createShared: false,
      states,
      attributes: deps.choice("attributesShape") === "inline" ? own : expanded,
    });
  };
}
