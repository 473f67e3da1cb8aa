/** Apps at services, for the installation's owner. */
import { FormattedString } from "@grammyjs/parse-mode";
import type { Locale, ServiceApp } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Button, Screen } from "../parts.ts";
import type { Texts } from "../texts/index.ts";

export function appsScreen(t: Texts, locale: Locale, apps: readonly ServiceApp[]): Screen {
  const row = ({ connector, name, from }: ServiceApp): Button[] => [
    { text: (from === null ? t.apps.lacks : t.apps.has)(name[locale]), data: to("svcapp", connector) },
  ];
  return {
    text: t.apps.title,
    keyboard: [...apps.map(row), [{ text: t.home.back, data: to("settings") }]],
  };
}

export function appScreen(t: Texts, locale: Locale, app: ServiceApp): Screen {
  const { connector, name, id, from, steps, redirect } = app;
  const parts: (string | FormattedString)[] = [t.apps.one(name[locale]), ""];
  parts.push(id === null ? t.apps.none : from === "environment" ? t.apps.fixed(id) : t.apps.set(id));
  if (from !== "environment" && steps.length > 0) {
    parts.push("", t.apps.steps, ...steps.map((step, index) => `${index + 1}. ${step[locale]}`));
  }
  parts.push("", redirect === null ? t.apps.unreachable : t.apps.redirect(redirect));
  const keyboard: Button[][] = [];
  if (redirect !== null && redirect.length <= 256) keyboard.push([{ text: t.apps.copy, copy: redirect }]);
  if (from === null) keyboard.push([{ text: t.apps.enter, data: to("svcappid", connector), style: "primary" }]);
  if (from === "owner") {
    keyboard.push([
      { text: t.apps.change, data: to("svcappid", connector) },
      { text: t.apps.remove, data: to("svcappoff", connector), style: "danger" },
    ]);
  }
  keyboard.push([{ text: t.home.back, data: to("apps") }]);
  return { text: FormattedString.join(parts, "\n"), keyboard };
}

/** One of the two questions. */
export function appAsk(t: Texts, app: ServiceApp, text: FormattedString): Screen {
  return { text, keyboard: [[{ text: t.home.back, data: to("svcapp", app.connector) }]] };
}
