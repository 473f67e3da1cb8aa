/**
 * Apps registered at services, to which consents in the browser are given: OAUTH_<KEY>_ID and _SECRET of the environment,
 * or what the installation's owner typed, kept under the vault's key. The environment wins.
 */
import { z } from "zod";
import { endpointName } from "../../connectors/kit/base.ts";
import type { Connector } from "../../connectors/kit/define.ts";
import type { OAuthApp } from "../../connectors/kit/oauth.ts";
import type { Scope, ServiceApp } from "../engine.ts";
import { NotFound, UserError } from "../errors.ts";
import type { EngineSettings, Shared } from "../parts.ts";
import { isInstallationOwner } from "../store/people.ts";
import { lockSetting, readSetting, writeSetting } from "../store/settings.ts";

const SETTING = "apps";
const LONGEST = 500;
/** Sealed by KEY. */
const Kept = z.record(z.string(), z.string()).catch({});
const Sealed = z.object({ id: z.string(), secret: z.string() });

export interface AppsDeps extends Pick<Shared, "db" | "vault" | "connectors" | "log"> {
  readonly settings: EngineSettings;
}

export function makeApps({ db, vault, connectors, log, settings }: AppsDeps) {
  const fixed = settings.oauthApps ?? {};
  let typed: Readonly<Record<string, OAuthApp>> = {};

  function open(key: string, sealed: string): [string, OAuthApp][] {
    try {
      return [[key, Sealed.parse(JSON.parse(vault.open(sealed)))]];
    } catch {
      log.warn({ app: key }, "a service's app can't be opened");
      return [];
    }
  }
  async function assertOwner({ workspace, member }: Scope): Promise<void> {
    if (await isInstallationOwner(db, workspace, member)) return;
    throw new UserError({
      ru: "Приложения сервисов задаёт владелец бота: они общие для всех, кто здесь работает.",
      en: "The services' apps are set by the bot's owner: everybody here shares them.",
    });
  }
  function known(connector: string): Connector {
    const found = connectors.find(({ key }) => key === connector);
    if (found?.auth.kind !== "oauth2") throw new NotFound();
    return found;
  }
  /** Another process may have set one. */
  async function load(): Promise<void> {
    const kept = Kept.parse((await readSetting(db, SETTING)) ?? {});
    typed = Object.fromEntries(Object.entries(kept).flatMap(([key, sealed]) => open(key, sealed)));
  }
  const appOf = (key: string): OAuthApp | null => fixed[key] ?? typed[key] ?? null;

  return {
    /** The settings with all apps in them, also those that are typed while the process runs. */
    settings: Object.defineProperty({ ...settings }, "oauthApps", {
      enumerable: true,
      get: () => ({ ...typed, ...fixed }),
    }) as EngineSettings,

    load,

    async list({ workspace, member }: Scope): Promise<readonly ServiceApp[] | null> {
      if (!(await isInstallationOwner(db, workspace, member))) return null;
      const { publicUrl } = settings;
      return connectors.flatMap(({ key, name, auth }): ServiceApp[] => {
        if (auth.kind !== "oauth2") return [];
        const own = endpointName(key);
        const from = fixed[own] ? "environment" : typed[own] ? "owner" : null;
        const redirect = publicUrl === null ? null : `${publicUrl}/oauth/callback`;
        return [{ connector: key, name, id: appOf(own)?.id ?? null, from, steps: auth.appSteps ?? [], redirect }];
      });
    },

    async set(scope: Scope, connector: string, app: OAuthApp | null): Promise<void> {
      await assertOwner(scope);
      const key = endpointName(known(connector).key);
      if (fixed[key]) {
        throw new UserError({
          ru: `Это приложение задано на сервере (OAUTH_${key}_ID): там его и меняют.`,
          en: `This app is set on the server (OAUTH_${key}_ID) and is changed there.`,
        });
      }
      const { id = "", secret = "" } = app ? { id: app.id.trim(), secret: app.secret.trim() } : {};
      const isGood = (text: string) => text !== "" && text.length <= LONGEST && !/\s/.test(text);
      if (app && !(isGood(id) && isGood(secret))) {
        throw new UserError({
          ru: "ID и секрет приложения – это две строки без пробелов. Скопируйте их у сервиса целиком.",
          en: "An app's ID and secret are two lines without spaces. Copy them from the service whole.",
        });
      }
      await db.transaction(async (tx) => {
        const kept = Kept.parse(await lockSetting(tx, SETTING));
        const { [key]: _, ...rest } = kept;
        await writeSetting(tx, SETTING, app ? { ...rest, [key]: vault.seal(JSON.stringify({ id, secret })) } : rest);
      });
      await load();
    },
  };
}
export type Apps = ReturnType<typeof makeApps>;
