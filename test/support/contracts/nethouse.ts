import type { Contract } from "../contract.ts";

const NO_CALLS = "it only listens: nothing of it is ever called";

export const contract: Contract = {
  without: {
    check: NO_CALLS,
    secrets: "it has no key, and the address is the engine's own secret",
    limits: NO_CALLS,
    items: "no poll; repeats of its webhook are told by nethouse.test.ts",
    moments: "no poll; its moments are told by nethouse.test.ts",
    longIds: NO_CALLS,
    create: NO_CALLS,
  },
};
