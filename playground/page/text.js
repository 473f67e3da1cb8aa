/** Text with Telegram's entities as elements: nested, folded, linked. */
import { copy, el, safeUrl } from "./dom.js";
import { t } from "./words.js";

const TAGS = {
  bold: "strong",
  italic: "em",
  underline: "u",
  strikethrough: "s",
  blockquote: "blockquote",
};

const BLOCKS = ["BLOCKQUOTE", "PRE"];

/** @param {(words: string) => void} toast @param {(command: string) => void} command runs a command that was clicked */
export function formatted(text, entities, { toast, command }) {
  const sorted = [...(entities ?? [])].sort((a, b) => a.offset - b.offset || b.length - a.length);
  const root = document.createDocumentFragment();
  root.append(...build(0, text.length, sorted));
  return root;

  function build(start, end, list) {
    const nodes = [];
    let at = start;
    for (let i = 0; i < list.length; i++) {
      const entity = list[i];
      const from = Math.max(entity.offset, at);
      const to = Math.min(entity.offset + entity.length, end);
      if (to <= from) continue;
      if (from > at) nodes.push(text.slice(at, from));
      const inner = [];
      while (i + 1 < list.length && list[i + 1].offset < to) inner.push(list[++i]);
      const node = wrap(entity, text.slice(from, to), build(from, to, inner));
      nodes.push(node);
      // A block breaks the line by itself.
      at = BLOCKS.includes(node.tagName) && text[to] === "\n" ? to + 1 : to;
    }
    if (at < end) nodes.push(text.slice(at, end));
    return nodes;
  }

  function wrap(entity, plain, children) {
    const tag = TAGS[entity.type];
    if (tag) return el(tag, {}, children);
    switch (entity.type) {
      case "code":
        return el("code", { title: t.copy, onclick: () => copy(plain).then(() => toast(t.copied)) }, children);
      case "pre":
        return el(
          "pre",
          {},
          entity.language ? el("span.code-language", {}, entity.language) : null,
          el("code", {}, children),
        );
      case "spoiler": {
        const node = el("button.spoiler", { type: "button" }, children);
        node.addEventListener("click", () => node.classList.add("shown"));
        return node;
      }
      case "expandable_blockquote": {
        const body = el("div.quote-body", {}, children);
        const node = el("blockquote.folded", {}, body);
        const toggle = el("button.quote-toggle", { type: "button", "aria-expanded": "false" }, t.expand);
        toggle.addEventListener("click", () => {
          const folded = node.classList.toggle("folded");
          toggle.textContent = folded ? t.expand : t.collapse;
          toggle.setAttribute("aria-expanded", String(!folded));
        });
        node.append(toggle);
        return node;
      }
      case "url":
      case "email":
      case "text_link": {
        const address = entity.type === "email" ? `mailto:${plain}` : (entity.url ?? plain);
        const href = safeUrl(address);
        if (!href) return el("span", {}, children);
        return el("a", { href, target: "_blank", rel: "noopener noreferrer", title: entity.url }, children);
      }
      case "bot_command":
        return el("button.command", { type: "button", onclick: () => command(plain) }, children);
      case "mention":
      case "hashtag":
      case "text_mention":
        return el("span.mention", {}, children);
      case "date_time": {
        const date = new Date((entity.unix_time ?? 0) * 1000);
        return el("time", { datetime: date.toISOString() }, children);
      }
      default:
        return el("span", {}, children);
    }
  }
}
