// Dialogs that bring somebody in: a person, a group, or whoever opens a link.

import { ask } from "./asking.js";
import * as control from "./control.js";
import { byId } from "./element.js";

const LANGUAGES = [
  ["en", "English"],
  ["ru", "Русский"],
  ["es", "Español"],
  ["de", "Deutsch"],
  ["uk", "Українська"],
  ["pt-br", "Português (Brasil)"],
];
const KINDS = [
  ["group", "Group"],
  ["supergroup", "Supergroup"],
  ["forum", "Forum: a supergroup with topics"],
];
const NEWCOMER = "new";

const name = { name: "first_name", label: "Name", maxlength: 64 };
const language = { name: "language_code", label: "Language of their Telegram", options: LANGUAGES, value: "en" };

// `people()` are those who are there now.
export function offerNewcomers(people) {
  byId("add").onclick = () => ask("Add a person", "Add", personFields(), addPerson);
  byId("add-group").onclick = () => ask("Add a group", "Add", groupFields(people()), (said) => addGroup(said, people()));
}

const personFields = () => [
  name,
  language,
  { name: "label", label: "Role, as a label", maxlength: 24, optional: true, placeholder: "owner, admin, trader…" },
  { name: "link", label: "Comes by a link", optional: true, placeholder: "t.me/…?start=…", hint: "Empty: a stranger who has found the bot alone." },
];

async function addPerson({ link, ...fields }) {
  const person = await control.addPerson(fields);
  if (link) await control.openLink(person.id, link);
}

const groupFields = (people) => [
  { name: "title", label: "Title", maxlength: 128 },
  { name: "kind", label: "Kind", options: KINDS, value: "forum" },
  { name: "owner", label: "Owner", options: people.map((one) => [one.id, one.name]), hint: "Everybody who is here becomes a member, the bot too." },
];

function addGroup({ title, kind, owner }, people) {
  const others = people.map((one) => one.id).filter((id) => id !== Number(owner));
  return control.addGroup({ title, kind, members: [Number(owner), ...others] });
}

// A link to the bot was tapped in the chat of `reader`; somebody else may be the one who opens it.
export function askWhoOpens(address, reader, people) {
  const known = people.map((one) => [one.id, one.id === reader ? `${one.name}, who reads it` : one.name]);
  const who = { name: "who", label: "Who opens it", options: [[NEWCOMER, "Somebody new…"], ...known], hint: address };
  ask("Open the link", "Open", [who], ({ who }) => (who === NEWCOMER ? askNewcomer(address) : control.openLink(Number(who), address)));
}

function askNewcomer(address) {
  ask("Somebody new opens the link", "Open", [name, language], (fields) => addPerson({ ...fields, link: address }));
}
