/**
 * A Bot API server of one's own may be years old: what it refuses of newer buttons is sent once more without them, and
 * from then on left out at once. Nothing is lost: a colour is only a colour, and what a button copies is written out.
 */
import type { Transformer } from "grammy";

const REFUSED = /text buttons are unallowed|button_type_invalid|button_copy_text_invalid|unsupported button style/i;
const LONGEST = 4_000;

interface Payload {
  readonly text?: unknown;
  readonly reply_markup?: { readonly inline_keyboard?: readonly (readonly OldButton[])[] };
}
interface OldButton {
  readonly text: string;
  readonly style?: unknown;
  readonly copy_text?: { readonly text: string };
}

/** Sends again what an old server refuses, in a form that it knows. */
export function makeOlder(): Transformer {
  let isOld = false;
  return async (prev, method, payload, signal) => {
    if (isOld) return prev(method, plainer(payload), signal);
    const result = await prev(method, payload, signal);
    if (result.ok || result.error_code !== 400 || !REFUSED.test(result.description)) return result;
    const again = await prev(method, plainer(payload), signal);
    isOld = again.ok;
    return again;
  };
}

/** The payload without colours and without buttons that copy; what they would have copied stands in the text. */
export function plainer<T>(payload: T): T {
  const { text, reply_markup: markup } = (payload ?? {}) as Payload;
  const rows = markup?.inline_keyboard;
  if (rows === undefined) return payload;
  const missing = rows
    .flat()
    .flatMap(({ text: label, copy_text: copy }) => (copy === undefined ? [] : [`${label}: ${copy.text}`]))
    .filter((line) => typeof text === "string" && !text.includes(line.slice(line.indexOf(": ") + 2)));
  const whole = [text, ...missing].join("\n");
  return {
    ...payload,
    ...(missing.length > 0 && whole.length <= LONGEST ? { text: whole } : {}),
    reply_markup: {
      ...markup,
      inline_keyboard: rows
        .map((row) => row.filter((one) => one.copy_text === undefined).map(({ style: _, ...plain }) => plain))
        .filter((row) => row.length > 0),
    },
  };
}
