// One chat as one person holds it in their hand, or a group as its people share it.

import { Composer } from "./composer.js";
import * as control from "./control.js";
import { h } from "./element.js";
import { head } from "./head.js";
import { messageElement } from "./message.js";
import { spoken } from "./time.js";
import { TopicBar } from "./topics.js";

const SPIN_MS = 15_000; // a client gives up on an unanswered tap
const TOAST_MS = 4_000;
const NEAR_END_PX = 120;

export class Column {
  // A column drawn anew takes over from `old` what the person was typing, reading and told.
  constructor(chat, people, bot, openLink, old) {
    Object.assign(this, { chat, people, bot });
    this.spinning = old?.spinning ?? new Map();
    this.reading = old && !old.isAtEnd() ? old.list.scrollTop : null; // how far up they had scrolled
    this.list = h("div", { class: "messages", role: "log", "aria-label": `Chat of ${chat.title}` });
    this.pinned = h("button", { type: "button", class: "pinned", hidden: true });
    this.overlay = old?.overlay ?? h("div", { class: "overlay" });
    this.replies = h("div", { class: "replies", hidden: true });
    this.topics = new TopicBar(this, old?.topics);
    this.composer = new Composer(this, old?.composer);
    this.language = chat.isGroup ? "en" : spoken(this.person.language_code);
    this.acts = {
      bot,
      language: this.language,
      speaker: () => this.composer.speaker,
      command: (text) => this.say(text),
      link: (address) => openLink(this.composer.speaker, address),
      reply: (message) => this.composer.answer(message),
      button: (button, message, element) => this.press(button, message, element),
    };
    this.element = h(
      "section",
      { class: "column", id: `chat${chat.id}`, "aria-label": chat.title, lang: this.language },
      head(this),
      this.topics.element,
      this.pinned,
      this.list,
      this.overlay,
      this.composer.element,
      this.replies,
    );
    this.drawAll();
  }

  get person() {
    return this.people[0];
  }

  drawAll() {
    this.list.replaceChildren();
    for (const message of this.chat.messages.values()) this.draw(message);
    this.topics.draw();
    this.drawPinned();
    this.composer.draw();
    this.drawReplies();
  }

  // Once the column is on the page: where they were reading, else at the newest message.
  settle() {
    if (this.reading === null) this.toEnd();
    else this.list.scrollTop = this.reading;
    this.reading = null;
  }

  // A message that has come, with the keyboard that the chat has since.
  take(message, replyKeyboard) {
    const isNew = !this.chat.messages.has(message.message_id);
    this.chat.messages.set(message.message_id, message);
    this.chat.replyKeyboard = replyKeyboard;
    this.draw(message);
    this.topics.draw();
    this.drawReplies();
    if (message.pinned) this.drawPinned();
    if (isNew && message.asks_for && this.topics.shows(message)) this.composer.answer(message);
    if (!this.chat.started) this.begin();
  }

  begin() {
    this.chat.started = true;
    this.person.at_start = false;
    this.composer.draw();
  }

  draw(message) {
    if (!this.topics.shows(message)) return;
    const near = this.reading === null && this.isAtEnd();
    const fresh = messageElement(message, this.chat, this.acts);
    const old = this.find(message.message_id);
    if (old) old.replaceWith(fresh);
    else this.list.append(fresh);
    if (near) this.toEnd();
    for (const image of fresh.querySelectorAll("img")) image.addEventListener("load", () => near && this.toEnd());
  }

  find(id) {
    return this.list.querySelector(`[data-id="${id}"]`);
  }

  isAtEnd() {
    return this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < NEAR_END_PX;
  }

  toEnd() {
    requestAnimationFrame(() => (this.list.scrollTop = this.list.scrollHeight));
  }

  remove(id) {
    this.chat.messages.delete(id);
    this.find(id)?.remove();
    this.topics.draw();
    this.drawPinned();
  }

  drawPinned() {
    const known = this.chat.pinned.map((id) => this.chat.messages.get(id));
    const message = known.findLast((one) => one && this.topics.shows(one));
    this.pinned.hidden = !message;
    if (!message) return;
    this.pinned.replaceChildren(h("b", {}, "Pinned message"), h("span", {}, message.text.split("\n")[0] || "photo"));
    this.pinned.onclick = () => this.find(message.message_id)?.scrollIntoView({ block: "center", behavior: "smooth" });
  }

  drawReplies() {
    const rows = this.chat.replyKeyboard?.keyboard ?? [];
    const text = (key) => (typeof key === "string" ? key : key.text);
    const look = (key) => ({ type: "button", class: key.style ?? "", onclick: () => this.say(text(key)) });
    this.replies.hidden = !rows.length;
    this.replies.replaceChildren(
      ...rows.map((row) => h("div", { class: "row" }, row.map((key) => h("button", look(key), text(key))))),
    );
    this.composer.drawPlaceholder();
  }

  say(text, replyTo) {
    const { speaker } = this.composer;
    return this.attempt(() => control.say(speaker, text, { chat: this.chat.id, topic: this.topics.topic, replyTo }));
  }

  press(button, message, element) {
    if (button.url) return this.follow(button.url);
    if (button.web_app) return window.open(button.web_app.url, "_blank", "noopener");
    if (button.copy_text) return this.copy(button.copy_text.text);
    if (!button.callback_data) return this.toast("This sandbox cannot do what this button does.");
    this.spin(message.message_id, element);
    return this.attempt(() => control.tap(this.composer.speaker, button.text, message.message_id, this.chat.id));
  }

  follow(address) {
    if (this.bot.isLink(address)) this.acts.link(address);
    else window.open(address, "_blank", "noopener");
  }

  async copy(text) {
    await navigator.clipboard?.writeText(text);
    this.toast(`Copied: ${text}`);
  }

  spin(id, element) {
    element.classList.add("waiting");
    const stop = () => element.classList.remove("waiting");
    this.spinning.set(id, stop);
    setTimeout(stop, SPIN_MS);
  }

  answered(answer) {
    this.spinning.get(answer.message_id)?.();
    if (!answer.text) return;
    if (answer.show_alert) this.alert(answer.text);
    else this.toast(answer.text);
  }

  toast(text) {
    const toast = h("div", { class: "toast", role: "status" }, text);
    this.overlay.append(toast);
    setTimeout(() => toast.remove(), TOAST_MS);
  }

  alert(text) {
    const close = () => box.remove();
    const ok = h("button", { type: "button", class: "main", onclick: close }, "OK");
    const box = h("div", { class: "alert", role: "alertdialog", "aria-label": "Alert" }, h("p", {}, text), ok);
    this.overlay.append(box);
    ok.focus({ preventScroll: true });
  }

  async attempt(act) {
    try {
      await act();
      return true;
    } catch (error) {
      for (const stop of this.spinning.values()) stop();
      this.toast(error instanceof control.Refused ? error.message : "The sandbox does not answer.");
      return false;
    }
  }
}
