/** A bundle that was said in a sentence, came by a link or a file, and one that is shared. */
import type { BundleView, ConnectionView, Connector } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Button, Screen } from "../parts.ts";
import type { Skeleton } from "../skeleton.ts";
import { accountsScreen } from "./choose.ts";
import { bold, cut, code as fixed, lines } from "./lay.ts";
import { type Look, serviceName } from "./titles.ts";

const offerName = (look: Look, connector: string, key: string, of: "triggers" | "actions"): string => {
  const offers: readonly Connector["actions" | "triggers"][number][] = look.catalogue.connector(connector)?.[of] ?? [];
  return `${serviceName(look, connector)} · ${offers.find((one) => one.key === key)?.name[look.locale] ?? key}`;
};

/** What it would be, before it is. `tap` names one pressing of the button. */
export function previewScreen(
  look: Look,
  model: { readonly head: string; readonly skeleton: Skeleton; readonly code: string; readonly tap: string },
): Screen {
  const words = look.t.making;
  const { trigger, actions } = model.skeleton;
  return {
    text: lines(
      bold(model.head),
      "",
      words.when(cut(offerName(look, trigger.connector, trigger.trigger, "triggers"), 100)),
      ...actions.map(({ connector, action }, i) =>
        words.step(i + 2, cut(offerName(look, connector, action, "actions"), 100)),
      ),
      "",
      words.check,
    ),
    keyboard: [
      [{ text: words.build, data: to("mk", model.tap, model.code), style: "success" }],
      [{ text: words.byHand, data: to("fresh", model.tap) }],
      [{ text: look.t.bundles.home, data: to("home") }],
    ],
  };
}

/** Which account of a service; `service` is its short name in buttons. */
export function whichAccount(
  look: Look,
  model: {
    readonly view: BundleView;
    readonly connector: string;
    readonly service: string;
    readonly accounts: readonly ConnectionView[];
  },
): Screen {
  const { view, connector, service, accounts } = model;
  const words = look.t.making;
  const name = serviceName(look, connector);
  const screen = accountsScreen(look, {
    service: name,
    accounts: accounts.slice(0, 40),
    can: "action",
    choose: (id) => to("accs", view.id, service, id),
    connect: to("accn", view.id, service),
    back: to("steps", view.id),
    page: undefined,
    place: ["acc", view.id],
  });
  const later: Button[] = [{ text: words.later, data: to("steps", view.id) }];
  return {
    text: lines(accounts.length === 0 ? words.accountNone(name) : words.account(name)),
    keyboard: [...screen.keyboard.slice(0, -1), later],
  };
}

export function sharedScreen(look: Look, view: BundleView, link: string | null): Screen {
  const words = look.t.making;
  return {
    text: lines(
      words.shareTitle,
      "",
      link === null ? words.shareNoLink : words.shareLink,
      link !== null && fixed(link),
    ),
    keyboard: [
      ...(link === null ? [] : [[{ text: words.copyLink, copy: link } satisfies Button]]),
      [{ text: look.t.builder.back, data: to("cmore", view.id) }],
    ],
  };
}
