/** Connections: the list, adding one value by value, the card. */
import { FormattedString } from "@grammyjs/parse-mode";
import { fieldsOf } from "../../connectors/kit/oauth.ts";
import type { BundleSummary, ConnectionView, Connector, Failure, Field, Locale, Text } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Button, Screen } from "../parts.ts";
import type { Texts } from "../texts/index.ts";
import { moment, short } from "../texts/words.ts";
import { enterAgain, fieldsBefore, fieldsBeside } from "./consent.ts";
import { told } from "./failure.ts";

const PAGE = 8;

const lines = (...parts: (string | FormattedString)[]): FormattedString => FormattedString.join(parts, "\n");
const numbered = (bundle: BundleSummary): string => `#${bundle.number} ${short(bundle.name)}`;

/** Turns a page: only where there is one. */
export function turner(place: (page: number) => string, page: number, hasMore: boolean): Button[][] {
  const row: Button[] = [];
  if (page > 0) row.push({ text: "‹", data: place(page - 1) });
  if (hasMore) row.push({ text: "›", data: place(page + 1) });
  return row.length === 0 ? [] : [row];
}

export function listScreen(t: Texts, all: readonly ConnectionView[], page: number): Screen {
  const shown = all.slice(page * PAGE, (page + 1) * PAGE);
  return {
    text:
      all.length === 0
        ? lines(t.connections.title, "", t.connections.empty)
        : lines(t.connections.title, "", t.connections.legend),
    keyboard: [
      ...shown.map((one) => [
        { text: `${t.connections.mark[one.state]} ${short(one.name)}`, data: to("connection", one.id) },
      ]),
      ...turner((to_) => to("connections", to_), page, all.length > (page + 1) * PAGE),
      [{ text: t.connections.add, data: to("connect"), ...(all.length === 0 ? { style: "primary" as const } : {}) }],
      [{ text: t.home.toHome, data: to("home") }],
    ],
  };
}

/** Services to choose from; what was typed narrows them. */
export function chooseScreen(
  t: Texts,
  locale: Locale,
  services: readonly Connector[],
  page: number,
  typed?: { text: string; hits: number },
): Screen {
  const text =
    typed === undefined
      ? t.connections.choose
      : typed.hits > 0
        ? t.connections.found(short(typed.text))
        : t.connections.foundNothing(short(typed.text));
  return {
    text,
    keyboard: [
      ...services
        .slice(page * PAGE, (page + 1) * PAGE)
        .map((one) => [{ text: one.name[locale], data: to("connect", one.key) }]),
      ...turner((to_) => to("services", to_), page, typed === undefined && services.length > (page + 1) * PAGE),
      [{ text: t.home.back, data: to("connections") }],
    ],
  };
}

/** A service has an account that doesn't work: it is mended, or another one is added beside it. */
export function mendOrAddScreen(
  t: Texts,
  locale: Locale,
  connector: Connector,
  broken: readonly ConnectionView[],
): Screen {
  return {
    text: t.connections.mendOrAdd(connector.name[locale]),
    keyboard: [
      ...broken
        .slice(0, PAGE)
        .map((one): Button[] => [
          { text: t.connections.mendOne(short(one.name)), data: to("conncheck", one.id), style: "primary" },
        ]),
      [{ text: t.connections.addNew, data: to("connect", connector.key, "new") }],
      [{ text: t.home.back, data: to("connections") }],
    ],
  };
}

/** Asked while connecting; the rest can be set on the card, where somebody needs it. */
export const asked = (connector: Connector): readonly Field[] =>
  fieldsBeside(connector).filter(({ required }) => required);

/** Asks for one value; the first question also says where everything is found. */
export function valueScreen(
  t: Texts,
  locale: Locale,
  connector: Connector,
  view: ConnectionView,
  field: Field,
): Screen {
  const together = [asked(connector), fieldsBefore(connector).filter(({ required }) => required)].find((fields) =>
    fields.includes(field),
  );
  const fields = view.state === "draft" && together !== undefined ? together : [field];
  const isFirst = !fields.some(({ key }) => view.filled.includes(key));
  const steps: readonly Text[] =
    connector.auth.kind === "none" || !asked(connector).includes(field) ? [] : connector.auth.steps;
  const title =
    view.state === "draft" ? t.connections.intro(connector.name[locale]) : FormattedString.b(short(view.name, 60));
  const parts: (string | FormattedString)[] = [title, ""];
  if (isFirst && steps.length > 0) {
    parts.push(t.connections.whereToFind, ...steps.map((step, at) => `${at + 1}. ${step[locale]}`), "");
  }
  parts.push(t.connections.question(field.label[locale], fields.indexOf(field) + 1, fields.length));
  if (field.hint !== undefined) parts.push(field.hint[locale]);
  if (field.secret) parts.push("", t.connections.secretNote);
  const choices = (field.choices ?? []).slice(0, 20);
  return {
    text: lines(...parts),
    keyboard: [
      ...choices.map((choice, at) => [
        { text: short(choice.label[locale]), data: to("connvalue", view.id, field.key, at) },
      ]),
      ...(view.state === "draft" ? [[{ text: t.connections.guest.share, data: to("connshare", view.id) }]] : []),
      [{ text: view.state === "draft" ? t.connections.later : t.home.back, data: to("connection", view.id) }],
    ],
  };
}

export const waitScreen = (text: string): Screen => ({
  text: new FormattedString(text),
  keyboard: [],
  passing: true,
});

/** What a connection that came alive brought back, and what is still missing. */
export interface Revived {
  /** Runs that its dead credential had stopped. */
  readonly resumed: number;
  /** Records of the workspace that failed otherwise and were never repeated. */
  readonly missing: number;
  readonly users: readonly BundleSummary[];
  /** What works only in part. */
  readonly notes?: readonly Text[];
}

export function aliveScreen(
  t: Texts,
  locale: Locale,
  connector: Connector,
  account: string,
  { resumed, missing, users, notes = [] }: Revived = { resumed: 0, missing: 0, users: [] },
): Screen {
  return {
    text: lines(
      t.connections.alive(connector.name[locale], account),
      ...notes.flatMap((note) => ["", note[locale]]),
      ...(resumed > 0 ? ["", t.alerts.resumed(resumed)] : []),
      ...(missing > 0 ? ["", t.home.undelivered(missing)] : []),
    ),
    keyboard: [
      ...(missing > 0 ? [[{ text: t.home.undeliveredButton(missing), data: to("status") }]] : []),
      ...users.slice(0, 4).map((one) => [{ text: numbered(one), data: to("card", one.id) }]),
      [
        {
          text: t.connections.toBundle,
          data: to("new"),
          ...(users.length === 0 ? { style: "primary" as const } : {}),
        },
      ],
      [
        { text: t.home.connections, data: to("connections") },
        { text: t.home.toHome, data: to("home") },
      ],
    ],
  };
}

/** The value that people will send again without being asked: what the service named, else the key. */
export function suspect(connector: Connector, failure: Failure, view: Pick<ConnectionView, "way">): Field | undefined {
  if (failure.class === "temporary") return undefined;
  const asks = view.way === "oauth" ? fieldsBefore(connector) : fieldsOf(connector.auth);
  const named = asks.find(({ key }) => key === failure.field);
  if (view.way === "oauth") return named;
  return named ?? asked(connector).findLast(({ secret }) => secret);
}

/** The value that a card of a broken connection asks for. */
export const awaited = (connector: Connector, view: ConnectionView): Field | undefined =>
  view.state === "broken" && view.error !== null ? suspect(connector, view.error, view) : undefined;

const hasKeys = (connector: Connector | undefined): { keys?: true } =>
  connector !== undefined && fieldsOf(connector.auth).some(({ secret }) => secret) ? { keys: true } : {};

export function failedScreen(
  t: Texts,
  locale: Locale,
  connector: Connector,
  view: ConnectionView,
  failure: Failure,
): Screen {
  const service = connector.name[locale];
  const again = suspect(connector, failure, view);
  const fields = view.way === "oauth" ? fieldsBefore(connector) : fieldsBeside(connector);
  return {
    text: lines(
      t.connections.checkFailed(service),
      "",
      ...failureLines(t, locale, failure),
      ...(again === undefined ? [] : ["", t.connections.sendAgain(again.label[locale])]),
    ),
    keyboard: [
      ...(failure.class === "temporary" ? [] : enterAgain(t, connector, view, view.way === "oauth")),
      ...fields.map((field) => [
        { text: t.connections.fix(field.label[locale]), data: to("connfix", view.id, field.key) },
      ]),
      [{ text: t.connections.tryAgain, data: to("conncheck", view.id) }],
      [{ text: view.account === null ? t.connections.later : t.home.back, data: to("connection", view.id) }],
    ],
    ...hasKeys(connector),
  };
}

/** Our sentence, and the service's own words folded under it. */
export function failureLines(t: Texts, locale: Locale, failure: Failure): (string | FormattedString)[] {
  const { sentence, own } = told(locale, failure);
  return [sentence, ...(own === "" ? [] : [quote(t.connections.own, own)])];
}

const quote = (title: string, text: string): FormattedString =>
  FormattedString.expandableBlockquote(`${title}\n${text.length > 1_000 ? `${text.slice(0, 999)}…` : text}`);

/** A link with which somebody else connects it, not yet used up. */
export interface Shared {
  readonly id: string;
  readonly until: Date;
  readonly takenBy: string | null;
}

export function cardScreen(
  t: Texts,
  locale: Locale,
  timeZone: string,
  connector: Connector | undefined,
  view: ConnectionView,
  users: readonly BundleSummary[],
  shared?: Shared,
  /** The value that is asked for here. */
  again?: Field,
): Screen {
  const service = connector?.name[locale] ?? view.connector;
  const parts: (string | FormattedString)[] = [t.connections.card(service, short(view.name, 60)), ""];
  parts.push(t.connections.state[view.state]);
  if (view.account !== null) parts.push(t.connections.account(short(view.account, 100)));
  if (view.state !== "draft" && view.error !== null) parts.push(...failureLines(t, locale, view.error));
  for (const field of connector === undefined ? [] : fieldsOf(connector.auth)) {
    if (!view.filled.includes(field.key)) continue;
    parts.push(t.connections.value(field.label[locale], short(view.values[field.key] ?? t.connections.hidden, 80)));
  }
  if (view.checkedAt !== null) parts.push(t.connections.checkedAt(moment(locale, timeZone, view.checkedAt)));
  parts.push(
    "",
    users.length === 0 ? t.connections.usedByNone : t.connections.usedBy(users.slice(0, 10).map(numbered)),
  );
  if (shared !== undefined) {
    const until = moment(locale, timeZone, shared.until);
    const { guest } = t.connections;
    parts.push("", shared.takenBy === null ? guest.open(until) : guest.taken(short(shared.takenBy, 60), until));
  }
  if (again !== undefined) parts.push("", t.connections.sendAgain(again.label[locale]));
  const isDraft = view.state === "draft";
  const hasLists = connector?.lists !== undefined && Object.keys(connector.lists).length > 0;
  const change: Button[] = [
    { text: t.connections.rename, data: to("connrename", view.id) },
    { text: t.connections.replace, data: to("connreplace", view.id) },
  ];
  const isLost = view.state === "broken" && view.way === "oauth" && connector !== undefined;
  return {
    text: lines(...parts),
    keyboard: [
      ...(isLost ? enterAgain(t, connector, view, true) : []),
      isDraft
        ? [{ text: t.connections.goOn, data: to("conngoon", view.id), style: "primary" as const }]
        : [
            { text: t.connections.check, data: to("conncheck", view.id) },
            ...(hasLists ? [{ text: t.connections.refresh, data: to("connlists", view.id) }] : []),
          ],
      ...(isDraft ? [] : [change]),
      [
        shared === undefined
          ? { text: t.connections.guest.share, data: to("connshare", view.id) }
          : { text: t.connections.guest.revoke, data: to("connunshare", view.id, shared.id) },
      ],
      ...users.slice(0, 5).map((one) => [{ text: numbered(one), data: to("card", one.id) }]),
      [{ text: t.connections.remove, data: to("connremove", view.id), style: "danger" as const }],
      [
        { text: t.home.back, data: to("connections") },
        { text: t.home.toHome, data: to("home") },
      ],
    ],
    ...hasKeys(connector),
  };
}

export function replaceScreen(t: Texts, locale: Locale, connector: Connector, view: ConnectionView): Screen {
  return {
    text: t.connections.replaceTitle(short(view.name, 60)),
    keyboard: [
      ...enterAgain(t, connector, view, false),
      ...fieldsOf(connector.auth).map((field) => [
        { text: t.connections.fix(field.label[locale]), data: to("connfix", view.id, field.key) },
      ]),
      [{ text: t.home.back, data: to("connection", view.id) }],
    ],
    ...hasKeys(connector),
  };
}

export function removeScreen(t: Texts, view: ConnectionView, users: readonly BundleSummary[]): Screen {
  const name = short(view.name, 60);
  const text = t.connections.removeAsk(name);
  return {
    text: users.length === 0 ? text : lines(text, "", t.connections.removePauses(users.slice(0, 20).map(numbered))),
    keyboard: [
      [
        { text: t.connections.removeYes, data: to("connremoveyes", view.id), style: "danger" },
        { text: t.connections.removeNo, data: to("connection", view.id) },
      ],
    ],
  };
}

export function listsScreen(
  t: Texts,
  locale: Locale,
  view: ConnectionView,
  lists: readonly { label: Text; count: number; failure?: Failure }[],
): Screen {
  const rows = lists.map(({ label, count, failure }) =>
    failure === undefined
      ? t.connections.list(label[locale], count)
      : t.connections.listFailed(label[locale], failure.sentence[locale]),
  );
  return {
    text:
      lists.length === 0
        ? new FormattedString(t.connections.noLists)
        : lines(t.connections.lists(short(view.name, 60)), "", ...rows),
    keyboard: [[{ text: t.home.back, data: to("connection", view.id) }]],
  };
}
