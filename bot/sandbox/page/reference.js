// The OpenAPI page, drawn from openapi.json: every operation with its fields, and a form that calls it.

import { byId, h } from "./element.js";

const api = await (await fetch("/control/openapi.json")).json();
byId("title").textContent = `${api.info.title}: control API`;

const resolved = (schema) =>
  schema?.$ref ? api.components.schemas[schema.$ref.split("/").at(-1)] : (schema ?? {});

function example(schema) {
  const { type, properties, default: usual, anyOf, items, enum: choices } = resolved(schema);
  if (usual !== undefined) return usual;
  if (choices) return choices[0];
  if (anyOf) return example(anyOf[0]);
  if (properties) return Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, example(field)]));
  if (type === "array") return [example(items)];
  return { integer: 0, number: 0, boolean: false }[type] ?? "";
}

function operationElement(verb, path, operation) {
  const body = resolved(operation.requestBody?.content?.["application/json"]?.schema);
  const fields = (operation.parameters ?? []).map(parameterField);
  const text = operation.requestBody && h("textarea", { name: "body", rows: 6 });
  if (text) text.value = JSON.stringify(example(body), null, 2);
  const answer = h("pre", { hidden: true });
  const form = h(
    "form",
    { onsubmit: (event) => call(event, verb, path, operation, answer) },
    (operation.description ?? body.description) && h("p", {}, operation.description ?? body.description),
    fields,
    text && h("label", {}, "Body", text),
    h("button", { class: "main", type: "submit" }, "Call"),
    answer,
  );
  const head = h("summary", {}, h("b", {}, verb.toUpperCase()), h("code", {}, path), h("span", {}, operation.summary));
  return h("details", { class: "operation" }, head, form);
}

function parameterField({ name, required, schema }) {
  const marks = { name, required, placeholder: String(schema.default ?? "") };
  return h("label", {}, `${name}${required ? "" : ", optional"}`, h("input", marks));
}

async function call(event, verb, path, operation, answer) {
  event.preventDefault();
  const said = Object.fromEntries(new FormData(event.currentTarget));
  const query = new URLSearchParams();
  for (const { name, in: place } of operation.parameters ?? []) {
    if (place === "path") path = path.replace(`{${name}}`, encodeURIComponent(said[name]));
    else if (said[name] !== "") query.set(name, said[name]);
  }
  const options = { method: verb.toUpperCase(), headers: { "Content-Type": "application/json" } };
  if (said.body !== undefined) options.body = said.body;
  const response = await fetch(`${path}?${query}`, options);
  answer.hidden = false;
  answer.textContent = `${response.status}\n${JSON.stringify(await response.json(), null, 2)}`;
}

const byTag = new Map();
for (const [path, verbs] of Object.entries(api.paths)) {
  for (const [verb, operation] of Object.entries(verbs)) {
    const tag = operation.tags?.[0] ?? "other";
    byTag.set(tag, [...(byTag.get(tag) ?? []), operationElement(verb, path, operation)]);
  }
}
byId("operations").append(...[...byTag].flatMap(([tag, elements]) => [h("h2", {}, tag), ...elements]));
