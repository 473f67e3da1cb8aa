/** Consent in the browser: the link that leads there, and what comes back with the person. */
import { createHash, randomBytes } from "node:crypto";
import { ConnectorError } from "../../connectors/kit/errors.ts";
import { consentUrl, fieldsOfWay, renewAt, type Values, withTokens } from "../../connectors/kit/oauth.ts";
import type { Consent, Consented, Scope, Text } from "../engine.ts";
import { NotFound, UserError } from "../errors.ts";
import { newId } from "../id.ts";
import type { Shared } from "../parts.ts";
import { lockConnection, readConnection, readManners } from "../store/connections.ts";
import { chatOfMember, insertConsent, takeConsent, writeTokens } from "../store/consents.ts";
import { insertMessages, tell } from "../store/telegram.ts";
import type { Apps } from "./apps.ts";
import { toFailure } from "./failure.ts";
import type { Tokens } from "./tokens.ts";

const LIFE_MS = 15 * 60_000;
/** 43 characters of base64url: 256 bits. */
const STATE = /^[\w-]{43}$/;

export interface ConsentDeps extends Pick<Shared, "db" | "clock" | "log" | "vault" | "connectors"> {
  readonly tokens: Tokens;
  readonly apps: Pick<Apps, "load" | "list" | "set">;
}

export function makeConsent({ db, clock, log, vault, connectors, tokens, apps }: ConsentDeps): Consent {
  const hashOf = (state: string): string => createHash("sha256").update(`consent ${state}`).digest("base64url");
  const gone = () => new NotFound({ ru: "Этого подключения больше нет.", en: "This connection no longer exists." });
  const valuesOf = (secret: string): Values => {
    try {
      return JSON.parse(vault.open(secret)) as Values;
    } catch {
      return {};
    }
  };

  return {
    lacks(key) {
      const connector = connectors.find((known) => known.key === key);
      return connector ? tokens.lacks(connector) : null;
    },

    apps: (scope) => apps.list(scope),
    setApp: (scope, connector, app) => apps.set(scope, connector, app),

    async begin(scope: Scope, id: string) {
      await apps.load();
      const row = await readConnection(db, scope.workspace, id);
      const connector = connectors.find((known) => known.key === row?.connector);
      if (!row || !connector || connector.auth.kind !== "oauth2") throw gone();
      const app = tokens.app(connector);
      const lack = tokens.lacks(connector);
      if (lack !== null || app === null) throw new UserError(lack ?? { ru: "Вход не настроен.", en: "Not set up." });
      const { grant } = connector.auth;
      const state = randomBytes(32).toString("base64url");
      const verifier = grant.pkce ? randomBytes(32).toString("base64url") : null;
      const now = clock.now();
      const until = new Date(now.getTime() + LIFE_MS);
      let at: string;
      try {
        at = tokens.placed(connector, grant.consent, valuesOf(row.secret));
      } catch (error) {
        if (error instanceof ConnectorError) throw new UserError(error.sentence, { to: "connection", id });
        throw error;
      }
      const sealed = verifier === null ? null : vault.seal(verifier);
      const consent = { workspace: scope.workspace, member: scope.member, connection: id, verifier: sealed };
      await db.transaction((tx) => insertConsent(tx, { ...consent, hash: hashOf(state), expiresAt: until }, now));
      return { url: consentUrl(grant, at, { app, redirect: tokens.redirect(), state, verifier }), until };
    },

    async arrive(query): Promise<Consented> {
      const refuse = (status: 400 | 404 | 502, sentence: Text): Consented => ({ ok: false, status, sentence });
      const { state = "" } = query;
      const asked = STATE.test(state) ? await takeConsent(db, hashOf(state)) : undefined;
      if (!asked) return refuse(404, UNKNOWN);
      const manners = await readManners(db, asked.workspace);
      const locale = manners?.locale ?? "ru";
      if (asked.expiresAt <= clock.now()) return { ...refuse(404, LATE), locale };
      const row = await readConnection(db, asked.workspace, asked.connection);
      const connector = connectors.find((known) => known.key === row?.connector);
      if (!row || connector?.auth.kind !== "oauth2") return { ...refuse(404, GONE), locale };
      const service = connector.name;
      if ((query.code ?? "") === "") return { ...refuse(400, refusedBy(service)), locale, service };
      const { grant } = connector.auth;
      try {
        const arrived = grant.arrived?.(query) ?? {};
        const before = valuesOf(row.secret);
        const kept = new Set(fieldsOfWay(connector.auth, "oauth").map(({ key }) => key));
        const own = Object.fromEntries(Object.entries(before).filter(([key]) => kept.has(key)));
        const verifier = asked.verifier === null ? null : vault.open(asked.verifier);
        const start: Values = { ...own, ...arrived };
        const answer = await tokens.exchange(connector, start, { code: query.code ?? "", verifier });
        const values = withTokens(grant, start, answer, clock.now(), { ...grant.brought?.(answer), grant: newId() });
        await db.transaction(async (tx) => {
          if (!(await lockConnection(tx, asked.workspace, asked.connection))) throw gone();
          await writeTokens(tx, asked.connection, vault.seal(JSON.stringify(values)), renewAt(values));
          const chatId = await chatOfMember(tx, asked.workspace, asked.member);
          if (chatId === undefined) return;
          const alert = { kind: "connected" as const, connection: asked.connection };
          const message = { workspace: asked.workspace, chatId, alert, dedupe: null, at: clock.now() };
          if (await insertMessages(tx, [message])) await tell(tx);
        });
        return { ok: true, service, locale };
      } catch (error) {
        if (error instanceof UserError) return { ...refuse(404, error.sentence), locale, service };
        // Neither code nor tokens are in a failure: its words are the service's, masked by the way out.
        const failure = toFailure(error);
        log.warn({ connector: connector.key, class: failure.class, code: failure.code }, "a consent came to nothing");
        return { ...refuse(502, failure.class === "access" ? noTokens(service) : failure.sentence), locale, service };
      }
    },
  };
}

const UNKNOWN: Text = {
  ru: "Эта ссылка не подходит: она уже использована или устарела. Вернитесь в чат и возьмите новую.",
  en: "This link doesn't fit: it was used already or is too old. Go back to the chat and take a new one.",
};
const LATE: Text = {
  ru: "Ссылка действует 15 минут, и они прошли. Вернитесь в чат и возьмите новую.",
  en: "The link is good for 15 minutes, and they are over. Go back to the chat and take a new one.",
};
const GONE: Text = {
  ru: "Этого подключения больше нет. Вернитесь в чат и начните заново.",
  en: "This connection no longer exists. Go back to the chat and start again.",
};
const refusedBy = (service: Text): Text => ({
  ru: `${service.ru} не дал доступ: в нём нажали «Отказать» или окно закрыли. Вернитесь в чат и попробуйте ещё раз.`,
  en: `${service.en} gave no access: somebody pressed “Deny” there or closed the window. Go back to the chat and try again.`,
});
const noTokens = (service: Text): Text => ({
  ru: `${service.ru} не принял вход: код устарел либо ID или секрет приложения на сервере неверны. Вернитесь в чат и попробуйте ещё раз.`,
  en: `${service.en} did not accept the sign-in: the code is too old, or the server's app ID or secret is wrong. Go back to the chat and try again.`,
});
