/** A connector's context, ready to call: values opened, the way out limited and recorded. */
import { ConnectorError } from "../../connectors/kit/errors.ts";
import type { OpenHttp } from "../../connectors/kit/http.ts";
import { makeMask, secretsOf } from "../../connectors/kit/mask.ts";
import { makeRecording } from "../../connectors/kit/recording.ts";
import type { Opener, Shared } from "../parts.ts";
import { readConnection, readManners, writeBroken } from "../store/connections.ts";

export type { OpenHttp };

export interface OpenerDeps extends Pick<Shared, "db" | "clock" | "vault" | "log"> {
  readonly http: OpenHttp;
}

export function makeOpener({ db, clock, vault, log, http }: OpenerDeps): Opener {
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
      const [manners, auth] = await Promise.all([
        readManners(db, workspace),
        connection === null ? {} : valuesOf(workspace, connection),
      ]);
      if (connection === null && connector.auth.kind !== "none") {
        throw new ConnectorError("access", {
          ru: `Для «${connector.name.ru}» не выбрано подключение.`,
          en: `No connection is chosen for ${connector.name.en}.`,
        });
      }
      const recording = makeRecording();
      const { secrets, others } = secretsOf(connector.auth, auth);
      return {
        ctx: {
          auth,
          http: http(connector, auth, recording.record),
          locale: manners?.locale ?? "ru",
          timeZone: manners?.timeZone ?? "UTC",
          country: manners?.country ?? "RU",
          now: () => clock.now(),
        },
        exchange: recording.exchange,
        mask: makeMask(secrets, others),
      };
    },

    async setBroken(connection, failure) {
      await writeBroken(db, connection, failure, clock.now());
    },
  };
}
