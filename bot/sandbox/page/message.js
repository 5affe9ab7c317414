// One message: bubble, picture, text, keyboard; or what the chat itself tells.

import { byId, h } from "./element.js";
import { attachment } from "./document.js";
import { formatted } from "./entities.js";
import { clock } from "./time.js";

const STYLES = new Set(["success", "danger", "primary"]);

export function messageElement(message, chat, acts) {
  if (message.service) return h("article", { class: "service", "data-id": message.message_id }, message.service);
  const mine = !message.from_bot && (!chat.isGroup || message.from_id === acts.speaker());
  const bubble = h(
    "div",
    { class: message.photo_url ? "bubble with-photo" : "bubble" },
    chat.isGroup && !mine && h("div", { class: "from" }, message.from_name),
    quoted(message, chat),
    picture(message),
    attachment(message),
    message.text && h("div", { class: "text" }, formatted(message.text, message.entities, acts)),
    meta(message, acts),
  );
  return h(
    "article",
    { class: mine ? "message mine" : "message", "data-id": message.message_id },
    bubble,
    keyboard(message, acts),
  );
}

function meta(message, acts) {
  const reply = { type: "button", class: "reply", "aria-label": "Reply", onclick: () => acts.reply(message) };
  return h(
    "div",
    { class: "meta" },
    message.reactions.length ? h("span", { class: "reactions" }, message.reactions.join(" ")) : null,
    h("button", reply, "↩"),
    message.edited_at ? h("span", { class: "edited", title: `${message.edits} edits` }, "edited") : null,
    message.silent ? h("span", { class: "silent", role: "img", "aria-label": "sent without a sound", title: "sent without a sound" }) : null,
    h("span", {}, clock(message.date)),
  );
}

function quoted(message, chat) {
  const original = chat.messages.get(message.reply_to);
  if (!original) return null;
  const what = original.text.split("\n")[0] || "photo";
  return h("div", { class: "quoted" }, h("b", {}, original.from_name), h("span", {}, what));
}

function picture(message) {
  if (!message.photo_url) return null;
  const [width, height] = message.photo_size;
  const image = { src: message.photo_url, width, height, alt: "photo", loading: "lazy" };
  return h("button", { type: "button", class: "photo", onclick: () => enlarge(message.photo_url) }, h("img", image));
}

function enlarge(address) {
  const dialog = byId("picture");
  dialog.querySelector("img").src = address;
  dialog.onclick = () => dialog.close();
  dialog.showModal();
}

function keyboard(message, acts) {
  if (!message.keyboard.length) return null;
  const rows = message.keyboard.map((row) =>
    h("div", { class: "row" }, row.map((button) => buttonElement(button, message, acts))),
  );
  return h("div", { class: "keyboard" }, rows);
}

function buttonElement(button, message, acts) {
  const style = STYLES.has(button.style) ? button.style : "";
  const sign = button.url || button.web_app ? "opens" : button.copy_text ? "copies" : "";
  const looks = { type: "button", class: `${style} ${sign}`.trim(), disabled: Boolean(button.disabled) };
  const element = h("button", looks, button.text);
  element.addEventListener("click", () => acts.button(button, message, element));
  return element;
}
