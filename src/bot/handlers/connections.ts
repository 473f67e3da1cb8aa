/** Connections: list, adding one value by value, check, rename, replace, lists, delete. */

import { fieldsOf } from "../../connectors/kit/oauth.ts";
import type { ConnectionView, Connector, Failure, Field } from "../../engine/index.ts";
import { NotFound } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Handlers, Place, Turn } from "../parts.ts";
import {
  aliveScreen,
  asked,
  awaited,
  cardScreen,
  chooseScreen,
  failedScreen,
  listScreen,
  listsScreen,
  mendOrAddScreen,
  removeScreen,
  replaceScreen,
  suspect,
  valueScreen,
  waitScreen,
} from "../screens/connections.ts";
import { consentScreen, fieldsBefore, fieldsBeside, waysScreen } from "../screens/consent.ts";
import { sharedScreen } from "../screens/guest.ts";
import { countOpen } from "../screens/home.ts";
import { short } from "../texts/words.ts";

/** Numbers in buttons come from outside. */
export const pageOf = (arg: string | undefined): number => (/^\d{1,4}$/.test(arg ?? "") ? Number(arg) : 0);

const serviceList = (turn: Turn): readonly Connector[] =>
  turn.engine.catalogue.connectors.filter(({ auth }) => auth.kind !== "none");

function connectorOf(turn: Turn, view: ConnectionView): Connector {
  const connector = turn.engine.catalogue.connector(view.connector);
  if (connector === undefined) throw new NotFound();
  return connector;
}
function fieldOf(connector: Connector, key: string): Field {
  const field = fieldsOf(connector.auth).find((one) => one.key === key);
  if (field === undefined) throw new NotFound();
  return field;
}

const read = (turn: Turn, id: string): Promise<ConnectionView> => turn.engine.connections.get(turn.member.scope, id);

const list: Place = async (turn, page) => {
  await turn.forgetReturn();
  await turn.show(listScreen(turn.t, await turn.engine.connections.list(turn.member.scope), pageOf(page)));
};

const services: Place = (turn, page) =>
  turn.ask({
    answer: "service",
    args: [],
    screen: chooseScreen(turn.t, turn.locale, serviceList(turn), pageOf(page)),
  });

const card: Place = async (turn, id = "") => {
  const { engine, member, locale, t } = turn;
  const view = await read(turn, id);
  const users = await engine.connections.usedBy(member.scope, id);
  const connector = engine.catalogue.connector(view.connector);
  const links = member.role === "viewer" ? [] : await engine.guests.links(member.scope);
  const shared = links.find(({ connection }) => connection === id);
  const again = connector === undefined || member.role === "viewer" ? undefined : awaited(connector, view);
  const screen = cardScreen(t, locale, member.timeZone, connector, view, users, shared, again);
  if (again === undefined) return turn.show(screen);
  await turn.ask({ answer: "connectionFix", args: [id, again.key], secret: again.secret ?? false, screen });
};

/** Leads to the question for what the service refused. */
const mend: Place = async (turn, id = "") => {
  const view = await read(turn, id);
  const connector = connectorOf(turn, view);
  await turn.forgetReturn();
  if (view.state !== "broken" || view.error === null) return card(turn, id);
  if (view.way === "oauth" && suspect(connector, view.error, view) === undefined) return consent(turn, view);
  await refused(turn, connector, view, view.error);
};

/** Asks for the first needed field that is empty; when there is none, the check runs at once. */
async function askNext(turn: Turn, view: ConnectionView): Promise<void> {
  const connector = connectorOf(turn, view);
  if (connector.auth.kind === "oauth2" && view.way !== "fields") return ways(turn, view, connector);
  await askFields(turn, view, connector);
}

/** By consent in the browser or by values: the person chooses where both work. */
async function ways(turn: Turn, view: ConnectionView, connector: Connector): Promise<void> {
  const lacks = turn.engine.consent.lacks(connector.key);
  if (lacks === null && fieldsBeside(connector).length === 0) return consent(turn, view);
  await turn.show(waysScreen(turn.t, turn.locale, connector, view, lacks));
}

/** The link to the service's page. The chat goes on by itself when the browser is back from there. */
async function consent(turn: Turn, view: ConnectionView): Promise<void> {
  const connector = connectorOf(turn, view);
  const next = fieldsBefore(connector).find(({ key, required }) => required && !view.filled.includes(key));
  if (next !== undefined) return askValue(turn, view, connector, next, "consentValue");
  const { url } = await turn.engine.consent.begin(turn.member.scope, view.id);
  await turn.show(consentScreen(turn.t, turn.locale, connector, view, url));
}

async function askFields(turn: Turn, view: ConnectionView, connector: Connector): Promise<void> {
  const next = asked(connector).find(({ key }) => !view.filled.includes(key));
  if (next === undefined) return check(turn, view.id);
  await askValue(turn, view, connector, next, "connectionValue");
}
const askValue = (turn: Turn, view: ConnectionView, connector: Connector, field: Field, answer: string) =>
  turn.ask({
    answer,
    args: [view.id, field.key],
    secret: field.secret ?? false,
    screen: valueScreen(turn.t, turn.locale, connector, view, field),
  });

async function check(turn: Turn, id: string): Promise<void> {
  const { engine, member, locale, t } = turn;
  const before = await read(turn, id);
  const connector = connectorOf(turn, before);
  const service = connector.name[locale];
  await turn.show(waitScreen(t.connections.checking(service)));
  const result = await engine.connections.check(member.scope, id);
  if (result.ok) {
    const [users, status] = await Promise.all([
      engine.connections.usedBy(member.scope, id),
      engine.runs.status(member.scope),
    ]);
    const { resumed = 0, notes = [] } = result;
    const revived = { users, resumed, missing: countOpen(status.undelivered), notes };
    const screen = aliveScreen(t, locale, connector, result.account, revived);
    if (!(await turn.goBack(id, screen.text))) await turn.show(screen);
    return;
  }
  await refused(turn, connector, await read(turn, id), result.failure);
}

async function refused(turn: Turn, connector: Connector, view: ConnectionView, failure: Failure): Promise<void> {
  const screen = failedScreen(turn.t, turn.locale, connector, view, failure);
  const again = suspect(connector, failure, view);
  if (again === undefined) return turn.show(screen);
  // People send the right key at once; it must not stay in the chat because nothing was asked.
  await turn.ask({ answer: "connectionFix", args: [view.id, again.key], secret: again.secret ?? false, screen });
}

export const connections: Handlers = {
  places: {
    connections: list,
    services,
    connection: card,
    connmend: mend,
    async connect(turn, key, how) {
      if (key === undefined) return services(turn);
      const broken = (await turn.engine.connections.list(turn.member.scope)).filter(
        (one) => one.connector === key && one.state === "broken",
      );
      const connector = turn.engine.catalogue.connector(key);
      if (how === "new") return askNext(turn, await turn.engine.connections.begin(turn.member.scope, key));
      if (broken.length > 0 && connector) return turn.show(mendOrAddScreen(turn.t, turn.locale, connector, broken));
      await askNext(turn, await turn.engine.connections.begin(turn.member.scope, key));
    },
    conngoon: async (turn, id = "") => askNext(turn, await read(turn, id)),
    conncheck: (turn, id = "") => check(turn, id),
    connoauth: async (turn, id = "") => consent(turn, await read(turn, id)),
    async connfields(turn, id = "") {
      const view = await read(turn, id);
      await askFields(turn, view, connectorOf(turn, view));
    },
    async connvalue(turn, id = "", key = "", at) {
      const view = await read(turn, id);
      const choice = fieldOf(connectorOf(turn, view), key).choices?.[pageOf(at)];
      if (choice === undefined) throw new NotFound();
      await askNext(turn, await turn.engine.connections.setValue(turn.member.scope, id, key, choice.value));
    },
    async connreplace(turn, id = "") {
      const view = await read(turn, id);
      await turn.show(replaceScreen(turn.t, turn.locale, connectorOf(turn, view), view));
    },
    async connfix(turn, id = "", key = "") {
      const view = await read(turn, id);
      const connector = connectorOf(turn, view);
      const isBefore = fieldsBefore(connector).some((one) => one.key === key);
      await askValue(turn, view, connector, fieldOf(connector, key), isBefore ? "consentValue" : "connectionFix");
    },
    async connrename(turn, id = "") {
      const view = await read(turn, id);
      await turn.ask({
        answer: "connectionName",
        args: [id],
        longest: 60,
        screen: {
          text: turn.t.connections.newName(short(view.name, 60)),
          keyboard: [[{ text: turn.t.home.back, data: to("connection", id) }]],
        },
      });
    },
    /** A link with which somebody else connects it. */
    async connshare(turn, id = "") {
      const { engine, member, locale, t } = turn;
      const connector = connectorOf(turn, await read(turn, id));
      const made = await engine.guests.shareLink(member.scope, { connection: id });
      const zone = { locale, timeZone: member.timeZone };
      await turn.show(sharedScreen(t, zone, connector, { link: turn.link(made.code), made }));
    },
    async connunshare(turn, id = "", link = "") {
      await turn.engine.guests.revoke(turn.member.scope, link);
      turn.toast(turn.t.connections.guest.revoked);
      await card(turn, id);
    },
    async connlists(turn, id = "") {
      const { engine, member, locale, t } = turn;
      const view = await read(turn, id);
      await turn.show(waitScreen(t.connections.refreshing));
      await turn.show(listsScreen(t, locale, view, await engine.connections.refreshLists(member.scope, id)));
    },
    async connremove(turn, id = "") {
      const view = await read(turn, id);
      await turn.show(removeScreen(turn.t, view, await turn.engine.connections.usedBy(turn.member.scope, id)));
    },
    async connremoveyes(turn, id = "") {
      const view = await read(turn, id);
      await turn.engine.connections.remove(turn.member.scope, id);
      turn.toast(turn.t.connections.removed(short(view.name, 60)));
      await list(turn);
    },
  },
  answers: {
    async service(turn, text) {
      const { engine, locale, t } = turn;
      const hits = engine.catalogue.search(text, "any").filter(({ auth }) => auth.kind !== "none");
      const [only] = hits;
      if (only !== undefined && hits.length === 1) return turn.go("connect", only.key);
      const shown = hits.length > 0 ? hits : serviceList(turn);
      await turn.ask({
        answer: "service",
        args: [],
        screen: chooseScreen(t, locale, shown, 0, { text, hits: hits.length }),
      });
    },
    async connectionValue(turn, text, id = "", field = "") {
      await askNext(turn, await turn.engine.connections.setValue(turn.member.scope, id, field, text));
    },
    async consentValue(turn, text, id = "", field = "") {
      await consent(turn, await turn.engine.connections.setValue(turn.member.scope, id, field, text));
    },
    async connectionFix(turn, text, id = "", field = "") {
      const view = await turn.engine.connections.setValue(turn.member.scope, id, field, text);
      // Whoever leaves consent for values has all of them to type.
      if (view.missing !== null) return askFields(turn, view, connectorOf(turn, view));
      await check(turn, id);
    },
    async connectionName(turn, text, id = "") {
      await turn.engine.connections.rename(turn.member.scope, id, text);
      await card(turn, id);
    },
  },
  commands: {
    connections: (turn) => turn.go("connections"),
    async connect(turn, rest) {
      await turn.forgetReturn();
      const hits = rest === "" ? [] : turn.engine.catalogue.search(rest, "any");
      const [only] = hits.filter(({ auth }) => auth.kind !== "none");
      await (only !== undefined && hits.length === 1 ? turn.go("connect", only.key) : turn.go("connect"));
    },
  },
};
