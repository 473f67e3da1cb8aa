/** A turn without a Telegram: handlers at full speed, and everything that they would have shown. */
import { handlers } from "../../src/bot/handlers/index.ts";
import type { Turn } from "../../src/bot/parts.ts";
import { textsFor } from "../../src/bot/texts/index.ts";
import type { Engine, Json, Member } from "../../src/engine/index.ts";

export function turnOf(engine: Engine, member: Member, shown: (what: unknown) => void): Turn {
  let kept: Json = null;
  let depth = 0;
  const show = async (what: unknown): Promise<void> => shown(what);
  const known: Partial<Turn> = {
    engine,
    member,
    locale: member.locale,
    t: textsFor(member.locale),
    chatId: member.telegramId,
    interrupted: null,
    pictures: { bundle: async () => {}, week: async () => null },
    show,
    here: show,
    async send(screen) {
      shown(screen);
      return 1;
    },
    sendPictures: async (_, caption) => shown(caption),
    sendFile: async (name, content, caption) => shown([name, String(content), caption]),
    readFile: async () => null,
    toast: shown,
    ask: async ({ screen }) => shown(screen),
    async go(place, ...args) {
      // Two places that lead to each other would go on for ever.
      if (++depth > 50) throw new Error(`${place} leads nowhere`);
      try {
        await handlers.places[place]?.(turn, ...args.map(String));
      } finally {
        depth -= 1;
      }
    },
    returnTo: async () => {},
    goBack: async () => false,
    isSecret: async () => false,
    setAside: async () => {},
    takeUp: async () => false,
    watch: async () => {},
    watched: async () => {},
    shownCard: async () => null,
    forgetReturn: async () => {},
    as: async () => {},
    link: (code) => `https://t.me/x?start=${code}`,
    note: async () => kept,
    async keepNote(note) {
      kept = note;
    },
  };
  // What isn't named here gives nothing.
  const turn: Turn = new Proxy(known as Turn, {
    get: (of, name) => (Reflect.has(of, name) ? Reflect.get(of, name) : async () => null),
  });
  return turn;
}
