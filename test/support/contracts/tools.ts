import type { Contract } from "../contract.ts";

const WHY = "no service is called: it only reckons, and its own test proves how";

export const contract: Contract = {
  without: { check: WHY, secrets: WHY, limits: WHY, items: WHY, moments: WHY, longIds: WHY, create: WHY },
};
