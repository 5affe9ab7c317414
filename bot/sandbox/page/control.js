// What a person does on this page goes to the control API.

export class Refused extends Error {}

async function ask(verb, path, body) {
  const answer = await fetch(`/control/${path}`, {
    method: verb,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body ?? {}),
  });
  const told = await answer.json();
  if (!answer.ok) throw new Refused(typeof told.detail === "string" ? told.detail : "That is not possible.");
  return told;
}

export const say = (user, text, chat) => ask("POST", `users/${user}/say`, { text, chat_id: chat });
export const tap = (user, label, message, chat) =>
  ask("POST", `users/${user}/tap`, { label, message_id: message, chat_id: chat });
export const setBlocked = (user, blocked) => ask("POST", `users/${user}/${blocked ? "block" : "unblock"}`);
export const addPerson = (fields) => ask("POST", "users", fields);
