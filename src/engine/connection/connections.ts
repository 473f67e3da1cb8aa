/** Accounts of services: asked for value by value, sealed, checked, refreshed, removed. */
import type { Auth, Connector, Text } from "../../connectors/kit/define.ts";
import { ConnectorError } from "../../connectors/kit/errors.ts";
import { secretsOf } from "../../connectors/kit/mask.ts";
import { fieldsOf, fieldsOfWay, typedInto, wayOf } from "../../connectors/kit/oauth.ts";
import type { CheckResult, Connections, ConnectionView, Failure, Scope } from "../engine.ts";
import { NotFound, UserError } from "../errors.ts";
import { newId } from "../id.ts";
import type { Notify, Once, Opened, Opener, Shared, Triggers } from "../parts.ts";
import {
  bundlesUsing,
  type ConnectionRow,
  type ConnectionState,
  deleteConnection,
  findDraft,
  forgetLists,
  insertConnection,
  listConnections,
  lockConnection,
  pauseBundles,
  readConnection,
  readManners,
  writeName,
  writeSecret,
  writeVerdict,
} from "../store/connections.ts";
import { toFailure } from "./failure.ts";
import { type ListAsk, makeLists, searchList } from "./lists.ts";
import { checkNames, readValue } from "./values.ts";
import { within } from "./within.ts";

const CHECK_MS = 8_000;
const PAGE_SIZE = 8;
const MAX_NAME = 60;
/** Shorter words are said without being meant as a key. */
const MIN_SECRET = 6;

type Values = Readonly<Record<string, string>>;

export interface ConnectionsDeps extends Pick<Shared, "db" | "clock" | "log" | "vault" | "connectors"> {
  readonly opener: Opener;
  readonly once: Once;
  readonly notify: Notify;
  readonly triggers: Pick<Triggers, "disarm" | "unsubscribe" | "reconnected">;
  /** Runs that the dead credential stopped go on; counts them. */
  readonly resume?: (at: { workspace: string; connection: string }) => Promise<number>;
}

export function makeConnections(deps: ConnectionsDeps): Connections {
  const { db, clock, log, vault, connectors, opener, once, notify, triggers } = deps;
  const lists = makeLists(deps);

  const connectorOf = (key: string): Connector => {
    const connector = connectors.find((known) => known.key === key);
    if (connector) return connector;
    throw new NotFound({ ru: "Такого сервиса здесь нет.", en: "There is no such service here." });
  };
  const gone = () => new NotFound({ ru: "Этого подключения больше нет.", en: "This connection no longer exists." });

  async function read(scope: Scope, id: string): Promise<ConnectionRow> {
    const row = await readConnection(db, scope.workspace, id);
    if (!row) throw gone();
    return row;
  }

  /** Values that another key sealed are lost: they are asked for again rather than in everybody's way. */
  function valuesOf(row: Pick<ConnectionRow, "id" | "secret">): Values {
    try {
      return JSON.parse(vault.open(row.secret)) as Values;
    } catch {
      log.warn({ connection: row.id }, "the values of a connection can't be opened with this key");
      return {};
    }
  }

  function view(row: ConnectionRow): ConnectionView {
    const auth: Auth = connectors.find((known) => known.key === row.connector)?.auth ?? { kind: "none" };
    const fields = fieldsOf(auth);
    const values = valuesOf(row);
    const way = wayOf(auth, values);
    const needed = fieldsOfWay(auth, way);
    const isFilled = (key: string) => (values[key] ?? "") !== "";
    return {
      id: row.id,
      connector: row.connector,
      name: row.name,
      state: row.state as ConnectionState,
      account: row.account,
      error: row.error as Failure | null,
      checkedAt: row.checkedAt,
      filled: fields.filter(({ key }) => isFilled(key)).map(({ key }) => key),
      values: Object.fromEntries(
        fields.flatMap(({ key, secret }) => (secret || !isFilled(key) ? [] : [[key, values[key] ?? ""]])),
      ),
      missing: needed.find(({ key, required }) => required && !isFilled(key))?.key ?? null,
      way,
    };
  }

  function ask(scope: Scope, row: ConnectionRow, name: string, depends: Values = {}): ListAsk {
    const connector = connectorOf(row.connector);
    const open = (): Promise<Opened> => opener.open(scope.workspace, row.id, connector);
    return { connection: row.id, connector, name, depends, open };
  }

  /** What a verdict belongs to: the check itself may have renewed the tokens, and the account is the same as before. */
  async function secretNow(row: ConnectionRow): Promise<string> {
    const { grant } = valuesOf(row);
    if (grant === undefined) return row.secret;
    const now = await readConnection(db, row.workspace, row.id);
    return now && valuesOf(now).grant === grant ? now.secret : row.secret;
  }

  async function reach(scope: Scope, row: ConnectionRow): Promise<CheckResult> {
    const connector = connectorOf(row.connector);
    let mask = (text: string): string => text;
    const attempt = async () => {
      const opened = await opener.open(scope.workspace, row.id, connector);
      mask = opened.mask;
      return connector.check ? await connector.check(opened.ctx) : { account: connector.name[opened.ctx.locale] };
    };
    try {
      const { account, notes = [] } = await within<{ account: string; notes?: readonly Text[] }>(attempt(), CHECK_MS);
      return { ok: true, account, ...(notes.length > 0 ? { notes } : {}) };
    } catch (error) {
      if (!(error instanceof ConnectorError)) log.error({ err: error, connector: row.connector }, "check failed");
      return { ok: false, failure: toFailure(error, mask) };
    }
  }

  return {
    async list(scope) {
      return (await listConnections(db, scope.workspace)).map(view);
    },

    async get(scope, id) {
      return view(await read(scope, id));
    },

    async begin(scope, key) {
      const connector = connectorOf(key);
      if (connector.auth.kind === "none") {
        throw new UserError({
          ru: `«${connector.name.ru}» работает без подключения.`,
          en: `${connector.name.en} needs no connection.`,
        });
      }
      const id = await once(scope, `connections.begin ${key}`, async (tx) => {
        const draft = await findDraft(tx, scope.workspace, key);
        if (draft) return draft;
        const row = { id: newId(), workspace: scope.workspace, connector: key, secret: vault.seal("{}") };
        const locale = (await readManners(tx, scope.workspace))?.locale ?? "ru";
        const taken = (await listConnections(tx, scope.workspace)).map(({ name }) => name);
        await insertConnection(tx, { ...row, name: freeName(connector.name[locale], taken) });
        return row.id;
      });
      return view(await read(scope, id));
    },

    async setValue(scope, id, key, typed) {
      const changed = await db.transaction(async (tx) => {
        const row = await lockConnection(tx, scope.workspace, id);
        if (!row) throw gone();
        const connector = connectorOf(row.connector);
        const field = fieldsOf(connector.auth).find((known) => known.key === key);
        if (!field) throw new NotFound();
        const value = readValue(connector, field, typed);
        const values = typedInto(connector.auth, valuesOf(row), key, value);
        checkNames(connector, key, values);
        const secret = vault.seal(JSON.stringify(values));
        await writeSecret(tx, id, secret);
        return { ...row, secret };
      });
      return view(changed);
    },

    async check(scope, id) {
      const row = await read(scope, id);
      const { missing, way } = view(row);
      const { auth } = connectorOf(row.connector);
      if (auth.kind === "oauth2" && way === null) return { ok: false, failure: NOT_CONSENTED };
      if (missing !== null) {
        const label = fieldsOf(auth).find(({ key }) => key === missing)?.label;
        const failure: Failure = {
          class: "data",
          field: missing,
          sentence: {
            ru: `Не заполнено поле «${label?.ru ?? missing}».`,
            en: `“${label?.en ?? missing}” isn't filled in.`,
          },
        };
        return { ok: false, failure };
      }
      const result = await reach(scope, row);
      const checkedAt = clock.now();
      const secret = await secretNow(row);
      if (!result.ok) {
        const state = stateAfter(row.state as ConnectionState, result.failure);
        await writeVerdict(db, id, secret, { state, error: result.failure, checkedAt });
        return result;
      }
      // Another account behind the same connection: its lists are other lists.
      if (row.account !== null && row.account !== result.account) await forgetLists(db, id);
      const { account } = result;
      const isKept = await writeVerdict(db, id, secret, { state: "alive", account, error: null, checkedAt });
      if (!isKept) return result;
      // First those that failed, then what was held behind them: a record keeps its order.
      const resumed = (await deps.resume?.({ workspace: scope.workspace, connection: id })) ?? 0;
      await triggers.reconnected(id);
      return resumed > 0 ? { ...result, resumed } : result;
    },

    async rename(scope, id, typed) {
      const row = await read(scope, id);
      const name = typed.replace(/\s+/g, " ").trim();
      if (name === "") {
        throw new UserError({ ru: "Название не может быть пустым.", en: "The name can't be empty." });
      }
      if (name.length > MAX_NAME) {
        throw new UserError({
          ru: `Название длиннее ${MAX_NAME} знаков. Сократите его.`,
          en: `The name is longer than ${MAX_NAME} characters. Shorten it.`,
        });
      }
      await writeName(db, row.id, name);
      return view({ ...row, name });
    },

    async isSecret(scope, words) {
      const said = words.trim();
      if (said.length < MIN_SECRET) return false;
      return (await listConnections(db, scope.workspace)).some((row) => {
        const auth: Auth = connectors.find((known) => known.key === row.connector)?.auth ?? { kind: "none" };
        return secretsOf(auth, valuesOf(row)).secrets.includes(said);
      });
    },

    async usedBy(scope, id) {
      await read(scope, id);
      return bundlesUsing(db, scope.workspace, id);
    },

    async remove(scope, id) {
      const row = await read(scope, id);
      // Taken back first: afterwards nobody has the credentials to do it. Also a draft may listen, for its sample.
      for (const use of await bundlesUsing(db, scope.workspace, id)) {
        await triggers.unsubscribe(use.id).catch((error: unknown) => {
          log.warn({ bundle: use.id, failure: toFailure(error).sentence.en }, "a subscription stays at the service");
        });
      }
      await db.transaction(async (tx) => {
        if (!(await lockConnection(tx, scope.workspace, id))) return;
        const uses = (await bundlesUsing(tx, scope.workspace, id)).filter((use) => use.isLive);
        const ids = uses.map((use) => use.id);
        for (const bundle of await pauseBundles(tx, ids, { by: "connection", connection: id })) {
          await triggers.disarm(tx, bundle);
          const why = {
            ru: `Подключение «${row.name}», которым она пользуется, удалено.`,
            en: `The connection “${row.name}” that it uses was removed.`,
          };
          await notify(tx, scope.workspace, { kind: "paused", bundle, why }, `paused ${bundle}`);
        }
        await deleteConnection(tx, id);
      });
    },

    async refreshLists(scope, id) {
      const row = await read(scope, id);
      const connector = connectorOf(row.connector);
      const narrowed = narrowedLists(connector);
      const known = await lists.known(id);
      return fewAtOnce(Object.entries(connector.lists ?? {}), async ([name, { label }]) => {
        const variants = known.filter((variant) => variant.name === name).map(({ depends }) => depends);
        if (!narrowed.has(name) && variants.length === 0) variants.push({});
        let count = 0;
        let failure: Failure | undefined;
        for (const depends of variants) {
          try {
            count += (await lists.refresh(ask(scope, row, name, depends))).items.length;
          } catch (error) {
            if (!(error instanceof ConnectorError)) log.error({ err: error, list: name }, "list could not be read");
            failure = toFailure(error);
            count += (await lists.cached(id, name, depends))?.items.length ?? 0;
          }
        }
        return { name, label, count, ...(failure ? { failure } : {}) };
      });
    },

    async options(scope, id, name, { search = "", page = 0, size = PAGE_SIZE, depends = {} }) {
      const row = await read(scope, id);
      try {
        const list = await lists.get(ask(scope, row, name, depends));
        const found = searchList(list.items, search);
        return {
          items: found.slice(page * size, (page + 1) * size),
          total: found.length,
          loadedAt: list.loadedAt,
          ...(list.failure ? { failure: list.failure } : {}),
        };
      } catch (error) {
        if (!(error instanceof ConnectorError)) throw error;
        throw new UserError(error.sentence, { to: "connection", id });
      }
    },
  };
}

const NOT_CONSENTED: Failure = {
  class: "data",
  sentence: {
    ru: "Вход ещё не выполнен: откройте ссылку и разрешите доступ.",
    en: "Nobody has signed in yet: open the link and allow access.",
  },
};

/** An outage says nothing about the credential: a connection that was alive stays so. */
function stateAfter(state: ConnectionState, failure: Failure): ConnectionState {
  const isProof = failure.class !== "temporary" && failure.class !== "unknown" && failure.class !== "defect";
  return state === "alive" && !isProof ? "alive" : "broken";
}

/** Lists that make sense only with a value of another field (statuses of a pipeline): there is no whole one to read. */
function narrowedLists(connector: Connector): ReadonlySet<string> {
  const fields = [
    ...connector.triggers.flatMap((trigger) => trigger.options),
    ...connector.actions.flatMap((action) => action.fields),
  ];
  return new Set(fields.flatMap(({ list }) => (list?.dependsOn?.length ? [list.name] : [])));
}

function freeName(name: string, taken: readonly string[]): string {
  if (!taken.includes(name)) return name;
  let number = 2;
  while (taken.includes(`${name} ${number}`)) number++;
  return `${name} ${number}`;
}

/** All at once would overrun a service's limit, and the last ones would be refused their turn. */
async function fewAtOnce<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  const next = async () => {
    for (const [at, item] of queue) results[at] = await work(item);
  };
  await Promise.all([next(), next()]);
  return results;
}
