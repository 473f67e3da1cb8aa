/** Beside the chat: each service's records, the buttons that make life happen, and how the service behaves. */
import { copy, dialog, el, icon, redraw } from "./dom.js";
import { ask } from "./net.js";
import { table } from "./table.js";
import { pick, t } from "./words.js";

/** @param deps { person(): number, bots(): {name, token}[], toast(words), back() } */
export function makeServices(deps) {
  let views = [];
  let chosen = localStorage.getItem("service") ?? "";
  /** What was typed into forms, by sandbox, button and field, so that a redraw forgets nothing. */
  const typed = new Map();
  let openForm = "";
  const openDetails = new Set();

  const tabs = el("div.tabs", { role: "tablist", "aria-label": t.services });
  const parts = {
    access: el("section.card"),
    life: el("section.card"),
    weather: el("section.card"),
    records: el("section.records"),
  };
  const body = el("div.services-body", {}, parts.access, parts.life, parts.records, parts.weather);
  const root = el(
    "aside.services",
    { "aria-label": t.services },
    el("header.services-head", {}, el("h2", {}, t.services), el("span", {}, t.servicesHint)),
    tabs,
    body,
  );

  async function refresh() {
    views = await ask("/api/sandboxes");
    draw();
  }

  function draw() {
    const keys = [...views.map(({ key }) => key), "telegram"];
    if (!keys.includes(chosen)) chosen = keys[0];
    redraw(tabs, [keys, chosen, views.map(health)], () =>
      keys.map((key) => {
        const view = views.find((one) => one.key === key);
        return el(
          "button.tab",
          { type: "button", role: "tab", "aria-selected": String(key === chosen), onclick: () => choose(key) },
          view ? el("span.dot", { "data-ok": String(health(view) === "ok") }) : null,
          view ? pick(view.name) : t.telegram,
        );
      }),
    );
    const view = views.find(({ key }) => key === chosen);
    for (const part of [parts.life, parts.weather, parts.records]) part.hidden = !view;
    if (!view) {
      drawTelegram();
      return;
    }
    drawAccess(view.key, [...view.credentials, { label: t.address, value: view.base }], "");
    redraw(parts.life, [view.key, view.buttons, openForm], () => [
      el("h3", {}, t.happens),
      el(
        "div.actions",
        {},
        view.buttons.map((button) => action(view, button)),
      ),
    ]);
    redraw(parts.weather, [view.key, view.switches], () => [
      el("h3", {}, t.weather),
      ...view.switches.slice(0, 1).map((one) => choice(view, one)),
      details(view),
      el("button.plain.reset", { type: "button", onclick: () => reset(view) }, t.reset),
    ]);
    redraw(parts.records, [view.key, view.tables], () => view.tables.map(table));
  }

  /** Points that the service's own documentation leaves open: seldom needed, so folded. */
  function details(view) {
    const rest = view.switches.slice(1);
    if (rest.length === 0) return "";
    const node = el("details", {}, el("summary", {}, t.details), ...rest.map((one) => choice(view, one)));
    node.open = openDetails.has(view.key) || rest.some((one) => one.value !== one.choices[0]?.value);
    node.addEventListener("toggle", () => (node.open ? openDetails.add(view.key) : openDetails.delete(view.key)));
    return node;
  }

  const health = (view) => view.switches.find(({ key }) => key === "health")?.value ?? "ok";

  function choose(key) {
    chosen = key;
    openForm = "";
    localStorage.setItem("service", key);
    draw();
    body.scrollTop = 0;
  }

  function drawTelegram() {
    const second = deps.bots()[1];
    drawAccess(
      "telegram",
      [
        ...(second ? [{ label: t.messageBot, value: second.token }] : []),
        { label: t.chatId, value: String(deps.person() ?? "") },
      ],
      t.telegramHint,
    );
  }

  function drawAccess(key, rows, hint) {
    redraw(parts.access, [key, rows], () =>
      [
        el("h3", {}, t.credentials),
        hint ? el("p.hint", {}, hint) : null,
        ...rows.map(({ label, value }) => {
          const take = () => copy(value).then(() => deps.toast(t.copied));
          return el(
            "div.secret",
            {},
            el("span", {}, pick(label)),
            el(
              "button",
              { type: "button", title: t.copy, "aria-label": `${t.copy}: ${pick(label)}`, onclick: take },
              el("code", {}, value),
              icon("copy"),
            ),
          );
        }),
      ].filter(Boolean),
    );
  }

  function action(view, button) {
    const name = `${view.key}/${button.key}`;
    const isOpen = openForm === name;
    const toggle = () => {
      if (button.fields.length === 0) return void run(view, button, {});
      openForm = isOpen ? "" : name;
      draw();
      if (!isOpen) parts.life.querySelector("form input, form select, form button")?.focus();
    };
    const head = el(
      "button.action",
      { type: "button", "aria-expanded": button.fields.length > 0 ? String(isOpen) : undefined, onclick: toggle },
      pick(button.label),
      button.fields.length > 0 ? icon("down") : null,
    );
    if (!isOpen) return head;
    return el("div.action-open", {}, head, form(view, button, name));
  }

  function form(view, button, name) {
    const values = typed.get(name) ?? {};
    typed.set(name, values);
    const node = el("form.form");
    for (const field of button.fields) {
      const value = values[field.key] ?? field.value;
      const input = field.choices
        ? el(
            "select",
            { name: field.key },
            field.choices.map((c) => el("option", { value: c.value }, pick(c.label))),
          )
        : el("input", { type: "text", name: field.key, autocomplete: "off" });
      input.value = value;
      input.addEventListener("input", () => {
        values[field.key] = input.value;
      });
      node.append(el("label", {}, pick(field.label), input));
    }
    node.append(el("button.primary", {}, t.doIt));
    node.addEventListener("submit", (event) => {
      event.preventDefault();
      const fields = Object.fromEntries(button.fields.map((field) => [field.key, values[field.key] ?? field.value]));
      void run(view, button, fields).then((done) => done && typed.delete(name));
    });
    node.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      openForm = "";
      draw();
    });
    return node;
  }

  async function run(view, button, fields) {
    try {
      await ask(`/api/sandboxes/${view.key}/buttons/${button.key}`, { fields });
      deps.toast(`${pick(button.label)}: ${t.done.toLowerCase()}`);
      openForm = "";
      await refresh();
      return true;
    } catch (error) {
      deps.toast(error.message);
      return false;
    }
  }

  function choice(view, one) {
    const select = el(
      "select",
      { onchange: () => change(view, one, select) },
      one.choices.map((c) => el("option", { value: c.value }, pick(c.label))),
    );
    // A counted choice ("2 more times") is not in the list by its number; the list then shows its kind.
    const known =
      one.choices.find((c) => c.value === one.value) ??
      one.choices.find((c) => c.value.split(":")[0] === one.value.split(":")[0]);
    select.value = known?.value ?? one.choices[0]?.value;
    return el(
      "label.switch",
      { "data-usual": String(select.value === one.choices[0]?.value) },
      el("span", {}, pick(one.label)),
      select,
    );
  }

  async function change(view, one, select) {
    try {
      await ask(`/api/sandboxes/${view.key}/switches`, { key: one.key, value: select.value });
    } catch (error) {
      deps.toast(error.message);
    }
    await refresh();
  }

  function reset(view) {
    const box = dialog(t.reset, el("p.alert-words", {}, t.resetAsk(pick(view.name))), () => [
      el("button.plain", { value: "no" }, t.cancel),
      el("button.primary.danger", { value: "yes" }, t.reset),
    ]);
    box.addEventListener("close", async () => {
      if (box.returnValue !== "yes") return;
      await ask(`/api/sandboxes/${view.key}/reset`, {});
      await refresh();
    });
  }

  return { root, refresh, draw };
}
