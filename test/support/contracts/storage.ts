import type { Contract } from "../contract.ts";

const WHY = "no service is called: it keeps its records in the app's own database, and storage.test.ts proves how";

export const contract: Contract = {
  without: { check: WHY, secrets: WHY, limits: WHY, items: WHY, moments: WHY, longIds: WHY, create: WHY },
};
