import type { Contract } from "../contract.ts";

const WHY = "no service is called: the clock starts it, and schedule.test.ts proves when";

export const contract: Contract = {
  without: { check: WHY, secrets: WHY, limits: WHY, items: WHY, moments: WHY, longIds: WHY, create: WHY },
};
