import type { Contract } from "../contract.ts";

/** No service is called: its records lie in the app's own database; storage.test.ts and core.test.ts prove how. Its words and samples are judged like everybody's. */
export const contract: Contract = {};
