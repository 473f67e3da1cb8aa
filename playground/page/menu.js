/** What can be done with the open chat: block a bot, make a group with it, throw it out and bring it back. */
import { dialog, el } from "./dom.js";
import { ask } from "./net.js";
import { t } from "./words.js";

/** @param now { view, person, groups, toast(words), open(chatId) } */
export function menuItems({ view, person, groups, toast, open }) {
  if (!view) return [];
  const item = (label, run, kind = "") =>
    el(
      `button${kind}`,
      { type: "button", role: "menuitem", onclick: () => run().catch((error) => toast(error.message)) },
      label,
    );
  if (view.kind === "group") {
    const group = groups.find(({ id }) => id === view.id);
    const bot = group?.bots[0] ?? group?.kicked[0];
    if (bot === undefined) return [];
    const isIn = group.bots.includes(bot);
    const setMember = () => ask(`/api/groups/${view.id}/bots`, { bot, member: !isIn });
    const migrate = async () => open((await ask(`/api/groups/${view.id}/migrate`, {})).id);
    return [
      ...(group.type === "group" ? [item(t.migrate, migrate)] : []),
      item(isIn ? t.removeBot : t.returnBot, setMember, isIn ? ".danger" : ""),
    ];
  }
  if (view.state !== "started") return [];
  return [
    item(t.makeGroup, async () => askForGroup({ bot: view.id, person, open })),
    item(t.block, () => ask(`/api/people/${person}/block`, { bot: view.id, blocked: true }), ".danger"),
  ];
}

/** `start`: what Telegram says in a group that a bot was added to by a link. */
export function askForGroup({ bot, person, open, start, username }) {
  const title = el("input", { type: "text", name: "title", required: true, maxlength: 128, value: t.firstGroup });
  const body = el("div.form", {}, el("label", {}, t.groupTitle, title), el("p.hint", {}, t.groupHint));
  const box = dialog(t.makeGroup, body, () => [
    el("button.plain", { type: "button", onclick: () => box.close("no") }, t.cancel),
    el("button.primary", { value: "yes" }, t.doIt),
  ]);
  title.select();
  box.addEventListener("close", async () => {
    if (box.returnValue !== "yes" || title.value.trim() === "") return;
    const { people } = await ask("/api/state");
    const others = people.map(({ id }) => id).filter((id) => id !== person);
    const { id } = await ask("/api/groups", { title: title.value, people: [person, ...others], bots: [bot] });
    if (start) await ask(`/api/chats/${person}/text`, { chat: id, text: `/start@${username} ${start}` });
    open(id);
  });
}
