/** Article 000: new contacts of Bitrix24 become contacts of a buyer in Mertago. */
import type { TemplateSet } from "./template.ts";

export const bitrix24Mertago: TemplateSet = {
  key: "bitrix24-mertago",
  name: { ru: "Битрикс24 → Mertago: новые контакты", en: "Bitrix24 → Mertago: new contacts" },
  about: {
    ru: "Новый контакт Битрикс24 сам появляется у покупателя в Mertago.",
    en: "A new contact of Bitrix24 appears at the buyer in Mertago by itself.",
  },
  needs: ["bitrix24", "mertago"],
  words: ["b24", "битрикс", "контакт", "покупатель", "contact", "buyer"],
  bundles: [
    {
      name: { ru: "Битрикс24 → Mertago: контакты", en: "Bitrix24 → Mertago: contacts" },
      about: {
        ru: "Когда в Битрикс24 добавлен контакт, создаёт контакт покупателя в Mertago: имя, телефон и почта. Каждый контакт – один раз.",
        en: "When a contact is added in Bitrix24, makes a buyer's contact in Mertago: name, phone and e-mail. Each contact once.",
      },
      look: [
        {
          ru: "ID компании покупателя: откройте компанию в Mertago и скопируйте ID из адресной строки.",
          en: "The buyer company's ID: open the company in Mertago and copy the ID from the address bar.",
        },
      ],
      bundle: {
        format: 1,
        trigger: {
          connector: "bitrix24",
          trigger: "contact",
          connection: "bitrix24",
          options: { EVENTS: "add" },
          repeats: "once",
        },
        steps: [
          {
            id: "buyer",
            kind: "action",
            connector: "mertago",
            action: "createContact",
            connection: "mertago",
            input: {
              // Only the person knows whose contact it becomes.
              companyId: null,
              firstName: "{{ trigger.NAME }}",
              lastName: "{{ trigger.LAST_NAME }}",
              middleName: "{{ trigger.SECOND_NAME }}",
              phone: "{{ trigger.PHONE }}",
              email: "{{ trigger.EMAIL }}",
            },
            duplicates: { mode: "create", match: "all", keys: [], rules: {} },
          },
        ],
      },
    },
  ],
};
