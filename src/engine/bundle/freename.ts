/** Names that tell bundles apart: a copy or an import never takes a name that is there already. Pure. */
export const MAX_NAME = 100;

/** `Calls (copy)`, `Calls (copy 2)`: also of a copy, whose own mark goes first. `mark` is the word for a copy. */
export function copyName(name: string, mark: string, taken: readonly string[]): string {
  const own = new RegExp(` \\(${mark}(?: \\d+)?\\)$`, "u");
  return firstFree(name.replace(own, ""), taken, (number) => (number === 1 ? ` (${mark})` : ` (${mark} ${number})`));
}

/** The name itself where it is free, else `Calls (2)`. */
export function freeName(name: string, taken: readonly string[]): string {
  return firstFree(name, taken, (number) => (number === 1 ? "" : ` (${number})`));
}

function firstFree(name: string, taken: readonly string[], suffix: (number: number) => string): string {
  for (let number = 1; ; number++) {
    const end = suffix(number);
    const made = `${name
      .slice(0, MAX_NAME - end.length)
      .toWellFormed()
      .trimEnd()}${end}`;
    if (!taken.includes(made)) return made;
  }
}
