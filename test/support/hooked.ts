/** A bundle built in the chat: what comes to its webhook goes on to somebody's own server. */
import { checkAndStart, type as typeInto } from "../../playground/stories/hands.ts";
import type { Stage } from "../../playground/stories/stage.ts";

export const ORDER = '{"order":{"id":4611686018427387905,"sum":"1990.50"},"name":"Анна"}';

/** Builds and starts it; answers with the webhook's address. `url`: where the playground is. */
export async function buildHooked(
  stage: Stage,
  url: string,
  body = '{"id": {body.order.id}, "who": "{body.name}"}',
): Promise<string> {
  const { person } = stage;
  await person.say("/new");
  await person.sees("С чего всё начинается");
  await person.say("вебхук");
  await person.press("Входящий вебхук");
  const address = /http\S+\/hooks\/[\w-]+/.exec(await person.sees("Жду первую доставку"))?.[0];
  if (!address) throw new Error("the screen shows no address");
  await stage.life("receiver", "send", { url: address, body: ORDER });
  await person.press("Продолжить");
  await person.sees("Что сделать?");
  await person.say("HTTP-запрос");
  await person.press("HTTP-запрос · HTTP-запрос");
  await typeInto(person, "Адрес", `${url}/sandbox/receiver/in`);
  await typeInto(person, "Тело", body);
  await person.press("Готово");
  await checkAndStart(person);
  return address;
}

/** Sends one JSON body to a webhook; answers with the status. */
export async function sendTo(address: string, body: string): Promise<number> {
  const answer = await fetch(address, { method: "POST", headers: { "content-type": "application/json" }, body });
  await answer.arrayBuffer();
  return answer.status;
}
