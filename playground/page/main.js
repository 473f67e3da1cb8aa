/** Starts the page: who is chosen, which chat is open, and what to look at again when something happens. */
import { makeChat } from "./chat.js";
import { el, icon } from "./dom.js";
import { ask, listen, soon } from "./net.js";
import { makePeople, unread } from "./people.js";
import { makeServices } from "./services.js";
import { language, t } from "./words.js";

const app = document.getElementById("app");
let state = { people: [], bots: [], sandboxes: [] };
let personId = Number(localStorage.getItem("person")) || 0;
let chatId = Number(localStorage.getItem("chat")) || 0;
let parts;

const deps = {
  person: () => personId,
  chatId: () => chatId,
  bots: () => state.bots,
  chooseChat,
  back: () => show("people"),
  read: () => ask(`/api/chats/${personId}/read`, { chat: chatId }).then(refreshState),
};

/** Builds the page in the chosen language; another language is another load. */
function build() {
  document.documentElement.lang = language;
  const chat = makeChat(deps);
  const people = makePeople({ choosePerson, chooseChat, relabel: () => location.reload() });
  const services = makeServices({ ...deps, toast: chat.toast });
  const offline = el("p.offline", { role: "alert", hidden: true }, t.offline);
  const tab = (name, label, picture) =>
    el("button", { type: "button", "data-tab": name, onclick: () => show(name) }, icon(picture), label);
  const bottom = el(
    "nav.bottom",
    { "aria-label": t.title },
    tab("people", t.chats, "people"),
    tab("chat", t.chat, "chats"),
    tab("services", t.services, "services"),
  );
  parts = { chat, people, services, offline };
  app.replaceChildren(people.root, chat.root, services.root, bottom, chat.toasts, offline);
  show(app.dataset.shown ?? "chat");
  drawPeople();
  return Promise.all([chat.open(), services.refresh()]);
}

/** On a phone one of the three is on the screen. */
function show(name) {
  app.dataset.shown = name;
  for (const node of app.querySelectorAll("[data-tab]"))
    node.setAttribute("aria-current", String(node.dataset.tab === name));
  if (name === "chat") refreshChat();
}

async function loadState() {
  state = await ask("/api/state");
  if (state.people.length === 0) {
    await ask("/api/people", { name: t.firstName, language, first: true });
    state = await ask("/api/state");
  }
  if (!state.people.some(({ id }) => id === personId)) personId = state.people[0].id;
  const chats = state.people.find(({ id }) => id === personId).chats;
  if (!chats.some(({ id }) => id === chatId)) chatId = chats[0].id;
  drawPeople();
}

function drawPeople() {
  if (state.people.length === 0) return;
  parts?.people.show(state, personId, chatId);
  const count = state.people.reduce((sum, person) => sum + unread(person.chats), 0);
  document.title = count > 0 ? `(${count}) ${t.title}` : t.title;
}

const refreshState = soon(loadState, 60);
const refreshChat = soon(() => parts?.chat.refresh(), 15);
const refreshServices = soon(() => parts?.services.refresh(), 120);

function choosePerson(id) {
  personId = id;
  localStorage.setItem("person", String(id));
  void loadState().then(() => {
    parts.services.draw();
    return parts.chat.open();
  });
}

async function chooseChat(id) {
  chatId = id;
  localStorage.setItem("chat", String(id));
  show("chat");
  // A chat that was made a moment ago is not in the list yet.
  await loadState();
  await parts.chat.open();
}

function take(event) {
  parts.offline.hidden = true;
  if (event.type === "sandbox") refreshServices();
  if (event.type === "people" || event.type === "chat") refreshState();
  if (event.type === "people" || (event.type === "chat" && event.person === personId && event.chat === chatId))
    refreshChat();
  // After a pause anything may have changed.
  if (event.type === "hello") {
    refreshState();
    refreshChat();
    refreshServices();
  }
}

function connect() {
  const source = listen(take, (isClosed) => {
    parts.offline.hidden = false;
    if (!isClosed) return;
    source.close();
    setTimeout(connect, 1000);
  });
}

await loadState();
await build();
connect();
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") refreshChat();
});
