import type { Contract } from "../contract.ts";

/** No service is called: the clock starts it; the engine's schedule.test.ts proves when. Its words and samples are judged like everybody's. */
export const contract: Contract = {};
