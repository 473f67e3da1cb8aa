/** How bundles, triggers and steps are called where no person has named them. */
import type { Connector, Locale, Text } from "../../connectors/kit/define.ts";
import type { Bundle, Step, Trigger } from "./model.ts";

export type FindConnector = (key: string) => Connector | undefined;

const TOOLS: Readonly<Record<Exclude<Step["kind"], "action">, Text>> = {
  router: { ru: "Развилка", en: "Router" },
  break: { ru: "Конец", en: "Break" },
  stopIf: { ru: "Остановить, если", en: "Stop if" },
  loop: { ru: "Для каждого", en: "For each" },
  endLoop: { ru: "Конец цикла", en: "End of loop" },
  delay: { ru: "Пауза", en: "Delay" },
  set: { ru: "Запомнить", en: "Set values" },
  approval: { ru: "Спросить человека", en: "Ask a person" },
};
const NEW: Text = { ru: "Новая связка", en: "New bundle" };

/** `retailCRM: Новый клиент`, or the name a person gave. */
export function stepTitle(step: Step, find: FindConnector): Text {
  if (step.name !== undefined) return { ru: step.name, en: step.name };
  if (step.kind !== "action") return TOOLS[step.kind];
  const connector = find(step.connector);
  const action = connector?.actions.find(({ key }) => key === step.action);
  return titled(connector, step.connector, action?.name ?? { ru: step.action, en: step.action });
}

export function triggerTitle(trigger: Trigger, find: FindConnector): Text {
  const connector = find(trigger.connector);
  const found = connector?.triggers.find(({ key }) => key === trigger.trigger);
  return titled(connector, trigger.connector, found?.name ?? { ru: trigger.trigger, en: trigger.trigger });
}

/** The name proposed for a bundle: what starts it and where it goes. */
export function bundleName(body: Bundle, find: FindConnector, locale: Locale): string {
  if (body.trigger === null) return NEW[locale];
  const goals = body.steps.flatMap((step) =>
    step.kind === "action" ? [find(step.connector)?.name[locale] ?? step.connector] : [],
  );
  const start = triggerTitle(body.trigger, find)[locale];
  return [start, [...new Set(goals)].join(", ")]
    .filter((part) => part !== "")
    .join(" → ")
    .slice(0, 100);
}

/** Whether a name is one that we gave, and may be replaced as the bundle grows. */
export function isProposedName(name: string, body: Bundle, find: FindConnector): boolean {
  return (["ru", "en"] as const).some((locale) => name === NEW[locale] || name === bundleName(body, find, locale));
}

function titled(connector: Connector | undefined, key: string, name: Text): Text {
  return { ru: `${connector?.name.ru ?? key}: ${name.ru}`, en: `${connector?.name.en ?? key}: ${name.en}` };
}
