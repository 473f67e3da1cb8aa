/** Words of names in two languages, brought to a common form: for finding fields that mean the same and for searching. */

const LATIN: Readonly<Record<string, string>> = {
  а: "a",
  б: "b",
  в: "v",
  г: "g",
  д: "d",
  е: "e",
  ё: "e",
  ж: "zh",
  з: "z",
  и: "i",
  й: "y",
  к: "k",
  л: "l",
  м: "m",
  н: "n",
  о: "o",
  п: "p",
  р: "r",
  с: "s",
  т: "t",
  у: "u",
  ф: "f",
  х: "h",
  ц: "ts",
  ч: "ch",
  ш: "sh",
  щ: "sch",
  ъ: "",
  ы: "y",
  ь: "",
  э: "e",
  ю: "yu",
  я: "ya",
};

/** Cyrillic as Latin letters, so that `Метрика` and `metrika` meet. */
export function transliterate(text: string): string {
  return text.toLowerCase().replace(/[а-яё]/g, (letter) => LATIN[letter] ?? letter);
}

/** Letters and digits alone, for comparing whole names: `utm_source`, `utmSource` and `UTM source` are one. */
export function compact(text: string): string {
  return transliterate(text).replace(/[^a-z0-9]/g, "");
}

/** Words by their stems: camelCase and snake_case parted, Russian and English endings cut. */
export function stems(text: string): readonly string[] {
  return text
    .replace(/([a-zа-яё])([A-ZА-ЯЁ])/g, "$1 $2")
    .toLowerCase()
    .replaceAll("ё", "е")
    .split(/[^a-zа-я0-9]+/)
    .filter((word) => word !== "" && !EMPTY_WORDS.has(word))
    .map(stem);
}

const EMPTY_WORDS = new Set("и в на по с из для от до the a an of to in for by and or".split(" "));

function stem(word: string): string {
  if (/^[а-я]/.test(word)) {
    const cut =
      word.length > 4
        ? word.replace(
            /(?:иями|ями|ами|ого|его|ому|ему|ыми|ими|ая|яя|ое|ее|ые|ие|ый|ий|ой|ей|ом|ем|ам|ям|ах|ях|ов|ев|ую|юю|а|я|ы|и|у|ю|о|е|ь|й)$/,
            "",
          )
        : word;
    return transliterate(cut);
  }
  return word.length > 4 ? word.replace(/(?:ies|es|s|ing|ed)$/, "") : word;
}

/** 0 to 1: how much of the words of two names is common. */
export function likeness(a: string, b: string): number {
  const [left, right] = [new Set(stems(a)), new Set(stems(b))];
  if (left.size === 0 || right.size === 0) return 0;
  const common = [...left].filter((word) => right.has(word)).length;
  return common / (left.size + right.size - common);
}

/** What people call the same in two languages and in several words, by stems. */
const SAME: Readonly<Record<string, string>> = Object.fromEntries(
  [
    "tovar product item good pozitsi",
    "tsen price stoimost cost",
    "klient client customer pokupatel buyer zakazchik",
    "summ amount sum total",
    "status state stadi etap stage",
    "otvetstvenn menedzher manager responsible",
    "nomer number no",
    "zakaz order",
    "kommentari comment primechani note",
    "ssylk link url",
    "istochnik source",
    "form forma",
    "reklamn obyavleni ad",
    "mest place seat",
    "sostav items",
    "otvet answer",
    "dlitelnost duration",
  ].flatMap((line) => {
    const [first = "", ...rest] = line.split(" ");
    return [first, ...rest].map((word) => [word, first]);
  }),
);

/** As likeness, but a name that lies whole in the other one is nearly as good as the same. */
export function inclusion(a: string, b: string): number {
  const concepts = (text: string) => new Set(stems(text).map((word) => SAME[word] ?? word));
  const [left, right] = [concepts(a), concepts(b)];
  if (left.size === 0 || right.size === 0) return 0;
  const common = [...left].filter((word) => right.has(word)).length;
  const whole = common / (left.size + right.size - common);
  return common === Math.min(left.size, right.size) ? 0.6 + 0.4 * whole : whole;
}

/** Edits of one letter that turn one word into the other, up to `most`. */
export function distance(a: string, b: string, most = 2): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + cost);
      // Two neighbours swapped are one slip.
      if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, (before[j - 2] ?? 0) + 1);
      next.push(best);
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}
