import type { Contract, Stand } from "../contract.ts";

const SHEET = "Лист1";
const row = (stand: Stand, number: number) =>
  stand.press("addRow", {
    sheet: SHEET,
    values: `2026-01-11; Пётр ${number}; +79031112233; p@example.test; 900.50; новая`,
  });

export const contract: Contract = {
  writes: { appendRow: { made: "rows", input: () => ({ sheet: SHEET, colB: "Анна" }) } },
  triggers: {
    // The sheet made a number of the phone and of the sum; as texts they have every digit.
    newRow: {
      options: { sheet: SHEET },
      make: row,
      many: 12,
      expects: { colB: "Пётр 0", colC: "79031112233", colE: "900.5" },
    },
    changedRow: { options: { sheet: SHEET }, make: row, many: 12 },
  },
  without: { longIds: "its rows have no ids" },
};
