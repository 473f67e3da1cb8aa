/** Links that Telegram opens itself: to a bot with a code, to a choice of a group for it, to a choice of whom to send something. */

/** @returns null for every other address. */
export function botLink(address, bots) {
  let url;
  try {
    url = new URL(address);
  } catch {
    return null;
  }
  if (url.hostname !== "t.me") return null;
  if (url.pathname === "/share/url") return { share: url.searchParams.get("url") ?? "" };
  const bot = bots.find(({ username }) => `/${username}`.toLowerCase() === url.pathname.toLowerCase());
  if (!bot) return null;
  const group = url.searchParams.get("startgroup");
  return { bot, ...(group === null ? { start: url.searchParams.get("start") ?? "" } : { group }) };
}
