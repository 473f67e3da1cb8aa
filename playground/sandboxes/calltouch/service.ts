/** The lead service: who may, the whole body's checks, and which part answers. */
import { type Call, json, object, objects, type Reply, type SandboxDeps, text } from "../kit.ts";
import { astray, deny } from "./journals.ts";
import { SITE, TOKEN } from "./records.ts";

export type Item = Record<string, unknown>;
export interface Method {
  /** The list of items in the body, and in the answer's data. */
  readonly list: string;
  /** Names that an item may have; anything else fails the whole call. */
  readonly known: string;
  readonly needsCrm?: boolean;
  readonly answer: (item: Item) => Item;
  /** What stands in the answer beside the items, or in their place. */
  readonly data?: (items: readonly Item[]) => Item;
}

const refused = (violations: readonly string[]) => json(400, { data: { validationErrorData: { violations } } });

/** `dd-mm-yyyy hh:mm:ss` is the only date form of the lead service; anything else fails the whole call. */
function badDates(item: Item): string[] {
  return ["orderDate", "statusDate", "updateDate", "requestDate", "callStartTime"].flatMap((key) => {
    const value = text(item[key]);
    return value && !/^\d\d-\d\d-\d{4} \d\d:\d\d:\d\d$/.test(value)
      ? [`${key}: expected dd-MM-yyyy HH:mm:ss, got ${value}`]
      : [];
  });
}

export function makeLeadService(
  deps: SandboxDeps,
  methods: Readonly<Record<string, Method>>,
  more: Readonly<Record<string, (body: Item) => Reply>>,
): (call: Call) => Reply {
  function answer(method: Method, body: Item): Reply {
    const items = objects(body[method.list]);
    const known = method.known.split(" ");
    const violations = items.flatMap((item) => [
      ...badDates(item),
      ...Object.keys(item)
        .filter((key) => !known.includes(key))
        .map((key) => `${key}: unknown property`),
    ]);
    if (method.needsCrm && !text(body.crm)) violations.push("crm: must not be empty");
    if (items.length === 0) violations.push(`${method.list}: must not be empty`);
    if (items.length > 100) violations.push(`${method.list}: at most 100`);
    if (violations.length > 0) return refused(violations);
    return json(200, { data: method.data?.(items) ?? { [method.list]: items.map(method.answer) } });
  }

  return (call) => {
    if (call.headers["access-token"] !== TOKEN) return deny(deps);
    if (call.headers.siteid !== SITE) return json(403, { message: "Access denied for this site" });
    if (call.method !== "POST") return json(405, { message: "Method not allowed" });
    let body: Item | undefined;
    try {
      body = object(JSON.parse(call.body));
    } catch {
      return refused(["malformed JSON"]);
    }
    const route = call.path.replace("lead-service/v1/api/", "");
    const method = methods[route];
    if (method) return answer(method, body ?? {});
    return more[route]?.(body ?? {}) ?? astray();
  };
}
