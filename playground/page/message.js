/** One message: bubble, photo or document, and the keyboard under it. */
import { copy, el, icon, safeUrl } from "./dom.js";
import { formatted } from "./text.js";
import { clock, day, size, t } from "./words.js";

/**
 * @param {object} message as the API gives it
 * @param {object} deps { kind, toast, say, press, reply, isWaiting, askToOpen }
 */
export function messageNode(message, deps) {
  const note = serviceWords(message);
  if (note) return el("li.row.row-note", { "data-id": message.message_id }, el("span.note", {}, note));
  const row = el(`li.row.${message.mine ? "row-mine" : "row-theirs"}`, { "data-id": message.message_id });
  const answer = () => deps.reply(message);
  const stack = el("div.stack", {}, bubble(message, deps));
  stack.firstChild.append(
    el(
      "button.reply-button",
      { type: "button", "aria-label": t.reply, title: t.reply, onclick: answer },
      icon("reply"),
    ),
  );
  const markup = message.reply_markup?.inline_keyboard;
  if (markup) stack.append(keyboard(message, markup, deps));
  row.append(stack);
  return row;
}

function bubble(message, deps) {
  const node = el("div.bubble");
  const words = message.text ?? message.caption;
  const entities = message.entities ?? message.caption_entities;
  if (deps.kind === "group" && !message.mine) {
    node.append(el("span.sender", { "data-hue": Math.abs(message.from?.id ?? 0) % 7 }, message.from?.first_name ?? ""));
  }
  if (message.reply_to_message) {
    const { text, caption, from } = message.reply_to_message;
    node.append(el("div.reply", {}, el("b", {}, from?.first_name ?? ""), el("span", {}, text ?? caption ?? t.photo)));
  }
  if (message.photo) node.append(photo(message.photo.at(-1)));
  if (message.document) node.append(file(message.document));
  if (words) {
    const body = el("div.words", { dir: "auto" });
    body.append(formatted(words, entities, { toast: deps.toast, command: deps.say }));
    if (["BLOCKQUOTE", "PRE"].includes(body.lastChild?.tagName)) body.classList.add("ends-in-block");
    node.append(body);
  } else if (message.photo) node.classList.add("bubble-photo");
  const full = new Date(message.date * 1000).toLocaleString();
  node.append(el("span.meta", { title: full }, clock(message.date), message.mine ? icon("check") : null));
  return node;
}

function photo({ file_id, width, height }) {
  const address = `/api/files/${file_id}`;
  const image = el("img", { src: address, alt: t.photo, width, height, loading: "lazy" });
  return el("a.photo", { href: address, target: "_blank", rel: "noopener" }, image);
}

function file({ file_id, file_name, file_size }) {
  const extension = /\.(\w{1,4})$/.exec(file_name)?.[1];
  return el(
    "a.file",
    { href: `/api/files/${file_id}?download=1`, download: file_name, title: t.download },
    el("span.file-icon", {}, extension ? el("b", {}, extension) : icon("file")),
    el("span.file-name", {}, file_name, el("small", {}, size(file_size))),
  );
}

function keyboard(message, rows, deps) {
  const columns = rows.map((row) =>
    el(
      "div.keys",
      {},
      row.map((button) => key(message, button, deps)),
    ),
  );
  return el("div.keyboard", {}, columns);
}

function key(message, button, deps) {
  const style = ["danger", "success", "primary"].includes(button.style) ? `.key-${button.style}` : "";
  const node = el(`button.key${style}`, { type: "button" }, el("span", {}, button.text));
  if (button.disabled) node.disabled = true;
  if (button.url) {
    node.append(icon("link"));
    node.addEventListener("click", () => deps.askToOpen(safeUrl(button.url) ?? ""));
  } else if (button.copy_text) {
    node.append(icon("copy"));
    node.addEventListener("click", () => copy(button.copy_text.text).then(() => deps.toast(t.copied)));
  } else if (button.callback_data !== undefined) {
    node.dataset.data = button.callback_data;
    node.classList.toggle("waiting", deps.isWaiting(message.message_id, button.callback_data));
    node.addEventListener("click", () => deps.press(message.message_id, button.callback_data));
  } else node.disabled = true;
  return node;
}

function serviceWords(message) {
  const names = (users) => users.map(({ first_name }) => first_name).join(", ");
  if (message.new_chat_members) return t.joined(names(message.new_chat_members));
  if (message.left_chat_member) return t.left(names([message.left_chat_member]));
  if (message.group_chat_created) return t.created;
  if (message.migrate_to_chat_id || message.migrate_from_chat_id) return t.migrated;
  return undefined;
}

export const dayNode = (seconds) => el("li.row.row-note.row-day", {}, el("span.note", {}, day(seconds)));
