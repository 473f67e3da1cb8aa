/** Making and changing bundles: every change is one revision of the draft, made once however often it is asked for. */
import { createHash } from "node:crypto";
import { ConnectorError } from "../../connectors/kit/errors.ts";
import type { Text } from "../../connectors/kit/fields.ts";
import type { Bundles, BundleView, Connections, ConnectionView, Scope } from "../engine.ts";
import { NotFound, Stale, UserError } from "../errors.ts";
import { newId } from "../id.ts";
import type { Once, Shared, Triggers, Tx } from "../parts.ts";
import {
  insertBundle,
  listBundles,
  lockBundle,
  readBundle,
  readLocale,
  type StoredBundle,
  writeBundleName,
  writeDraft,
} from "../store/bundles.ts";
import { popDraft, pushDraft } from "../store/versions.ts";
import type { Around } from "./around.ts";
import { applyEdit, type Edit } from "./edits.ts";
import { copyName, freeName, MAX_NAME } from "./freename.ts";
import { Bundle, EMPTY_BUNDLE } from "./model.ts";
import { bundleName, type FindConnector, isProposedName } from "./naming.ts";
import { sealBody, secretFields } from "./secrets.ts";
import { emptied, makeTemplateFilling } from "./template.ts";
import { connect, copyBody, fromFile, slotsOf } from "./transfer.ts";

const MAX_STEPS = 100;
/** Edits that can be taken back. */
const MOST_UNDONE = 20;
/** A bundle's document in characters of JSON. */
const MAX_DOCUMENT = 512 * 1024;

export interface DraftingDeps extends Pick<Shared, "db" | "vault"> {
  readonly find: FindConnector;
  readonly around: Around;
  readonly connections: Pick<Connections, "list">;
  readonly triggers: Pick<Triggers, "ensureAddress" | "fetchSample">;
  readonly once: Once;
  readonly view: (scope: Scope, id: string) => Promise<BundleView>;
}
export type Drafting = Pick<
  Bundles,
  "create" | "edit" | "undoEdit" | "discard" | "rename" | "copy" | "importFile" | "fromTemplate"
>;

export const noBundle = (): NotFound =>
  new NotFound({ ru: "Этой связки больше нет.", en: "This bundle no longer exists." });

/** The draft where there is one, else the live version. */
export function bodyOf(row: Pick<StoredBundle, "draft" | "live">): Bundle {
  return row.draft ?? row.live ?? EMPTY_BUNDLE;
}

export function makeDrafting(deps: DraftingDeps): Drafting {
  const { db, find, around, connections, triggers, once, view, vault } = deps;
  const template = makeTemplateFilling({ db, find, around, triggers });
  async function locked(tx: Tx, scope: Scope, id: string): Promise<StoredBundle> {
    const row = await lockBundle(tx, scope.workspace, id);
    if (row === undefined) throw noBundle();
    return row;
  }

  async function add(
    tx: Tx,
    scope: Scope,
    name: string,
    draft: Bundle,
    sample?: StoredBundle["sample"],
  ): Promise<string> {
    const id = newId();
    const { workspace } = scope;
    await insertBundle(tx, { id, workspace, name, draft, ...(sample ? { sample } : {}) });
    await triggers.ensureAddress(tx, { id, workspace }, draft);
    return id;
  }

  const namesIn = async (tx: Tx, { workspace }: Scope): Promise<readonly string[]> =>
    (await listBundles(tx, workspace)).map(({ name }) => name);
  const addNamed = async (tx: Tx, scope: Scope, name: string, draft: Bundle): Promise<string> =>
    add(tx, scope, freeName(name, await namesIn(tx, scope)), draft);

  /** The person's edit, and what follows from it: values for a new step, options for a new trigger. Asks services, so never inside a transaction. */
  async function withProposals(scope: Scope, row: StoredBundle, edit: Edit): Promise<readonly Edit[]> {
    const before = bodyOf(row);
    const body = applyEdit(before, edit);
    if (edit.do === "setTrigger" || edit.do === "setTriggerConnection") {
      return [edit, ...(await around.optionProposals(scope, body))];
    }
    if (edit.do !== "addAction" && edit.do !== "setConnection") return [edit];
    const id = edit.do === "addAction" ? edit.id : edit.step;
    const step = body.steps.find((one) => one.id === id);
    const isKnown = edit.do === "addAction" && before.steps.some((one) => one.id === id);
    if (step?.kind !== "action" || isKnown || JSON.stringify(body) === JSON.stringify(before)) return [edit];
    const proposal = await around.proposal(scope, row, body, step);
    return proposal === null ? [edit] : [edit, proposal];
  }

  async function checkConnection(scope: Scope, edit: Edit, body: Bundle): Promise<void> {
    const asked = askedConnection(edit, body);
    if (asked === null) return;
    const found = (await connections.list(scope)).find(({ id }) => id === asked.id);
    if (found?.connector === asked.connector) return;
    throw new UserError({
      ru: "Этого подключения больше нет. Выберите другое.",
      en: "This connection no longer exists. Choose another one.",
    });
  }

  /** What a file holds, with the accounts in their places. */
  async function filed(
    scope: Scope,
    file: unknown,
    given: Readonly<Record<string, string>>,
  ): Promise<{ name: string; body: Bundle }> {
    const read = fromFile(file, find);
    const own = await connections.list(scope);
    const wanted = slotsOf(read);
    const unknown = Object.keys(given).find((key) => !wanted.some((slot) => slot.key === key));
    const keys = wanted.map(({ key }) => key);
    if (unknown !== undefined) throw new UserError(noSlot(unknown, keys));
    const slots = new Map(wanted.flatMap(({ key, connector }) => fill(key, connector, given[key], own)));
    return { name: read.name, body: sealBody(connect(read.bundle, slots), find, vault) };
  }

  return {
    async create(scope) {
      const locale = await readLocale(db, scope.member);
      const name = bundleName(EMPTY_BUNDLE, find, locale);
      return view(scope, await once(scope, "bundle.create", (tx) => add(tx, scope, name, EMPTY_BUNDLE)));
    },

    async edit(scope, id, revision, edit) {
      const row = await readBundle(db, scope.workspace, id);
      if (row === undefined) throw noBundle();
      const isCurrent = row.revision === revision;
      if (isCurrent) await checkConnection(scope, edit, bodyOf(row));
      const edits = isCurrent ? await withProposals(scope, row, edit) : [edit];
      const locale = await readLocale(db, scope.member);
      await once(scope, `bundle.edit ${id} ${fingerprint(edit, bodyOf(row), find)}`, async (tx) => {
        const now = await locked(tx, scope, id);
        if (now.revision !== revision) throw new Stale();
        const before = bodyOf(now);
        const after = sealBody(sound(edits.reduce(applyEdit, before), before, edit), find, vault);
        if (JSON.stringify(after) === JSON.stringify(before)) return null;
        const name = isProposedName(now.name, before, find) ? { name: bundleName(after, find, locale) } : {};
        const isOther = isOtherTrigger(after, before);
        await pushDraft(tx, id, { revision, body: now.draft, name: now.name }, MOST_UNDONE);
        await writeDraft(tx, id, after, { ...name, forgetSample: isOther });
        await triggers.ensureAddress(tx, { id, workspace: scope.workspace }, after);
        return null;
      });
      return view(scope, id);
    },

    async undoEdit(scope, id, revision) {
      await once(scope, `bundle.undoEdit ${id}`, async (tx) => {
        const now = await locked(tx, scope, id);
        if (now.revision !== revision) throw new Stale();
        const former = await popDraft(tx, id);
        if (former === undefined) throw new UserError(NOTHING_TO_UNDO, { to: "bundle", id });
        const body = former.body ?? now.live ?? EMPTY_BUNDLE;
        // A name that a person gave meanwhile stays.
        const name = isProposedName(now.name, bodyOf(now), find) ? { name: former.name } : {};
        await writeDraft(tx, id, former.body, { ...name, forgetSample: isOtherTrigger(body, bodyOf(now)) });
        await triggers.ensureAddress(tx, { id, workspace: scope.workspace }, body);
        return null;
      });
      return view(scope, id);
    },

    async discard(scope, id) {
      await once(scope, `bundle.discard ${id}`, async (tx) => {
        const row = await locked(tx, scope, id);
        if (row.live === null || row.draft === null) return null;
        await pushDraft(tx, id, { revision: row.revision, body: row.draft, name: row.name }, MOST_UNDONE);
        await writeDraft(tx, id, null);
        return null;
      });
      return view(scope, id);
    },

    async rename(scope, id, name) {
      const short = name.replace(/\s+/g, " ").trim();
      if (short === "" || short.length > MAX_NAME) {
        throw new UserError({
          ru: `Название — от 1 до ${MAX_NAME} символов.`,
          en: `A name has 1 to ${MAX_NAME} characters.`,
        });
      }
      await once(scope, `bundle.rename ${id}`, async (tx) => {
        await locked(tx, scope, id);
        await writeBundleName(tx, id, short);
        return null;
      });
      return view(scope, id);
    },

    async copy(scope, id) {
      const locale = await readLocale(db, scope.member);
      const made = await once(scope, `bundle.copy ${id}`, async (tx) => {
        const row = await locked(tx, scope, id);
        const name = copyName(row.name, locale === "ru" ? "копия" : "copy", await namesIn(tx, scope));
        return add(tx, scope, name, copyBody(bodyOf(row)), row.sample);
      });
      return view(scope, made);
    },

    async importFile(scope, file, given) {
      const { name, body } = await filed(scope, file, given);
      return view(scope, await once(scope, "bundle.import", (tx) => addNamed(tx, scope, name, body)));
    },

    async fromTemplate(scope, file, given) {
      const { name, body } = await filed(scope, file, given);
      const id = await once(scope, "bundle.template", (tx) => addNamed(tx, scope, name, body));
      const row = await readBundle(db, scope.workspace, id);
      if (row === undefined) throw noBundle();
      // Handled a second time: it is filled, or somebody has gone on with it.
      if (row.revision > 0 || row.state !== "draft") return view(scope, id);
      const filled = emptied(await template.fill(scope, row));
      await once(scope, `bundle.fill ${id}`, async (tx) => {
        const now = await locked(tx, scope, id);
        if (now.revision === row.revision) await writeDraft(tx, id, sealBody(filled, find, vault));
        return null;
      });
      return view(scope, id);
    },
  };
}

const NOTHING_TO_UNDO: Text = {
  ru: "Отменять нечего: с последней публикации правок не было.",
  en: "There is nothing to undo: no edit was made since the last publishing.",
};

const isOtherTrigger = (one: Bundle, other: Bundle): boolean =>
  one.trigger?.connector !== other.trigger?.connector || one.trigger?.trigger !== other.trigger?.trigger;

/** What names an edit over repetitions of the same update; ids of new steps may be made anew each time, and nothing is kept of a secret. */
function fingerprint(edit: Edit, body: Bundle, find: FindConnector): string {
  const named =
    edit.do === "addAction" || edit.do === "addTool" ? { ...edit, id: "" } : withoutSecret(edit, body, find);
  return createHash("sha256").update(JSON.stringify(named)).digest("base64url").slice(0, 16);
}

function withoutSecret(edit: Edit, body: Bundle, find: FindConnector): Edit {
  if (edit.do !== "setField" && edit.do !== "setOption") return edit;
  const step = edit.do === "setField" ? body.steps.find(({ id }) => id === edit.step) : body.trigger;
  return secretFields(step ?? null, find).has(edit.field) ? { ...edit, value: null } : edit;
}

/** The edited document, if it may be stored. */
function sound(after: Bundle, before: Bundle, edit: Edit): Bundle {
  if ((edit.do === "addAction" || edit.do === "addTool") && before.steps.length >= MAX_STEPS) {
    throw new UserError({
      ru: `В связке не больше ${MAX_STEPS} шагов.`,
      en: `A bundle has at most ${MAX_STEPS} steps.`,
    });
  }
  const parsed = Bundle.safeParse(after);
  if (parsed.success && JSON.stringify(parsed.data).length <= MAX_DOCUMENT) return parsed.data;
  const isWrong =
    !parsed.success && parsed.error.issues.some(({ code }) => code !== "too_big" && code !== "invalid_union");
  if (isWrong)
    throw new ConnectorError("defect", { ru: "Такое изменение невозможно.", en: "Such a change is impossible." });
  throw new UserError({ ru: "Слишком длинно. Сократите текст.", en: "Too long. Shorten the text." });
}

function askedConnection(edit: Edit, body: Bundle): { id: string; connector: string } | null {
  switch (edit.do) {
    case "setTrigger":
    case "addAction":
      return edit.connection === null ? null : { id: edit.connection, connector: edit.connector };
    case "setTriggerConnection":
      return body.trigger === null ? null : { id: edit.connection, connector: body.trigger.connector };
    case "setConnection": {
      const step = body.steps.find(({ id }) => id === edit.step);
      return step?.kind === "action" ? { id: edit.connection, connector: step.connector } : null;
    }
    default:
      return null;
  }
}

/** The given connection, or the only one of that service that works. */
function fill(
  key: string,
  connector: string,
  given: string | undefined,
  own: readonly ConnectionView[],
): [string, string][] {
  if (given === undefined) {
    const alive = own.filter((one) => one.connector === connector && one.state === "alive");
    const [only] = alive;
    return alive.length === 1 && only !== undefined && key === connector ? [[key, only.id]] : [];
  }
  if (own.some((one) => one.id === given && one.connector === connector)) return [[key, given]];
  throw new UserError({
    ru: `Подключения «${given}» для «${key}» нет в этом пространстве.`,
    en: `This workspace has no connection “${given}” for “${key}”.`,
  });
}

function noSlot(key: string, keys: readonly string[]) {
  const list = keys.join(", ");
  return {
    ru: `Файлу не нужно подключение «${key}». Нужны: ${list === "" ? "никакие" : list}.`,
    en: `The file needs no connection “${key}”. It needs: ${list === "" ? "none" : list}.`,
  };
}
