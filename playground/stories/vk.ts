/** The VK half of a story: the lead form chosen in the chat, and people who fill it in. */
import { connect } from "./hands.ts";
import type { Stage } from "./stage.ts";

export const VK_TRIGGER = "Заявка с формы (ответы как отдельные поля)";

/**
 * From the list of services to a real sample. With the community's key alone nothing can be read: the address is
 * subscribed at once, and the first request that comes is the sample.
 */
export async function chooseVk(stage: Stage): Promise<void> {
  const { person } = stage;
  await person.press("ВКонтакте");
  await connect(stage, "ВКонтакте", [await stage.credential("vk", "communityKey")], `Когда: ВКонтакте · ${VK_TRIGGER}`);
  await stage.until("vk", "servers", "the community's server", (rows) => rows.find(({ status }) => status === "ok"));
  await fillIn(stage, {
    first_name: "Проба",
    last_name: "Пера",
    phone_number: "79990000001",
    email: "proba@example.test",
  });
  await person.sees("пришло первое событие", { within: 20_000 });
  await person.press("Продолжить");
  await person.sees(/Пример – последнее настоящее событие[\s\S]*Имя: Проба/);
}

/** Somebody sends the community's form; VK tells whoever subscribed. */
export async function fillIn(stage: Stage, fields: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const { sent } = await stage.life("vk", "lead", fields);
  return sent as string[];
}

/** The same event once more, as after an answer that VK didn't get. */
export const repeat = (stage: Stage) => stage.life("vk", "again");
