/** The records of amoCRM's account, their changes, and the webhooks that go out about them. */
import { collection, object, objects, type SandboxDeps } from "../kit.ts";
import { keptField } from "./checks.ts";
import { hookPairs } from "./hook.ts";
import { PIPELINES } from "./reference.ts";

export type Kind = "contacts" | "leads" | "companies" | "tasks";
export interface Entity {
  readonly id: number;
  readonly updated_at: number;
  readonly created_at: number;
  readonly [key: string]: unknown;
}
export interface Subscription {
  readonly id: number;
  readonly destination: string;
  readonly settings: readonly string[];
  readonly disabled: boolean;
  readonly sort: number;
  readonly created_at: number;
  readonly updated_at: number;
  readonly account_id: 1001;
  readonly created_by: number;
}
type Sent = Record<string, unknown>;

const ONE: Readonly<Record<Kind, string>> = { contacts: "contact", leads: "lead", companies: "company", tasks: "task" };

export function makeAccount(deps: SandboxDeps) {
  const records: Record<Kind, ReturnType<typeof collection<Entity>>> = {
    contacts: collection(deps, "amocrm", "contacts"),
    leads: collection(deps, "amocrm", "leads"),
    companies: collection(deps, "amocrm", "companies"),
    tasks: collection(deps, "amocrm", "tasks"),
  };
  const notes = collection<Entity>(deps, "amocrm", "notes");
  const tags = collection<{ id: number; kind: string; name: string }>(deps, "amocrm", "tags");
  const hooks = collection<Subscription>(deps, "amocrm", "hooks");
  const events = collection<Entity>(deps, "amocrm", "events");
  const seconds = () => Math.floor(deps.now().getTime() / 1_000);
  const numbers: Readonly<Record<Kind, number>> = { contacts: 500, leads: 9_000, companies: 700, tasks: 100 };

  function tell(event: string, kind: Kind, entity: Entity, more: Sent = {}): void {
    for (const hook of hooks.all()) {
      if (!hook.settings.includes(event) || hook.disabled) continue;
      const action = event.split("_")[0] ?? "";
      const value = hookPairs(kind, action, entity, more, deps.choice("hookAccount") === "whole");
      const times = deps.choice("hooks") === "twice" ? 2 : deps.choice("hooks") === "lost" ? 0 : 1;
      for (let time = 0; time < times; time++)
        deps.send(hook.destination, { kind: "form", value }).catch(() => undefined);
    }
  }

  function tag(kind: Kind, sent: Sent): { id: number; name: string; color: null } {
    const known = tags
      .all()
      .find((one) => one.kind === kind && (sent.id === undefined ? one.name === sent.name : one.id === sent.id));
    if (known) return { id: known.id, name: known.name, color: null };
    const made = { id: 10 + tags.next(), kind, name: String(sent.name ?? sent.id) };
    tags.put(String(made.id), made);
    return { id: made.id, name: made.name, color: null };
  }

  function withTags(kind: Kind, before: readonly Sent[], sent: Sent): Sent[] {
    const embedded = object(sent._embedded);
    let next: Sent[] =
      embedded && "tags" in embedded ? objects(embedded.tags).map((one) => tag(kind, one)) : [...before];
    for (const one of objects(sent.tags_to_add)) {
      const own = tag(kind, one);
      if (!next.some(({ id }) => id === own.id)) next.push(own);
    }
    const gone = objects(sent.tags_to_delete).map((one) => tag(kind, one).id);
    next = next.filter(({ id }) => !gone.includes(Number(id)));
    return next;
  }

  /** The values sent replace those of the same field; other fields stay. */
  function withFields(kind: Kind, before: unknown, sent: unknown): Sent[] | null {
    const changed = objects(sent);
    const kept = objects(before).filter(
      (field) => !changed.some((one) => one.field_id === field.field_id || one.field_code === field.field_code),
    );
    const made = changed.map((one) => keptField(kind, one)).filter((one) => one !== null);
    const next = [...kept, ...made];
    return next.length === 0 ? null : next;
  }

  const plain = ({
    request_id: _,
    custom_fields_values: __,
    tags_to_add: ___,
    tags_to_delete: ____,
    _embedded: _____,
    ...rest
  }: Sent) => rest;

  function named(kind: Kind, sent: Sent, before: Sent = {}): Sent {
    if (kind !== "contacts") return {};
    const both = [sent.first_name ?? before.first_name, sent.last_name ?? before.last_name].filter(Boolean).join(" ");
    const hasParts = sent.first_name !== undefined || sent.last_name !== undefined;
    if (sent.name !== undefined || !hasParts) return {};
    return { name: both };
  }

  function create(kind: Kind, sent: Sent, by: number): Entity {
    const at = seconds();
    const id = numbers[kind] + records[kind].next();
    const pipeline = Number(sent.pipeline_id ?? PIPELINES[0]?.id);
    const first = PIPELINES.find((one) => one.id === pipeline)?._embedded.statuses.find(({ type }) => type === 0);
    const shared = { responsible_user_id: 77, group_id: 0, created_by: by, updated_by: by, account_id: 1001 };
    const embedded = object(sent._embedded) ?? {};
    const entity: Entity = {
      id,
      ...shared,
      created_at: at,
      updated_at: at,
      is_deleted: false,
      closest_task_at: null,
      ...(kind === "tasks"
        ? { task_type_id: 1, is_completed: false, duration: 0, result: [] }
        : { name: kind === "leads" ? `Сделка #${id}` : "" }),
      ...(kind === "contacts" ? { first_name: "", last_name: "" } : {}),
      ...(kind === "leads" ? { price: 0, pipeline_id: pipeline, status_id: first?.id, closed_at: null } : {}),
      ...plain(sent),
      ...named(kind, sent),
      ...(kind === "tasks"
        ? {}
        : {
            custom_fields_values: withFields(kind, [], sent.custom_fields_values),
            tags: withTags(kind, [], sent),
            links: [
              ...objects(embedded.contacts).map((one) => ({
                type: "contacts",
                id: one.id,
                is_main: one.is_main !== false,
              })),
              ...objects(embedded.companies).map((one) => ({ type: "companies", id: one.id })),
            ],
          }),
    };
    records[kind].put(String(id), entity);
    tell(`add_${ONE[kind]}`, kind, entity);
    return entity;
  }

  function update(kind: Kind, before: Entity, sent: Sent, by: number): Entity {
    const at = Math.max(seconds(), before.updated_at);
    const isMoved =
      kind === "leads" &&
      ((sent.status_id !== undefined && sent.status_id !== before.status_id) ||
        (sent.pipeline_id !== undefined && sent.pipeline_id !== before.pipeline_id));
    const isClosed = sent.status_id === 142 || sent.status_id === 143;
    const entity: Entity = {
      ...before,
      ...plain(sent),
      ...named(kind, sent, before),
      id: before.id,
      updated_at: at,
      updated_by: by,
      ...(isMoved ? { closed_at: isClosed ? at : null } : {}),
      ...(kind === "tasks"
        ? {}
        : {
            custom_fields_values: withFields(kind, before.custom_fields_values, sent.custom_fields_values),
            tags: withTags(kind, objects(before.tags), sent),
          }),
    };
    records[kind].put(String(before.id), entity);
    tell(`update_${ONE[kind]}`, kind, entity);
    if (isMoved) log(before, entity, by);
    if (isMoved)
      tell("status_lead", kind, entity, { old_status_id: before.status_id, old_pipeline_id: before.pipeline_id });
    return entity;
  }

  /** The event log has ids that are no numbers, and values as lists of one. */
  function log(before: Entity, after: Entity, by: number): void {
    const stage = ({ status_id, pipeline_id }: Entity) => [{ lead_status: { id: status_id, pipeline_id } }];
    const number = events.next();
    events.put(String(number), {
      id: number,
      type: "lead_status_changed",
      entity_id: after.id,
      entity_type: "lead",
      created_by: by,
      created_at: after.updated_at,
      updated_at: after.updated_at,
      value_after: stage(after),
      value_before: stage(before),
      account_id: 1001,
    });
  }

  function link(kind: Kind, entity: Entity, to: Sent): void {
    const other = {
      type: String(to.to_entity_type),
      id: Number(to.to_entity_id),
      is_main: object(to.metadata)?.is_main,
    };
    const links = objects(entity.links).filter((one) => !(one.type === other.type && one.id === other.id));
    records[kind].put(String(entity.id), { ...entity, links: [...links, other] });
  }

  function note(kind: Kind, entity: number, sent: Sent, by: number): Entity {
    const at = seconds();
    const id = 2_000 + notes.next();
    const made: Entity = {
      id,
      entity_id: entity,
      entity_type: kind,
      created_by: by,
      created_at: at,
      updated_at: at,
      note_type: sent.note_type ?? "common",
      params: sent.params ?? {},
    };
    notes.put(String(id), made);
    return made;
  }

  function subscribe(destination: string, settings: readonly string[], sort: number): Subscription {
    const before = hooks.all().find((one) => one.destination === destination);
    const id = before?.id ?? 3_000 + hooks.next();
    const at = seconds();
    const made: Subscription = {
      id,
      destination,
      settings,
      sort,
      disabled: false,
      created_at: before?.created_at ?? at,
      updated_at: at,
      account_id: 1001,
      created_by: 77,
    };
    hooks.put(String(id), made);
    return made;
  }

  return {
    records,
    notes,
    tags,
    hooks,
    events,
    create,
    update,
    link,
    note,
    subscribe,
    clear() {
      for (const kept of [...Object.values(records), notes, tags, hooks, events]) kept.clear();
    },
  };
}
export type Account = ReturnType<typeof makeAccount>;
