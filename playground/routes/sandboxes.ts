/** The services beside the chat: their screens, buttons and switches. */
import { isObject } from "../telegram/params.ts";
import { Refusal } from "../telegram/types.ts";
import { body, type Route, type RouteDeps, text } from "./route.ts";

export function sandboxRoutes({ sandboxes }: RouteDeps): Route[] {
  return [
    ["GET", /^\/api\/sandboxes$/, () => sandboxes.list()],
    // Reading all of them reads every record of every service.
    ["GET", /^\/api\/sandboxes\/([\w-]+)$/, ({ args: [key = ""] }) => plainly(() => sandboxes.one(key))],
    [
      "POST",
      /^\/api\/sandboxes\/([\w-]+)\/buttons\/([\w-]+)$/,
      async ({ request, args: [key = "", button = ""] }) => {
        const given = await body(request);
        const fields = isObject(given.fields) ? given.fields : {};
        const texts = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]));
        return (await plainly(() => sandboxes.press(key, button, texts))) ?? {};
      },
    ],
    [
      "POST",
      /^\/api\/sandboxes\/([\w-]+)\/switches$/,
      async ({ request, args: [key = ""] }) => {
        const given = await body(request);
        await plainly(() => sandboxes.setSwitch(key, text(given.key), text(given.value)));
        return {};
      },
    ],
    [
      "POST",
      /^\/api\/sandboxes\/([\w-]+)\/reset$/,
      async ({ args: [key = ""] }) => {
        await plainly(() => sandboxes.reset(key));
        return {};
      },
    ],
  ];
}

/** Sandboxes throw plain errors with readable words; here they are refusals. */
async function plainly<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Refusal(400, error instanceof Error ? error.message : String(error));
  }
}
