/** Where services reach us, and what tells their requests from anybody else's. Nothing of it is stored: the key makes it. */
import { timingSafeEqual } from "node:crypto";
import { endpointName } from "../../connectors/kit/base.ts";
import type { Connector, Hook, HookTrust } from "../../connectors/kit/define.ts";
import type { Shared } from "../parts.ts";

const OF_CONNECTION = /^c-([A-Za-z0-9]{1,40})-([\w-]{32})$/;

/** Enough of a trigger's row to tell its address. */
export interface At {
  readonly scope: Hook["scope"];
  readonly token: string;
  readonly connector: string;
  readonly connection: string | null;
}

export function makeAddresses({ settings, vault }: Pick<Shared, "settings" | "vault">) {
  const proof = (connection: string): string => vault.mac(`address of connection ${connection}`);

  return {
    /** Null: nobody outside can reach us, or no account is chosen yet. */
    url({ scope, token, connector, connection }: At): string | null {
      const { publicUrl } = settings;
      if (publicUrl === null) return null;
      if (scope === "app") return `${publicUrl}/hooks/app/${connector}`;
      if (scope === "bundle") return `${publicUrl}/hooks/${token}`;
      return connection === null ? null : `${publicUrl}/hooks/c-${connection}-${proof(connection)}`;
    },

    /** The connection whose address ends in this token. */
    connectionOf(token: string): string | null {
      const [, connection, given] = OF_CONNECTION.exec(token) ?? [];
      if (connection === undefined || given === undefined) return null;
      return timingSafeEqual(Buffer.from(given), Buffer.from(proof(connection))) ? connection : null;
    },

    /** Another account behind the same connection gets another secret: the old one's service can't speak for it. */
    trust({ scope, token, connection }: At, connector: Connector, account: string | null): HookTrust {
      const name =
        scope === "app"
          ? `app ${connector.key}`
          : scope === "connection"
            ? `connection ${connection} ${account ?? ""}`
            : `bundle ${token}`;
      return {
        secret: vault.mac(`trust of ${name}`),
        app: settings.oauthApps?.[endpointName(connector.key)] ?? null,
      };
    },
  };
}
export type Addresses = ReturnType<typeof makeAddresses>;
