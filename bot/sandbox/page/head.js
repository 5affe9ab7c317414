// The head of a column: whose chat it is, and what they can do about the bot there.

import * as control from "./control.js";
import { h } from "./element.js";

const STANDINGS = [
  ["administrator", "bot: admin"],
  ["member", "bot: member"],
  ["kicked", "bot: removed"],
];

export function head(column) {
  const { chat, person } = column;
  const initials = chat.title.split(/\s+/).slice(0, 2).map((word) => word[0] ?? "").join("");
  const label = !chat.isGroup && person.label;
  return h(
    "header",
    { class: "who" },
    h("span", { class: `avatar hue${Math.abs(chat.id) % 6}`, "aria-hidden": "true" }, initials.toUpperCase()),
    h("span", { class: "names" }, h("strong", {}, chat.title), h("small", {}, subtitle(column))),
    label && h("span", { class: `label role-${label.toLowerCase().replace(/[^a-z]/g, "")}` }, label),
    chat.isGroup ? standing(column) : blocking(column),
  );
}

const kindOf = (chat) => (chat.topics.length ? "forum" : chat.kind);

function subtitle({ chat, people, person }) {
  if (chat.isGroup) return `${kindOf(chat)} · ${people.map((one) => one.name).join(", ")}`;
  if (person.blocked) return "blocked the bot";
  const handle = person.username ? `@${person.username}` : `id ${person.id}`;
  return `${handle} · ${person.language_code}`;
}

function blocking(column) {
  const { person } = column;
  const toggle = () => column.attempt(() => control.setBlocked(person.id, !person.blocked));
  return h("button", { type: "button", class: "quiet", onclick: toggle }, person.blocked ? "Unblock" : "Block");
}

function standing(column) {
  const { chat } = column;
  const options = STANDINGS.map(([value, text]) => h("option", { value, selected: value === chat.botStatus }, text));
  const change = (event) => column.attempt(() => control.setBot(chat.id, event.currentTarget.value));
  const select = h("select", { class: "standing", "aria-label": "What the bot is here", onchange: change }, options);
  if (chat.botStatus === "left") select.value = "kicked";
  return select;
}
