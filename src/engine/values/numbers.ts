/** Exact numbers live in the kit: connectors count with them too. */
export * from "../../connectors/kit/decimal.ts";
