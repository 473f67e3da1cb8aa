/** Pages that a token opens, and their lead forms. */
import type { Context, JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { textOf } from "../kit/read.ts";
import { all, graph } from "./api.ts";

export interface Page {
  readonly id: string;
  readonly name: string;
  readonly token: string;
}
/** Not yet published ones have no leads, deleted ones can't be read. */
const WITHOUT_LEADS = new Set(["DRAFT", "DELETED"]);

/** By consent, or typed. */
export const tokenOf = ({ auth }: Pick<Context, "auth">): string => (auth.accessToken ?? auth.token ?? "").trim();

/** A person's or a system user's token opens several pages; a page's own token has no accounts, it is the page. */
export async function pagesOf(ctx: Context): Promise<readonly Page[]> {
  const token = tokenOf(ctx);
  try {
    const accounts = await all(ctx, token, "/me/accounts", { fields: "id,name,access_token" });
    return accounts.flatMap((one) => pageOf(one, token));
  } catch (error) {
    const isPage = error instanceof ConnectorError && ["data", "not_found"].includes(error.errorClass);
    if (!isPage) throw error;
    return pageOf(await graph(ctx, token, "/me", { query: { fields: "id,name" } }), token);
  }
}

function pageOf(one: JsonObject, token: string): Page[] {
  const id = textOf(one.id);
  return id === null ? [] : [{ id, name: textOf(one.name) ?? id, token: textOf(one.access_token) ?? token }];
}

/** The chosen page with its token. */
export async function pageOfId(ctx: Context, id: string): Promise<Page> {
  const page = (await pagesOf(ctx)).find((one) => one.id === id);
  if (page) return page;
  throw new ConnectorError(
    "forbidden",
    {
      ru: `Подключение Facebook не открывает страницу ${id}. Выберите другую страницу или подключите её владельца.`,
      en: `This Facebook connection doesn't open the page ${id}. Choose another page or connect its owner.`,
    },
    { field: "page" },
  );
}

const FORM = "id,name,status,locale,leads_count,questions";

export async function formsOf(ctx: Context, page: Page): Promise<JsonObject[]> {
  const forms = await all(ctx, page.token, `/${page.id}/leadgen_forms`, { fields: FORM });
  return forms.filter(({ status }) => !WITHOUT_LEADS.has(textOf(status) ?? ""));
}

export const formOf = (ctx: Context, page: Page, id: string): Promise<JsonObject> =>
  graph(ctx, page.token, `/${id}`, { query: { fields: FORM } });
