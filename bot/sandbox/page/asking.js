// A question in a dialog: it stays, with the reason, until the answer is accepted or taken back.

import { Refused } from "./control.js";
import { h } from "./element.js";

// A field is { name, label, value, options or number, min, maxlength, placeholder, optional, hint }; `act` gets the values by their names.
export function ask(title, verb, fields, act) {
  const problem = h("p", { class: "problem", role: "alert" });
  const submit = async (event) => {
    event.preventDefault();
    try {
      await act(valuesOf(event.currentTarget, fields));
      dialog.close();
    } catch (error) {
      problem.textContent = reason(error);
    }
  };
  const form = h(
    "form",
    { onsubmit: submit },
    h("h2", {}, title),
    fields.map(fieldElement),
    problem,
    h(
      "menu",
      {},
      h("button", { type: "button", onclick: () => dialog.close() }, "Cancel"),
      h("button", { type: "submit", class: "main" }, verb),
    ),
  );
  const dialog = h("dialog", { "aria-label": title, onclose: () => dialog.remove() }, form);
  document.body.append(dialog);
  dialog.showModal();
}

export const reason = (error) => (error instanceof Refused ? error.message : "The sandbox does not answer.");

export function fieldElement(field) {
  return h("label", {}, field.label, field.options ? choice(field) : entry(field), field.hint && h("small", {}, field.hint));
}

function choice({ name, options, value }) {
  const option = ([key, text]) => h("option", { value: key, selected: String(key) === String(value) }, text);
  return h("select", { name }, options.map(option));
}

function entry({ name, value, number, min, maxlength, placeholder, optional }) {
  const kind = number ? { type: "number", step: "any", inputmode: "decimal", min } : { maxlength };
  return h("input", { name, value, placeholder, autocomplete: "off", required: !optional, ...kind });
}

// Numbers as numbers; an optional field that is empty is left out.
export function valuesOf(form, fields) {
  const said = new FormData(form);
  const given = fields.filter(({ name, optional }) => !(optional && said.get(name) === ""));
  return Object.fromEntries(given.map(({ name, number }) => [name, number ? Number(said.get(name)) : said.get(name)]));
}
