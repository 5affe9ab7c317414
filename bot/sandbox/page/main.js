// The page: people side by side, kept up to date by the sandbox's stream of changes.

import { addCall, showCalls } from "./calls.js";
import { Column } from "./column.js";
import * as control from "./control.js";
import { byId, h } from "./element.js";
import { offerTerminals } from "./terminals.js";
import { setClock } from "./time.js";

const columns = new Map(); // by chat id

function showAll(world) {
  setClock(world.now);
  byId("bot").textContent = `@${world.bot.username}`;
  const people = new Map(world.users.map((user) => [user.id, user]));
  const known = new Map(world.chats.map((chat) => [chat.id, chat]));
  const groups = world.chats.filter((chat) => chat.kind !== "private");
  const chats = [...world.users.map((user) => privateChat(user, known.get(user.id))), ...groups.map(groupChat)];
  const before = new Map(columns);
  columns.clear();
  for (const chat of chats) {
    const members = chat.members.map((id) => people.get(id)).filter(Boolean);
    columns.set(chat.id, new Column(chat, members));
  }
  for (const [id, column] of before) columns.get(id)?.takeOver(column);
  place(chats);
  showCalls(world.calls, chats);
}

function place(chats) {
  const left = byId("columns").scrollLeft;
  byId("columns").replaceChildren(...(columns.size ? [...columns.values()].map((one) => one.element) : [emptyHint()]));
  byId("columns").scrollLeft = left;
  byId("tabs").replaceChildren(...chats.map((chat) => tab(chat)));
  for (const column of columns.values()) {
    column.toEnd();
    shown.observe(column.element);
  }
}

// On a phone one column fills the screen; its tab says which.
const shown = new IntersectionObserver(
  (seen) => {
    for (const { target, isIntersecting } of seen) {
      document.querySelector(`#tabs [data-for="${target.id}"]`)?.classList.toggle("shown", isIntersecting);
    }
  },
  { threshold: 0.6 },
);

const emptyHint = () =>
  h("p", { class: "empty" }, "Nobody is here yet. Add a person, press Start, and the bot hears from them.");

function tab(chat) {
  const show = () => byId(`chat${chat.id}`).scrollIntoView({ behavior: "smooth", inline: "center", block: "nearest" });
  return h("button", { type: "button", "data-for": `chat${chat.id}`, onclick: show }, chat.title);
}

function privateChat(user, chat) {
  return {
    id: user.id,
    title: user.name,
    isGroup: false,
    started: user.started,
    members: [user.id],
    pinned: chat?.pinned ?? [],
    replyKeyboard: chat?.reply_keyboard ?? null,
    messages: byMessageId(chat?.messages ?? []),
  };
}

function groupChat(chat) {
  const { id, title, members, pinned } = chat;
  const messages = byMessageId(chat.messages);
  return { id, title, members, pinned, messages, isGroup: true, started: true, replyKeyboard: chat.reply_keyboard };
}

const byMessageId = (messages) => new Map(messages.map((message) => [message.message_id, message]));

const REACTIONS_TO = {
  desktop: offerTerminals,
  snapshot: showAll,
  message: showMessage,
  deleted: (news) => {
    const column = columns.get(news.chat_id);
    column?.chat.messages.delete(news.message_id);
    column?.remove(news.message_id);
  },
  pinned: (news) => {
    const column = columns.get(news.chat_id);
    if (column) column.chat.pinned = news.pinned;
    column?.drawPinned();
  },
  answer: ({ answer }) => columns.get(answer.chat_id)?.answered(answer),
  call: ({ call }) => addCall(call),
};

function showMessage(news) {
  const column = columns.get(news.chat_id);
  if (!column || !news.message) return;
  column.chat.messages.set(news.message_id, news.message);
  column.draw(news.message);
  column.chat.replyKeyboard = news.reply_keyboard;
  column.drawReplies();
  if (column.chat.pinned.includes(news.message_id)) column.drawPinned();
  if (!column.chat.started) {
    column.chat.started = true;
    column.drawFoot();
  }
}

function listen() {
  const events = new EventSource("/sandbox/events");
  const link = byId("link");
  events.onopen = () => ((link.textContent = "live"), link.classList.add("live"));
  events.onerror = () => ((link.textContent = "not connected"), link.classList.remove("live"));
  events.onmessage = (event) => {
    const news = JSON.parse(event.data);
    REACTIONS_TO[news.kind]?.(news);
  };
}

function offerPersons() {
  const dialog = byId("person");
  const form = dialog.querySelector("form");
  byId("add").onclick = () => dialog.showModal();
  form.querySelector("[value=cancel]").onclick = () => dialog.close();
  form.onsubmit = async () => {
    await control.addPerson(Object.fromEntries(new FormData(form)));
    form.reset();
  };
}

offerPersons();
listen();
