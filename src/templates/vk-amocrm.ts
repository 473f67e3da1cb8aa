/** Article 001: requests of VK's lead forms become contacts of amoCRM without duplicates; in ten steps, and in one. */
import type { Bundle } from "../engine/index.ts";
import type { TemplateSet } from "./template.ts";

const NAME = "{{ trigger.firstName }} {{ trigger.lastName }}";
const PHONE = "{{ trigger.phone }}";
const EMAIL = "{{ trigger.email }}";
/** What these bundles leave alone. */
const ALONE = { firstName: null, lastName: null, companyId: null, tags: null, responsibleUserId: null };

const TRIGGER: NonNullable<Bundle["trigger"]> = {
  connector: "vk",
  trigger: "leadForm",
  connection: "vk",
  options: {},
};
const contact = { kind: "action", connector: "amocrm", action: "createContact", connection: "amocrm" } as const;
const search = { kind: "action", connector: "amocrm", action: "findContact", connection: "amocrm" } as const;
const person = { name: NAME, phone: PHONE, email: EMAIL, ...ALONE };

export const vkAmocrm: TemplateSet = {
  key: "vk-amocrm",
  name: { ru: "ВКонтакте → amoCRM: контакты без дублей", en: "VK → amoCRM: contacts without duplicates" },
  about: {
    ru: "Заявка с формы ВКонтакте обновляет контакт amoCRM, если он найден по телефону или почте, иначе создаёт новый.",
    en: "A request of a VK form updates the contact of amoCRM that is found by phone or e-mail, or creates one.",
  },
  needs: ["vk", "amocrm"],
  words: ["vk", "вк", "амо", "amo", "дубли", "лид", "форма", "lead", "duplicates", "form"],
  bundles: [
    {
      name: { ru: "ВКонтакте → amoCRM: контакт одним шагом", en: "VK → amoCRM: contact in one step" },
      about: {
        ru: "Ищет контакт по телефону или почте. Найденному дописывает новый телефон и почту, имя не трогает. Не нашёл – создаёт контакт.",
        en: "Looks for the contact by phone or e-mail. To the one it finds it adds the new phone and e-mail and leaves the name; otherwise it creates a contact.",
      },
      bundle: {
        format: 1,
        trigger: TRIGGER,
        steps: [
          {
            id: "contact",
            ...contact,
            input: person,
            duplicates: {
              mode: "update",
              match: "any",
              keys: ["phone", "email"],
              rules: { name: "fill", phone: "add", email: "add" },
            },
          },
        ],
      },
    },
  ],
};

/** The same as the article builds it: whoever wants each case apart changes it here. */
export const vkAmocrmTen: TemplateSet = {
  key: "vk-amocrm-ten",
  name: { ru: "ВКонтакте → amoCRM: десять шагов", en: "VK → amoCRM: ten steps" },
  about: {
    ru: "То же по шагам: сначала поиск по телефону, потом по почте, и для каждого случая своё действие – если их нужно менять порознь.",
    en: "The same step by step: a search by phone, then by e-mail, and an action for each case – where they must differ.",
  },
  needs: ["vk", "amocrm"],
  words: ["vk", "вк", "амо", "amo", "дубли", "развилка", "лид", "форма", "lead", "duplicates", "router"],
  bundles: [
    {
      name: { ru: "ВКонтакте → amoCRM: десять шагов", en: "VK → amoCRM: ten steps" },
      about: {
        ru: "Нашёл контакт по телефону – заменяет ему почту. Нашёл по почте – дописывает телефон. Не нашёл – создаёт контакт.",
        en: "Found by phone: the e-mail is replaced. Found by e-mail: the phone is added. Not found: a contact is created.",
      },
      bundle: {
        format: 1,
        trigger: TRIGGER,
        steps: [
          {
            id: "byphone",
            ...search,
            input: { phone: PHONE, email: null, name: null, query: null, id: null },
          },
          {
            id: "known",
            kind: "router",
            when: [[{ left: "{{ byphone.id }}", operator: "notEmpty" }]],
            onTrue: "setmail",
            onFalse: "bymail",
          },
          {
            id: "setmail",
            ...contact,
            input: person,
            duplicates: {
              mode: "updateOnly",
              match: "all",
              keys: ["phone"],
              rules: { name: "fill", phone: "fill", email: "replace" },
            },
          },
          { id: "done1", kind: "break" },
          {
            id: "bymail",
            ...search,
            input: { phone: null, email: EMAIL, name: null, query: null, id: null },
          },
          {
            id: "mailed",
            kind: "router",
            when: [[{ left: "{{ bymail.id }}", operator: "notEmpty" }]],
            onTrue: "addtel",
            onFalse: "newone",
          },
          {
            id: "addtel",
            ...contact,
            input: person,
            duplicates: {
              mode: "updateOnly",
              match: "all",
              keys: ["email"],
              rules: { name: "fill", phone: "add", email: "fill" },
            },
          },
          { id: "done2", kind: "break" },
          {
            id: "newone",
            ...contact,
            input: person,
            duplicates: { mode: "create", match: "all", keys: [], rules: {} },
          },
        ],
      },
    },
  ],
};
