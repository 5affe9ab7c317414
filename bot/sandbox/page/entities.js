// Formatted text. Offsets count UTF-16 code units, which is what JavaScript strings are made of.

import { h } from "./element.js";
import { moment } from "./time.js";

const TAGS = {
  bold: "strong",
  italic: "em",
  underline: "u",
  strikethrough: "s",
  code: "code",
  pre: "pre",
  blockquote: "blockquote",
};

export function formatted(text, entities, onCommand) {
  return within(text, entities, 0, text.length, onCommand);
}

function within(text, entities, from, to, onCommand) {
  const nodes = [];
  let at = from;
  for (let i = 0; i < entities.length; i++) {
    const entity = entities[i];
    const end = Math.min(entity.offset + entity.length, to);
    if (entity.offset < at) continue;
    const inner = entities.slice(i + 1).filter((other) => other.offset < end);
    nodes.push(text.slice(at, entity.offset));
    const said = text.slice(entity.offset, end);
    nodes.push(wrapped(entity, said, within(text, inner, entity.offset, end, onCommand), onCommand));
    at = end;
  }
  nodes.push(text.slice(at, to));
  return nodes;
}

function wrapped(entity, said, children, onCommand) {
  switch (entity.type) {
    case "text_link":
      return link(entity.url, children);
    case "url":
      return link(said, children);
    case "bot_command":
      return h("button", { type: "button", class: "command", onclick: () => onCommand(said) }, children);
    case "spoiler":
      return h("span", { class: "spoiler", onclick: reveal }, children);
    case "expandable_blockquote":
      return h("blockquote", { class: "expandable", onclick: expand }, children);
    case "date_time":
      return time(entity, said);
    case "mention":
    case "hashtag":
    case "cashtag":
    case "email":
      return h("span", { class: "reference" }, children);
    default:
      return TAGS[entity.type] ? h(TAGS[entity.type], {}, children) : h("span", {}, children);
  }
}

function link(address, children) {
  if (!/^(https?|tg):\/\//i.test(address)) return h("span", {}, children);
  return h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, children);
}

function time(entity, said) {
  const format = entity.date_time_format ?? "";
  const title = new Date(entity.unix_time * 1000).toLocaleString();
  const shown = format ? moment(entity.unix_time, format) : said;
  const marks = { "data-unix": entity.unix_time, "data-format": [...format].join(" "), title };
  return h("time", marks, shown);
}

const reveal = (event) => event.currentTarget.classList.add("revealed");
const expand = (event) => event.currentTarget.classList.toggle("open");
