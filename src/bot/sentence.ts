/**
 * A bundle from a sentence: «звонок из Calltouch – создать клиента и заказ в retailCRM». Words are matched to the
 * catalogue of triggers and actions; pure, no model, the same answer every time.
 */
import type { Connector } from "../engine/index.ts";
import { cutClauses, hasVerb, isWhen, type Verb, verbOf } from "./clauses.ts";

export interface Understood {
  readonly trigger: { readonly connector: string; readonly trigger: string } | null;
  readonly actions: readonly { readonly connector: string; readonly action: string }[];
}

/** Things that services call differently, by the beginnings of their words in both languages. */
const THINGS: readonly (readonly [string, RegExp])[] = [
  ["call", /^(?:звон|позвон|call)/],
  ["request", /^(?:заяв|request|форм|form|анкет|обращен)/],
  ["lead", /^(?:лид|lead)/],
  ["customer", /^(?:клиент|покупател|customer|client|контрагент|counterpart|buyer)/],
  ["contact", /^(?:контакт|contact)/],
  ["order", /^(?:заказ|order)/],
  ["deal", /^(?:сделк|сделок|deal)/],
  ["message", /^(?:сообщ|уведом|message|notif)/],
  ["letter", /^(?:письм|letter|e?-?mails?$)/],
  ["row", /^(?:строк|строч|row)/],
  ["status", /^(?:статус|status|этап|stage|стади)/],
  ["payment", /^(?:оплат|платеж|платёж|payment|paid)/],
  ["company", /^(?:компан|организац|compan|organi[sz]ation)/],
  ["task", /^(?:задач|task|todo|to-do|дело$)/],
  ["note", /^(?:коммент|примечан|заметк|comment|note)/],
  ["ticket", /^(?:билет|ticket)/],
  ["item", /^(?:товар|product|item)/],
  ["tag", /^(?:тег|метк|tag)/],
];
/** One is said for the other, though services tell them apart. */
const NEAR: readonly (readonly [string, string, number])[] = [
  ["customer", "contact", 2],
  ["lead", "request", 2],
  ["lead", "deal", 1.5],
  ["request", "deal", 1],
  ["order", "deal", 0.5],
  ["call", "deal", 0.2],
];
/** What happened to the thing. */
const EVENTS: readonly (readonly [string, RegExp])[] = [
  ["changed", /^(?:измен|обнов|смен|помен|меня|chang|updat|mov(?:e|es|ed)$|переш)/],
  ["deleted", /^(?:удал|отмен|delet|remov|cancel)/],
  ["done", /^(?:заверш|complet|finish|оконч)/],
  ["new", /^(?:нов|созда|new|creat|появ|прих|приш|поступ|входящ|incom|arriv|comes?$|оставил)/],
];
const SILENT =
  /^(?:в|во|из|с|со|на|от|у|к|по|и|или|для|его|её|ее|их|это|там|туда|мне|нам|когда|если|то|как|только|кажд\p{L}*|раз|the|an?|in|into|to|from|of|at|on|for|and|or|it|its|me|us|when|then|if|there|with|через|our|my|наш\p{L}*|мо[йеёяю]\p{L}*|свои\p{L}*|сам\p{L}*|автоматически|automatically)$/u;

const words = (text: string): string[] =>
  text
    .toLowerCase()
    .replaceAll("ё", "е")
    .split(/[^\p{L}\p{N}-]+/u)
    .map((word) => word.replace(/^-+|-+$/g, ""))
    .filter((word) => word !== "");
const named = (kinds: readonly (readonly [string, RegExp])[], word: string): string | null =>
  kinds.find(([, pattern]) => pattern.test(word))?.[0] ?? null;
const stem = (word: string): string =>
  word.length > 4
    ? word.replace(/(?:ами|ями|ого|его|ому|ему|ов|ев|ей|ой|ый|ий|ая|ое|ые|ом|ам|ах|ую|ing|ed|es|[уюаяыиеоьs])$/u, "")
    : word;

interface Heard {
  readonly things: readonly string[];
  readonly events: readonly string[];
  readonly others: readonly string[];
}

function hear(text: string): Heard {
  const all = words(text).filter((word) => !SILENT.test(word));
  const things = all.map((word) => named(THINGS, word)).filter((one) => one !== null);
  const events = all.map((word) => named(EVENTS, word)).filter((one) => one !== null);
  const others = all.filter((word) => named(THINGS, word) === null && named(EVENTS, word) === null).map(stem);
  return { things: [...new Set(things)], events: [...new Set(events)], others };
}

// ---- which services are named, and where

interface Mention {
  readonly connector: Connector;
  readonly at: number;
  readonly end: number;
  /** By its own name, not by a word that goes with it. */
  readonly isName: boolean;
}

/** Built-in tools without an account are named by nobody: their words are everyday words. */
const isNameable = ({ core, auth, triggers }: Connector): boolean =>
  !(core === true && auth.kind === "none" && triggers.length === 0);

const GENERIC =
  /^(?:crm|срм|склад|сайт|meta|api|http|url|source|google|гугл|академия|курсы|мероприятия|закупки|repair|message|сообщение|уведомление)$/;

function patternOf(phrase: string): RegExp | null {
  const parts = words(phrase);
  if (parts.length === 0) return null;
  const source = parts.map((part) => (part.length <= 3 ? part : `${stem(part)}\\p{L}{0,3}`)).join("[\\s.-]*");
  return new RegExp(`(?<![\\p{L}\\p{N}])${source}(?![\\p{L}\\p{N}])`, "u");
}

function mentions(text: string, connectors: readonly Connector[]): Mention[] {
  const plain = text.toLowerCase().replaceAll("ё", "е");
  const found = connectors.flatMap((connector): Mention[] => {
    const names = [connector.name.ru, connector.name.en, connector.key].map((one) => one.replace(/\s*\(.*\)$/, ""));
    const others = (isNameable(connector) ? (connector.words ?? []) : []).filter(
      // «сделки» is said of any CRM; «письмо» only of mail.
      (word) =>
        !GENERIC.test(word.toLowerCase()) &&
        (connector.core === true || named(THINGS, word.toLowerCase()) === null || word.includes("-")),
    );
    const phrases = [
      ...names.map((phrase) => ({ phrase, isName: true })),
      ...others.map((phrase) => ({ phrase, isName: false })),
    ];
    const hits = phrases.flatMap(({ phrase, isName }) => {
      const match = patternOf(phrase)?.exec(plain);
      return match ? [{ connector, at: match.index, end: match.index + match[0].length, isName }] : [];
    });
    const longest = hits.toSorted((a, b) => b.end - b.at - (a.end - a.at) || a.at - b.at)[0];
    return longest ? [longest] : [];
  });
  // «битрикс» inside «битрикс24», a word of one service inside another's name: the longer one is meant.
  return found
    .filter(
      (one) =>
        !found.some(
          (other) =>
            other !== one && other.at <= one.at && other.end >= one.end && other.end - other.at > one.end - one.at,
        ),
    )
    .toSorted((a, b) => a.at - b.at);
}

// ---- which of a service's offers is meant

interface Offer {
  readonly name: { readonly ru: string; readonly en: string };
  readonly words?: readonly string[];
}

function closeness(heard: Heard, offer: Offer): number {
  const own = [hear(offer.name.ru), hear(offer.name.en)];
  const things = new Set(own.flatMap((one) => one.things));
  const beside = new Set((offer.words ?? []).flatMap((word) => hear(word).things));
  const loose = new Set([
    ...own.flatMap((one) => one.others),
    ...(offer.words ?? []).flatMap((word) => hear(word).others),
  ]);
  let score = 0;
  for (const thing of heard.things) {
    const near = Math.max(
      0,
      ...NEAR.filter(([a, b]) => (a === thing && things.has(b)) || (b === thing && things.has(a))).map((one) => one[2]),
    );
    score += things.has(thing) ? 3 : beside.has(thing) ? Math.max(1.8, near) : near > 0 ? near : -1.5;
  }
  const isSaid = (thing: string) =>
    heard.things.includes(thing) ||
    NEAR.some(([a, b]) => (a === thing && heard.things.includes(b)) || (b === thing && heard.things.includes(a)));
  score -= [...things].filter((thing) => !isSaid(thing)).length * 0.8;
  score += heard.others.filter((word) => word.length > 2 && loose.has(word)).length;
  // Of two that fit, the plainer name is meant.
  return score - own.reduce((sum, one) => sum + one.others.length, 0) * 0.05;
}

/** Several words that go with it stand in the text as they are: «каждый час». */
const phraseScore = (text: string, { words: own = [] }: Offer): number =>
  own.some((phrase) => phrase.includes(" ") && text.toLowerCase().includes(phrase.toLowerCase())) ? 4 : 0;

function eventScore(heard: Heard, offer: Offer): number {
  const has = new Set([...hear(offer.name.ru).events, ...hear(offer.name.en).events]);
  const said = heard.events.includes("changed")
    ? "changed"
    : heard.events.includes("deleted")
      ? "deleted"
      : heard.events.includes("done")
        ? "done"
        : "new";
  if (said === "new" && heard.things.includes("status")) return has.has("changed") ? 1 : 0;
  if (has.has(said)) return has.size > 1 ? 0.9 : 1.5;
  if (has.has("deleted")) return -3;
  return has.size === 0 ? 0 : -1.5;
}

const KIND: Readonly<Record<Verb, string>> = {
  create: "create",
  update: "update",
  find: "find",
  send: "other",
  delete: "other",
};

function verbScore(verb: Verb | null, kind: string, offer: Offer): number {
  const deletes = [...hear(offer.name.ru).events, ...hear(offer.name.en).events].includes("deleted");
  if (deletes !== (verb === "delete")) return -3;
  if (verb === null) return kind === "create" ? 1.5 : kind === "other" ? 0.5 : -1;
  if (KIND[verb] === kind) return 2;
  // "Put into a table", "write to the chat": making and sending are alike.
  return (verb === "send" && kind === "create") || (verb === "create" && kind === "other") ? 0.5 : -2;
}

type Scored<T> = { readonly one: T; readonly score: number };
const best = <T>(all: readonly Scored<T>[]): Scored<T> | null =>
  all.reduce<Scored<T> | null>((top, each) => (top === null || each.score > top.score ? each : top), null);

function triggerIn(text: string, connectors: readonly Connector[]): Understood["trigger"] {
  const named = mentions(text, connectors).filter(({ connector }) => connector.triggers.length > 0);
  const strong = named.some(({ isName }) => isName) ? named.filter(({ isName }) => isName) : named;
  const [first] = strong;
  const among = first ? [first.connector] : connectors.filter(isNameable);
  const heard = hear(first ? text.slice(0, first.at) + text.slice(first.end) : text);
  const found = best(
    among.flatMap((connector) =>
      connector.triggers.map((trigger) => ({
        one: { connector: connector.key, trigger: trigger.key },
        score: closeness(heard, trigger) + eventScore(heard, trigger) + phraseScore(text, trigger),
      })),
    ),
  );
  // Without a service only a sure match counts.
  return found && (first || found.score >= 4) ? found.one : null;
}

interface Part {
  readonly text: string;
  readonly verb: Verb | null;
  readonly connector: Connector | null;
}

/** «создать клиента и заказ в retailCRM»: each thing is a part; what one lacks, its neighbours say. */
function partsOf(text: string, connectors: readonly Connector[]): Part[] {
  const pieces = text
    .split(/\s*(?:,|;|\+|(?<![\p{L}])(?:и|а также|затем|потом|and then|and|then|plus)(?![\p{L}]))\s*/u)
    .filter((piece) => words(piece).length > 0);
  const raw = pieces.map((piece): Part => {
    const found = mentions(piece, connectors).filter(({ connector }) => connector.actions.length > 0);
    const one = found.find(({ isName }) => isName) ?? found[0];
    const rest = one === undefined ? piece : piece.slice(0, one.at) + piece.slice(one.end);
    return { text: rest, verb: verbOf(piece), connector: one?.connector ?? null };
  });
  let verb: Verb | null = null;
  return raw.map((part, i) => {
    verb = part.verb ?? verb;
    const after = raw
      .slice(i)
      .find((one, at) => one.connector !== null && (at === 0 || one.verb === null || part.connector !== null));
    const later = raw.slice(i).find(({ connector }) => connector !== null);
    const before = raw.slice(0, i).findLast(({ connector }) => connector !== null);
    const connector =
      part.connector ??
      after?.connector ??
      (part.verb === null ? before?.connector : null) ??
      later?.connector ??
      before?.connector ??
      null;
    return { text: part.text, verb, connector };
  });
}

function actionsIn(text: string, connectors: readonly Connector[], inherited: Heard | null): Understood["actions"] {
  const found = partsOf(text, connectors).flatMap(({ text: part, verb, connector }) => {
    const own = hear(part);
    const heard = own.things.length === 0 && inherited !== null ? { ...own, things: inherited.things } : own;
    const among = connector === null ? connectors.filter(isNameable) : [connector];
    const top = best(
      among.flatMap((each) =>
        each.actions.map((action) => ({
          one: { connector: each.key, action: action.key },
          score: closeness(heard, action) + verbScore(verb, action.kind, action),
        })),
      ),
    );
    if (top === null) return [];
    // Words such as «имя и телефон» are no steps of their own.
    const isOnly = connector?.actions.length === 1;
    return top.score >= (connector === null ? 4 : isOnly ? -1 : 0.5) ? [top.one] : [];
  });
  const seen = new Set<string>();
  return found.filter(({ connector, action }) => {
    const key = `${connector} ${action}`;
    return !seen.has(key) && seen.add(key) !== undefined;
  });
}

/** What the sentence asks for; nothing is made up: what isn't recognised is left out. */
export function understand(sentence: string, connectors: readonly Connector[]): Understood {
  const text = sentence.replace(/\s+/g, " ").trim().slice(0, 500);
  const clauses = cutClauses(text);
  const at = clauses.findIndex(isWhen);
  if (clauses.length > 1) {
    // The clause that says "when" is the trigger, wherever it stands; else the one without a verb of doing.
    const first =
      at >= 0
        ? at
        : Math.max(
            0,
            clauses.findIndex((one) => !hasVerb(one)),
          );
    const trigger = clauses[first] ?? "";
    const rest = clauses.filter((_, i) => i !== first).join(", ");
    return { trigger: triggerIn(trigger, connectors), actions: actionsIn(rest, connectors, hear(trigger)) };
  }
  const named = mentions(text, connectors);
  const second = named.find(
    (one) => one.at > (named[0]?.end ?? Number.POSITIVE_INFINITY) && one.connector.actions.length > 0,
  );
  // «заявки из VK в amoCRM»: from the one to the other.
  if (second !== undefined) {
    // «добавлять контрагентов в МойСклад из новых клиентов retailCRM»: where it comes from may stand last.
    const from = text.slice(0, second.at).search(/\s(?:из|с|от|from)\s(?!.*\s(?:из|с|от|from)\s)/iu);
    if (from >= (named[0]?.end ?? 0)) {
      const [left, right] = [text.slice(0, from), text.slice(from)];
      return { trigger: triggerIn(right, connectors), actions: actionsIn(left, connectors, hear(right)) };
    }
    const cut = /(?:\s(?:в|во|на|to|into|in))?\s*$/u.exec(text.slice(0, second.at))?.index ?? second.at;
    const [left, right] = [text.slice(0, cut), text.slice(cut)];
    return { trigger: triggerIn(left, connectors), actions: actionsIn(right, connectors, hear(left)) };
  }
  return hasVerb(text) && !isWhen(text)
    ? { trigger: null, actions: actionsIn(text, connectors, null) }
    : { trigger: triggerIn(text, connectors), actions: [] };
}
