// The topics of a forum, as a row of tabs with what is new in each.

import { ask } from "./asking.js";
import * as control from "./control.js";
import { h } from "./element.js";

const GENERAL = 1;

export class TopicBar {
  constructor(column, old) {
    this.column = column;
    this.chat = column.chat;
    this.chosen = this.chat.topics.some((one) => one.id === old?.chosen) ? old.chosen : GENERAL;
    this.seen = old?.seen ?? new Map(); // the newest message read, by topic
    this.element = h("nav", { class: "topics", "aria-label": `Topics of ${this.chat.title}`, hidden: !this.chat.topics.length });
  }

  // The topic to write in; General has none.
  get topic() {
    return this.chosen === GENERAL ? null : this.chosen;
  }

  shows(message) {
    return !this.chat.topics.length || topicOf(message) === this.chosen;
  }

  draw() {
    if (!this.chat.topics.length) return;
    const newest = Math.max(0, ...[...this.chat.messages.values()].filter((one) => this.shows(one)).map((one) => one.message_id));
    this.seen.set(this.chosen, newest);
    this.element.replaceChildren(...this.chat.topics.map((topic) => this.tab(topic)), this.adder());
  }

  tab(topic) {
    const unread = topic.id === this.chosen ? 0 : this.unread(topic);
    const choose = () => {
      this.chosen = topic.id;
      this.column.drawAll();
      this.column.toEnd();
    };
    const state = topic.is_hidden ? "hidden" : topic.is_closed ? "closed" : null;
    const dot = h("i", { "aria-hidden": "true" });
    dot.style.background = topic.color;
    return h(
      "button",
      { type: "button", "aria-pressed": String(topic.id === this.chosen), onclick: choose },
      dot,
      h("span", {}, topic.name),
      state && h("small", { role: "img", "aria-label": state, title: state }, topic.is_hidden ? "⦸" : "🔒"),
      unread > 0 && h("b", { "aria-label": `${unread} new` }, String(unread)),
    );
  }

  unread(topic) {
    const seen = this.seen.get(topic.id) ?? 0;
    return [...this.chat.messages.values()].filter((one) => topicOf(one) === topic.id && one.message_id > seen && !one.service).length;
  }

  adder() {
    const add = () =>
      ask("Open a topic", "Open", [{ name: "name", label: "Name", maxlength: 128 }], ({ name }) => control.addTopic(this.chat.id, name));
    return h("button", { type: "button", class: "add", "aria-label": "Open a topic", onclick: add }, "+");
  }
}

const topicOf = (message) => message.topic ?? GENERAL;
