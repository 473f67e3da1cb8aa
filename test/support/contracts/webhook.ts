import type { Contract } from "../contract.ts";

const WHY = "no service is called: requests come in, and hooks.test.ts proves that each counts once";

export const contract: Contract = {
  without: { check: WHY, secrets: WHY, limits: WHY, items: WHY, moments: WHY, longIds: WHY, create: WHY },
};
