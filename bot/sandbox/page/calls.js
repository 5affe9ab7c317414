// The log of the bot's API calls, newest first.

import { byId, h } from "./element.js";

const KEPT = 200;
let count = 0;
let titles = new Map(); // of chats, by id

export function showCalls(calls, chats) {
  titles = new Map(chats.map((chat) => [String(chat.id), chat.title]));
  count = 0;
  byId("calls").replaceChildren();
  byId("log-count").textContent = "0";
  for (const call of calls) addCall(call);
}

export function addCall(call) {
  const list = byId("calls");
  list.prepend(callElement(call));
  while (list.children.length > KEPT) list.lastElementChild.remove();
  byId("log-count").textContent = String(++count);
}

function callElement(call) {
  const { parameters } = call;
  const said = parameters.text ?? parameters.caption ?? parameters.action ?? call.error?.description ?? "";
  const error = call.ok ? null : `${call.error.error_code || "No answer:"} ${call.error.description}`;
  const line = h(
    "summary",
    {},
    h("time", {}, new Date(call.at * 1000).toLocaleTimeString([], { hour12: false })),
    h("b", {}, call.method),
    h("span", { class: "chat" }, titles.get(String(parameters.chat_id)) ?? parameters.chat_id ?? ""),
    h("span", { class: "said" }, error ?? String(said).replaceAll("\n", " ")),
    h("span", { class: "took" }, `${call.took_ms.toFixed(1)} ms`),
  );
  const item = h("details", { class: call.ok ? "" : "failed" }, line);
  item.addEventListener("toggle", () => fill(item, call), { once: true });
  return h("li", {}, item);
}

function fill(item, call) {
  const { parameters, result, error } = call;
  item.append(h("pre", {}, JSON.stringify({ parameters, result, error }, null, 2)));
}
