/** The workspace that a command is about: the named one, or the only one there is. */
import type { Engine, Scope, Text } from "../engine/index.ts";
import { UserError } from "../engine/index.ts";

export async function chooseWorkspace(engine: Engine, id: string | undefined): Promise<Scope> {
  const all = await engine.people.workspaces();
  const named = all.map((one) => `${one.id}  ${one.name}`).join("\n");
  if (all.length === 0) throw new UserError(NOBODY);
  if (id !== undefined) {
    const found = all.find((one) => one.id === id);
    if (found !== undefined) return found.scope;
    throw new UserError({
      ru: `Пространства «${id}» нет. Есть:\n${named}`,
      en: `There is no workspace “${id}”. There are:\n${named}`,
    });
  }
  const [only] = all;
  if (all.length === 1 && only !== undefined) return only.scope;
  throw new UserError({
    ru: `Пространств несколько, назовите одно: --workspace ID\n${named}`,
    en: `There are several workspaces, name one: --workspace ID\n${named}`,
  });
}

const NOBODY: Text = {
  ru: "Здесь ещё никого нет: сначала откройте бота.",
  en: "Nobody is here yet: open the bot first.",
};
