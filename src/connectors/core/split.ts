/** Telegram takes 4096 characters a message; how they are counted isn't published, so parts stay below. */
const LIMIT = 4000;
/** A break is looked for in the last part of a piece only, so that pieces don't become tiny. */
const LEAST = LIMIT / 2;

/** What belongs to the character before it: accents, joiners, variation selectors, skin tones. */
const JOINED = /^(?:\p{M}|\u200d|\ufe0f|[\u{1f3fb}-\u{1f3ff}])/u;

/** Cuts a long text at paragraphs, lines, sentences or words, and never inside a character. */
export function splitText(text: string, limit: number = LIMIT): string[] {
  const parts: string[] = [];
  let rest = text;
  while (rest.length > limit) {
    const cut = cutAt(rest, limit);
    parts.push(rest.slice(0, cut).trimEnd());
    rest = rest.slice(cut).trimStart();
  }
  if (rest !== "" || parts.length === 0) parts.push(rest);
  return parts.filter((part, index) => part !== "" || index === 0);
}

function cutAt(text: string, limit: number): number {
  const least = Math.min(LEAST, limit / 2);
  for (const mark of ["\n\n", "\n", ". ", " "]) {
    const found = text.lastIndexOf(mark, limit - mark.length);
    if (found >= least) return found + mark.length;
  }
  // No break: at least no half of a surrogate pair, and no mark torn from its letter.
  let cut = limit;
  while (cut > least && JOINED.test(String.fromCodePoint(text.codePointAt(cut) ?? 0))) cut--;
  const isInsidePair = /[\udc00-\udfff]/.test(text[cut] ?? "") && /[\ud800-\udbff]/.test(text[cut - 1] ?? "");
  return isInsidePair ? cut - 1 : cut;
}
