/** Consent in the browser: which way in, the link, and the link once more. */
import { FormattedString } from "@grammyjs/parse-mode";
import type { ConnectionView, Connector, Field, Locale, Text } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Button, Screen } from "../parts.ts";
import type { Texts } from "../texts/index.ts";

const lines = (...parts: (string | FormattedString)[]): FormattedString => FormattedString.join(parts, "\n");

/** Asked for before the browser opens the service's page. */
export const fieldsBefore = ({ auth }: Connector): readonly Field[] =>
  auth.kind === "oauth2" ? (auth.grant.fields ?? []) : [];
/** Typed by a person: all there is, or the way beside consent. */
export const fieldsBeside = ({ auth }: Connector): readonly Field[] => (auth.kind === "none" ? [] : auth.fields);

/** Both ways in, or what keeps one of them shut. */
export function waysScreen(
  t: Texts,
  locale: Locale,
  connector: Connector,
  view: ConnectionView,
  lacks: Text | null,
): Screen {
  const service = connector.name[locale];
  const steps = connector.auth.kind === "oauth2" ? (connector.auth.appSteps ?? []) : [];
  const parts: (string | FormattedString)[] = [t.connections.intro(service), ""];
  if (lacks === null) parts.push(t.connections.howToEnter);
  else {
    parts.push(lacks[locale]);
    if (steps.length > 0)
      parts.push(
        FormattedString.expandableBlockquote(
          [t.connections.forOwner, ...steps.map((step, at) => `${at + 1}. ${step[locale]}`)].join("\n"),
        ),
      );
    parts.push("", fieldsBeside(connector).length > 0 ? t.connections.withoutBrowser : t.connections.askOwner);
  }
  return {
    text: lines(...parts),
    keyboard: [
      ...(lacks === null
        ? [[{ text: t.connections.enter(service), data: to("connoauth", view.id), style: "primary" as const }]]
        : []),
      ...otherwise(t, locale, connector, view),
      [{ text: t.connections.guest.share, data: to("connshare", view.id) }],
      [{ text: view.state === "draft" ? t.connections.later : t.home.back, data: to("connection", view.id) }],
    ],
  };
}

const otherwise = (t: Texts, locale: Locale, connector: Connector, view: ConnectionView): Button[][] =>
  connector.auth.kind !== "oauth2" || fieldsBeside(connector).length === 0
    ? []
    : [
        [
          {
            text: `🔑 ${connector.auth.otherwise?.[locale] ?? t.connections.byValues}`,
            data: to("connfields", view.id),
          },
        ],
      ];

/** The link that leaves the chat. */
export function consentScreen(
  t: Texts,
  locale: Locale,
  connector: Connector,
  view: ConnectionView,
  url: string,
): Screen {
  const service = connector.name[locale];
  return {
    text: lines(t.connections.intro(service), "", t.connections.consent),
    keyboard: [
      [{ text: t.connections.enter(service), url }],
      [{ text: t.connections.newLink, data: to("connoauth", view.id) }],
      ...otherwise(t, locale, connector, view),
      [{ text: view.state === "draft" ? t.connections.later : t.home.back, data: to("connection", view.id) }],
    ],
  };
}

/** Consent once more: its link is the mend for an account that was let go. */
export const enterAgain = (t: Texts, { auth }: Connector, view: ConnectionView, isFirst: boolean): Button[][] =>
  auth.kind !== "oauth2"
    ? []
    : [
        [
          {
            text: t.connections.enterAgain,
            data: to("connoauth", view.id),
            ...(isFirst ? { style: "primary" as const } : {}),
          },
        ],
      ];
