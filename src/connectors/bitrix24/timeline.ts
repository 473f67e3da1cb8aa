/** What stands in the timeline of a card: comments and to-dos. */
import type { Action, Field } from "../kit/define.ts";
import { filled, isObject, textOf } from "../kit/read.ts";
import { call } from "./api.ts";
import type { Entity } from "./fields.ts";

const OWNER: readonly Field[] = [
  {
    key: "ENTITY_TYPE",
    label: { ru: "Куда", en: "Where" },
    kind: "choice",
    required: true,
    initial: "contact",
    choices: [
      { value: "contact", label: { ru: "контакт", en: "contact" } },
      { value: "company", label: { ru: "компания", en: "company" } },
      { value: "lead", label: { ru: "лид", en: "lead" } },
      { value: "deal", label: { ru: "сделка", en: "deal" } },
    ],
  },
  {
    key: "ENTITY_ID",
    label: { ru: "ID записи", en: "Record's ID" },
    kind: "text",
    required: true,
    meaning: "contact.id",
  },
];
/** The numbers by which activities know their owners. */
const OWNER_TYPES: Readonly<Record<string, number>> = { lead: 1, deal: 2, contact: 3, company: 4 } satisfies Record<
  Entity,
  number
>;

const comment: Action = {
  key: "comment",
  name: { ru: "Комментарий в карточке", en: "Comment in a card" },
  about: {
    ru: "Пишет комментарий в историю контакта, компании, лида или сделки.",
    en: "Writes a comment into the timeline of a contact, company, lead or deal.",
  },
  words: ["комментарий", "примечание", "заметка", "таймлайн", "comment", "note", "timeline"],
  kind: "create",
  safe: false,
  fields: [
    ...OWNER,
    {
      key: "COMMENT",
      label: { ru: "Комментарий", en: "Comment" },
      kind: "longText",
      required: true,
      meaning: "comment",
    },
  ],
  output: [{ key: "ID", label: { ru: "ID комментария", en: "Comment's ID" }, kind: "text" }],
  sample: { ID: "999" },
  async run(ctx, input) {
    const answer = await call(ctx, "crm.timeline.comment.add", { fields: input }, false);
    return { ID: textOf(answer.result) };
  },
};

const todo: Action = {
  key: "todo",
  name: { ru: "Новое дело", en: "New to-do" },
  about: {
    ru: "Ставит дело со сроком в карточку контакта, компании, лида или сделки.",
    en: "Puts a to-do with a deadline into the card of a contact, company, lead or deal.",
  },
  words: ["дело", "задача", "напоминание", "перезвонить", "поставить задачу", "to-do", "task", "reminder"],
  kind: "create",
  safe: false,
  fields: [
    ...OWNER,
    { key: "title", label: { ru: "Название дела", en: "To-do" }, kind: "text", meaning: "title", common: true },
    {
      key: "description",
      label: { ru: "Описание", en: "Description" },
      kind: "longText",
      meaning: "comment",
      common: true,
    },
    { key: "deadline", label: { ru: "Срок", en: "Deadline" }, kind: "dateTime", required: true },
    {
      key: "responsibleId",
      label: { ru: "Ответственный", en: "Responsible person" },
      kind: "reference",
      list: { name: "users" },
      hint: { ru: "Пусто – тот, от чьего имени работает бот.", en: "Empty: the one in whose name the bot works." },
    },
  ],
  output: [{ key: "ID", label: { ru: "ID дела", en: "To-do's ID" }, kind: "text" }],
  sample: { ID: "1201" },
  async run(ctx, input) {
    const { ENTITY_TYPE, ENTITY_ID, ...own } = input;
    const params = {
      ownerTypeId: OWNER_TYPES[textOf(ENTITY_TYPE) ?? "contact"] ?? null,
      ownerId: ENTITY_ID ?? null,
      ...filled(own),
    };
    const { result } = await call(ctx, "crm.activity.todo.add", params, false);
    // Which of the two shapes isn't certain.
    return { ID: textOf(isObject(result) ? result.id : result) };
  },
};

export const timelineActions: readonly Action[] = [comment, todo];
