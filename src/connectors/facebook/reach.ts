/** What a connection reaches: of each page whether its leads can be read and whether it tells our app of new ones. */
import type { Context, Text } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { graph } from "./api.ts";
import type { Page } from "./pages.ts";
import { isSubscribed } from "./webhook.ts";

/** A check takes seconds; whoever has more pages hears of these. */
const MOST_PAGES = 15;

const names = (pages: readonly Page[]) => pages.map(({ name }) => `«${name}»`).join(", ");
const quoted = (pages: readonly Page[]) => pages.map(({ name }) => `“${name}”`).join(", ");

async function seen<T>(work: Promise<T>): Promise<T | ConnectorError> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ConnectorError && ["forbidden", "not_found"].includes(error.errorClass)) return error;
    throw error;
  }
}

/** Where no page's leads may be read the first refusal is thrown: that connection is of no use. */
export async function notesOf(ctx: Context, pages: readonly Page[]): Promise<readonly Text[]> {
  const looked = pages.slice(0, MOST_PAGES);
  const forms = await Promise.all(
    // Names nothing, and proves the right to leads.
    looked.map((page) => seen(graph(ctx, page.token, `/${page.id}/leadgen_forms`, { query: { limit: 1 } }))),
  );
  const closed = looked.filter((_, at) => forms[at] instanceof ConnectorError);
  const [refusal] = forms;
  if (closed.length === looked.length && refusal instanceof ConnectorError) throw refusal;

  const { app } = ctx;
  const open = looked.filter((page) => !closed.includes(page));
  // With another app's token the question means nothing.
  const isOurs = app && ctx.auth.accessToken !== undefined;
  const told = isOurs ? await Promise.all(open.map((page) => seen(isSubscribed(ctx, page, app)))) : [];
  const silent = open.filter((_, at) => isOurs && told[at] !== true);
  return [
    ...(closed.length === 0
      ? []
      : [
          {
            ru: `Заявки не видны на страницах ${names(closed)}: у токена нет на них права. В Business Suite откройте «Доступ к лидам» и добавьте человека и приложение.`,
            en: `Leads can't be seen on ${quoted(closed)}: the token has no right to them. In Business Suite open “Leads access” and add the person and the app.`,
          },
        ]),
    ...(silent.length === 0
      ? []
      : [
          {
            ru: `Пока не подписаны на новые заявки: ${names(silent)}. Бот подпишет страницу сам, когда запустите связку с ней.`,
            en: `Not subscribed to new leads yet: ${quoted(silent)}. The bot subscribes a page by itself when a bundle with it starts.`,
          },
        ]),
  ];
}
