/** Article 004: a lead of a Facebook form becomes a client and an order of RemOnline. */
import type { TemplateSet } from "./template.ts";

export const facebookRemonline: TemplateSet = {
  key: "facebook-remonline",
  name: { ru: "Facebook → РемонтОнлайн: клиент и заказ", en: "Facebook → RemOnline: client and order" },
  about: {
    ru: "Заявка с лид-формы Facebook становится клиентом и заказом в РемонтОнлайн.",
    en: "A lead of a Facebook form becomes a client and an order in RemOnline.",
  },
  needs: ["facebook", "remonline"],
  words: ["фейсбук", "лид", "лид-форма", "ремонлайн", "ро апп", "lead", "lead ads", "ro app", "repair"],
  bundles: [
    {
      name: { ru: "Facebook → РемонтОнлайн", en: "Facebook → RemOnline" },
      about: {
        ru: "Ищет клиента по телефону или почте: нашёл – обновляет, не нашёл – создаёт. Потом создаёт ему заказ, если у клиента ещё нет ни одного.",
        en: "Looks for the client by phone or e-mail: updates the one found, or creates one. Then makes an order, unless the client has one.",
      },
      bundle: {
        format: 1,
        trigger: { connector: "facebook", trigger: "lead", connection: "facebook", options: {} },
        steps: [
          {
            id: "client",
            kind: "action",
            connector: "remonline",
            action: "createClient",
            connection: "remonline",
            input: {
              firstName: "{{ trigger.firstName }}",
              lastName: "{{ trigger.lastName }}",
              phone: "{{ trigger.phone }}",
              email: "{{ trigger.email }}",
            },
            duplicates: { mode: "update", match: "any", keys: ["phone", "email"], rules: {} },
          },
          {
            id: "order",
            kind: "action",
            connector: "remonline",
            action: "createOrder",
            connection: "remonline",
            // The workshop, the kind of order and its status are the account's: proposed, or asked for.
            input: { clientId: "{{ client.id }}", malfunction: "{{ trigger.answersText }}" },
            duplicates: { mode: "keep", match: "all", keys: ["clientId"], rules: {} },
          },
        ],
      },
    },
  ],
};
