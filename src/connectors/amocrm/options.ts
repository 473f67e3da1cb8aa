/** What a person may choose of amoCRM's triggers. */
import type { Field, Json, JsonObject } from "../kit/define.ts";
import { isAmong, textsOf } from "../kit/read.ts";

export const exceptUsers: Field = {
  key: "exceptUsers",
  label: { ru: "Кроме изменений сотрудников", en: "Except changes by" },
  kind: "reference",
  list: { name: "users" },
  many: true,
  common: true,
  hint: {
    ru: "Выберите того, от чьего имени работает подключение, если связка меняет эти же записи: иначе она ответит сама себе.",
    en: "Choose the user in whose name the connection works where the bundle changes the same records: or it answers itself.",
  },
};
export const withCreated: Field = {
  key: "withCreated",
  label: { ru: "И новые записи", en: "New records too" },
  kind: "boolean",
  common: true,
};
export const onlyPipelines: Field = {
  key: "pipelines",
  label: { ru: "Только из воронок", en: "Only of pipelines" },
  kind: "reference",
  list: { name: "pipelines" },
  many: true,
  common: true,
};

/** Not the doing of those whom the person left out. */
export const isByOthers = (user: Json | undefined, options: JsonObject): boolean =>
  textsOf(options.exceptUsers).length === 0 || !isAmong(user, options.exceptUsers);
