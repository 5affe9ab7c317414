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

export function formatted(text, entities, acts) {
  return within(text, entities, 0, text.length, acts);
}

function within(text, entities, from, to, acts) {
  const nodes = [];
  let at = from;
  for (let i = 0; i < entities.length; i++) {
    const entity = entities[i];
    const end = Math.min(entity.offset + entity.length, to);
    if (entity.offset < at) continue;
    const inner = entities.slice(i + 1).filter((other) => other.offset < end);
    nodes.push(text.slice(at, entity.offset));
    const said = text.slice(entity.offset, end);
    nodes.push(wrapped(entity, said, within(text, inner, entity.offset, end, acts), acts));
    at = end;
  }
  nodes.push(text.slice(at, to));
  return nodes;
}

function wrapped(entity, said, children, acts) {
  switch (entity.type) {
    case "text_link":
      return link(entity.url, children, acts);
    case "url":
      return link(said, children, acts);
    case "bot_command":
      return h("button", { type: "button", class: "command", onclick: () => acts.command(said) }, children);
    case "spoiler":
      return h("span", { class: "spoiler", onclick: reveal }, children);
    case "expandable_blockquote":
      return h("blockquote", { class: "expandable", onclick: expand }, children);
    case "date_time":
      return time(entity, said, acts.language);
    case "mention":
    case "hashtag":
    case "cashtag":
    case "email":
      return h("span", { class: "reference" }, children);
    default:
      return TAGS[entity.type] ? h(TAGS[entity.type], {}, children) : h("span", {}, children);
  }
}

function link(address, children, acts) {
  if (acts.bot.isLink(address)) return h("a", { href: address, onclick: (event) => (event.preventDefault(), acts.link(address)) }, children);
  if (!/^(https?|tg):\/\//i.test(address)) return h("span", {}, children);
  return h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, children);
}

function time(entity, said, language) {
  const format = entity.date_time_format ?? "";
  const title = new Date(entity.unix_time * 1000).toLocaleString(language);
  const shown = format ? moment(entity.unix_time, format, language) : said;
  const marks = { "data-unix": entity.unix_time, "data-format": [...format].join(" "), title };
  return h("time", marks, shown);
}

const reveal = (event) => event.currentTarget.classList.add("revealed");
const expand = (event) => event.currentTarget.classList.toggle("open");
