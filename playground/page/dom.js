/** Elements from plain values. Text is always a text node, so nobody's words become markup. */

/** @param {string} tag `name.class.class` */
export function el(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const node = document.createElement(name || "div");
  if (classes.length > 0) node.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "value") node.value = value;
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  node.append(...children.flat().filter((child) => child !== undefined && child !== null && child !== false));
  return node;
}

const SVG = "http://www.w3.org/2000/svg";
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

export function iconButton(name, label, onclick, more = {}) {
  return el("button.icon-button", { type: "button", "aria-label": label, title: label, onclick, ...more }, icon(name));
}

/** Only http, https, tg and mailto addresses become links. */
export function safeUrl(text) {
  try {
    const url = new URL(/^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`);
    return ["http:", "https:", "tg:", "mailto:"].includes(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}

export function avatar(id, name, kind = "") {
  const letters = [...name.trim().split(/\s+/)].slice(0, 2).map((word) => [...word][0] ?? "");
  const node = el("span.avatar", { "aria-hidden": true, "data-hue": Math.abs(id) % 7 });
  if (kind === "bot") {
    node.classList.add("avatar-bot");
    const picture = el("img", { src: "icon.svg", alt: "" });
    if (Math.abs(id) % 2 === 1) {
      node.append(picture);
      return node;
    }
  }
  node.append(letters.join("").toUpperCase());
  return node;
}

/** A dialog that closes by Esc, by a click beside it, and takes itself away. */
export function dialog(title, body, actions) {
  const box = el("dialog.dialog", { "aria-label": title, onclose: () => box.remove() });
  box.addEventListener("click", (event) => {
    if (event.target === box) box.close();
  });
  box.append(el("form", { method: "dialog" }, el("h2", {}, title), body, el(".dialog-actions", {}, actions(box))));
  document.body.append(box);
  box.showModal();
  return box;
}

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = el("textarea", { value: text });
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}

/** Puts children in place of the old ones only when they would differ. */
export function redraw(node, signature, children) {
  const key = JSON.stringify(signature);
  if (node.dataset.signature === key) return false;
  node.dataset.signature = key;
  node.replaceChildren(...children());
  return true;
}
