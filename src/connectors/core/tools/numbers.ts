/** Arithmetic without rounding errors: 0.1 + 0.2 is 0.3. */

import {
  addDecimals,
  type Decimal,
  decimalJson,
  divideDecimals,
  multiplyDecimals,
  negateDecimal,
  readAmount,
  remainderOf,
  roundDecimal,
} from "../../kit/decimal.ts";
import type { Action } from "../../kit/define.ts";
import { numberOf, textOf } from "../../kit/read.ts";
import { bad, tool } from "./tool.ts";

const hundred: Decimal = { units: 100n, scale: 0 };
const byZero = (): never => bad("b", "На ноль делить нельзя.", "Nothing can be divided by zero.");

const OPERATIONS: Readonly<Record<string, (a: Decimal, b: Decimal) => Decimal>> = {
  add: addDecimals,
  subtract: (a, b) => addDecimals(a, negateDecimal(b)),
  multiply: multiplyDecimals,
  divide: (a, b) => divideDecimals(a, b) ?? byZero(),
  remainder: (a, b) => remainderOf(a, b) ?? byZero(),
  percent: (a, b) => divideDecimals(multiplyDecimals(a, b), hundred) ?? byZero(),
};

const calculate = tool({
  key: "calculate",
  name: { ru: "Посчитать", en: "Calculate" },
  words: ["посчитать", "сумма", "процент", "скидка", "округлить", "calculate", "sum", "percent", "round"],
  fields: [
    { key: "a", label: { ru: "Первое число", en: "First number" }, kind: "decimal", required: true, common: true },
    {
      key: "operation",
      label: { ru: "Действие", en: "Operation" },
      kind: "choice",
      required: true,
      initial: "add",
      common: true,
      choices: [
        { value: "add", label: { ru: "плюс", en: "plus" } },
        { value: "subtract", label: { ru: "минус", en: "minus" } },
        { value: "multiply", label: { ru: "умножить на", en: "times" } },
        { value: "divide", label: { ru: "разделить на", en: "divided by" } },
        { value: "remainder", label: { ru: "остаток от деления на", en: "remainder of division by" } },
        { value: "percent", label: { ru: "столько процентов от первого", en: "so many percent of the first" } },
      ],
    },
    { key: "b", label: { ru: "Второе число", en: "Second number" }, kind: "decimal", required: true, common: true },
    {
      key: "places",
      label: { ru: "Округлить до знаков", en: "Round to places" },
      kind: "integer",
      hint: {
        ru: "2 — до копеек, 0 — до целых. Пусто: не округлять.",
        en: "2: to cents, 0: to whole ones. Empty: as it is.",
      },
    },
    {
      key: "way",
      label: { ru: "Как округлять", en: "How to round" },
      kind: "choice",
      initial: "half",
      choices: [
        { value: "half", label: { ru: "до ближайшего", en: "to the nearest" } },
        { value: "floor", label: { ru: "вниз", en: "down" } },
        { value: "ceil", label: { ru: "вверх", en: "up" } },
      ],
    },
  ],
  output: [
    { key: "result", label: { ru: "Результат", en: "Result" }, kind: "decimal", meaning: "amount", common: true },
  ],
  sample: { result: 1350 },
  run(input, ctx) {
    const read = (key: "a" | "b"): Decimal =>
      readAmount(input[key], ctx.locale) ?? bad(key, "Это не число.", "This is no number.");
    const operation = OPERATIONS[textOf(input.operation) ?? "add"];
    if (!operation) return bad("operation", "Такого действия нет.", "There is no such operation.");
    const exact = operation(read("a"), read("b"));
    const places = numberOf(input.places);
    if (places === null) return { result: decimalJson(exact) };
    if (!Number.isInteger(places) || places < 0 || places > 15)
      return bad("places", "Знаков может быть от 0 до 15.", "There can be 0 to 15 places.");
    const way = (["floor", "ceil"] as const).find((one) => one === input.way) ?? "half";
    return { result: decimalJson(roundDecimal(exact, places, way)) };
  },
});

export const numbers: readonly Action[] = [calculate];
