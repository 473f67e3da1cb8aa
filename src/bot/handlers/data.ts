/** Retention, export of everything, deletion of everything: owners only, as the engine says. */
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Handlers, Place, Turn } from "../parts.ts";
import { dataScreen, keepScreen, wipeScreen } from "../screens/data.ts";
import { refusal } from "./draft.ts";

const squeeze = promisify(gzip);
/** Gzip members may be joined: the whole is never in memory twice. */
const PIECE = 4 * 1024 * 1024;
/** Telegram takes 50 MB from a bot. */
const FILE = 45 * 1024 * 1024;

const data: Place = async (turn) => turn.show(dataScreen(turn.t, await turn.engine.team.workspace(turn.member.scope)));

async function setDays(turn: Turn, days: number): Promise<void> {
  await turn.engine.people.setSettings(turn.member.scope, { retentionDays: days });
  turn.toast(turn.t.settings.saved);
  await data(turn);
}

/** Files of gzipped lines, each small enough for Telegram. */
export async function* filesOf(lines: AsyncIterable<string>, file = FILE, piece = PIECE): AsyncGenerator<Buffer> {
  let text: string[] = [];
  let length = 0;
  let squeezed: Buffer[] = [];
  let size = 0;
  const press = async () => {
    const bytes = await squeeze(text.join(""));
    text = [];
    length = 0;
    return bytes;
  };
  for await (const line of lines) {
    text.push(line);
    length += line.length;
    if (length < piece) continue;
    const bytes = await press();
    if (size > 0 && size + bytes.length > file) {
      yield Buffer.concat(squeezed);
      squeezed = [];
      size = 0;
    }
    squeezed.push(bytes);
    size += bytes.length;
  }
  if (length > 0) squeezed.push(await press());
  yield Buffer.concat(squeezed);
}

export const dataHandlers: Handlers = {
  places: {
    alldata: data,
    keepdays: (turn) => turn.ask({ answer: "retentionDays", args: [], longest: 20, screen: keepScreen(turn.t) }),
    setdays: (turn, days) => setDays(turn, Number(days)),
    async exportall(turn) {
      const { engine, member, t } = turn;
      const words = t.settings.team;
      turn.toast(words.exporting);
      const day = new Date().toISOString().slice(0, 10);
      let part = 0;
      let before: Buffer | null = null;
      const send = async (bytes: Buffer, isOnly: boolean) => {
        part += 1;
        const name = isOnly ? `svyazka-${day}.jsonl.gz` : `svyazka-${day}-${part}.jsonl.gz`;
        await turn.sendFile(name, bytes, isOnly ? words.exported : words.exportedPart(part, words.exported));
      };
      for await (const bytes of filesOf(engine.data.exportAll(member.scope))) {
        if (before !== null) await send(before, false);
        before = bytes;
      }
      if (before !== null) await send(before, part === 0);
      await data(turn);
    },
    async wipeall(turn) {
      const screen = wipeScreen(turn.t, await turn.engine.team.workspace(turn.member.scope));
      await turn.ask({ answer: "wipeName", args: [], longest: 300, screen });
    },
  },
  answers: {
    async retentionDays(turn, text) {
      const [, days] = /^\s*(\d{1,4})/.exec(text) ?? [];
      if (days === undefined) throw refusal((t) => t.settings.team.keepNot);
      await setDays(turn, Number(days));
    },
    async wipeName(turn, text) {
      await turn.engine.data.removeAll(turn.member.scope, text);
      await turn.show({ text: turn.t.settings.team.wiped, keyboard: [] });
    },
  },
};
