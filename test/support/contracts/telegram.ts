import type { Contract } from "../contract.ts";

const WHY = "its service is the Bot API emulator, which core.test.ts speaks to";

export const contract: Contract = {
  without: { check: WHY, secrets: WHY, limits: WHY, items: WHY, moments: WHY, longIds: WHY, create: WHY },
};
