/** Pages and filters of lists, PHP style. */
import { list, moscow, object, type SandboxDeps, text } from "../kit.ts";
import type { Customer, Order } from "./account.ts";
import { Refusal, refuse } from "./refusals.ts";

const PAGE_SIZES = [20, 50, 100];
const digits = (value: string) => value.replace(/\D/g, "");

export function makeFilters(deps: SandboxDeps) {
  function page<T>(found: readonly T[], query: URLSearchParams, fallback = 20): { items: T[]; pagination: unknown } {
    const limit = Number(query.get("limit") ?? fallback);
    const at = Number(query.get("page") ?? 1);
    if (!PAGE_SIZES.includes(limit) || !Number.isInteger(at) || at < 1)
      throw new Refusal(refuse(400, "Errors in the input parameters", { limit: "This value is not valid." }));
    return {
      items: found.slice((at - 1) * limit, at * limit),
      pagination: { limit, totalCount: found.length, currentPage: at, totalPageCount: Math.ceil(found.length / limit) },
    };
  }

  /** The `name` filter looks in names and phones alike; how it reads a phone is not documented. */
  function fitsName(customer: Customer, wanted: string): boolean {
    const number = digits(wanted);
    const phones = customer.phones.map((phone) => phone.number);
    const byPhone =
      deps.choice("phoneSearch") === "exact"
        ? phones.includes(wanted)
        : number.length >= 5 &&
          phones.some((phone) => digits(phone).includes(number) || number.endsWith(digits(phone).slice(-10)));
    const name = `${customer.firstName} ${customer.lastName} ${customer.patronymic}`.toLowerCase();
    return byPhone || name.includes(wanted.toLowerCase());
  }
  function fits(record: Customer | Order, filter: Record<string, unknown>): boolean {
    const email = text(filter.email);
    const customFields = object(filter.customFields) ?? {};
    return (
      (filter.ids === undefined || list(filter.ids).includes(String(record.id))) &&
      (filter.externalIds === undefined || list(filter.externalIds).includes(record.externalId ?? "")) &&
      (filter.sites === undefined || list(filter.sites).includes(record.site)) &&
      (email === undefined || record.email.toLowerCase() === email.toLowerCase()) &&
      Object.entries(customFields).every(([code, value]) => String(record.customFields[code] ?? "") === String(value))
    );
  }
  const inTime = (value: string, from: unknown, to: unknown) =>
    (from === undefined || value >= String(from)) && (to === undefined || value <= `${String(to)}~`);

  return { page, fits, fitsName, inTime, now: () => moscow(deps.now()) };
}
export type Filters = ReturnType<typeof makeFilters>;
