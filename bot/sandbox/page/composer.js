// Below a chat: the field for a message with its command menu, or the one button that is offered instead.

import * as control from "./control.js";
import { h } from "./element.js";

const MOST_ROWS_PX = 150;

export class Composer {
  constructor(column, old) {
    this.column = column;
    this.answering = old?.answering ?? null;
    this.suggestions = h("ul", { class: "suggestions", "aria-label": "Commands", hidden: true });
    this.quote = h("div", { class: "answering", hidden: true });
    this.input = this.field(old?.input.value ?? "");
    this.chooser = column.chat.isGroup ? this.whoWrites(old?.speaker) : null;
    this.form = this.makeForm();
    this.element = h("footer", {});
  }

  get speaker() {
    return Number(this.chooser?.value ?? this.column.person.id);
  }

  // The private chat of one who has blocked or not yet started the bot has no field.
  draw() {
    const { chat, person } = this.column;
    const unblock = () => control.setBlocked(person.id, false);
    if (!chat.isGroup && person.blocked && !person.start_token) return this.element.replaceChildren(this.bigButton("Unblock to write", unblock));
    if (!chat.isGroup && person.at_start) return this.element.replaceChildren(...this.start(person));
    this.element.replaceChildren(this.suggestions, this.quote, this.form);
    this.drawQuote();
    this.drawPlaceholder();
    this.suggest();
    requestAnimationFrame(() => this.grow());
  }

  start(person) {
    const code = person.start_token && h("p", { class: "token" }, "Opened by a link with the code ", h("code", {}, person.start_token));
    return [code, this.bigButton("Start", () => control.start(person.id))].filter(Boolean);
  }

  bigButton(text, act) {
    return h("button", { type: "button", class: "start", onclick: () => this.column.attempt(act) }, text);
  }

  field(text) {
    const input = h("textarea", { name: "text", rows: 1, autocomplete: "off", "aria-label": "Message", maxlength: 4096 });
    input.value = text;
    input.addEventListener("input", () => (this.grow(), this.suggest()));
    input.addEventListener("keydown", (event) => this.onKey(event));
    return input;
  }

  whoWrites(chosen) {
    const options = this.column.people.map((one) => h("option", { value: one.id, selected: one.id === chosen }, one.name));
    return h("select", { "aria-label": "Who writes", onchange: () => this.column.drawAll() }, options);
  }

  makeForm() {
    const menu = h("button", { type: "button", class: "slash", "aria-label": "Commands", onclick: () => this.toggleMenu() }, "/");
    const send = h("button", { type: "submit", class: "send", "aria-label": "Send" }, "➤");
    const submit = (event) => {
      event.preventDefault();
      this.submit();
    };
    return h("form", { class: "composer", onsubmit: submit }, this.chooser, menu, this.input, send);
  }

  // Enter sends, with Shift it begins a new row; the arrows choose among the commands.
  onKey(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      const chosen = this.suggestions.querySelector("[aria-current=true]");
      if (chosen && !this.suggestions.hidden) chosen.click();
      else this.submit();
    } else if (event.key === "Escape") {
      this.suggestions.hidden = true;
      this.answer(null);
    } else if (["ArrowDown", "ArrowUp"].includes(event.key) && !this.suggestions.hidden) {
      event.preventDefault();
      this.choose(event.key === "ArrowDown" ? 1 : -1);
    }
  }

  choose(step) {
    const offered = [...this.suggestions.querySelectorAll("button")];
    const at = offered.findIndex((one) => one.ariaCurrent === "true");
    const next = (at + step + offered.length + (at < 0 && step < 0 ? 1 : 0)) % offered.length;
    offered.forEach((one, i) => (one.ariaCurrent = String(i === next)));
    offered[next].scrollIntoView({ block: "nearest" });
  }

  async submit() {
    const text = this.input.value.trim();
    if (!text) return;
    const answered = this.answering?.message_id;
    this.input.value = "";
    this.suggestions.hidden = true;
    this.answer(null);
    this.grow();
    const sent = await this.column.say(text, answered);
    if (!sent && !this.input.value) this.input.value = text;
  }

  grow() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, MOST_ROWS_PX)}px`;
  }

  // The next message answers this one; null takes that back.
  answer(message) {
    this.answering = message;
    this.drawQuote();
    this.drawPlaceholder();
    if (message) this.input.focus({ preventScroll: true });
  }

  drawQuote() {
    const message = this.answering;
    this.quote.hidden = !message;
    if (!message) return;
    const cancel = h("button", { type: "button", "aria-label": "Do not reply", onclick: () => this.answer(null) }, "✕");
    const what = message.text.split("\n")[0] || (message.document?.name ?? "photo");
    this.quote.replaceChildren(h("span", {}, h("b", {}, `Reply to ${message.from_name}`), h("span", {}, what)), cancel);
  }

  drawPlaceholder() {
    const asked = this.answering?.asks_for ?? this.column.chat.replyKeyboard;
    this.input.placeholder = asked?.input_field_placeholder ?? "Message";
  }

  toggleMenu() {
    this.input.value = this.suggestions.hidden ? "/" : "";
    this.input.focus();
    this.suggest();
  }

  suggest() {
    const typed = this.input.value;
    const offered = this.column.chat.commands[this.speaker] ?? [];
    const fitting = offered.filter((one) => `/${one.command}`.startsWith(typed));
    this.suggestions.hidden = !typed.startsWith("/") || !fitting.length;
    this.suggestions.replaceChildren(...fitting.map((one) => this.suggestion(one)));
  }

  suggestion(one) {
    const addressed = this.column.chat.isGroup ? `/${one.command}@${this.column.bot.username}` : `/${one.command}`;
    const send = () => {
      this.input.value = addressed;
      this.submit();
    };
    return h("li", {}, h("button", { type: "button", onclick: send }, h("b", {}, `/${one.command}`), h("span", {}, one.description)));
  }
}
