/** Brings the list of messages to what the chat is now: only what differs is touched, what is gone vanishes. */
import { dayNode, messageNode } from "./message.js";
import { dayKey } from "./words.js";

/** Messages of one sender within this time stand close together. */
const CLOSE_S = 300;
const LEAVE_MS = 320;

/** @param list the `ol`; @param own what `messageNode` needs; @param isAlive new messages come with a movement */
export function drawList(list, messages, own, isAlive) {
  const known = new Map([...list.children].map((node) => [node.dataset.id ?? node.dataset.day, node]));
  const wanted = [];
  let last;
  for (const message of messages) {
    const today = dayKey(message.date);
    if (!last || dayKey(last.date) !== today) {
      const fresh = dayNode(message.date);
      const node = known.get(today) ?? fresh;
      node.dataset.day = today;
      // After midnight the same day is called otherwise.
      if (node.textContent !== fresh.textContent) node.replaceChildren(...fresh.childNodes);
      wanted.push(node);
      last = undefined;
    }
    const node = current(known.get(String(message.message_id)), message, own, isAlive);
    const isClose = last?.from?.id === message.from?.id && message.date - last.date < CLOSE_S;
    node.classList.toggle("row-next", Boolean(last && isClose));
    for (const button of node.querySelectorAll("[data-data]")) {
      button.classList.toggle("waiting", own.isWaiting(message.message_id, button.dataset.data));
    }
    wanted.push(node);
    last = message;
  }
  const keep = new Set(wanted);
  for (const node of [...list.children]) if (!keep.has(node)) leave(node);
  let place = list.firstElementChild;
  for (const node of wanted) {
    while (place?.classList.contains("leaving")) place = place.nextElementSibling;
    if (place === node) place = place.nextElementSibling;
    else list.insertBefore(node, place);
  }
}

/** The message's node, made anew when the message has changed; a focused button keeps its focus. */
function current(old, message, own, isAlive) {
  if (old?.dataset.change === String(message.change)) return old;
  const node = messageNode(message, own);
  node.dataset.change = String(message.change);
  if (!old) {
    if (isAlive) node.classList.add("coming");
    return node;
  }
  const focused = old.contains(document.activeElement) ? document.activeElement.dataset.data : undefined;
  old.replaceWith(node);
  if (focused !== undefined) {
    [...node.querySelectorAll("[data-data]")].find((button) => button.dataset.data === focused)?.focus();
  }
  return node;
}

function leave(node) {
  if (node.classList.contains("leaving")) return;
  if (!node.dataset.id || matchMedia("(prefers-reduced-motion: reduce)").matches) {
    node.remove();
    return;
  }
  node.style.height = `${node.offsetHeight}px`;
  node.classList.add("leaving");
  delete node.dataset.id;
  setTimeout(() => node.remove(), LEAVE_MS);
}
