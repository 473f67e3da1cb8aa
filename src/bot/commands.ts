/** Commands as people type them. */

/** `/run@bot Calltouch` → run, "Calltouch"; null for anything that isn't a command. */
export function toldCommand(text: string): { name: string; rest: string } | null {
  const found = /^\/([a-zA-Z0-9_]{1,32})(?:@\w+)?(?:\s+([\s\S]*))?$/.exec(text.trim());
  return found?.[1] === undefined ? null : { name: found[1].toLowerCase(), rest: (found[2] ?? "").trim() };
}
