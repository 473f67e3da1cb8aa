/** On the left: who writes, and that person's chats. */
import { avatar, dialog, el, icon, redraw } from "./dom.js";
import { ask } from "./net.js";
import { clock, day, dayKey, language, setLanguage, t } from "./words.js";

/** @param deps { choosePerson(id), chooseChat(id), relabel() } */
export function makePeople(deps) {
  const faces = el("div.faces", { role: "tablist", "aria-label": t.you });
  const chats = el("nav.chats", { "aria-label": t.chats });
  const switcher = el(
    "button.language",
    {
      type: "button",
      lang: language === "ru" ? "en" : "ru",
      onclick: () => {
        setLanguage(language === "ru" ? "en" : "ru");
        deps.relabel();
      },
    },
    language === "ru" ? "English" : "Русский",
  );
  const root = el(
    "aside.people",
    { "aria-label": t.chats },
    el("header.people-head", {}, el("img.logo", { src: "icon.svg", alt: "" }), el("h1", {}, t.title), switcher),
    el("p.about", {}, t.about),
    el("h2.caption", {}, t.you),
    faces,
    chats,
  );

  function show(state, personId, chatId) {
    redraw(faces, [state.people.map(({ id, name, chats }) => [id, name, unread(chats)]), personId], () => [
      ...state.people.map((person) => face(person, person.id === personId)),
      el(
        "button.face.face-add",
        { type: "button", onclick: addPerson },
        el("span.avatar", {}, icon("plus")),
        el("span", {}, t.add),
      ),
    ]);
    const person = state.people.find(({ id }) => id === personId);
    redraw(chats, [person?.chats, chatId], () => (person?.chats ?? []).map((chat) => line(chat, chat.id === chatId)));
  }

  function face(person, isChosen) {
    const count = unread(person.chats);
    return el(
      "button.face",
      {
        type: "button",
        role: "tab",
        "aria-selected": String(isChosen),
        title: person.name,
        onclick: () => deps.choosePerson(person.id),
      },
      avatar(person.id, person.name),
      el("span", {}, person.name.split(" ")[0]),
      count > 0 && !isChosen ? el("b.badge", { "aria-label": t.newMessages(count) }, String(count)) : null,
    );
  }

  function line(chat, isChosen) {
    const { last } = chat;
    const when = last ? (dayKey(last.date) === dayKey(Date.now() / 1000) ? clock(last.date) : day(last.date)) : "";
    return el(
      "button.chat-line",
      { type: "button", "aria-current": isChosen ? "true" : undefined, onclick: () => deps.chooseChat(chat.id) },
      avatar(chat.id, chat.name, chat.kind),
      el("span.line-name", {}, chat.name),
      el("time", {}, when),
      el("span.line-last", {}, last ? last.text : chat.kind === "bot" ? `@${chat.username}` : ""),
      chat.unread > 0
        ? el("b.badge", { "aria-label": t.newMessages(chat.unread) }, chat.unread > 99 ? "99+" : String(chat.unread))
        : null,
    );
  }

  function addPerson() {
    const name = el("input", { type: "text", name: "name", required: true, maxlength: 64, autocomplete: "off" });
    const tongue = el(
      "select",
      { name: "language" },
      el("option", { value: "ru" }, "Русский"),
      el("option", { value: "en" }, "English"),
    );
    tongue.value = language;
    const box = dialog(
      t.add,
      el("div.form", {}, el("label", {}, t.name, name), el("label", {}, t.language, tongue)),
      () => [
        el(
          "button.plain",
          { value: "no", formnovalidate: true, type: "button", onclick: () => box.close("no") },
          t.cancel,
        ),
        el("button.primary", { value: "yes" }, t.save),
      ],
    );
    name.focus();
    box.addEventListener("close", async () => {
      if (box.returnValue !== "yes" || name.value.trim() === "") return;
      const { id } = await ask("/api/people", { name: name.value, language: tongue.value });
      deps.choosePerson(id);
    });
  }

  return { root, show };
}

export const unread = (chats) => chats.reduce((sum, chat) => sum + chat.unread, 0);
