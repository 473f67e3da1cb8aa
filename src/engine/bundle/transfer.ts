/** Bundles as files: no credentials, connections as slots named by connector. */
import { z } from "zod";
import type { Text } from "../../connectors/kit/fields.ts";
import type { BundleFile } from "../engine.ts";
import { UserError } from "../errors.ts";
import { Bundle, type Step } from "./model.ts";
import type { FindConnector } from "./naming.ts";
import { withoutSealed, withoutSecrets } from "./secrets.ts";

const File = z.object({ svyazka: z.literal(1), name: z.string().trim().min(1).max(120), bundle: Bundle });

/** One account that a file needs. */
export interface Slot {
  /** Connector's key, with `-2`, `-3` for further accounts of one service. */
  readonly key: string;
  readonly connector: string;
}

/** The bundle with its connections replaced by slots, and without what secret fields hold. */
export function toFile(name: string, body: Bundle, find: FindConnector): BundleFile {
  const slots = new Map<string, string>();
  const slot = (connector: string, connection: string | null): string | null => {
    if (connection === null) return null;
    const known = slots.get(connection);
    if (known !== undefined) return known;
    const taken = [...slots.values()].filter((one) => one === connector || one.startsWith(`${connector}-`)).length;
    const made = taken === 0 ? connector : `${connector}-${taken + 1}`;
    slots.set(connection, made);
    return made;
  };
  return { svyazka: 1, name, bundle: withoutMembers(mapConnections(withoutSecrets(body, find), slot)) };
}

/** Reads a file whole; UserError names the first mistake and its place. */
export function fromFile(file: unknown, find: FindConnector): BundleFile {
  const parsed = File.safeParse(file);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = issue?.path.map(String).join(".") ?? "";
    const [russian] = File.safeParse(file, { error: z.locales.ru().localeError }).error?.issues ?? [];
    const isOurs = typeof file === "object" && file !== null && "svyazka" in file;
    const why = { ru: russian?.message ?? "", en: issue?.message ?? "" };
    throw new UserError(isOurs ? at(path === "" ? "file" : path, why) : NOT_OURS);
  }
  const { data } = parsed;
  const ids = new Set<string>();
  for (const [index, step] of data.bundle.steps.entries()) {
    if (ids.has(step.id))
      throw new UserError(
        at(`bundle.steps.${index}.id`, { ru: `${step.id} стоит дважды`, en: `${step.id} is used twice` }),
      );
    ids.add(step.id);
    checkStep(step, index, find);
  }
  const { trigger } = data.bundle;
  if (trigger !== null && !find(trigger.connector)?.triggers.some(({ key }) => key === trigger.trigger)) {
    throw new UserError(unknown("bundle.trigger", `${trigger.connector}/${trigger.trigger}`));
  }
  return { ...data, bundle: withoutMembers(withoutSealed(data.bundle, find)) };
}

/** Whoever was to be asked in another workspace isn't here: everybody is asked. */
function withoutMembers(body: Bundle): Bundle {
  return { ...body, steps: body.steps.map((step) => (step.kind === "approval" ? { ...step, who: null } : step)) };
}

/** The accounts that a file needs, each once. */
export function slotsOf({ bundle }: BundleFile): readonly Slot[] {
  const slots = new Map<string, Slot>();
  mapConnections(bundle, (connector, key) => {
    if (key !== null) slots.set(key, { key, connector });
    return key;
  });
  return [...slots.values()];
}

/** Puts connections into slots; those that aren't given stay empty. */
export function connect(body: Bundle, given: ReadonlyMap<string, string>): Bundle {
  return mapConnections(body, (_, slot) => (slot === null ? null : (given.get(slot) ?? null)));
}

/** A copy's body: the same document, made anew. */
export function copyBody(body: Bundle): Bundle {
  return structuredClone(body);
}

function mapConnections(body: Bundle, map: (connector: string, connection: string | null) => string | null): Bundle {
  const { trigger } = body;
  return {
    ...body,
    trigger: trigger === null ? null : { ...trigger, connection: map(trigger.connector, trigger.connection) },
    steps: body.steps.map((step) =>
      step.kind === "action" ? { ...step, connection: map(step.connector, step.connection) } : step,
    ),
  };
}

function checkStep(step: Step, index: number, find: FindConnector): void {
  if (step.kind !== "action") return;
  if (find(step.connector)?.actions.some(({ key }) => key === step.action)) return;
  throw new UserError(unknown(`bundle.steps.${index}`, `${step.connector}/${step.action}`));
}

const NOT_OURS: Text = {
  ru: "Это не файл связки: в нём нет «svyazka»: 1.",
  en: "This is not a bundle's file: it has no “svyazka”: 1.",
};

function at(path: string, why: Text): Text {
  return { ru: `Ошибка в файле, «${path}»: ${why.ru}`, en: `A mistake in the file, “${path}”: ${why.en}` };
}

function unknown(path: string, what: string): Text {
  return {
    ru: `Ошибка в файле, «${path}»: «${what}» эта версия не знает.`,
    en: `A mistake in the file, “${path}”: this version doesn't know “${what}”.`,
  };
}
