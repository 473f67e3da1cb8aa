/** Plural forms, by the rules of each language. */

const RU = new Intl.PluralRules("ru");

/** `1 связка, 2 связки, 5 связок`: the word only. */
export function ruForm(n: number, one: string, few: string, many: string): string {
  const rule = RU.select(n);
  return rule === "one" ? one : rule === "few" ? few : many;
}

export const enForm = (n: number, one: string, many: string): string => (n === 1 ? one : many);
