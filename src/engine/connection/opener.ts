/** A connector's context, ready to call: values opened, the way out limited and recorded. */
import type { Http } from "../../connectors/kit/define.ts";
import { ConnectorError } from "../../connectors/kit/errors.ts";
import type { OpenHttp } from "../../connectors/kit/http.ts";
import { makeMask, maskExchange, secretsOf } from "../../connectors/kit/mask.ts";
import type { Values } from "../../connectors/kit/oauth.ts";
import { makeRecording } from "../../connectors/kit/recording.ts";
import type { Opener, Shared } from "../parts.ts";
import { readConnection, writeBroken } from "../store/connections.ts";
import { makeStorage } from "../store/stored.ts";
import { makeManners } from "./manners.ts";
import type { Tokens } from "./tokens.ts";

export type { OpenHttp };

export interface OpenerDeps extends Pick<Shared, "db" | "clock" | "vault" | "log"> {
  readonly http: OpenHttp;
  /** Keeps the tokens of consents working; left out where no service has any. */
  readonly tokens?: Pick<Tokens, "fresh" | "app">;
  /** A call through the connection succeeded. */
  readonly answered?: (connection: string) => void;
}

export function makeOpener({ db, clock, vault, log, http, tokens, answered }: OpenerDeps): Opener {
  const mannersOf = makeManners(db);

  async function valuesOf(workspace: string, id: string): Promise<Record<string, string>> {
    const row = await readConnection(db, workspace, id);
    if (!row) {
      throw new ConnectorError("access", {
        ru: "Подключение удалено. Выберите другое.",
        en: "The connection was removed. Choose another one.",
      });
    }
    try {
      return JSON.parse(vault.open(row.secret)) as Record<string, string>;
    } catch {
      log.error({ connection: id }, "the values of a connection can't be opened with this key");
      throw new ConnectorError("access", {
        ru: "Сохранённые данные подключения не открываются ключом шифрования этого сервера. Введите их заново.",
        en: "The stored values of the connection can't be opened with this server's encryption key. Enter them again.",
      });
    }
  }

  return {
    async open(workspace, connection, connector) {
      const [manners, stored] = await Promise.all([
        mannersOf(workspace),
        connection === null ? {} : valuesOf(workspace, connection),
      ]);
      if (connection === null && connector.auth.kind !== "none") {
        throw new ConnectorError("access", {
          ru: `Для «${connector.name.ru}» не выбрано подключение.`,
          en: `No connection is chosen for ${connector.name.en}.`,
        });
      }
      const recording = makeRecording();
      const hidden: string[] = [];
      const use = (values: Values) => {
        const { secrets, others } = secretsOf(connector.auth, values);
        hidden.push(...secrets);
        return { auth: values, send: http(connector, values, recording.record), mask: makeMask(hidden, others) };
      };
      const renewed = async (values: Values, refused?: string): Promise<Values> =>
        connection === null || !tokens ? values : tokens.fresh(connection, connector, values, refused);
      let used = use(await renewed(stored));

      const call: Http = async (request) => {
        const answer = await callOrRenew(request);
        if (connection !== null) answered?.(connection);
        return answer;
      };
      /** A token may die before its time; the service said that it did nothing, so the call is made once more. */
      const callOrRenew: Http = async (request) => {
        try {
          return await used.send(request);
        } catch (error) {
          const token = used.auth.accessToken;
          const isRefused = error instanceof ConnectorError && error.errorClass === "access";
          if (!isRefused || token === undefined || error.details.code === "402") throw error;
          const next = await renewed(used.auth, token);
          if (next.accessToken === token) throw error;
          used = use(next);
          return used.send(request);
        }
      };
      return {
        ctx: {
          get auth() {
            return used.auth;
          },
          http: call,
          locale: manners?.locale ?? "ru",
          timeZone: manners?.timeZone ?? "UTC",
          country: manners?.country ?? "RU",
          now: () => clock.now(),
          app: tokens?.app(connector) ?? null,
          storage: makeStorage(db, workspace, () => clock.now()),
          ...(http.dial === undefined
            ? {}
            : { tcp: { ...http.dial, record: (one) => recording.record(maskExchange(one, used.mask)) } }),
        },
        exchange: recording.exchange,
        mask: (text) => used.mask(text),
      };
    },

    async setBroken(connection, failure) {
      await writeBroken(db, connection, failure, clock.now());
    },
  };
}
