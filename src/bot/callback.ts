/** Callback data of buttons: `place:arg:arg`, at most 64 bytes (Telegram refuses more, grammY doesn't check). */

const MAX_BYTES = 64;

/** Packs a place and its arguments for a button. Arguments may not hold a colon: ids, numbers and short words only. */
export function to(place: string, ...args: readonly (string | number)[]): string {
  const data = [place, ...args].join(":");
  if (Buffer.byteLength(data) > MAX_BYTES) throw new Error(`callback data over ${MAX_BYTES} bytes: ${data}`);
  return data;
}

export function parse(data: string): { place: string; args: string[] } {
  const [place = "", ...args] = data.split(":");
  return { place, args };
}
