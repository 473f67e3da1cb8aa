import type { Contract } from "../contract.ts";

/** No service is called: it only reckons; its own tests prove how. Its words and samples are judged like everybody's. */
export const contract: Contract = {};
