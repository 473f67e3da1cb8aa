/** Article 001 as it stands: a VK form's requests become contacts of amoCRM, by ten steps and then by one. */
import { checkAndStart } from "./hands.ts";
import type { Story } from "./index.ts";
import { buildTenSteps } from "./tensteps.ts";
import { chooseVk, fillIn, VK_TRIGGER } from "./vk.ts";
import { live, oneStep, type Source } from "./webhook-amocrm.ts";

/** Answers as fields of their own, as the article chooses them. */
const form = (): Source => {
  let isKnown = false;
  return {
    fields: { name: "{Имя}", phone: "{Номер телефона}", email: "{Адрес электронной почты}" },
    async build(stage) {
      await stage.person.say("/new");
      if (isKnown) {
        await stage.person.press("ВКонтакте");
        await stage.person.sees(`Когда: ВКонтакте · ${VK_TRIGGER}`, { within: 20_000 });
      } else await chooseVk(stage);
      isKnown = true;
    },
    async send(stage, { name, phone, email }) {
      await fillIn(stage, { first_name: name, phone_number: phone, email });
    },
  };
};

export const vkAmocrm: Story = {
  name: "vk-amocrm",
  title: "ВКонтакте → amoCRM: контакты без дублей, десять шагов и один (статья 001)",
  services: ["vk", "amocrm"],
  async play(stage) {
    const source = form();
    await buildTenSteps(stage, source);
    await checkAndStart(stage.person);
    await live(stage, source, "79161230000");
    await stage.person.say("/pause 1");
    await stage.person.sees("На паузе");
    await source.build(stage);
    await stage.person.press("amoCRM");
    await stage.person.press("Новый контакт");
    await stage.person.sees("Нажмите номер строки");
    await oneStep(stage, source.fields);
    await checkAndStart(stage.person);
    await live(stage, source, "79261230000");
  },
};
