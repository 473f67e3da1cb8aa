/** What a person does in the browser when a service asks whether an app may come in. */
import type { Stage } from "./stage.ts";

/** Opens the link, presses the button there and is sent back; answers with the page that stands at the end. */
export async function browse(url: string, answer: "allow" | "deny"): Promise<{ status: number; text: string }> {
  await (await fetch(url)).text();
  const sent = await fetch(url, {
    method: "POST",
    body: new URLSearchParams({ answer }),
    headers: { "accept-language": "ru" },
  });
  return { status: sent.status, text: await sent.text() };
}

/** Connects a service by consent in the middle of building; the chat goes on by itself where it was. */
export async function consent(stage: Stage, service: string, then: string | RegExp): Promise<void> {
  const { person } = stage;
  await person.press(new RegExp(`Подключить ${service}`));
  await person.sees("Войдите в браузере");
  await person.press(`Войти через ${service}`);
  await person.sees("действует 15 минут");
  // The first time somebody thinks better of it, and the link that is left behind is worth nothing.
  const link = await person.press(`Войти через ${service}`);
  const denied = await browse(link, "deny");
  stage.expect(denied.status === 400 && /Отказать/.test(denied.text), `a refusal is said: ${denied.text}`);
  const again = await browse(link, "allow");
  stage.expect(again.status === 404 && /использована/.test(again.text), `a link serves once: ${again.status}`);
  await person.press("Новая ссылка");
  await person.sees("действует 15 минут");
  const page = await browse(await person.press(`Войти через ${service}`), "allow");
  stage.expect(page.status === 200 && /Вернитесь в чат/.test(page.text), `the page leads back: ${page.text}`);
  await person.sees(then, { within: 20_000 });
}
