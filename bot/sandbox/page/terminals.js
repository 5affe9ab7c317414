// The panel of terminals: shown on demand, and kept up to date only while it is.

import { ask, reason } from "./asking.js";
import * as control from "./control.js";
import { byId } from "./element.js";
import { TerminalCard } from "./terminal.js";

const EVERY_MS = 1000;
const TOLD_MS = 6000;
const cards = new Map(); // by the terminal's name
let market = new Map(); // symbols, by name
let timer = null;
let forgetting = null;
let looks = 0;

export function offerTerminals() {
  const button = byId("open-terminals");
  if (!button.hidden) return;
  button.hidden = false;
  button.onclick = () => (byId("terminals").hidden ? open() : close());
  byId("close-terminals").onclick = close;
  byId("shock").onclick = askForShock;
  byId("clock").onclick = askForClock;
  byId("calm").onclick = () => attempt(control.endMisfortunes);
  byId("terminals").addEventListener("keydown", ({ key }) => key === "Escape" && close());
  if (location.hash === "#terminals") open();
}

function open() {
  show(true);
  byId("terminals-title").focus();
  refresh();
}

function close() {
  show(false);
  byId("open-terminals").focus();
}

function show(open) {
  byId("terminals").hidden = !open;
  byId("open-terminals").setAttribute("aria-expanded", String(open));
  history.replaceState(null, "", open ? "#terminals" : location.pathname);
}

async function refresh() {
  clearTimeout(timer);
  if (byId("terminals").hidden) return;
  if (!document.hidden) await look();
  clearTimeout(timer);
  timer = setTimeout(refresh, EVERY_MS);
}

// An answer that a newer look has overtaken is not drawn: it may be from before what the person did.
async function look() {
  const mine = ++looks;
  try {
    const [terminals, symbols] = await Promise.all([control.terminals(), control.market()]);
    if (mine !== looks) return;
    market = new Map(symbols.map((symbol) => [symbol.name, symbol]));
    draw(terminals);
  } catch (error) {
    tell(reason(error), true);
  }
}

function draw(terminals) {
  for (const terminal of terminals) {
    if (!cards.has(terminal.name)) {
      const card = new TerminalCard(terminal.name, [...market.values()], hand);
      cards.set(terminal.name, card);
      byId("cards").append(card.element);
    }
    cards.get(terminal.name).show(terminal, market);
  }
}

// What a person does: its receipt is told, and what came of it is shown at once.
async function attempt(act) {
  try {
    await done(act);
  } catch (error) {
    tell(reason(error), true);
  }
}

// `fields` may be a promise of them.
async function askFirst(title, verb, fields, act) {
  try {
    ask(title, verb, await fields, (values) => done(() => act(values)));
  } catch (error) {
    tell(reason(error), true);
  }
}

const hand = { attempt, ask: askFirst };

async function done(act) {
  const { text } = await act();
  tell(text ?? "");
  refresh();
}

function tell(text, failed = false) {
  const told = byId("terminals-told");
  told.textContent = text;
  told.classList.toggle("failed", failed);
  clearTimeout(forgetting);
  forgetting = setTimeout(() => (told.textContent = ""), TOLD_MS);
}

function askForShock() {
  const fields = [
    { name: "symbol", label: "Symbol", options: [...market.keys()].map((name) => [name, name]) },
    { name: "percent", label: "Move, in percent", number: true, value: -1 },
    { name: "over_s", label: "Over, in seconds", number: true, value: 10, min: 0 },
  ];
  askFirst("Shock the market", "Shock", fields, control.shock);
}

function askForClock() {
  const fields = [
    { name: "advance_s", label: "Seconds to pass at once", number: true, optional: true, min: 0, hint: "A desk follows whole quarters of an hour (900 s), half a day in all." },
    { name: "speed", label: "Speed, 1 is that of our time", number: true, optional: true, min: 0, hint: "At any other speed, and past half a day, a desk cannot tell the broker's time: it trades no more." },
  ];
  askFirst("The market's clock", "Set", fields, control.setClock);
}
