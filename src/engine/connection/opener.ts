/** A connector's context, ready to call: values opened, the way out limited and recorded. */
import type { Connector, Http, Json } from "../../connectors/kit/define.ts";
import { ConnectorError } from "../../connectors/kit/errors.ts";
import type { Opener, Shared } from "../parts.ts";
import { readConnection, readManners, writeBroken } from "../store/connections.ts";

/** Recorded requests and answers of one context together, in characters. */
const MAX_EXCHANGE = 65_536;
/** Shorter values are no secrets but words that masking would tear out of every text. */
const SHORTEST_SECRET = 4;

/** The kit's way out, bound to this installation. `key` names whose limits are kept. */
export type OpenHttp = (
  connector: Connector,
  auth: Readonly<Record<string, string>>,
  record: (exchange: Json) => void,
  key: string,
) => Http;

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
      const exchanges: Json[] = [];
      let size = 0;
      const record = (exchange: Json): void => {
        const length = JSON.stringify(exchange).length;
        size += length;
        // The newest say what went wrong: the oldest make room, the last one stays whatever its size (the kit cuts it).
        exchanges.push(exchange);
        while (size > MAX_EXCHANGE && exchanges.length > 1) size -= JSON.stringify(exchanges.shift()).length;
      };
      const secrets = secretsOf(connector, auth);
      return {
        ctx: {
          auth,
          http: http(connector, auth, record, connection ?? `${workspace} ${connector.key}`),
          locale: manners?.locale ?? "ru",
          timeZone: manners?.timeZone ?? "UTC",
          country: manners?.country ?? "RU",
          now: () => clock.now(),
        },
        exchange: () => [...exchanges],
        mask: (text) => secrets.reduce((masked, secret) => masked.replaceAll(secret, "•••"), text),
      };
    },

    async setBroken(connection, failure) {
      await writeBroken(db, connection, failure, clock.now());
    },
  };
}

/** Secret values and the forms in which they travel, the longest first so that none is masked in part. */
function secretsOf(connector: Connector, auth: Readonly<Record<string, string>>): string[] {
  if (connector.auth.kind !== "fields") return [];
  const plain = connector.auth.fields
    .filter((field) => field.secret)
    .map((field) => auth[field.key] ?? "")
    .filter((value) => value.length >= SHORTEST_SECRET);
  const forms = plain.flatMap((value) => [
    value,
    encodeURIComponent(value),
    JSON.stringify(value).slice(1, -1),
    Buffer.from(value).toString("base64"),
  ]);
  return [...new Set(forms)].sort((a, b) => b.length - a.length);
}
