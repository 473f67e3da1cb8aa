/** Viewers look: whatever changes something is refused to them before it begins. */
import type { Bundles, Connections, Consent, Incidents, Runs, Scope } from "../engine.ts";
import { NotFound, UserError } from "../errors.ts";
import type { Shared } from "../parts.ts";
import { readMember } from "../store/people.ts";

/** What everybody may call. A call that isn't named here is an editor's, also one that is added later. */
const OPEN = {
  bundles: [
    "list",
    "match",
    "get",
    "problems",
    "sample",
    "mapping",
    "sources",
    "read",
    "verdicts",
    "versions",
    "compare",
    "migration",
    "upcoming",
    "exportFile",
    "shareFile",
  ],
  connections: ["list", "get", "usedBy", "options", "isSecret"],
  /** Bound to no member, or to the one who was allowed to begin. */
  consent: ["lacks", "arrive", "apps"],
  runs: ["list", "get", "status"],
  incidents: ["get"],
} as const satisfies {
  bundles: readonly (keyof Bundles)[];
  connections: readonly (keyof Connections)[];
  consent: readonly (keyof Consent)[];
  runs: readonly (keyof Runs)[];
  incidents: readonly (keyof Incidents)[];
};

export function makeRoles({ db }: Pick<Shared, "db">) {
  async function assertEditor({ workspace, member }: Scope): Promise<void> {
    const row = await readMember(db, workspace, member);
    if (row === undefined) throw new NotFound();
    if (row.role === "owner" || row.role === "editor") return;
    throw new UserError({
      ru: "Вы здесь наблюдатель: смотреть можно, менять нельзя. Попросите владельца дать вам права редактора.",
      en: "You are a viewer here: you may look and change nothing. Ask the owner to make you an editor.",
    });
  }

  /** The part with its closed calls guarded; each takes the scope first. */
  function guarded<T extends object>(part: T, open: readonly (keyof T)[]): T {
    const calls = Object.entries(part).map(([name, call]) => {
      if (open.includes(name as keyof T) || typeof call !== "function") return [name, call];
      const guard = async (scope: Scope, ...args: unknown[]) => {
        await assertEditor(scope);
        return call.call(part, scope, ...args);
      };
      return [name, guard];
    });
    return Object.fromEntries(calls) as T;
  }

  return {
    bundles: (part: Bundles) => guarded(part, OPEN.bundles),
    connections: (part: Connections) => guarded(part, OPEN.connections),
    consent: (part: Consent) => guarded(part, OPEN.consent),
    runs: (part: Runs) => guarded(part, OPEN.runs),
    incidents: (part: Incidents) => guarded(part, OPEN.incidents),
  };
}
