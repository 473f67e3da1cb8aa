/** Colours of pictures: dark words on light cards, whatever the chat's theme is. */
export const COLOUR = {
  ground: "#e9edf4",
  card: "#ffffff",
  off: "#dfe3ea",
  edge: "#c3cbd8",
  words: "#17202e",
  soft: "#5a667a",
  faint: "#8b95a5",
  way: "#7d899c",
  yes: "#15803d",
  no: "#b45309",
  error: "#c81e1e",
  errorCard: "#fff0f0",
  loop: "#7c3aed",
  tool: "#52607a",
  wait: "#b45309",
  run: "#2563eb",
} as const;

/** White words on each of these have a contrast of 4.5 and more. */
const SERVICES = [
  "#1d6fd1",
  "#0f766e",
  "#a21caf",
  "#b4470b",
  "#4338ca",
  "#be185d",
  "#2f6f1f",
  "#7a4a12",
  "#0e7490",
  "#9f1239",
] as const;

/** Each service of a bundle has a colour of its own while there are enough; the same order gives the same colours. */
export function coloursOf(services: readonly string[]): (service: string) => string {
  const given = new Map([...new Set(services)].map((key, i) => [key, SERVICES[i % SERVICES.length] ?? COLOUR.tool]));
  return (service) => given.get(service) ?? COLOUR.tool;
}
