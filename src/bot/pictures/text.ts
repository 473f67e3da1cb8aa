/** Words in a picture: what the font can draw, how wide that is, and where it is cut or broken. */

/**
 * The characters of Golos Text (its `cmap`); the font has no emoji. What it lacks is drawn without its accent or left
 * out: an empty box in a name reads like a mistake.
 */
const DRAWN =
  /[\x20-\x7e\u00a1-\u00ac\u00ae-\u0107\u010a-\u0113\u0116-\u011b\u011e-\u0123\u0126\u0127\u012a\u012b\u012e-\u0131\u0136\u0137\u0139-\u013e\u0141-\u0148\u014a-\u014d\u0150-\u015b\u015e-\u0161\u0164\u0165\u016a-\u017e\u0218-\u021b\u02bc\u0401-\u040c\u040e-\u044f\u0451-\u045c\u045e\u045f\u0490-\u049d\u04a0-\u04a5\u04aa\u04ab\u04ae-\u04b3\u04b6-\u04bb\u04c0\u04cf-\u04df\u04e2-\u04eb\u04ee-\u04f5\u2010-\u2014\u2018-\u201a\u201c-\u201e\u2022\u2026\u2030\u2039\u203a\u20ac\u20b4\u20b8\u20bd\u2116\u2122\u2190-\u2193\u2212\u2248\u2264\u2265]/;

/** What of a text can be drawn, on one line. */
export function drawable(text: string): string {
  let kept = "";
  for (const letter of text.normalize("NFC").replace(/\s+/gu, " ")) {
    if (DRAWN.test(letter)) kept += letter;
    else kept += [...letter.normalize("NFD")].filter((part) => DRAWN.test(part)).join("");
  }
  return kept.replace(/ +/g, " ").trim();
}

/** Advances of the bold cut in ems, rounded up: no text is wider than reckoned. Whatever isn't named is `OTHER` wide. */
export const WIDTHS: readonly (readonly [number, string])[] = [
  [0.26, " '"],
  [0.3, "ijìíîïīįıіїј"],
  [0.35, "‹›’‘‚!,.:;I`l|¡¦´·ÌÍÎÏĪĮİļľІЇ"],
  [0.4, "()-[]frt{}¯°²³ºłŕŗřťƒ‐‑•"],
  [0.5, '*¨"/\\_гѓґғ'],
  [0.55, "17?z«»¿żžź–“”„"],
  [0.6, "+<=>FJL^acekosvxy~¢¤§ª¬±×ßàáâãäåçèéêëòóôõö÷øýÿГавезклопсухчэяёєў"],
  [0.65, "02345689ETZbdghnpquùúûüЕЁТбдийнрцъьтђћқңұ"],
  [0.7, "#$PRSYЅБЗРЧЬЯ₽"],
  [0.75, "&ABCDGKUVXДАВКЛПСУХЪЭм—€←↑→↓ЄЎ"],
  [0.8, "HNOQИЙНОЦфыюҚҢ"],
  [0.85, "%wжш"],
  [0.9, "MmМщ"],
  [0.95, "ФЫ™"],
  [1, "WШЮ…"],
  [1.05, "@ЖЩ"],
  [1.15, "№"],
];
const OTHER = 1.26;
const byLetter = new Map(WIDTHS.flatMap(([width, letters]) => [...letters].map((letter) => [letter, width] as const)));

/** How wide a drawable text is at most. */
export const widthOf = (text: string, size: number): number =>
  [...text].reduce((sum, letter) => sum + (byLetter.get(letter) ?? OTHER), 0) * size;

/** As much of a text as fits, with an ellipsis where it was cut. */
export function fit(text: string, size: number, width: number): string {
  const clean = drawable(text);
  if (widthOf(clean, size) <= width) return clean;
  let kept = "";
  for (const letter of clean) {
    if (widthOf(`${kept}${letter}…`, size) > width) break;
    kept += letter;
  }
  return `${kept.trimEnd()}…`;
}

/** A text in at most so many lines; the last one ends with an ellipsis where something is left over. */
export function wrap(text: string, size: number, width: number, most: number): string[] {
  const words = drawable(text).split(" ");
  const lines: string[] = [];
  while (words.length > 0 && lines.length < most) {
    let line = "";
    while (words[0] !== undefined && widthOf(line === "" ? words[0] : `${line} ${words[0]}`, size) <= width)
      line = line === "" ? (words.shift() ?? "") : `${line} ${words.shift()}`;
    // A word wider than the line is cut: it is a name that nobody reads to its end.
    if (line === "" || (lines.length === most - 1 && words.length > 0))
      line = fit([line, ...words].join(" ").trim(), size, width);
    if (lines.length < most - 1 && line.endsWith("…") && words.length > 0) words.shift();
    lines.push(line);
  }
  return lines.filter((line) => line !== "");
}
