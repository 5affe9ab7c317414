// A document in a message: saved with one tap, and read in place when it is plain text.

import { h } from "./element.js";

const READABLE = /\.(txt|json|csv|log|md|xml|html?|ya?ml|toml|ini)$/i;
const MOST_BYTES = 1_000_000;

export function attachment(message) {
  const file = message.document;
  if (!file) return null;
  const save = { class: "save", href: file.url, download: file.name, "aria-label": `Save ${file.name}` };
  const sign = h("span", { class: "sheet", "aria-hidden": "true" }, file.name.split(".").at(-1).slice(0, 4));
  const readable = READABLE.test(file.name) && file.size <= MOST_BYTES;
  return h(
    "div",
    { class: "document" },
    sign,
    h("span", {}, h("b", {}, file.name), h("small", {}, size(file.size))),
    readable && h("button", { type: "button", onclick: () => read(file) }, "Open"),
    h("a", save, "Save"),
  );
}

const size = (bytes) => (bytes < 1024 ? `${bytes} bytes` : `${Math.round(bytes / 1024)} KB`);

async function read(file) {
  const text = await (await fetch(file.url)).text();
  const close = h("button", { type: "button", class: "main", onclick: () => dialog.close() }, "Close");
  const dialog = h(
    "dialog",
    { class: "reading", "aria-label": file.name, onclose: () => dialog.remove() },
    h("h2", {}, file.name),
    h("pre", { tabindex: 0 }, text),
    h("menu", {}, close),
  );
  document.body.append(dialog);
  dialog.showModal();
}
