/** Where a person writes: text, commands with their list, files with a preview; or the big START. */
import { makeAttach } from "./attach.js";
import { el, icon, iconButton } from "./dom.js";
import { ask } from "./net.js";
import { t } from "./words.js";

export function makeComposer({ person, chatId, sent, toast }) {
  let view;
  let chosen = 0;
  /** The message that the next text replies to. */
  let answered;

  const input = el("textarea.input", { rows: 1, placeholder: t.write, "aria-label": t.write, enterkeyhint: "send" });
  const attach = makeAttach({ person, chatId, sent, toast, input, mayAttach: () => view?.state === "started" });
  const commandsButton = el(
    "button.commands-button",
    { type: "button", "aria-label": t.commands, title: t.commands, onclick: toggleAll },
    icon("menu"),
  );
  const list = el("div.commands", { role: "listbox", "aria-label": t.commands, hidden: true });
  const replies = el("div.replies", { hidden: true });
  const sendButton = iconButton("send", t.send, submit, { class: "icon-button send" });
  const line = el(
    "div.composer-line",
    {},
    el("div.field", {}, commandsButton, input, iconButton("clip", t.attach, attach.choose), attach.picker),
    sendButton,
  );
  const big = el("button.big", { type: "button", hidden: true, onclick: begin });
  const quoted = el("p");
  const answering = el(
    "div.answering",
    { hidden: true },
    icon("reply"),
    quoted,
    iconButton("close", t.noReply, () => reply(undefined)),
  );
  const root = el("footer.composer", {}, list, answering, line, replies, big);

  function reply(message) {
    answered = message?.message_id;
    quoted.textContent = message?.text ?? message?.caption ?? "";
    answering.hidden = message === undefined;
    input.focus();
  }

  async function say(text) {
    if (text.trim() === "") return;
    const to = answered;
    if (to !== undefined) reply(undefined);
    try {
      await ask(`/api/chats/${person()}/text`, { chat: chatId(), text, reply: to });
      sent();
    } catch (error) {
      toast(error.message);
      if (!input.value) input.value = text;
    }
  }

  async function submit() {
    const text = input.value;
    input.value = "";
    fit();
    hide();
    input.focus();
    await say(text);
  }

  async function begin() {
    if (view.state === "blocked") await ask(`/api/people/${person()}/block`, { bot: view.id, blocked: false });
    await say("/start");
  }

  // ---- commands

  const shown = () => [...list.querySelectorAll("[role=option]")];
  function offer(prefix) {
    const fitting = (view?.commands ?? []).filter(({ command }) => `/${command}`.startsWith(prefix));
    chosen = 0;
    list.replaceChildren(
      ...fitting.map(({ command, description }, n) =>
        el(
          "button.option",
          {
            type: "button",
            role: "option",
            "aria-selected": String(n === 0),
            tabindex: "-1",
            onclick: () => run(command),
          },
          el("b", {}, `/${command}`),
          el("span", {}, description),
        ),
      ),
    );
    list.hidden = fitting.length === 0;
  }
  function hide() {
    list.hidden = true;
  }
  function toggleAll() {
    if (list.hidden) offer("/");
    else hide();
    input.focus();
  }
  function run(command) {
    hide();
    input.value = "";
    fit();
    input.focus();
    void say(`/${command}`);
  }
  function choose(step) {
    const options = shown();
    chosen = (chosen + step + options.length) % options.length;
    for (const [n, option] of options.entries()) option.setAttribute("aria-selected", String(n === chosen));
    options[chosen]?.scrollIntoView({ block: "nearest" });
  }

  // ---- typing

  function fit() {
    input.style.height = "auto";
    input.style.height = `${Math.min(input.scrollHeight, 180)}px`;
    sendButton.classList.toggle("ready", input.value.trim() !== "");
  }
  input.addEventListener("input", () => {
    fit();
    if (/^\/\w*$/.test(input.value)) offer(input.value);
    else hide();
  });
  input.addEventListener("keydown", (event) => {
    const isOpen = !list.hidden;
    if (event.key === "Escape" && isOpen) {
      hide();
      event.stopPropagation();
    } else if (event.key === "Escape" && answered !== undefined) reply(undefined);
    else if (isOpen && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      choose(event.key === "ArrowDown" ? 1 : -1);
    } else if (isOpen && (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey && !event.isComposing))) {
      event.preventDefault();
      shown()[chosen]?.click();
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      void submit();
    }
  });

  // ---- what the chat allows

  function show(next) {
    view = next;
    const isOpen = view.state === "started";
    line.hidden = !isOpen;
    big.hidden = isOpen;
    big.textContent = view.state === "blocked" ? t.restart : t.start;
    commandsButton.hidden = view.commands.length === 0;
    const last = view.messages.findLast((m) => m.reply_markup && !m.reply_markup.inline_keyboard)?.reply_markup;
    const rows = last?.keyboard ?? [];
    replies.hidden = rows.length === 0 || !isOpen;
    replies.replaceChildren(
      ...rows.map((row) =>
        el(
          "div.keys",
          {},
          row.map((button) => {
            const label = typeof button === "string" ? button : button.text;
            return el("button.reply-key", { type: "button", onclick: () => say(label) }, label);
          }),
        ),
      ),
    );
  }

  return {
    root,
    say,
    reply,
    show,
    focus: () => {
      if (!line.hidden && matchMedia("(hover: hover)").matches) input.focus();
    },
  };
}
