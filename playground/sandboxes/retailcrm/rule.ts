/** A trigger of retailCRM's own interface: on a change it sends an HTTP request whose parameters are templates. */
import { collection, object, type SandboxDeps } from "../kit.ts";

export interface Rule {
  readonly event: string;
  readonly url: string;
  /** `orderId={{ order.id }}&event=paid`, one per line or joined with `&`. */
  readonly params: string;
}
const NONE: Rule = { event: "", url: "", params: "orderId={{ order.id }}&event=changed" };

/** `{{ order.customer.id }}`: the value at a path, as Twig prints it. */
function rendered(template: string, data: Record<string, unknown>): string {
  return template.replace(/\{\{\s*([\w.]+)\s*\}\}/g, (_, path: string) => {
    const value = path.split(".").reduce<unknown>((at, part) => object(at)?.[part], data);
    return value === undefined || value === null ? "" : String(value);
  });
}

export function makeRules(deps: SandboxDeps) {
  const rules = collection<Rule>(deps, "retailcrm", "rules");
  const rule = () => rules.get("rule") ?? NONE;
  return {
    rule,
    set: (next: Rule) => rules.put("rule", next),
    clear: () => rules.clear(),
    /** Sends what the rule says where its event happened; the statuses it was answered with. */
    async fire(event: "order" | "customer", record: object): Promise<number[]> {
      const { url, params, event: wanted } = rule();
      if (url === "" || wanted !== event) return [];
      const pairs = params.split(/[&\n]/).filter((pair) => pair.includes("="));
      const value = Object.fromEntries(
        pairs.map((pair) => {
          const at = pair.indexOf("=");
          return [pair.slice(0, at).trim(), rendered(pair.slice(at + 1).trim(), { [event]: record })];
        }),
      );
      return [await deps.send(url, { kind: "form", value })];
    },
  };
}
