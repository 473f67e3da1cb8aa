/** The connectors by key, and found by what people type. */
import type { Connector } from "../connectors/kit/define.ts";
import { distance, transliterate } from "./bundle/words.ts";
import type { Catalogue } from "./engine.ts";

export function makeCatalogue({ connectors }: { readonly connectors: readonly Connector[] }): Catalogue {
  const byKey = new Map(connectors.map((connector) => [connector.key, connector]));
  const words = new Map(connectors.map((connector) => [connector, wordsOf(connector)]));
  return {
    connectors,
    connector: (key) => byKey.get(key),
    search(text, can) {
      const able = connectors.filter(({ triggers, actions }) => {
        return can === "any" || (can === "trigger" ? triggers.length > 0 : actions.length > 0);
      });
      const asked = split(text);
      if (asked.length === 0) return able;
      return able
        .map((connector) => ({ connector, score: scoreOf(asked, words.get(connector)) }))
        .filter(({ score }) => score > 0)
        .toSorted((a, b) => b.score - a.score)
        .map(({ connector }) => connector);
    },
  };
}

interface Words {
  readonly names: readonly string[];
  readonly others: readonly string[];
}

function wordsOf(connector: Connector): Words {
  const parts = [...connector.triggers, ...connector.actions];
  return {
    names: split(`${connector.key} ${connector.name.ru} ${connector.name.en} ${(connector.words ?? []).join(" ")}`),
    others: split(parts.flatMap(({ name, words }) => [name.ru, name.en, ...(words ?? [])]).join(" ")),
  };
}

function split(text: string): readonly string[] {
  return transliterate(text)
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
}

/** Every asked word must be found; names count more than what a service can do. */
function scoreOf(asked: readonly string[], words: Words | undefined): number {
  if (words === undefined) return 0;
  const scores = asked.map((word) => Math.max(3 * best(word, words.names), best(word, words.others)));
  return scores.includes(0) ? 0 : scores.reduce((sum, score) => sum + score, 0);
}

function best(word: string, among: readonly string[]): number {
  return Math.max(0, ...among.map((other) => closeness(word, other)));
}

function closeness(word: string, other: string): number {
  if (other === word) return 4;
  if (other.startsWith(word)) return 3;
  if (word.length >= 3 && other.includes(word)) return 2;
  // One slip in five letters, two in eight; also in what was typed so far.
  const slips = word.length >= 8 ? 2 : word.length >= 4 ? 1 : 0;
  if (slips === 0) return 0;
  return distance(word, other, slips) <= slips || distance(word, other.slice(0, word.length), slips) <= slips ? 1 : 0;
}
