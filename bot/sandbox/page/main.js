// The page: people and groups side by side, kept up to date by the sandbox's stream of changes.

import { addCall, showCalls } from "./calls.js";
import { Column } from "./column.js";
import { byId, h } from "./element.js";
import { askWhoOpens, offerNewcomers } from "./newcomers.js";
import { offerTerminals } from "./terminals.js";
import { setClock } from "./time.js";

const columns = new Map(); // by chat id
let people = [];

function showAll(world) {
  setClock(world.now);
  byId("bot").textContent = `@${world.bot.username}`;
  people = world.users;
  const chats = [...world.users.map((user) => privateChat(user, world.chats)), ...groups(world.chats)];
  const bot = { ...world.bot, isLink: linkTo(world.bot.username) };
  const openLink = (reader, address) => askWhoOpens(address, reader, people);
  const before = new Map(columns);
  columns.clear();
  for (const chat of chats) {
    const members = chat.members.map((id) => people.find((one) => one.id === id)).filter(Boolean);
    columns.set(chat.id, new Column(chat, members, bot, openLink, before.get(chat.id)));
  }
  place(chats);
  showCalls(world.calls, chats);
}

const linkTo = (username) => {
  const own = new RegExp(`^(https?://(t|telegram)\\.me/${username}([?/]|$)|tg://resolve\\?domain=${username}\\b)`, "i");
  return (address) => own.test(address);
};

function place(chats) {
  const typing = typingNow();
  const left = byId("columns").scrollLeft;
  byId("columns").replaceChildren(...(columns.size ? [...columns.values()].map((one) => one.element) : [emptyHint()]));
  byId("columns").scrollLeft = left;
  byId("tabs").replaceChildren(...chats.map((chat) => tab(chat)));
  for (const column of columns.values()) {
    column.settle();
    shown.observe(column.element);
  }
  typing?.();
}

// Who types while the page is drawn anew goes on where they were.
function typingNow() {
  const field = document.activeElement;
  const column = [...columns.values()].find((one) => `chat${one.chat.id}` === field?.closest?.(".column")?.id);
  if (field?.tagName !== "TEXTAREA" || !column) return null;
  const { selectionStart, selectionEnd } = field;
  return () => {
    column.composer.input.focus({ preventScroll: true });
    column.composer.input.setSelectionRange(selectionStart, selectionEnd);
  };
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

function privateChat(user, chats) {
  const chat = chats.find((one) => one.id === user.id);
  return {
    id: user.id,
    title: user.name,
    isGroup: false,
    started: user.started,
    members: [user.id],
    commands: { [user.id]: user.commands },
    topics: [],
    pinned: chat?.pinned ?? [],
    replyKeyboard: chat?.reply_keyboard ?? null,
    messages: byMessageId(chat?.messages ?? []),
  };
}

// A group that became a supergroup is seen as that alone.
const groups = (chats) =>
  chats.filter((chat) => chat.kind !== "private" && !chat.upgraded_to).map((chat) => ({
    ...chat,
    isGroup: true,
    started: true,
    botStatus: chat.bot_status,
    replyKeyboard: chat.reply_keyboard,
    messages: byMessageId(chat.messages),
  }));

const byMessageId = (messages) => new Map(messages.map((message) => [message.message_id, message]));

const REACTIONS_TO = {
  desktop: offerTerminals,
  snapshot: showAll,
  message: (news) => news.message && columns.get(news.chat_id)?.take(news.message, news.reply_keyboard),
  deleted: (news) => columns.get(news.chat_id)?.remove(news.message_id),
  pinned: (news) => {
    const column = columns.get(news.chat_id);
    if (column) column.chat.pinned = news.pinned;
    column?.drawPinned();
  },
  answer: ({ answer }) => columns.get(answer.chat_id)?.answered(answer),
  call: ({ call }) => addCall(call),
};

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

offerNewcomers(() => people);
listen();
