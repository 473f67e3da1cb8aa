/** Where a connection's service lives. */
import type { Connector } from "./define.ts";
import { ConnectorError } from "./errors.ts";
import { fieldsOf } from "./oauth.ts";

/** Names ENDPOINT_<KEY> of a connector. */
export const endpointName = (key: string): string => key.toUpperCase().replaceAll("-", "_");

/** Address of the service for these values: the endpoint that replaces it, else its own, with `{names}` filled in. */
export function baseOf(
  connector: Connector,
  auth: Readonly<Record<string, string>>,
  endpoints: Readonly<Record<string, string>>,
): string | null {
  const { api } = connector;
  if (!api) return null;
  const initials: Record<string, string> = {};
  for (const { key, initial } of fieldsOf(connector.auth)) if (initial !== undefined) initials[key] = initial;
  const typed = Object.fromEntries(Object.entries(auth).filter(([, value]) => value.trim() !== ""));
  const values: Record<string, string> = { ...initials, ...typed };
  const names = { ...values, ...api.names?.(values) };
  const template = endpoints[endpointName(connector.key)] ?? api.base;
  const base = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = names[name as keyof typeof names] ?? "";
    if (/^[\w.:-]+$/.test(value)) return value;
    throw new ConnectorError(
      "access",
      {
        ru: `«${value.slice(0, 60)}» не годится для адреса сервиса.`,
        en: `“${value.slice(0, 60)}” can't be part of the service's address.`,
      },
      { field: name },
    );
  });
  return base.replace(/\/+$/, "");
}
