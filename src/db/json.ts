/** JSON on its way into jsonb columns. */

/** JSON text that jsonb accepts: without NUL, lone surrogates replaced by U+FFFD. */
export function jsonbText(value: unknown): string {
  const text = JSON.stringify(value) ?? "null";
  if (!text.includes("\\u")) return text;
  // Every escape is taken whole, so an escaped backslash before "u0000" stays what it is. JSON.stringify writes
  // \udXXX only for surrogates without their other half.
  return text.replace(/\\(?:u0000|u(d[89a-f][0-9a-f]{2})|.)/gi, (sequence, surrogate: string | undefined) => {
    if (surrogate !== undefined) return "\ufffd";
    return sequence === "\\u0000" ? "" : sequence;
  });
}
