/** The open chat: its head, messages that change in place, toasts, and the way to the newest one. */

import { botLink } from "./botlink.js";
import { makeComposer } from "./composer.js";
import { avatar, copy, dialog, el, icon, iconButton } from "./dom.js";
import { drawList } from "./list.js";
import { askForGroup, menuItems } from "./menu.js";
import { ask } from "./net.js";
import { t } from "./words.js";

const NEAR_BOTTOM = 90;
const TOAST_MS = 3500;
const STEP = 200;

/** @param deps { person(): number, chatId(): number, chooseChat(id), back(), read() } */
export function makeChat(deps) {
  let view;
  let key = "";
  let limit = STEP;
  let heard = new Set();
  const pressed = new Map();

  const title = el("span.chat-name");
  const status = el("span.chat-status");
  const face = el("span.chat-face");
  const more = iconButton("more", t.more, showMenu, { "aria-haspopup": "menu" });
  const menu = el("div.menu", { role: "menu", hidden: true });
  const head = el(
    "header.chat-head",
    {},
    iconButton("back", t.back, deps.back, { class: "icon-button only-phone" }),
    face,
    el("div.chat-title", {}, title, status),
    more,
    menu,
  );
  const list = el("ol.messages", { "aria-live": "polite", "aria-label": t.chat });
  const intro = el("div.intro");
  const scroller = el("div.scroller", { tabindex: "-1" }, intro, list);
  const badge = el("b.badge");
  const toBottom = el(
    "button.to-bottom",
    { type: "button", "aria-label": t.toBottom, hidden: true, onclick: () => scrollDown() },
    icon("down"),
    badge,
  );
  const toasts = el("div.toasts", { role: "status" });
  const composer = makeComposer({
    ...deps,
    sent: () => scrollDown(),
    toast,
  });
  const root = el(
    "section.chat",
    { "aria-label": t.chat },
    head,
    el("div.stage", {}, scroller, toBottom),
    composer.root,
  );

  // The chat stays at its newest message until somebody scrolls up; pictures that arrive late don't count as that.
  let stays = true;
  let lastTop = 0;
  scroller.addEventListener("scroll", () => {
    if (isAtBottom()) stays = true;
    else if (scroller.scrollTop < lastTop) stays = false;
    lastTop = scroller.scrollTop;
    toBottom.hidden = stays;
    if (stays && view?.unread > 0) readSoon();
    if (scroller.scrollTop < 60 && view && view.messages.length >= limit) {
      limit += STEP;
      void refresh();
    }
  });
  new ResizeObserver(() => stays && scrollDown()).observe(list);
  new ResizeObserver(() => stays && scrollDown()).observe(scroller);
  document.addEventListener("click", (event) => {
    if (!more.contains(event.target)) menu.hidden = true;
  });

  const isAtBottom = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_BOTTOM;
  function scrollDown() {
    stays = true;
    scroller.scrollTop = scroller.scrollHeight;
  }
  function readSoon() {
    if (document.visibilityState === "visible" && view.unread > 0 && stays) {
      view.unread = 0;
      void deps.read();
    }
  }

  async function refresh() {
    const [person, chat] = [deps.person(), deps.chatId()];
    if (!person || !chat) return;
    const next = await ask(`/api/chats/${person}?chat=${chat}&limit=${limit}`);
    if (person !== deps.person() || chat !== deps.chatId()) return;
    const isOther = key !== `${person} ${chat}`;
    if (isOther) {
      key = `${person} ${chat}`;
      heard = new Set(next.presses.filter(({ answer }) => answer).map(({ id }) => id));
      pressed.clear();
      list.replaceChildren();
    }
    if (isOther) stays = true;
    const height = scroller.scrollHeight;
    const older = view && !isOther && next.messages[0]?.message_id < view.messages[0]?.message_id;
    view = next;
    draw(isOther);
    if (stays) scrollDown();
    else if (older) scroller.scrollTop += scroller.scrollHeight - height;
    hearAnswers();
    readSoon();
  }

  function draw(isOther) {
    title.textContent = view.name;
    face.replaceChildren(avatar(view.id, view.name, view.kind));
    const doing = view.doing === "typing" ? t.typing : view.doing ? t.sending : "";
    status.textContent = doing || (view.kind === "bot" ? t.bot : t.group);
    status.classList.toggle("doing", doing !== "");
    if (doing) setTimeout(refreshSoon, 5100);
    drawIntro();
    drawMessages(isOther);
    composer.show(view);
    toBottom.hidden = stays;
    badge.textContent = view.unread > 0 ? String(view.unread) : "";
  }
  const refreshSoon = () => void refresh().catch(() => {});

  function drawIntro() {
    const isEmpty = view.messages.length === 0;
    intro.hidden = !isEmpty;
    if (!isEmpty) return;
    intro.replaceChildren(
      avatar(view.id, view.name, view.kind),
      el("h2", {}, view.description ? t.can : view.name),
      el("p", {}, view.description || t.emptyHint),
    );
  }

  function drawMessages(isOther) {
    const waiting = new Set(pressed.values());
    for (const { answer, message, data } of view.presses) if (!answer) waiting.add(`${message} ${data}`);
    const isWaiting = (message, data) => waiting.has(`${message} ${data}`);
    const own = { kind: view.kind, toast, say: composer.say, reply: composer.reply, press, isWaiting, askToOpen };
    drawList(list, view.messages, own, !isOther);
  }

  async function press(message, data) {
    const local = Symbol("press");
    pressed.set(local, `${message} ${data}`);
    for (const node of list.querySelectorAll(`[data-id="${message}"] [data-data]`)) {
      if (node.dataset.data === data) node.classList.add("waiting");
    }
    try {
      await ask(`/api/chats/${deps.person()}/press`, { chat: deps.chatId(), message, data });
    } catch (error) {
      toast(error.message);
    } finally {
      pressed.delete(local);
      refreshSoon();
    }
  }

  function hearAnswers() {
    for (const { id, answer } of view.presses) {
      if (!answer || heard.has(id)) continue;
      heard.add(id);
      if (answer.url) askToOpen(answer.url);
      else if (answer.text && answer.alert) {
        dialog(view.name, el("p.alert-words", {}, answer.text), () => [el("button.primary", { value: "ok" }, t.ok)]);
      } else if (answer.text) toast(answer.text);
    }
  }

  // A link in a text, too.
  list.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (link && openHere(link.href)) event.preventDefault();
  });

  /** A link to a bot of this Telegram leads where Telegram would lead. */
  function openHere(address) {
    const link = botLink(address, deps.bots());
    if (!link) return false;
    const [person, open] = [deps.person(), deps.chooseChat];
    if (link.share !== undefined) copy(link.share).then(() => toast(t.shared));
    else if (link.group !== undefined)
      askForGroup({ bot: link.bot.id, username: link.bot.username, person, open, start: link.group });
    else {
      open(link.bot.id);
      const text = link.start ? `/start ${link.start}` : "/start";
      ask(`/api/chats/${person}/text`, { chat: link.bot.id, text }).catch((error) => toast(error.message));
    }
    return true;
  }

  function askToOpen(address) {
    if (!address || openHere(address)) return;
    dialog(t.open, el("p.alert-words", {}, t.openLink(address)), (box) => [
      el("button.plain", { value: "no" }, t.cancel),
      el(
        "a.button.primary",
        { href: address, target: "_blank", rel: "noopener noreferrer", onclick: () => box.close() },
        t.open,
      ),
    ]);
  }

  function toast(words) {
    const node = el("div.toast", {}, words);
    toasts.append(node);
    setTimeout(() => node.classList.add("leaving"), TOAST_MS);
    setTimeout(() => node.remove(), TOAST_MS + 300);
  }

  async function showMenu() {
    const isShown = !menu.hidden;
    const { groups } = await ask("/api/state");
    menu.replaceChildren(...menuItems({ view, person: deps.person(), groups, toast, open: deps.chooseChat }));
    menu.hidden = isShown || menu.children.length === 0;
  }

  return {
    root,
    toasts,
    refresh,
    toast,
    open() {
      limit = STEP;
      return refresh().then(() => composer.focus());
    },
  };
}
