// What a person does on this page goes to the control API.

export class Refused extends Error {}

async function ask(verb, path, body) {
  const answer = await fetch(`/control/${path}`, {
    method: verb,
    headers: { "Content-Type": "application/json" },
    body: verb === "GET" ? undefined : JSON.stringify(body ?? {}),
  });
  const told = await answer.json();
  if (!answer.ok) throw new Refused(typeof told.detail === "string" ? told.detail : "That is not possible.");
  return told;
}

export const say = (user, text, { chat, topic, replyTo }) =>
  ask("POST", `users/${user}/say`, { text, chat_id: chat, topic, reply_to: replyTo });
export const tap = (user, label, message, chat) =>
  ask("POST", `users/${user}/tap`, { label, message_id: message, chat_id: chat });
export const setBlocked = (user, blocked) => ask("POST", `users/${user}/${blocked ? "block" : "unblock"}`);
export const addPerson = (fields) => ask("POST", "users", fields);
export const openLink = (user, link) => ask("POST", `users/${user}/link`, { link });
export const start = (user) => ask("POST", `users/${user}/start`);
export const addGroup = (fields) => ask("POST", "groups", fields);
export const setBot = (group, status) => ask("PUT", `groups/${group}/bot`, { status });
export const addTopic = (group, name) => ask("POST", `groups/${group}/topics`, { name });

const at = (terminal, path = "") => `terminals/${encodeURIComponent(terminal)}${path}`;
export const terminals = () => ask("GET", "terminals");
export const market = () => ask("GET", "market");
export const accounts = () => ask("GET", "accounts");
export const misfortunes = () => ask("GET", "misfortunes");
export const order = (terminal, fields) => ask("POST", at(terminal, "/orders"), fields);
export const changeOrder = (terminal, ticket, fields) => ask("PUT", at(terminal, `/orders/${ticket}`), fields);
export const cancelOrder = (terminal, ticket) => ask("DELETE", at(terminal, `/orders/${ticket}`));
export const closePosition = (terminal, ticket, lots) => ask("POST", at(terminal, `/positions/${ticket}/close`), { lots });
export const moveStops = (terminal, ticket, stops) => ask("PUT", at(terminal, `/positions/${ticket}/stops`), stops);
export const throwSwitches = (terminal, switches) => ask("PATCH", at(terminal), switches);
export const pay = (terminal, amount) => ask("POST", at(terminal, "/payments"), { amount });
export const bringMisfortune = (terminal, fields) => ask("POST", at(terminal, "/misfortunes"), fields);
export const shock = (fields) => ask("POST", "market/shocks", fields);
export const setClock = (fields) => ask("POST", "market/clock", fields);
export const endMisfortunes = () => ask("DELETE", "misfortunes");
