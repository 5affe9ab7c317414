// One chat as one person holds it in their hand.

import * as control from "./control.js";
import { h } from "./element.js";
import { messageElement } from "./message.js";

const SPIN_MS = 15_000; // a client gives up on an unanswered tap

export class Column {
  constructor(chat, people) {
    this.chat = chat;
    this.people = people;
    this.spinning = new Map();
    this.list = h("div", { class: "messages", role: "log", "aria-label": `Chat of ${chat.title}` });
    this.pinned = h("button", { type: "button", class: "pinned", hidden: true });
    this.overlay = h("div", { class: "overlay" });
    this.suggestions = h("ul", { class: "suggestions", hidden: true });
    this.replies = h("div", { class: "replies", hidden: true });
    this.foot = h("footer", {});
    this.element = h(
      "section",
      { class: "column", id: `chat${chat.id}`, "aria-label": chat.title },
      this.head(),
      this.pinned,
      this.list,
      this.overlay,
      this.suggestions,
      this.foot,
      this.replies,
    );
    this.acts = {
      speaker: () => this.speaker(),
      command: (text) => this.say(text),
      button: (button, message, element) => this.press(button, message, element),
    };
    this.drawAll();
  }

  // A column drawn anew keeps what the person was typing and reading.
  takeOver(old) {
    this.overlay.append(...old.overlay.childNodes);
    if (this.input && old.input) this.input.value = old.input.value;
  }

  get person() {
    return this.people[0];
  }

  speaker() {
    return Number(this.chooser?.value ?? this.person.id);
  }

  head() {
    const { chat, person } = this;
    const initials = chat.title.split(/\s+/).slice(0, 2).map((word) => word[0] ?? "").join("");
    const label = chat.isGroup ? "group" : person.label;
    const toggle = () => this.attempt(() => control.setBlocked(person.id, !person.blocked));
    return h(
      "header",
      { class: "who" },
      h("span", { class: `avatar hue${Math.abs(chat.id) % 6}`, "aria-hidden": "true" }, initials.toUpperCase()),
      h("span", { class: "names" }, h("strong", {}, chat.title), h("small", {}, this.subtitle())),
      label && h("span", { class: `label role-${label.toLowerCase().replace(/[^a-z]/g, "")}` }, label),
      !chat.isGroup && h("button", { type: "button", class: "quiet", onclick: toggle }, person.blocked ? "Unblock" : "Block"),
    );
  }

  subtitle() {
    if (this.chat.isGroup) return this.people.map((one) => one.name).join(", ");
    if (this.person.blocked) return "blocked the bot";
    return this.person.username ? `@${this.person.username}` : `id ${this.person.id}`;
  }

  drawAll() {
    this.list.replaceChildren();
    for (const message of this.chat.messages.values()) this.draw(message);
    this.drawPinned();
    this.drawFoot();
    this.drawReplies();
  }

  draw(message) {
    const stick = this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < 120;
    const fresh = messageElement(message, this.chat, this.acts);
    const old = this.list.querySelector(`[data-id="${message.message_id}"]`);
    if (old) old.replaceWith(fresh);
    else this.list.append(fresh);
    if (stick) this.toEnd();
    for (const image of fresh.querySelectorAll("img")) image.addEventListener("load", () => stick && this.toEnd());
  }

  toEnd() {
    requestAnimationFrame(() => (this.list.scrollTop = this.list.scrollHeight));
  }

  remove(id) {
    this.list.querySelector(`[data-id="${id}"]`)?.remove();
  }

  drawPinned() {
    const message = this.chat.messages.get(this.chat.pinned.at(-1));
    this.pinned.hidden = !message;
    if (!message) return;
    this.pinned.replaceChildren(h("b", {}, "Pinned message"), h("span", {}, message.text.split("\n")[0] || "photo"));
    this.pinned.onclick = () => this.list.querySelector(`[data-id="${message.message_id}"]`)?.scrollIntoView({ block: "center" });
  }

  drawFoot() {
    this.suggestions.hidden = true;
    if (!this.chat.isGroup && this.person.blocked) return this.foot.replaceChildren(this.bigButton("Unblock to write", () => control.setBlocked(this.person.id, false)));
    if (!this.chat.started) return this.foot.replaceChildren(this.bigButton("Start", () => control.say(this.person.id, "/start")));
    this.foot.replaceChildren(this.composer());
  }

  bigButton(text, act) {
    return h("button", { type: "button", class: "start", onclick: () => this.attempt(act) }, text);
  }

  composer() {
    this.input = h("input", { name: "text", placeholder: "Message", autocomplete: "off", "aria-label": "Message", maxlength: 4096 });
    const menu = h("button", { type: "button", class: "slash", "aria-label": "Commands", onclick: () => this.openCommands() }, "/");
    const send = h("button", { type: "submit", class: "send", "aria-label": "Send" }, "➤");
    this.input.addEventListener("input", () => this.suggest());
    this.chooser = this.chat.isGroup
      ? h("select", { "aria-label": "Who writes", onchange: () => this.drawAll() }, this.people.map((one) => h("option", { value: one.id }, one.name)))
      : null;
    const submit = (event) => {
      event.preventDefault();
      const text = this.input.value.trim();
      this.input.value = "";
      this.suggestions.hidden = true;
      if (text) this.say(text);
    };
    return h("form", { class: "composer", onsubmit: submit }, this.chooser, menu, this.input, send);
  }

  openCommands() {
    this.input.value = this.suggestions.hidden ? "/" : "";
    this.input.focus();
    this.suggest();
  }

  suggest() {
    const typed = this.input.value;
    const fitting = this.person.commands.filter((one) => `/${one.command}`.startsWith(typed));
    this.suggestions.hidden = !typed.startsWith("/") || !fitting.length;
    this.suggestions.replaceChildren(...fitting.map((one) => this.suggestion(one)));
  }

  suggestion(one) {
    const choose = () => {
      this.input.value = "";
      this.suggestions.hidden = true;
      this.say(`/${one.command}`);
    };
    return h("li", {}, h("button", { type: "button", onclick: choose }, h("b", {}, `/${one.command}`), h("span", {}, one.description)));
  }

  drawReplies() {
    const rows = this.chat.replyKeyboard?.keyboard ?? [];
    const text = (key) => (typeof key === "string" ? key : key.text);
    this.replies.hidden = !rows.length;
    this.replies.replaceChildren(
      ...rows.map((row) => h("div", { class: "row" }, row.map((key) => h("button", { type: "button", onclick: () => this.say(text(key)) }, text(key))))),
    );
  }

  say(text) {
    return this.attempt(() => control.say(this.speaker(), text, this.chat.id));
  }

  press(button, message, element) {
    if (button.url) return window.open(button.url, "_blank", "noopener");
    if (button.web_app) return window.open(button.web_app.url, "_blank", "noopener");
    if (button.copy_text) return this.copy(button.copy_text.text);
    if (!button.callback_data) return this.toast("This sandbox cannot do what this button does.");
    this.spin(message.message_id, element);
    return this.attempt(() => control.tap(this.speaker(), button.text, message.message_id, this.chat.id));
  }

  async copy(text) {
    await navigator.clipboard?.writeText(text);
    this.toast("Copied");
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
    setTimeout(() => toast.remove(), 4000);
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
    } catch (error) {
      for (const stop of this.spinning.values()) stop();
      this.toast(error instanceof control.Refused ? error.message : "The sandbox does not answer.");
    }
  }
}
